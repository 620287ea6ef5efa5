/** Randomness and hashes by Web Crypto, keyed with the secrets of this installation. */

import { hex } from '../../engine/ids.ts'
import type { Entropy } from '../../engine/ports.ts'

const encoder = new TextEncoder()

export const newSecret = (): string => hex(crypto.getRandomValues(new Uint8Array(32)))

const hmacKey = (secret: string) =>
  crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])

export const webEntropy = (secret: string): Entropy => {
  let key: ReturnType<typeof hmacKey> | undefined
  return {
    bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    digest: async (text) => {
      key ??= hmacKey(secret)
      return new Uint8Array(await crypto.subtle.sign('HMAC', await key, encoder.encode(text)))
    },
    fraction: Math.random,
  }
}

export const sha256 = async (text: string): Promise<string> =>
  hex(new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text))))

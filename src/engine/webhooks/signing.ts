/** Signatures after Standard Webhooks 1.0: `v1` by a shared secret, `v1a` by a key pair, both over id, time and body. */
import type { Entropy } from '../ports.ts'

const SECRET_BYTES = 32
const SECRET_PREFIX = 'whsec_'
const PUBLIC_PREFIX = 'whpk_'
const KID_BYTES = 12

const encoder = new TextEncoder()
const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))
const fromBase64 = (text: string) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0))
const urlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
const fromUrlSafe = (text: string) => fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'))

/** A new shared secret, such as `whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD…`. */
export const newSecret = (entropy: Entropy): string => `${SECRET_PREFIX}${base64(entropy.bytes(SECRET_BYTES))}`

/** The secret of a client key: it follows from the key and this installation, and is stored nowhere. */
export const secretOfSigner = async (entropy: Entropy, signer: string): Promise<string> =>
  `${SECRET_PREFIX}${base64((await entropy.digest(`webhook secret ${signer}`)).subarray(0, SECRET_BYTES))}`

/** An ed25519 key pair as it is stored: `d` is its secret half (RFC 8037). */
export interface KeyPair {
  readonly kid: string
  readonly x: string
  readonly d: string
}

/** A public key as it is published (RFC 8037). */
export interface PublicKey {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly use: 'sig'
  readonly alg: 'EdDSA'
  readonly kid: string
  readonly x: string
}

export const newKeyPair = async (): Promise<KeyPair> => {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const { x, d } = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as { x: string; d: string }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', fromUrlSafe(x)))
  return { kid: urlSafe(base64(digest.subarray(0, KID_BYTES))), x, d }
}

export const publicKey = ({ kid, x }: KeyPair): PublicKey => ({
  kty: 'OKP',
  crv: 'Ed25519',
  use: 'sig',
  alg: 'EdDSA',
  kid,
  x,
})

/** The same as Standard Webhooks writes it. */
export const publicText = ({ x }: KeyPair): string => `${PUBLIC_PREFIX}${base64(fromUrlSafe(x))}`

/** What messages are signed with. During a rotation there are two of each. */
export interface Signers {
  readonly secrets: readonly string[]
  readonly pairs: readonly KeyPair[]
}

type Sign = (text: Uint8Array<ArrayBuffer>) => Promise<string>

const byName = async (algorithm: string | HmacImportParams, key: () => Promise<CryptoKey>, version: string) => {
  const imported = await key()
  const name = typeof algorithm === 'string' ? algorithm : algorithm.name
  const sign: Sign = async (text) =>
    `${version},${base64(new Uint8Array(await crypto.subtle.sign(name, imported, text)))}`
  return sign
}

const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const
const bySecret = (secret: string) =>
  byName(
    HMAC,
    () => crypto.subtle.importKey('raw', fromBase64(secret.slice(SECRET_PREFIX.length)), HMAC, false, ['sign']),
    'v1',
  )
const byPair = ({ x, d }: KeyPair) =>
  byName(
    'Ed25519',
    () => crypto.subtle.importKey('jwk', { kty: 'OKP', crv: 'Ed25519', x, d }, 'Ed25519', false, ['sign']),
    'v1a',
  )

/** Keys that were imported last stay: importing one costs more than signing with it. */
const REMEMBERED = 1000

/** Makes the headers of a message. */
export const signer = () => {
  const known = new Map<string, Promise<Sign>>()
  const recall = (name: string, make: () => Promise<Sign>): Promise<Sign> => {
    const sign = known.get(name) ?? make()
    known.delete(name)
    known.set(name, sign)
    if (known.size > REMEMBERED) known.delete(known.keys().next().value!)
    return sign
  }
  /** @param now milliseconds since the epoch: the moment of this attempt */
  return async ({ secrets, pairs }: Signers, id: string, now: number, body: string) => {
    const timestamp = String(Math.floor(now / 1000))
    const text = encoder.encode(`${id}.${timestamp}.${body}`)
    const all = [
      ...secrets.map((secret) => recall(secret, () => bySecret(secret))),
      ...pairs.map((pair) => recall(pair.kid, () => byPair(pair))),
    ]
    const signatures = await Promise.all(all.map(async (sign) => (await sign)(text)))
    return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
  }
}

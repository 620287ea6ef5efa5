/** The callback URL of an attempt: unguessable, and it says itself which attempt it is about. */
import { hex } from './ids.ts'
import type { Entropy } from './ports.ts'

const SECRET_BYTES = 16

export interface CallbackToken {
  readonly task: string
  readonly attempt: string
  readonly secret: string
}

/** A new secret and the hash that is stored of it. */
export const newSecret = async (entropy: Entropy): Promise<{ secret: string; hash: string }> => {
  const secret = hex(entropy.bytes(SECRET_BYTES))
  return { secret, hash: await hashOf(entropy, secret) }
}

export const hashOf = async (entropy: Entropy, secret: string): Promise<string> =>
  hex(await entropy.digest(`callback ${secret}`))

export const callbackUrl = (publicUrl: string, provider: string, token: CallbackToken): string =>
  `${publicUrl}/cb/${provider}/${token.task.slice('task_'.length)}.${token.attempt.slice('att_'.length)}.${token.secret}`

/** Reads the last part of a callback URL; null for anything else. */
export const readToken = (text: string): CallbackToken | null => {
  const match = /^([0-9A-Z]{26})\.([0-9A-Z]{26})\.([0-9a-f]{32})$/.exec(text)
  return match === null ? null : { task: `task_${match[1]}`, attempt: `att_${match[2]}`, secret: match[3]! }
}

/** Compares without telling by its time where two texts differ. */
export const sameText = (a: string, b: string): boolean => {
  let difference = a.length ^ b.length
  for (let index = 0; index < a.length; index++)
    difference |= a.charCodeAt(index) ^ b.charCodeAt(index % (b.length || 1))
  return difference === 0
}

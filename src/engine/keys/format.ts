/** How keys are spelt: a prefix that scanners know, 30 random letters, and six more that tell nonsense from keys. */
import { TEST_KEY_PREFIX } from '../../canonical/key.ts'
import type { Entropy } from '../ports.ts'

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const RANDOM = 30
const CHECK = 6
const LIVE_KEY_PREFIX = 'tutti_live_'

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** CRC-32 (ISO 3309) of ASCII text. */
export const crc32 = (text: string): number => {
  let value = 0xffffffff
  for (let at = 0; at < text.length; at++) value = (value >>> 8) ^ TABLE[(value ^ text.charCodeAt(at)) & 255]!
  return (value ^ 0xffffffff) >>> 0
}

/** 62^6 is more than 2^32: six letters hold any checksum. */
export const checksum = (text: string): string => {
  let letters = ''
  for (let rest = crc32(text); letters.length < CHECK; rest = Math.floor(rest / 62))
    letters = LETTERS[rest % 62]! + letters
  return letters
}

/** A new key: 178 bits, every letter as likely as any other. */
export const newKey = (entropy: Pick<Entropy, 'bytes'>, livemode: boolean): string => {
  let key = livemode ? LIVE_KEY_PREFIX : TEST_KEY_PREFIX
  const length = key.length + RANDOM
  while (key.length < length)
    for (const byte of entropy.bytes(RANDOM))
      if (byte < LETTERS.length * 4 && key.length < length) key += LETTERS[byte % LETTERS.length]
  return key + checksum(key)
}

const OURS = /^tutti_(?:live|test)_[0-9A-Za-z]{36}$/
/** What a bootstrap key may be that somebody thought of. */
const ANY = /^[\x21-\x7e]{24,255}$/

/** Whether a text can be a key: one of ours has its checksum, and others are long enough. */
export const isPlausible = (key: string): boolean =>
  OURS.test(key) ? checksum(key.slice(0, -CHECK)) === key.slice(-CHECK) : ANY.test(key)

/** What may be shown of a key: enough to tell it from others. */
export const hintOf = (key: string): string => {
  const shown = key.startsWith(LIVE_KEY_PREFIX) || key.startsWith(TEST_KEY_PREFIX) ? LIVE_KEY_PREFIX.length : 0
  return `${key.slice(0, shown + 4)}…${key.slice(-4)}`
}

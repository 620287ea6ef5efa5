/** Making identifiers: a prefix and 26 Crockford characters; a task and its tracks share the first 25. */
import { ALPHABET } from '../canonical/id.ts'
import type { Entropy } from './ports.ts'

const LENGTH = 26
const STEM = 25

/** 5 bits a character, from the low bits of each byte. */
const spell = (bytes: Uint8Array, length: number): string => {
  let text = ''
  for (let index = 0; index < length; index++) text += ALPHABET[bytes[index]! & 31]
  return text
}

/** A random id, such as `att_7Q4T…`. */
export const randomId = (entropy: Entropy, prefix: string): string =>
  `${prefix}_${spell(entropy.bytes(LENGTH), LENGTH)}`

/** Characters that tell the millisecond: 45 bits, enough until the year 3084. */
const TIME = 9

/** The time in front and 80 random bits behind: ids made together stand together in an index. */
const timedStem = (entropy: Entropy, now: number): string => {
  let time = ''
  for (let rest = now; time.length < TIME; rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32]! + time
  return time + spell(entropy.bytes(STEM - TIME), STEM - TIME)
}

/**
 * The id of a task: derived from project, operation and Idempotency-Key, so that one key can only ever be one task;
 * new without a key.
 */
export const taskId = async (
  entropy: Entropy,
  now: number,
  project: string,
  operation: string,
  key: string | null,
): Promise<string> => {
  if (key === null) return `task_${timedStem(entropy, now)}0`
  const digest = await entropy.digest(JSON.stringify(['task', project, operation, key]))
  return `task_${spell(digest, STEM)}0`
}

/** Tracks that a task has ids for. */
export const MOST_TRACKS = ALPHABET.length - 1

/** The id of a task's track: `index` counts from 0. */
export const trackId = (task: string, index: number): string =>
  `track_${task.slice('task_'.length, -1)}${ALPHABET[index + 1]}`

/** The task a track belongs to. */
export const taskOfTrack = (track: string): string => `task_${track.slice('track_'.length, -1)}0`

/** The id of what a task made where that is no track: `own('persona', task.id)`. */
export const ownId = (prefix: 'persona' | 'voice' | 'upload', task: string): string =>
  `${prefix}_${task.slice('task_'.length, -1)}1`

/** The task that made a persona, voice or upload. */
export const taskOfOwn = (id: string): string => `task_${id.slice(id.indexOf('_') + 1, -1)}0`

/** Where a track stands in its task, from 0; -1 for what is no track. */
export const indexOfTrack = (track: string): number => ALPHABET.indexOf(track.at(-1) ?? '') - 1

const HEX = '0123456789abcdef'
export const hex = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += HEX[byte >> 4]! + HEX[byte & 15]!
  return text
}

/** JSON with sorted keys: two equal requests have one text. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, each) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )

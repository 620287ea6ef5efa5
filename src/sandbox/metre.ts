/** The studio's metre: repeatable numbers from a text, the tempo that follows, and where a song ends. */

/**
 * 32-bit FNV-1a over UTF-16 code units (http://www.isthe.com/chongo/tech/comp/fnv).
 * @example hashText('task_1') // 2483975400
 */
const hashText = (text: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

/**
 * A repeatable source of numbers from 0 up to 1 (mulberry32).
 * @example const next = randomFrom('task_1'); next() // the same first number every time
 */
export const randomFrom = (seed: string): (() => number) => {
  let state = hashText(seed)
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const BEATS_PER_BAR = 4

export const beatSecondsOf = (seed: string) => 60 / (76 + Math.floor(randomFrom(`${seed}/tempo`)() * 45))
export const lengthOf = (durationSeconds: number) =>
  Number.isFinite(durationSeconds) && durationSeconds > 0 ? durationSeconds : 0

/** The end of a song that nobody sings in: it fades out here. */
export const outroSeconds = (duration: number) => Math.min(4, duration * 0.15)

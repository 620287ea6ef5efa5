/** Where each word stands in time, whatever the provider said: in order, apart, and nothing moved that was in order. */

/** A word as told, in milliseconds and fractions of them; null where there is no such place. */
export interface Told {
  readonly start: number | null
  readonly end: number | null
}

/**
 * A word in its place, in milliseconds as exact as they were told: a grammar rounds once. In whole milliseconds every word
 * has one of its own at least, starts after the one before, and ends when the next starts at the latest.
 */
export interface Place {
  readonly start: number
  readonly end: number
  /** The provider did not place it, or where others contradict: it was put between its neighbours. */
  readonly estimated: boolean
}

/** Of a word about which nothing is known. */
const USUAL_LENGTH = 500
/** Less than this for each word is no room. */
const LEAST_ROOM = 100

/** The indices of a longest subsequence that never falls, of several the earliest; null is never part of it. */
export const longestRise = (keys: readonly (number | null)[]): number[] => {
  // From the end. Per length: where the best (highest) beginning of such a subsequence is; `after` leads on from each.
  const heads: number[] = []
  const after = new Map<number, number | undefined>()
  for (let index = keys.length - 1; index >= 0; index--) {
    const key = keys[index]
    if (key == null) continue
    let low = 0
    let high = heads.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (keys[heads[middle]!]! >= key) low = middle + 1
      else high = middle
    }
    after.set(index, heads[low - 1])
    heads[low] = index
  }
  const rise: number[] = []
  for (let at = heads.at(-1); at !== undefined; at = after.get(at)) rise.push(at)
  return rise
}

const endOf = ({ start, end }: Told): number =>
  end !== null && Math.round(end) > Math.round(start!) ? end : start! + USUAL_LENGTH

/** `count` whole starts between two words that stand, or before the first, or after the last of them. */
const between = (left: Told | undefined, right: Told | undefined, count: number): number[] => {
  const spread = (from: number, step: number) => Array.from({ length: count }, (_, n) => Math.floor(from + n * step))
  const to = Math.round(right?.start ?? 0)
  if (left === undefined) {
    const step = Math.min(USUAL_LENGTH, Math.floor(to / count))
    return spread(to - count * step, step)
  }
  const end = Math.round(endOf(left))
  if (right === undefined) return spread(end, USUAL_LENGTH)
  if (to - end >= count * LEAST_ROOM) return spread(end, (to - end) / count)
  const from = Math.round(left.start!)
  const step = (to - from) / (count + 1)
  return spread(from + step, step)
}

/**
 * Places words. The most words whose starts do not contradict each other stay exactly where they are; the others are
 * spread evenly between them. Nothing where no word has a place.
 */
export const place = (words: readonly Told[]): Place[] => {
  // A start is only taken if each word before it can have a millisecond of its own.
  const keys = words.map(({ start }, index) => (start === null ? null : Math.round(start) - index))
  const standing = longestRise(keys.map((key) => (key !== null && key < 0 ? null : key)))
  if (standing.length === 0) return []
  const starts: number[] = []
  for (const [turn, index] of [...standing, words.length].entries()) {
    const last = standing[turn - 1]
    const missing = index - starts.length
    if (missing > 0) starts.push(...between(words[last ?? -1], words[index], missing))
    if (index < words.length) starts.push(words[index]!.start!)
  }
  const kept = new Set(standing)
  return words.map((word, index) => {
    const start = starts[index]!
    const wished = kept.has(index) ? endOf(word) : start + USUAL_LENGTH
    return { start, end: Math.min(wished, starts[index + 1] ?? wished), estimated: !kept.has(index) }
  })
}

/** Chance from a seed: the same seed draws the same. */

export interface Chance {
  /** A whole number from 0 below a bound. */
  readonly below: (bound: number) => number
  /** True this often. */
  readonly often: (share: number) => boolean
  readonly pick: <Value>(values: readonly Value[]) => Value
  /** One of several things to do, by weight. */
  readonly weighed: <Value>(...options: readonly (readonly [weight: number, value: Value])[]) => Value
}

/** @param seed of the run; @param index of the request in it, which needs no other to be drawn */
export const chance = (seed: number, index: number): Chance => {
  // mulberry32, stirred so that neighbours have nothing in common.
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  next()
  const below = (bound: number) => Math.floor(next() * bound)
  const pick = <Value>(values: readonly Value[]) => values[below(values.length)]!
  return {
    below,
    pick,
    often: (share) => next() < share,
    weighed: (...options) => {
      let left = next() * options.reduce((sum, [weight]) => sum + weight, 0)
      for (const [weight, value] of options) {
        left -= weight
        if (left < 0) return value
      }
      return options.at(-1)![1]
    },
  }
}

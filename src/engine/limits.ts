/** The providers' published limits, one window per credential: who has to wait is told for how long. */
import type { Rate } from '../contract/adapter.ts'
import type { Clock } from './ports.ts'

/**
 * Sliding windows: never more than `count` requests in any `seconds`.
 * @param scale multiplies the window, as TUTTI_POLL_SCALE does for the simulated upstreams too
 */
export const rateWindows = (clock: Clock, scale: number) => {
  const taken = new Map<string, number[]>()
  return {
    /**
     * Takes a place in the window.
     * @returns milliseconds to wait for one; 0 where it was taken
     */
    take: (name: string, rate: Rate | undefined): number => {
      if (rate === undefined) return 0
      const now = clock()
      // Taken later than now, before the clock was set back: no wait is longer than the window.
      const times = (taken.get(name) ?? []).map((at) => Math.min(at, now))
      taken.set(name, times)
      const free = times.length < rate.count ? 0 : times[0]! + rate.seconds * 1000 * scale - now
      if (free > 0) return Math.ceil(free)
      if (times.length >= rate.count) times.shift()
      times.push(now)
      return 0
    },
  }
}

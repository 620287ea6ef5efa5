/** How often keys are used: never more than so many requests in any minute. In memory: a restart begins anew. */
import type { Clock } from '../ports.ts'
import type { ClientKey } from './rows.ts'

const WINDOW = 60_000
/** Windows are looked through for unused ones whenever so many more keys have one. */
const SWEEP = 1000

/** What is left to a key: `reset` are the seconds until one more request is free again, `allowed` whether this one was. */
export interface RateState {
  readonly limit: number
  readonly remaining: number
  readonly reset: number
  readonly allowed: boolean
}

/** Times of requests within the last minute, in a ring as long as the limit. */
interface Window {
  readonly times: Float64Array
  first: number
  used: number
}

type Maybe<Value> = Value | Promise<Value>

/** Who counts: here, or in another place. */
export interface RateLimits {
  /** Takes a place for a request; null where the key has no limit. */
  readonly take: (key: ClientKey) => Maybe<RateState | null>
  /** The same without taking one. */
  readonly look: (key: ClientKey) => Maybe<RateState | null>
}

export const requestRates = (clock: Clock) => {
  const windows = new Map<string, Window>()

  /** Of a clock that was set back: what is yet to come was now. */
  const clamp = ({ times, first, used }: Window, now: number) => {
    const at = (place: number) => (first + place) % times.length
    for (let place = used - 1; place >= 0 && times[at(place)]! > now; place--) times[at(place)] = now
  }

  const drop = (window: Window, now: number) => {
    const { times } = window
    clamp(window, now)
    while (window.used > 0 && times[window.first]! <= now - WINDOW) {
      window.first = (window.first + 1) % times.length
      window.used -= 1
    }
  }

  const sweep = (now: number) => {
    for (const [id, window] of windows) {
      drop(window, now)
      if (window.used === 0) windows.delete(id)
    }
  }

  const windowOf = (id: string, limit: number, now: number): Window => {
    const known = windows.get(id)
    if (known !== undefined && known.times.length === limit) {
      drop(known, now)
      return known
    }
    if (windows.size % SWEEP === SWEEP - 1) sweep(now)
    const window = { times: new Float64Array(limit), first: 0, used: 0 }
    windows.set(id, window)
    return window
  }

  const stateOf = ({ times, first, used }: Window, now: number, allowed: boolean): RateState => ({
    limit: times.length,
    remaining: times.length - used,
    reset: used === 0 ? 0 : Math.ceil((times[first]! + WINDOW - now) / 1000),
    allowed,
  })

  return {
    /** Takes a place for a request; null where the key has no limit. */
    take: ({ id, limits }: ClientKey): RateState | null => {
      const limit = limits.requests_per_minute
      if (limit === undefined) return null
      const now = clock()
      const window = windowOf(id, limit, now)
      if (window.used === limit) return stateOf(window, now, false)
      window.times[(window.first + window.used) % limit] = now
      window.used += 1
      return stateOf(window, now, true)
    },

    /** The same without taking one. */
    look: ({ id, limits }: ClientKey): RateState | null => {
      const limit = limits.requests_per_minute
      if (limit === undefined) return null
      const now = clock()
      return stateOf(windowOf(id, limit, now), now, true)
    },
  }
}

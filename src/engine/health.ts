/** Health: whether a provider's key can be asked at the moment. A circuit breaker as a table: no clock, no randomness, no I/O. */
import type { ErrorCode } from '../canonical/error.ts'
import type { HealthState } from '../canonical/words.ts'
import type { Mark } from './policy.ts'

/** What a key is asked for: each has a breaker of its own. */
export type OperationClass = 'creates' | 'calls' | 'reads'

/** How one key does at one class of operations. Times are milliseconds since the epoch. */
export interface Standing {
  readonly state: HealthState
  /** Since when it is healthy, or is not. */
  readonly since: number
  /** When it may be looked at again. */
  readonly until: number
  /** When that was reckoned. */
  readonly from: number
  readonly why: ErrorCode | null
  /** Openings in a row: each doubles the time. */
  readonly openings: number
  /** The last outcomes, oldest first. */
  readonly recent: readonly { readonly at: number; readonly good: boolean }[]
  /** Half open: a free read was answered, so that requests may go, one at a time; how many went well; when one was sent. */
  readonly probed: boolean
  readonly good: number
  readonly trial: number | null
  /** Opened by a share of failures, with successes among them. */
  readonly byRate: boolean
  /** What the refused request would have cost, in the provider's credits: less than that is no balance. */
  readonly needs: number | null
  /** Out of credits: what was left at the last look, and what is refused all the same as long as that much is left. */
  readonly left: number | null
  readonly below: number
}

/** What happened. `answered` is a free read of the credits, `put_off` one that came too often; `tried` a request that is being sent. */
export interface News {
  readonly type: Mark | 'success' | 'tried' | 'answered' | 'put_off'
  readonly code?: ErrorCode
  /** Seconds the provider asked us to wait. */
  readonly retryAfter?: number | null
  /** What it cost, or would have. */
  readonly credits?: number | null
  readonly remaining?: number | null
}

export interface HealthMoment {
  readonly now: number
  /** Between 0 and 1. */
  readonly jitter: number
  /** Multiplies every time, as TUTTI_POLL_SCALE does. */
  readonly scale: number
  /** Whether a free read can tell that the key is well again. */
  readonly canProbe: boolean
}

const SECOND = 1000
const MINUTE = 60 * SECOND
/** The last outcomes that count: longer than a song takes, because its end counts too. */
const WINDOW = { calls: 20, time: 5 * MINUTE, least: 5, share: 0.5 }
const CONSECUTIVE = 5
const TRIALS = 3
/** After this a request that was tried and never answered for holds nobody up. */
const TRIAL_TIME = 2 * MINUTE
/** Where a provider says "too often" without a time. */
const RATE_PAUSE = 10 * SECOND
/** The first time, and the longest. */
const TIMES = {
  open: [15 * SECOND, 5 * MINUTE],
  no_credits: [1 * MINUTE, 10 * MINUTE],
  maintenance: [5 * MINUTE, 10 * MINUTE],
  auth_failed: [1 * MINUTE, 10 * MINUTE],
} as const
type Timed = keyof typeof TIMES

export const newStanding = (now: number): Standing => ({
  state: 'healthy',
  since: now,
  until: 0,
  from: 0,
  why: null,
  openings: 0,
  recent: [],
  probed: false,
  good: 0,
  trial: null,
  byRate: false,
  needs: null,
  left: null,
  below: Number.POSITIVE_INFINITY,
})

type Move = (standing: Standing, moment: HealthMoment, news: News) => Standing

const stay: Move = (standing) => standing
const close: Move = (_, { now }) => newStanding(now)

const worse = (standing: Standing, { now }: HealthMoment, change: Partial<Standing>): Standing => ({
  ...newStanding(standing.state === 'healthy' ? now : standing.since),
  from: now,
  ...change,
})

/** No provider is left alone for longer because it asks for it: one wrong number must not stop everything. */
const MOST_ASKED = 3600
const asked = (retryAfter: number | null | undefined) => Math.min(retryAfter ?? 0, MOST_ASKED) * SECOND

/** The time doubles with every opening in a row, and is never the same for two keys. */
const enter =
  (state: Timed, byRate = false): Move =>
  (standing, moment, { code, retryAfter, credits }) => {
    const openings = standing.state === 'half_open' || standing.state === state ? standing.openings + 1 : 0
    const [first, most] = TIMES[state]
    const own = Math.min(first * 2 ** openings, most) * (0.75 + 0.5 * moment.jitter) * moment.scale
    return worse(standing, moment, {
      state,
      until: Math.ceil(moment.now + Math.max(own, asked(retryAfter))),
      why: code ?? standing.why,
      openings,
      byRate,
      needs: credits ?? standing.needs,
      below: credits ?? Number.POSITIVE_INFINITY,
    })
  }
const open = enter('open')

const pausedUntil = ({ now, scale }: HealthMoment, { retryAfter }: News) =>
  Math.ceil(now + (asked(retryAfter) || RATE_PAUSE * scale))
const limit: Move = (standing, moment, news) => {
  const before = standing.state === 'rate_limited' ? standing.until : 0
  const until = Math.max(before, pausedUntil(moment, news))
  return worse(standing, moment, { state: 'rate_limited', until, why: news.code ?? null, recent: standing.recent })
}
/** Who is being tried is not well again because it was asked too often. */
const later: Move = (standing, moment, news) => ({
  ...standing,
  trial: null,
  until: pausedUntil(moment, news),
  from: moment.now,
})

const noted = ({ recent }: Standing, at: number, good: boolean) => [...recent.slice(1 - WINDOW.calls), { at, good }]

const succeed: Move = (standing, { now }) => ({ ...standing, recent: noted(standing, now, true) })

/** It opens after five failures in a row, or where half of the last outcomes failed. */
const count: Move = (standing, moment, news) => {
  const recent = noted(standing, moment.now, false)
  if (recent.length - 1 - recent.findLastIndex(({ good }) => good) >= CONSECUTIVE) return open(standing, moment, news)
  const young = recent.filter(({ at }) => at > moment.now - WINDOW.time * moment.scale)
  const bad = young.filter(({ good }) => !good).length
  if (young.length >= WINDOW.least && bad >= young.length * WINDOW.share)
    return enter('open', true)(standing, moment, news)
  return { ...standing, recent }
}

const wentWell: Move = (standing, { now }) =>
  standing.good + 1 >= TRIALS ? newStanding(now) : { ...standing, good: standing.good + 1, trial: null, probed: true }

/** Looked at again and no better: the next look is later. */
const renew: Move = (standing, moment, news) => {
  if (moment.now < standing.until) return standing
  const { until, from, why, openings } = enter(standing.state as Timed)(standing, moment, news)
  return { ...standing, until, from, why, openings }
}

const isEnough = (needs: number | null, remaining: number | null | undefined) =>
  remaining != null && remaining > 0 && remaining >= (needs ?? 0)
const refill: Move = (standing, moment, news) => {
  if (isEnough(standing.needs, news.remaining)) return newStanding(moment.now)
  const left = news.remaining ?? null
  const below = left === standing.left ? standing.below : Number.POSITIVE_INFINITY
  return { ...renew(standing, moment, news), left, below }
}

/** Refused once more, though as much seemed to be left: only what costs less may go, until the balance is another one. */
const lower: Move = (standing, moment, news) => ({
  ...renew(standing, moment, news),
  needs: Math.max(standing.needs ?? 0, news.credits ?? 0),
  below: Math.min(standing.below, news.credits ?? standing.below),
})

/** What is free, or costs less than what was refused, says nothing of that. */
const spend: Move = (standing, { now }, { credits }) => {
  const says = credits !== 0 && (credits ?? Number.POSITIVE_INFINITY) >= (standing.needs ?? 0)
  return says ? newStanding(now) : { ...standing, left: standing.left && standing.left - credits! }
}
const isCovered = ({ left, below }: Standing, credits: number | null): boolean =>
  credits !== null && credits < below && (credits === 0 || credits <= (left ?? 0))

type Row = { readonly [T in News['type']]: Move }
/** What a provider says of the account outweighs how its answers went; all else is said by whoever listens. */
const DEAF: Row = {
  success: stay,
  none: stay,
  fault: stay,
  fatal: stay,
  rate_limited: stay,
  no_credits: enter('no_credits'),
  maintenance: enter('maintenance'),
  auth_failed: enter('auth_failed'),
  answered: stay,
  put_off: stay,
  tried: stay,
}
const ACCOUNT: Row = { ...DEAF, fault: renew, rate_limited: renew, put_off: renew }

/** Every state and everything that can happen in it. */
export const TRANSITIONS: { readonly [S in HealthState]: Row } = {
  healthy: { ...DEAF, success: succeed, fault: count, fatal: open, rate_limited: limit },
  // What was sent before it opened says nothing new.
  open: DEAF,
  half_open: {
    ...DEAF,
    success: wentWell,
    none: (standing) => ({ ...standing, trial: null }),
    fault: open,
    fatal: open,
    rate_limited: later,
    answered: (standing) => ({ ...standing, probed: true }),
    put_off: (standing, moment, news) => (standing.probed ? standing : later(standing, moment, news)),
    tried: (standing, { now }) => ({ ...standing, trial: now }),
  },
  no_credits: { ...ACCOUNT, success: spend, no_credits: lower, answered: refill },
  // Reads may be answered while nothing is made: only its time, or a request that is accepted, ends it.
  maintenance: { ...DEAF, success: close, maintenance: stay },
  auth_failed: { ...ACCOUNT, success: close, auth_failed: renew, answered: close },
  rate_limited: { ...DEAF, fatal: open, rate_limited: limit },
}

/** States of the account, which only a free read mends. */
const OF_ACCOUNT: ReadonlySet<HealthState> = new Set(['no_credits', 'auth_failed'])

/** A standing as time has made it. */
export const timed = (standing: Standing, now: number, canProbe: boolean): Standing => {
  const { state, until, from } = standing
  // The clock was set back since: how much of the pause is left can not be told, so it is over.
  if (now < from) return timed({ ...standing, until: now, from: now }, now, canProbe)
  if (state === 'healthy' || state === 'half_open' || now < until) return standing
  if (state === 'rate_limited') return { ...newStanding(now), recent: standing.recent }
  if (canProbe && OF_ACCOUNT.has(state)) return standing
  return { ...standing, state: 'half_open', probed: !canProbe, good: 0, trial: null }
}

/** What a standing becomes by one thing that happened. */
export const heard = (standing: Standing, moment: HealthMoment, news: News): Standing => {
  const current = timed(standing, moment.now, moment.canProbe)
  return TRANSITIONS[current.state][news.type](current, moment, news)
}

/**
 * Whether it can be asked. `up`: yes. `trial`: yes, one at a time. `due`: a free read has to be answered first. `busy`:
 * it is well and takes nothing until then. `down`: not before then; time alone mends it where it `waits`; it is asked
 * all the same where there is nobody else and it is the `last`, because some of its answers are good.
 */
export type Look =
  | { readonly kind: 'up' | 'trial' | 'due' }
  | { readonly kind: 'busy'; readonly at: number }
  | { readonly kind: 'down'; readonly at: number; readonly waits: boolean; readonly last: boolean }

/** @param credits what is to be asked for costs; null where that is not known */
export const look = (
  standing: Standing,
  moment: Pick<HealthMoment, 'now' | 'canProbe' | 'scale'>,
  credits: number | null = null,
): Look => {
  const { now, canProbe, scale } = moment
  const current = timed(standing, now, canProbe)
  const { state, until, probed, trial, byRate } = current
  if (state === 'healthy') return { kind: 'up' }
  if (state === 'rate_limited') return { kind: 'busy', at: until }
  if (state === 'no_credits' && isCovered(current, credits) && (credits === 0 || now < until)) return { kind: 'up' }
  if (now < until) return { kind: 'down', at: until, waits: !OF_ACCOUNT.has(state), last: state === 'open' && byRate }
  if (!probed) return { kind: 'due' }
  // Of a clock that was set back nobody knows how long it has been under way.
  if (trial === null || now < trial || now - trial > TRIAL_TIME) return { kind: 'trial' }
  return { kind: 'busy', at: now + Math.ceil(SECOND * scale) }
}

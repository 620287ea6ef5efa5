/** The breaker of a provider's key as a table: every state, and what time and news make of it. */
import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../src/canonical/error.ts'
import { HEALTH_STATES } from '../../src/canonical/words.ts'
import {
  type HealthMoment,
  heard,
  look,
  type News,
  newStanding,
  type Standing,
  TRANSITIONS,
} from '../../src/engine/health.ts'
import { newsOfProbe } from '../../src/engine/news.ts'
import { MINUTE, SECOND } from './world.ts'

const at = (now: number, change: Partial<HealthMoment> = {}): HealthMoment => ({
  now,
  jitter: 0.5,
  scale: 1,
  canProbe: true,
  ...change,
})
const FAULT: News = { type: 'fault', code: 'provider_unavailable' }
const GOOD: News = { type: 'success' }
/** One thing after the other, a second apart, from 0. */
const history = (...news: News[]): Standing =>
  news.reduce((standing, each, index) => heard(standing, at(index * SECOND), each), newStanding(0))
const times = (count: number, news: News) => Array.from({ length: count }, () => news)

describe('a breaker', () => {
  it('opens at the fifth failure in a row, whatever went well before', () => {
    expect(history(...times(12, GOOD), ...times(4, FAULT)).state).toBe('healthy')
    expect(history(...times(12, GOOD), ...times(5, FAULT))).toMatchObject({ state: 'open', byRate: false })
    expect(history(...times(4, FAULT), GOOD, FAULT, GOOD).byRate).toBe(true)
  })

  it('opens where half of the last five minutes failed, and not for what is older', () => {
    expect(history(GOOD, FAULT, GOOD, FAULT, FAULT)).toMatchObject({ state: 'open', byRate: true })
    expect(history(GOOD, GOOD, FAULT, GOOD, FAULT).state).toBe('healthy')
    const old = history(FAULT, GOOD, FAULT, GOOD)
    expect(heard(old, at(4 * SECOND), FAULT).state).toBe('open')
    expect(heard(old, at(6 * MINUTE), FAULT).state).toBe('healthy')
  })

  it('is left alone for an hour at most, whatever it asks for', () => {
    const YEARS = 1_800_000_000
    for (const type of ['rate_limited', 'maintenance', 'no_credits'] as const) {
      const { until } = history({ type, code: 'provider_rate_limited', retryAfter: YEARS })
      expect(until).toBe(60 * MINUTE)
    }
  })

  it.each<News>([
    { type: 'rate_limited', code: 'provider_rate_limited', retryAfter: 5 },
    { type: 'maintenance', code: 'provider_maintenance' },
    { type: 'no_credits', code: 'provider_credits_exhausted' },
    { type: 'fatal', code: 'provider_tls_error' },
  ])('$type of a clock that is set back by two hours is not waited for', (news) => {
    const ahead = at(120 * MINUTE)
    const standing = heard(newStanding(0), ahead, news)
    expect(['busy', 'down']).toContain(look(standing, ahead).kind)
    expect(['up', 'due']).toContain(look(standing, at(SECOND)).kind)
    // What is heard then is waited for as ever.
    const again = heard(standing, at(SECOND), news)
    expect(look(again, at(2 * SECOND))).toMatchObject({ at: expect.closeTo(again.until) })
    expect(again.until - SECOND).toBeLessThan(11 * MINUTE)
  })

  it('opens at once for a certificate nobody trusts', () => {
    expect(history({ type: 'fatal', code: 'provider_tls_error' }).state).toBe('open')
  })

  it('is tried after 15 seconds by a free read, then by one request at a time, and three good ones close it', () => {
    let standing = history(...times(5, FAULT))
    expect(look(standing, at(18 * SECOND))).toMatchObject({ kind: 'down', at: 19 * SECOND, waits: true })
    expect(look(standing, at(19 * SECOND)).kind).toBe('due')
    standing = heard(standing, at(19 * SECOND), { type: 'answered', remaining: 7 })
    for (let good = 0; good < 3; good++) {
      expect(look(standing, at(20 * SECOND)).kind).toBe('trial')
      standing = heard(standing, at(20 * SECOND), { type: 'tried' })
      expect(look(standing, at(20 * SECOND)).kind).toBe('busy')
      standing = heard(standing, at(21 * SECOND), GOOD)
    }
    expect(look(standing, at(21 * SECOND)).kind).toBe('up')
  })

  it('stays open twice as long each time, up to five minutes, scaled and never shorter than was asked', () => {
    let standing = history(...times(5, FAULT))
    const pauses: number[] = []
    for (let time = 0; time < 7; time++) {
      const now = standing.until
      standing = heard(standing, at(now), FAULT)
      pauses.push((standing.until - now) / SECOND)
    }
    expect(pauses).toEqual([30, 60, 120, 240, 300, 300, 300])
    const scaled = heard(newStanding(0), at(0, { scale: 0.01 }), { type: 'fatal' })
    expect(scaled.until).toBe(150)
    expect(heard(newStanding(0), at(0), { type: 'maintenance', retryAfter: 900 }).until).toBe(900 * SECOND)
    expect(heard(newStanding(0), at(0, { jitter: 0 }), { type: 'fatal' }).until).toBe(11_250)
  })

  it('is not well again because it was asked too often: the next look is later', () => {
    const open = history(...times(5, FAULT))
    const LATER: News = { type: 'put_off', code: 'provider_rate_limited', retryAfter: 30 }
    const unread = heard(open, at(20 * SECOND), LATER)
    expect(look(unread, at(49 * SECOND))).toEqual({ kind: 'down', at: 50 * SECOND, waits: true, last: false })
    expect(look(unread, at(50 * SECOND)).kind).toBe('due')
    const read = heard(unread, at(50 * SECOND), { type: 'answered', remaining: 7 })
    const tried = heard(read, at(50 * SECOND), { type: 'tried' })
    // Somebody else has read the credits meanwhile.
    expect(heard(tried, at(51 * SECOND), LATER)).toEqual(tried)
    const refused = heard(tried, at(52 * SECOND), { type: 'rate_limited' })
    expect(look(refused, at(61 * SECOND))).toMatchObject({ kind: 'down', at: 62 * SECOND })
    expect(look(refused, at(62 * SECOND)).kind).toBe('trial')
  })

  it.each(['half_open', 'no_credits', 'auth_failed'] as const)(
    'is not closed by a free read that failed, nor looked at again at once: %s',
    (state) => {
      for (const code of ErrorCode.options) {
        // A key that may not read its credits makes songs all the same.
        if (code === 'provider_rejected_request') continue
        const standing: Standing = { ...newStanding(0), state, openings: 1, until: MINUTE }
        const next = heard(standing, at(MINUTE), newsOfProbe(code, null))
        expect(look(next, at(MINUTE)), code).toMatchObject({ kind: 'down' })
      }
    },
  )

  it('is tried by a request where the free read itself is refused: it says nothing of songs', () => {
    const refused = newsOfProbe('provider_rejected_request', null)
    const lookAt = (state: Standing['state']) =>
      look(heard({ ...newStanding(0), state, openings: 1, until: MINUTE }, at(MINUTE), refused), at(MINUTE)).kind
    expect([lookAt('half_open'), lookAt('auth_failed'), lookAt('no_credits')]).toEqual(['trial', 'up', 'down'])
  })

  it('without a free read is tried by a request at once; one that never ends holds nobody up', () => {
    const blind = at(MINUTE, { canProbe: false })
    const open = history(...times(5, FAULT))
    expect(look(open, blind).kind).toBe('trial')
    const tried = heard(open, blind, { type: 'tried' })
    expect(look(tried, { ...blind, now: 2 * MINUTE }).kind).toBe('busy')
    expect(look(tried, { ...blind, now: 4 * MINUTE }).kind).toBe('trial')
    // However far the clock was set back meanwhile.
    expect(look({ ...tried, from: 0 }, { ...blind, now: MINUTE - 1 }).kind).toBe('trial')
  })
})

describe('an account', () => {
  it('without credits is well again once a read shows enough for what was refused', () => {
    const empty = heard(newStanding(0), at(0), { type: 'no_credits', code: 'provider_credits_exhausted', credits: 12 })
    expect(look(empty, at(59 * SECOND))).toMatchObject({ kind: 'down', waits: false })
    expect(look(empty, at(MINUTE)).kind).toBe('due')
    const poor = heard(empty, at(MINUTE), { type: 'answered', remaining: 11 })
    expect(poor).toMatchObject({ state: 'no_credits', since: 0, until: 3 * MINUTE })
    expect(heard(poor, at(90 * SECOND), { type: 'answered', remaining: 12 }).state).toBe('healthy')
    expect(heard(newStanding(0), at(0), { type: 'no_credits' })).toMatchObject({ needs: null })
  })

  it('without credits for one thing takes what is free, and what the rest is enough for', () => {
    const code = 'provider_credits_exhausted'
    const refused = (standing: Standing, now: number, credits: number) =>
      heard(standing, at(now), { type: 'no_credits', code, credits })
    const read = (standing: Standing, now: number, remaining: number) =>
      heard(standing, at(now), { type: 'answered', remaining })
    const takes = (standing: Standing, now: number) =>
      [0, 5, 10, 80, 81, null].filter((credits) => look(standing, at(now), credits).kind === 'up')
    const empty = refused(newStanding(0), 0, 100)
    expect(takes(empty, SECOND)).toEqual([0])
    const poor = read(empty, MINUTE, 80)
    expect(takes(poor, 2 * MINUTE)).toEqual([0, 5, 10, 80])
    // Its time is over: what costs something waits for a free read.
    expect(takes(poor, 3 * MINUTE)).toEqual([0])
    expect(look(poor, at(3 * MINUTE), 10).kind).toBe('due')
    const cheap = heard(poor, at(2 * MINUTE), { type: 'success', credits: 70 })
    expect(takes(cheap, 2 * MINUTE)).toEqual([0, 5, 10])
    // Refused all the same: as much is not asked for again, however often the same balance is read.
    const lower = read(refused(poor, 2 * MINUTE, 10), 3 * MINUTE, 80)
    expect(takes(lower, 4 * MINUTE)).toEqual([0, 5])
    expect(takes(refused(lower, 4 * MINUTE, 0), 4 * MINUTE)).toEqual([])
    expect(takes(read(lower, 4 * MINUTE, 81), 4 * MINUTE)).toEqual([0, 5, 10, 80, 81])
    expect(read(lower, 4 * MINUTE, 100).state).toBe('healthy')
    expect(heard(lower, at(4 * MINUTE), { type: 'success', credits: 100 }).state).toBe('healthy')
  })

  it('whose key is refused is well again once a read is answered, and a failed read is no answer', () => {
    const refused = heard(newStanding(0), at(0), { type: 'auth_failed', code: 'provider_auth_failed' })
    const again = heard(refused, at(MINUTE), { type: 'auth_failed', code: 'provider_auth_failed' })
    expect(again).toMatchObject({ state: 'auth_failed', until: 3 * MINUTE })
    expect(heard(again, at(3 * MINUTE), { type: 'answered', remaining: 0 }).state).toBe('healthy')
  })

  it('in maintenance is left alone for its time, whatever reads say', () => {
    const away = heard(newStanding(0), at(0), { type: 'maintenance', code: 'provider_maintenance' })
    expect(heard(away, at(SECOND), { type: 'answered', remaining: 7 }).state).toBe('maintenance')
    expect(look(away, at(4 * MINUTE))).toMatchObject({ kind: 'down', at: 5 * MINUTE, waits: true })
    expect(look(away, at(5 * MINUTE)).kind).toBe('due')
  })

  it('that is asked too often is busy until its time, which is no failure', () => {
    const limited = heard(history(...times(4, FAULT)), at(4000), { type: 'rate_limited', retryAfter: 7 })
    expect(look(limited, at(10_999))).toEqual({ kind: 'busy', at: 11_000 })
    expect(look(limited, at(11_000)).kind).toBe('up')
    expect(heard(limited, at(11_000), FAULT).state).toBe('open')
    expect(heard(newStanding(0), at(0), { type: 'rate_limited' }).until).toBe(10_000)
  })

  it('comes to a state that is known, whatever happens in which state', () => {
    for (const state of HEALTH_STATES)
      for (const type of Object.keys(TRANSITIONS[state]) as News['type'][]) {
        const standing: Standing = { ...newStanding(0), state, until: MINUTE }
        for (const now of [SECOND, 2 * MINUTE]) {
          const next = heard(standing, at(now), { type, remaining: 7 })
          expect(HEALTH_STATES).toContain(next.state)
          const seen = look(next, at(now))
          expect('at' in seen ? seen.at : now + 1).toBeGreaterThan(now)
        }
      }
  })
})

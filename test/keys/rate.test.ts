/** Requests a minute: never more than the limit in any minute, whoever counts. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { requestRates } from '../../src/engine/keys/rate.ts'
import type { ClientKey } from '../../src/engine/keys/rows.ts'

const keyOf = (requests_per_minute?: number, id = 'key') =>
  ({ id, limits: requests_per_minute === undefined ? {} : { requests_per_minute } }) as ClientKey

it('is nothing to tell of for a key without a limit', () => {
  expect(requestRates(() => 0).take(keyOf())).toBeNull()
})

it('says what is left, and when more is', () => {
  let now = 0
  const rates = requestRates(() => now)
  const key = keyOf(2)
  expect(rates.look(key)).toEqual({ limit: 2, remaining: 2, reset: 0, allowed: true })
  expect(rates.take(key)).toEqual({ limit: 2, remaining: 1, reset: 60, allowed: true })
  now = 20_000
  expect(rates.take(key)).toEqual({ limit: 2, remaining: 0, reset: 40, allowed: true })
  expect(rates.take(key)).toEqual({ limit: 2, remaining: 0, reset: 40, allowed: false })
  expect(rates.take(keyOf(2, 'another'))).toMatchObject({ remaining: 1 })
  now = 59_999
  expect(rates.take(key)).toMatchObject({ allowed: false, reset: 1 })
  now = 60_000
  expect(rates.take(key)).toEqual({ limit: 2, remaining: 0, reset: 20, allowed: true })
})

it('is held in every minute, and nobody is refused who is under it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.nat(15_000), { maxLength: 120 }), (limit, pauses) => {
      let now = 0
      const rates = requestRates(() => now)
      const taken: number[] = []
      for (const pause of pauses) {
        now += pause
        const recent = taken.filter((at) => at > now - 60_000).length
        const state = rates.take(keyOf(limit))!
        expect(state.allowed).toBe(recent < limit)
        if (state.allowed) taken.push(now)
        expect(state.remaining).toBe(limit - recent - (state.allowed ? 1 : 0))
      }
    }),
    { seed: 7, numRuns: 300 },
  )
})

/** When deliveries are tried again: the schedule, its jitter, and what a receiver asks for. */
import { describe, expect, test } from 'vitest'
import { ATTEMPTS, nextAttempt, retryAfterOf } from '../../src/engine/webhooks/schedule.ts'

const HOUR = 3_600_000
const NOW = Date.UTC(2026, 10, 21, 9, 30)

/** Times of all attempts, each failing at once. */
const timesOf = (fraction: number) => {
  const times = [NOW]
  for (let made = 1; ; made++) {
    const next = nextAttempt(made, times.at(-1)!, fraction, null)
    if (next === null) return times.map((time) => time - NOW)
    times.push(next)
  }
}

describe('the schedule', () => {
  test('is ten attempts over about 75 hours', () => {
    const times = timesOf(0.5)
    expect(times).toHaveLength(ATTEMPTS)
    expect(ATTEMPTS).toBe(10)
    const minutes = [0, 5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440]
    let sum = 0
    expect(times).toEqual(
      minutes.map((each) => {
        sum += each * 60_000
        return Math.round(sum)
      }),
    )
    expect(times.at(-1)! / HOUR).toBeCloseTo(75.58, 2)
  })

  test('strays by a fifth and no more', () => {
    const [early, late] = [timesOf(0), timesOf(1)]
    expect(early.at(-1)! / HOUR).toBeCloseTo(75.58 * 0.8, 1)
    expect(late.at(-1)! / HOUR).toBeCloseTo(75.58 * 1.2, 1)
  })

  test('comes later where the receiver asks for it, never sooner', () => {
    expect(nextAttempt(1, NOW, 0.5, 60_000)).toBe(NOW + 60_000)
    expect(nextAttempt(5, NOW, 0.5, 60_000)).toBe(NOW + 5 * HOUR)
    expect(nextAttempt(10, NOW, 0.5, 60_000)).toBeNull()
  })
})

describe('Retry-After', () => {
  test.each([
    [null, null],
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7000],
    ['86400', 24 * HOUR],
    ['999999999', 24 * HOUR],
    ['-5', null],
    ['1.5', 1500],
    ['soon', null],
    ['', null],
    [new Date(NOW + 90_000).toUTCString(), 90_000],
    [new Date(NOW - 90_000).toUTCString(), 0],
    [new Date(NOW + 90 * HOUR).toUTCString(), 24 * HOUR],
  ])('%j is %s', (header, milliseconds) => {
    expect(retryAfterOf(header, NOW)).toBe(milliseconds)
  })
})

/** When a delivery is tried again, and when it is given up: ten attempts over about 75 hours (Standard Webhooks 1.0). */
import { retryAfterMilliseconds } from '../retry-after.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Pauses before each attempt. */
const PAUSES = [0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]
export const ATTEMPTS = PAUSES.length

/** A fifth earlier or later, so that many deliveries that failed together do not come back together. */
const JITTER = 0.2
const LONGEST_RETRY_AFTER = 24 * HOUR

/** No pause is longer. */
export const LONGEST_PAUSE = Math.ceil(PAUSES.at(-1)! * (1 + JITTER))
/** A clock may be moved by less than this without anybody noticing. */
export const SLIGHT = SECOND

/** An endpoint that has failed for so long is not called any more. */
export const FAILING_LIMIT = 5 * 24 * HOUR

/** How long the secret before stays valid beside a new one. */
export const ROTATION = 24 * HOUR

/** `Retry-After` in milliseconds, as far as it is honoured. */
export const retryAfterOf = (header: string | null, now: number): number | null => {
  const asked = retryAfterMilliseconds(header, now)
  return asked === null ? null : Math.min(asked, LONGEST_RETRY_AFTER)
}

/**
 * When to try again after attempt number `made` (from 1) failed at `now`; null where that was the last.
 * @param fraction between 0 and 1
 * @param retryAfter milliseconds the receiver asked for
 */
export const nextAttempt = (made: number, now: number, fraction: number, retryAfter: number | null): number | null => {
  const pause = PAUSES[made]
  if (pause === undefined) return null
  return Math.ceil(now + Math.max(pause * (1 - JITTER + 2 * JITTER * fraction), retryAfter ?? 0))
}

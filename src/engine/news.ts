/** News: what an outcome says of the key that was asked with. What its canonical code entails is the policy's. */
import type { ErrorCode } from '../canonical/error.ts'
import type { News } from './health.ts'
import type { Outcome } from './outcome.ts'
import { type Mark, policy } from './policy.ts'

/** Null is success. */
export const newsOf = (code: ErrorCode | null, more: Omit<News, 'type' | 'code'> = {}): News =>
  code === null ? { type: 'success' } : { ...more, type: policy[code].health, code }

/** Of a paid request of so many credits. */
export const newsOfOutcome = (outcome: Outcome<unknown>, credits: number | null): News => {
  if (outcome.class === 'accepted') return { type: 'success', credits }
  const { code, retryAfter } = outcome.failure
  // What our own tables can not say is no fault of the provider.
  return outcome.class === 'not_sent' && code === 'adapter_error'
    ? { type: 'none', code }
    : newsOf(code, { retryAfter, credits })
}

const OF_PROBES: { readonly [M in Mark]?: News['type'] } = { none: 'fault', fatal: 'fault', rate_limited: 'put_off' }

/** Of a read of the credits that failed: whatever was wrong with it, nobody is well again by it, nor read again at once. */
export const newsOfProbe = (code: ErrorCode, retryAfter: number | null): News => {
  // Whoever refuses this very question is there and knows the key: what is left stays unknown.
  if (code === 'provider_rejected_request') return { type: 'answered', remaining: null }
  const mark = policy[code].health
  return { type: OF_PROBES[mark] ?? mark, code: mark === 'none' ? 'provider_protocol' : code, retryAfter }
}

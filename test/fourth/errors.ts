/** What aria's HTTP statuses mean, and the numbers of trouble with work that it took: aria.md 9. */
import type { ErrorTable } from '../../src/contract/errors.ts'

const source = 'aria.md 9'
const work = 'aria.md 9.2'

export const errors: ErrorTable = {
  content_rejected: [{ at: 'record', code: 71, source: work }],
  copyright_match: [],
  provider_rejected_request: [
    { at: 'submit', http: 422, source },
    { at: 'submit', http: 404, source },
    { at: 'read', http: 404, absent: true, source },
  ],
  provider_credits_exhausted: [{ at: 'submit', http: 402, source }],
  provider_rate_limited: [{ at: 'submit', http: 429, source }],
  provider_maintenance: [{ at: 'submit', http: 503, source }],
  provider_auth_failed: [
    { at: 'submit', http: 401, source },
    { at: 'read', http: 401, source },
  ],
  provider_unavailable: [{ at: 'read', http: 500, source }],
  generation_failed: [
    { at: 'record', status: 'broken', source: work },
    { at: 'record', code: 79, charged: 'refunded', source: work },
    { at: 'callback', status: 'broken', source: work },
  ],
  provider_timeout: [],
  // Nothing says whether the work was taken.
  submission_unconfirmed: [{ at: 'submit', http: 500, source }],
  not_ready: [{ at: 'submit', http: 409, source }],
  lyrics_unavailable: [],
}

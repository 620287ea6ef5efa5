/** What udioapi's codes and sentences mean, by place: udioapi.md 5, 8, 11.2. */
import type { ErrorTable } from '../../src/contract/errors.ts'

const source = 'udioapi.md 11.2'
const moderation = (at: 'record' | 'callback') =>
  ['Does Not Meet Guidelines', 'inappropriate material', 'content moderation policy'].map(
    (message) => ({ at, message, source: 'udioapi.md 5, failures' }) as const,
  )

export const errors: ErrorTable = {
  content_rejected: [...moderation('record'), ...moderation('callback')],
  copyright_match: [],
  provider_rejected_request: [
    { at: 'submit', code: 400, source },
    { at: 'submit', code: 404, source },
    { at: 'read', code: 400, source },
    { at: 'read', code: 400, message: 'Invalid task id', absent: true, source: 'udioapi.md 14' },
    { at: 'read', code: 404, source },
    // Of the permission to read the credits alone: the key makes songs all the same.
    { at: 'read', operations: ['getCredits'], code: 403, source: 'udioapi.md 10.1' },
    { at: 'record', message: 'Topic too long', source: 'udioapi.md 5, failures' },
    { at: 'callback', message: 'Topic too long', source: 'udioapi.md 5, failures' },
  ],
  provider_credits_exhausted: [{ at: 'submit', code: 402, source }],
  provider_rate_limited: [
    { at: 'submit', code: 429, source },
    { at: 'read', code: 429, source },
  ],
  provider_maintenance: [],
  provider_auth_failed: [
    { at: 'submit', code: 401, source },
    { at: 'submit', code: 403, source },
    { at: 'read', code: 401, source },
    { at: 'read', code: 403, source },
  ],
  provider_unavailable: [{ at: 'read', code: 500, source }],
  generation_failed: [
    { at: 'record', source: 'udioapi.md 5: every other failure text' },
    { at: 'callback', source: 'udioapi.md 5: every other failure text' },
  ],
  provider_timeout: [],
  // No task id came with it: whether a task was made, and paid for, is not known.
  submission_unconfirmed: [{ at: 'submit', code: 500, source }],
  not_ready: [
    { at: 'submit', operations: ['alignLyrics'], code: 400, status: 'IN_PROGRESS', source: 'udioapi.md 8' },
    { at: 'submit', operations: ['extendMusic'], code: 400, message: 'not yet completed', source: 'udioapi.md 6' },
  ],
  lyrics_unavailable: [],
}

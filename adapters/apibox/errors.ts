/** What api.box's codes and words mean, by place: apibox.md 2.2, 2.3, 8, 9. 429 is an empty wallet here. */
import type { ErrorTable } from '../../src/contract/errors.ts'

const sync = 'apibox.md 2.2'
const callback = 'apibox.md 2.3'

export const errors: ErrorTable = {
  content_rejected: [
    { at: 'record', status: 'SENSITIVE_WORD_ERROR', source: 'apibox.md 8' },
    { at: 'record', code: 400, source: callback },
    { at: 'callback', code: 400, source: callback },
  ],
  copyright_match: [],
  provider_rejected_request: [
    { at: 'submit', code: 400, source: sync },
    { at: 'submit', code: 404, source: 'apibox.md 2.2: wrong method or path' },
    { at: 'submit', code: 413, source: 'apibox.md 2.2: theme or prompt too long' },
    { at: 'read', code: 400, source: sync },
    { at: 'read', code: 404, source: sync },
    { at: 'record', code: 413, source: 'apibox.md 2.3: prompt or style too long' },
    { at: 'callback', code: 413, source: 'apibox.md 2.3: prompt or style too long' },
    { at: 'record', code: 451, source: 'apibox.md 2.3: a source could not be fetched' },
    { at: 'callback', code: 451, source: 'apibox.md 2.3: a source could not be fetched' },
  ],
  provider_credits_exhausted: [
    { at: 'submit', code: 429, source: sync },
    { at: 'read', code: 429, source: sync },
    { at: 'record', code: 429, source: callback },
    { at: 'callback', code: 429, source: callback },
  ],
  provider_rate_limited: [
    { at: 'submit', code: 405, source: sync },
    { at: 'submit', code: 430, source: sync },
    { at: 'submit', code: 429, message: 'frequency', source: 'apibox.md 9, hint 2' },
    { at: 'read', code: 405, source: sync },
    { at: 'read', code: 430, source: sync },
    { at: 'read', code: 429, message: 'frequency', source: 'apibox.md 9, hint 2' },
  ],
  provider_maintenance: [
    { at: 'submit', code: 455, source: sync },
    { at: 'read', code: 455, source: sync },
  ],
  provider_auth_failed: [
    { at: 'submit', code: 401, source: sync },
    { at: 'read', code: 401, source: sync },
    { at: 'record', code: 401, source: callback },
    { at: 'callback', code: 401, source: callback },
  ],
  provider_unavailable: [{ at: 'read', code: 500, source: sync }],
  generation_failed: [
    { at: 'record', status: 'GENERATE_AUDIO_FAILED', source: 'apibox.md 8' },
    { at: 'record', status: 'CREATE_TASK_FAILED', source: 'apibox.md 8' },
    { at: 'record', code: 500, source: callback },
    { at: 'record', code: 501, source: callback },
    { at: 'record', code: 531, charged: 'refunded', source: callback },
    { at: 'callback', code: 500, source: callback },
    { at: 'callback', code: 501, source: callback },
    { at: 'callback', code: 531, charged: 'refunded', source: callback },
    { at: 'callback', code: 200, status: 'failed', source: 'apibox.md 7.1: the word alone is enough' },
  ],
  provider_timeout: [
    { at: 'record', code: 408, source: callback },
    { at: 'callback', code: 408, source: callback },
  ],
  // No task id came with it: whether a task was made, and paid for, is not known.
  submission_unconfirmed: [{ at: 'submit', code: 500, source: sync }],
  not_ready: [],
  lyrics_unavailable: [],
}

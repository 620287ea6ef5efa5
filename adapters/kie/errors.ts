/** What KIE's codes and words mean, by place: kie.md 3.2, 3.3, 7.10, 9-13. */
import type { ErrorTable } from '../../src/contract/errors.ts'
import type { Form } from '../../src/contract/operations.ts'

const sync = 'kie.md 3.2'
const record = 'kie.md 7.10'
const callback = 'kie.md 12.2'
/** The lyrics endpoint speaks the sister's dialect: 429 is an empty wallet there. */
const lyrics = 'kie.md 3.2: the lyrics dialect'
const made = 'kie.md 9'
const unknown = 'kie.md 3.3: an unknown task'
const voice: readonly Form[] = ['startVoice', 'renewPhrase', 'confirmVoice']
/** Those whose record is that of kie.md 7.10. */
const music: readonly Form[] = [
  'generateMusic',
  'extendMusic',
  'extendAudio',
  'coverMusic',
  'addVocals',
  'addInstrumental',
  'replaceSection',
  'replaceAudioSection',
  'mashupMusic',
  'generateSound',
]

export const errors: ErrorTable = {
  content_rejected: [
    { at: 'record', status: 'SENSITIVE_WORD_ERROR', source: record },
    // The content filter was seen with errorCode 400, which alone means copyrighted lyrics.
    { at: 'record', operations: music, status: 'SENSITIVE_WORD_ERROR', code: 400, source: record },
    // Whatever number stands beside it, refused content is no failure that goes elsewhere.
    { at: 'record', status: 'SENSITIVE_WORD_ERROR', code: 408, source: record },
    { at: 'record', status: 'SENSITIVE_WORD_ERROR', code: 500, source: record },
    { at: 'record', status: 'SENSITIVE_WORD_ERROR', code: 501, source: record },
    { at: 'record', status: 'SENSITIVE_WORD_ERROR', code: 531, charged: 'refunded', source: record },
    { at: 'record', operations: ['writeLyrics'], code: 400, source: 'kie.md 9.2: artist names, moderation' },
    { at: 'callback', operations: ['writeLyrics'], code: 400, source: 'kie.md 12.3' },
  ],
  copyright_match: [
    { at: 'record', code: 400, source: record },
    { at: 'record', code: 413, source: record },
    { at: 'callback', code: 400, source: callback },
    { at: 'callback', code: 413, source: callback },
  ],
  provider_rejected_request: [
    { at: 'submit', code: 400, source: sync },
    { at: 'submit', code: 404, source: sync },
    { at: 'submit', code: 409, source: sync },
    { at: 'submit', code: 422, source: sync },
    { at: 'submit', code: 451, source: sync },
    { at: 'read', code: 404, source: sync },
    { at: 'read', code: 422, source: sync },
    { at: 'submit', operations: ['writeLyrics'], code: 413, source: lyrics },
    {
      at: 'submit',
      operations: ['recoverTrack'],
      code: 500,
      message: 'does not exist',
      source: unknown,
    },
    {
      at: 'read',
      operations: ['recoverTrack'],
      code: 500,
      message: 'does not exist',
      absent: true,
      source: unknown,
    },
    { at: 'submit', operations: ['uploadAudio', 'uploadFromUrl'], code: 405, source: 'kie.md 13.3: wrong method' },
    { at: 'record', operations: ['createCoverArt'], code: 400, source: 'kie.md 3.2: there is a cover already' },
    { at: 'callback', operations: ['createCoverArt'], code: 400, source: 'kie.md 3.2: there is a cover already' },
    { at: 'read', code: 451, source: sync },
  ],
  provider_credits_exhausted: [
    { at: 'submit', code: 402, source: sync },
    { at: 'submit', code: 433, source: 'kie.md 3.2: the cap of a sub-key' },
    { at: 'submit', code: 429, message: 'credits', source: 'kie.md 3.2, adapter rule' },
    { at: 'submit', code: 500, message: 'Credits insufficient', source: 'kie.md 3.3: seen with code 500 too' },
    { at: 'submit', operations: ['writeLyrics'], code: 429, source: lyrics },
  ],
  provider_rate_limited: [
    { at: 'submit', code: 429, source: sync },
    { at: 'read', code: 429, source: sync },
    { at: 'submit', operations: ['writeLyrics'], code: 405, source: lyrics },
    { at: 'submit', operations: ['writeLyrics'], code: 430, source: lyrics },
    { at: 'submit', operations: ['writeLyrics'], code: 429, message: 'frequency', source: 'apibox.md 9, hint 2' },
    // Over the rate it is a HTTP status; what the dialect says comes with HTTP 200.
    { at: 'submit', operations: ['writeLyrics'], http: 429, code: 429, source: 'kie.md 2, 3.1' },
  ],
  provider_maintenance: [
    { at: 'submit', code: 455, source: sync },
    { at: 'read', code: 455, source: sync },
  ],
  provider_auth_failed: [
    { at: 'submit', code: 401, source: sync },
    { at: 'read', code: 401, source: sync },
  ],
  provider_unavailable: [{ at: 'read', code: 500, source: sync }],
  generation_failed: [
    { at: 'record', status: 'GENERATE_AUDIO_FAILED', source: record },
    { at: 'record', status: 'CREATE_TASK_FAILED', source: record },
    { at: 'record', code: 500, source: sync },
    { at: 'record', code: 501, source: record },
    { at: 'record', code: 531, charged: 'refunded', source: sync },
    { at: 'callback', code: 500, source: callback },
    { at: 'callback', code: 501, source: callback },
    { at: 'callback', code: 531, charged: 'refunded', source: callback },
    { at: 'record', status: 'GENERATE_LYRICS_FAILED', source: made },
    { at: 'record', status: 'GENERATE_WAV_FAILED', source: made },
    { at: 'record', status: 'GENERATE_MP4_FAILED', source: made },
    { at: 'record', status: '2', source: 'kie.md 9: of midi only' },
    { at: 'record', status: '3', source: made },
    { at: 'record', status: 'processing_validate_fail', source: 'kie.md 10' },
    { at: 'record', status: 'fail', source: 'kie.md 10' },
    { at: 'record', status: 'success', source: 'kie.md 10: the voice id `fail`' },
    { at: 'record', operations: voice, code: 400, source: 'kie.md 12.7' },
    { at: 'callback', operations: voice, code: 400, source: 'kie.md 12.7' },
    { at: 'callback', code: 200, status: 'success', source: 'kie.md 10: the voice id `fail`' },
  ],
  provider_timeout: [
    { at: 'record', code: 408, source: record },
    { at: 'callback', code: 408, source: callback },
  ],
  // No task id came with these: whether a task was made, and paid for, is not known.
  submission_unconfirmed: [
    { at: 'submit', code: 408, source: sync },
    { at: 'submit', code: 500, source: sync },
    { at: 'submit', code: 501, source: sync },
    { at: 'submit', code: 505, source: sync },
  ],
  not_ready: [],
  lyrics_unavailable: [],
}

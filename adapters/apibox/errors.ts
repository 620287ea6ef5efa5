/** What api.box's codes and words mean, by place: apibox.md 2.2, 2.3, 8, 9. 429 is an empty wallet here. */
import type { ErrorTable } from '../../src/contract/errors.ts'
import type { Form } from '../../src/contract/operations.ts'

const sync = 'apibox.md 2.2'
const callback = 'apibox.md 2.3'
const words = 'apibox.md 8'
/** Pages that print the table of KIE (apibox.md 2.2). */
const likeKie = 'apibox.md 2.2: persona, replace-section and cover pages'
const sections: readonly Form[] = ['replaceSection', 'replaceAudioSection']
/** Made of audio that can be invalid. */
const ofAudio: readonly Form[] = ['extendMusic', 'extendAudio', 'coverMusic', ...sections]
/** Known of the sister, or of E4, alone: whether they are here as well nobody says. */
const unsure: readonly Form[] = ['mashupMusic', 'generateSound', 'replaceAudioSection']

export const errors: ErrorTable = {
  content_rejected: [
    { at: 'record', status: 'SENSITIVE_WORD_ERROR', source: 'apibox.md 8' },
    { at: 'record', code: 400, source: callback },
    // The word says more than the number, which means an invalid source in these forms.
    { at: 'record', operations: ofAudio, status: 'SENSITIVE_WORD_ERROR', code: 400, source: words },
    // Whatever number stands beside it, refused content is no failure that goes elsewhere.
    { at: 'record', status: 'SENSITIVE_WORD_ERROR', code: 408, source: words },
    { at: 'record', status: 'SENSITIVE_WORD_ERROR', code: 500, source: words },
    { at: 'record', status: 'SENSITIVE_WORD_ERROR', code: 501, source: words },
    { at: 'record', status: 'SENSITIVE_WORD_ERROR', code: 531, charged: 'refunded', source: words },
    { at: 'callback', code: 400, source: callback },
  ],
  copyright_match: [
    { at: 'record', operations: sections, code: 413, source: 'apibox.md 2.3: of replace-section' },
    { at: 'callback', operations: sections, code: 413, source: 'apibox.md 2.3: of replace-section' },
  ],
  provider_rejected_request: [
    { at: 'submit', code: 400, source: sync },
    { at: 'submit', code: 404, source: 'apibox.md 2.2: wrong method or path' },
    { at: 'submit', operations: unsure, code: 404, elsewhere: true, source: 'apibox.md 2.2, 6.10, 12.16' },
    { at: 'submit', code: 413, source: 'apibox.md 2.2: theme or prompt too long' },
    { at: 'read', code: 400, source: sync },
    { at: 'read', code: 404, source: sync },
    { at: 'record', code: 413, source: 'apibox.md 2.3: prompt or style too long' },
    { at: 'callback', code: 413, source: 'apibox.md 2.3: prompt or style too long' },
    { at: 'record', code: 451, source: 'apibox.md 2.3: a source could not be fetched' },
    { at: 'callback', code: 451, source: 'apibox.md 2.3: a source could not be fetched' },
    { at: 'record', operations: ofAudio, code: 400, source: 'apibox.md 2.3: an invalid source' },
    { at: 'callback', operations: ofAudio, code: 400, source: 'apibox.md 2.3: an invalid source' },
    { at: 'submit', code: 409, source: 'apibox.md 2.2: there is one already' },
    { at: 'submit', code: 422, source: likeKie },
    { at: 'submit', code: 451, source: likeKie },
    { at: 'submit', operations: ['uploadAudio', 'uploadFromUrl'], code: 405, source: 'apibox.md 6.23: wrong method' },
    { at: 'read', code: 409, source: 'apibox.md 2.2: printed for the query of WAV too' },
    { at: 'read', code: 422, source: likeKie },
    {
      at: 'read',
      operations: ['recoverTrack'],
      code: 200,
      absent: true,
      source: 'apibox.md 9: a task unknown to KIE has no data',
    },
    { at: 'callback', operations: ['convertToWav', 'separateStems'], code: 400, source: 'apibox.md 2.2' },
  ],
  provider_credits_exhausted: [
    { at: 'submit', code: 429, source: sync },
    { at: 'read', code: 429, source: sync },
    { at: 'record', code: 429, source: callback },
    { at: 'callback', code: 429, source: callback },
    { at: 'submit', code: 402, source: likeKie },
    { at: 'read', code: 402, source: likeKie },
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
    { at: 'record', status: 'GENERATE_LYRICS_FAILED', source: words },
    { at: 'record', status: 'GENERATE_WAV_FAILED', source: words },
    { at: 'record', status: 'GENERATE_MP4_FAILED', source: words },
    { at: 'record', status: '2', source: 'apibox.md 8: of midi only' },
    { at: 'record', status: '3', source: words },
    { at: 'record', status: 'processing_validate_fail', source: 'apibox.md 6.24' },
    { at: 'record', status: 'fail', source: 'apibox.md 6.24' },
    {
      at: 'callback',
      operations: ['createVideo', 'startVoice', 'renewPhrase', 'confirmVoice'],
      code: 400,
      source: 'apibox.md 7.5: without words to object to it is a failure',
    },
    { at: 'record', status: 'success', source: 'kie.md 10: the voice id `fail`' },
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

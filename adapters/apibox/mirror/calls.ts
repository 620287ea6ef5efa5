/** api.box for the sandbox, what is answered at once. */
import type { Mirror } from '../../../src/contract/mirror.ts'
import alignLyricsDone from '../fixtures/alignLyrics/call-response-aligned.json' with { type: 'json' }
import alignLyricsEmpty from '../fixtures/alignLyrics/call-response-empty.json' with { type: 'json' }
import alignLyricsInvalid from '../fixtures/alignLyrics/call-response-invalid.json' with { type: 'json' }
import alignLyricsNoCredits from '../fixtures/alignLyrics/call-response-no-credits.json' with { type: 'json' }
import alignLyricsUnauthorized from '../fixtures/alignLyrics/call-response-unauthorized.json' with { type: 'json' }
import alignLyricsUnknownTrack from '../fixtures/alignLyrics/call-response-unknown-track.json' with { type: 'json' }
import checkVoiceDone from '../fixtures/checkVoice/call-response-done.json' with { type: 'json' }
import checkVoiceInvalid from '../fixtures/checkVoice/call-response-invalid.json' with { type: 'json' }
import checkVoiceNoCredits from '../fixtures/checkVoice/call-response-no-credits.json' with { type: 'json' }
import checkVoiceUnauthorized from '../fixtures/checkVoice/call-response-unauthorized.json' with { type: 'json' }
import checkVoiceUnknownTrack from '../fixtures/checkVoice/call-response-unknown-voice.json' with { type: 'json' }
import createPersonaExists from '../fixtures/createPersona/call-response-already-exists.json' with { type: 'json' }
import createPersonaDone from '../fixtures/createPersona/call-response-done.json' with { type: 'json' }
import createPersonaInvalid from '../fixtures/createPersona/call-response-invalid.json' with { type: 'json' }
import createPersonaNoCredits from '../fixtures/createPersona/call-response-no-credits.json' with { type: 'json' }
import createPersonaUnauthorized from '../fixtures/createPersona/call-response-unauthorized.json' with { type: 'json' }
import createPersonaUnknownTrack from '../fixtures/createPersona/call-response-unknown-track.json' with { type: 'json' }
import enhanceStyleDone from '../fixtures/enhanceStyle/call-response-done.json' with { type: 'json' }
import enhanceStyleInvalid from '../fixtures/enhanceStyle/call-response-invalid.json' with { type: 'json' }
import enhanceStyleNoCredits from '../fixtures/enhanceStyle/call-response-no-credits.json' with { type: 'json' }
import enhanceStyleUnauthorized from '../fixtures/enhanceStyle/call-response-unauthorized.json' with { type: 'json' }
import getCreditsDone from '../fixtures/getCredits/call-response-balance.json' with { type: 'json' }
import getCreditsUnauthorized from '../fixtures/getCredits/call-response-unauthorized.json' with { type: 'json' }
import uploadAudioDone from '../fixtures/uploadAudio/call-response-done.json' with { type: 'json' }
import uploadAudioInvalid from '../fixtures/uploadAudio/call-response-invalid.json' with { type: 'json' }
import uploadAudioNoCredits from '../fixtures/uploadAudio/call-response-no-credits.json' with { type: 'json' }
import uploadAudioUnauthorized from '../fixtures/uploadAudio/call-response-unauthorized.json' with { type: 'json' }
import uploadFromUrlDone from '../fixtures/uploadFromUrl/call-response-done.json' with { type: 'json' }
import uploadFromUrlInvalid from '../fixtures/uploadFromUrl/call-response-invalid.json' with { type: 'json' }
import uploadFromUrlNoCredits from '../fixtures/uploadFromUrl/call-response-no-credits.json' with { type: 'json' }
import uploadFromUrlUnauthorized from '../fixtures/uploadFromUrl/call-response-unauthorized.json' with { type: 'json' }
import alignLyricsCallSchema from '../wire/alignLyrics.call.json' with { type: 'json' }
import checkVoiceCallSchema from '../wire/checkVoice.call.json' with { type: 'json' }
import createPersonaCallSchema from '../wire/createPersona.call.json' with { type: 'json' }
import enhanceStyleCallSchema from '../wire/enhanceStyle.call.json' with { type: 'json' }
import getCreditsCallSchema from '../wire/getCredits.call.json' with { type: 'json' }
import uploadAudioCallSchema from '../wire/uploadAudio.call.json' with { type: 'json' }
import uploadFromUrlCallSchema from '../wire/uploadFromUrl.call.json' with { type: 'json' }

export const calls = {
  alignLyrics: {
    call: alignLyricsCallSchema,
    replies: {
      done: alignLyricsDone,
      empty: alignLyricsEmpty,
      invalid: alignLyricsInvalid,
      unauthorized: alignLyricsUnauthorized,
      no_credits: alignLyricsNoCredits,
      unknown_track: alignLyricsUnknownTrack,
    },
  },
  createPersona: {
    call: createPersonaCallSchema,
    // Of songs that were sung over, mended or mixed no page says so: apibox.md 6.13.
    knows: ['generateMusic', 'extendMusic', 'coverMusic', 'extendAudio'],
    replies: {
      done: createPersonaDone,
      invalid: createPersonaInvalid,
      unauthorized: createPersonaUnauthorized,
      no_credits: createPersonaNoCredits,
      unknown_track: createPersonaUnknownTrack,
      exists: createPersonaExists,
    },
  },
  checkVoice: {
    call: checkVoiceCallSchema,
    replies: {
      done: checkVoiceDone,
      invalid: checkVoiceInvalid,
      unauthorized: checkVoiceUnauthorized,
      no_credits: checkVoiceNoCredits,
      unknown_track: checkVoiceUnknownTrack,
    },
  },
  enhanceStyle: {
    call: enhanceStyleCallSchema,
    replies: {
      done: enhanceStyleDone,
      invalid: enhanceStyleInvalid,
      unauthorized: enhanceStyleUnauthorized,
      no_credits: enhanceStyleNoCredits,
    },
  },
  uploadAudio: {
    call: uploadAudioCallSchema,
    replies: {
      done: uploadAudioDone,
      invalid: uploadAudioInvalid,
      unauthorized: uploadAudioUnauthorized,
      no_credits: uploadAudioNoCredits,
    },
  },
  uploadFromUrl: {
    call: uploadFromUrlCallSchema,
    replies: {
      done: uploadFromUrlDone,
      invalid: uploadFromUrlInvalid,
      unauthorized: uploadFromUrlUnauthorized,
      no_credits: uploadFromUrlNoCredits,
    },
  },
  getCredits: { call: getCreditsCallSchema, replies: { done: getCreditsDone, unauthorized: getCreditsUnauthorized } },
} satisfies Partial<Mirror>

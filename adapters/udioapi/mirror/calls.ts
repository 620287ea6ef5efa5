/** udioapi for the sandbox, what is answered at once. */
import type { Mirror } from '../../../src/contract/mirror.ts'
import alignLyricsDone from '../fixtures/alignLyrics/call-response-aligned.json' with { type: 'json' }
import alignLyricsEmpty from '../fixtures/alignLyrics/call-response-empty.json' with { type: 'json' }
import alignLyricsInvalid from '../fixtures/alignLyrics/call-response-invalid.json' with { type: 'json' }
import alignLyricsNoCredits from '../fixtures/alignLyrics/call-response-no-credits.json' with { type: 'json' }
import alignLyricsNotReady from '../fixtures/alignLyrics/call-response-not-ready.json' with { type: 'json' }
import alignLyricsUnauthorized from '../fixtures/alignLyrics/call-response-unauthorized.json' with { type: 'json' }
import alignLyricsUnknownTrack from '../fixtures/alignLyrics/call-response-unknown-track.json' with { type: 'json' }
import getCreditsDone from '../fixtures/getCredits/call-response-balance.json' with { type: 'json' }
import getCreditsUnauthorized from '../fixtures/getCredits/call-response-unauthorized.json' with { type: 'json' }
import alignLyricsCallSchema from '../wire/alignLyrics.call.json' with { type: 'json' }
import getCreditsCallSchema from '../wire/getCredits.call.json' with { type: 'json' }

export const calls = {
  alignLyrics: {
    call: alignLyricsCallSchema,
    knows: ['generateMusic', 'extendMusic'],
    replies: {
      done: alignLyricsDone,
      empty: alignLyricsEmpty,
      invalid: alignLyricsInvalid,
      unauthorized: alignLyricsUnauthorized,
      no_credits: alignLyricsNoCredits,
      not_ready: alignLyricsNotReady,
      unknown_track: alignLyricsUnknownTrack,
    },
  },
  getCredits: { call: getCreditsCallSchema, replies: { done: getCreditsDone, unauthorized: getCreditsUnauthorized } },
} satisfies Partial<Mirror>

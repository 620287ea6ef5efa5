/** api.box for the sandbox: what it takes and what it is documented to answer. */
import type { Mirror } from '../../src/contract/mirror.ts'
import lyricsDone from './fixtures/alignLyrics/call-response-aligned.json' with { type: 'json' }
import lyricsEmpty from './fixtures/alignLyrics/call-response-empty.json' with { type: 'json' }
import lyricsNoCredits from './fixtures/alignLyrics/call-response-no-credits.json' with { type: 'json' }
import lyricsUnauthorized from './fixtures/alignLyrics/call-response-unauthorized.json' with { type: 'json' }
import lyricsUnknownTrack from './fixtures/alignLyrics/call-response-unknown-track.json' with { type: 'json' }
import musicCallbackComplete from './fixtures/generateMusic/callback-complete.json' with { type: 'json' }
import musicCallbackFailed from './fixtures/generateMusic/callback-failed.json' with { type: 'json' }
import musicCallbackFirstReady from './fixtures/generateMusic/callback-first.json' with { type: 'json' }
import musicCallbackTextReady from './fixtures/generateMusic/callback-text.json' with { type: 'json' }
import musicComplete from './fixtures/generateMusic/poll-response-complete.json' with { type: 'json' }
import musicFailed from './fixtures/generateMusic/poll-response-failed.json' with { type: 'json' }
import musicFailedContent from './fixtures/generateMusic/poll-response-failed-content.json' with { type: 'json' }
import musicFailedRefunded from './fixtures/generateMusic/poll-response-failed-refunded.json' with { type: 'json' }
import musicFirstReady from './fixtures/generateMusic/poll-response-first-ready.json' with { type: 'json' }
import musicSubmitted from './fixtures/generateMusic/poll-response-submitted.json' with { type: 'json' }
import musicTextReady from './fixtures/generateMusic/poll-response-text-ready.json' with { type: 'json' }
import musicUnknownTask from './fixtures/generateMusic/poll-response-unknown-task.json' with { type: 'json' }
import musicAccepted from './fixtures/generateMusic/submit-response-accepted.json' with { type: 'json' }
import musicInvalid from './fixtures/generateMusic/submit-response-invalid.json' with { type: 'json' }
import musicMaintenance from './fixtures/generateMusic/submit-response-maintenance.json' with { type: 'json' }
import musicNoCredits from './fixtures/generateMusic/submit-response-no-credits.json' with { type: 'json' }
import musicRateLimited from './fixtures/generateMusic/submit-response-rate-limited.json' with { type: 'json' }
import musicServerError from './fixtures/generateMusic/submit-response-server-error.json' with { type: 'json' }
import musicUnauthorized from './fixtures/generateMusic/submit-response-unauthorized.json' with { type: 'json' }
import creditsDone from './fixtures/getCredits/call-response-balance.json' with { type: 'json' }
import creditsUnauthorized from './fixtures/getCredits/call-response-unauthorized.json' with { type: 'json' }
import lyricsCall from './wire/alignLyrics.call.json' with { type: 'json' }
import musicPoll from './wire/generateMusic.poll.json' with { type: 'json' }
import musicSubmit from './wire/generateMusic.submit.json' with { type: 'json' }
import creditsCall from './wire/getCredits.call.json' with { type: 'json' }

export const mirror: Mirror = {
  generateMusic: {
    submit: musicSubmit,
    poll: musicPoll,
    replies: {
      accepted: musicAccepted,
      invalid: musicInvalid,
      unauthorized: musicUnauthorized,
      no_credits: musicNoCredits,
      rate_limited: musicRateLimited,
      server_error: musicServerError,
      maintenance: musicMaintenance,
      submitted: musicSubmitted,
      text_ready: musicTextReady,
      first_ready: musicFirstReady,
      complete: musicComplete,
      failed: musicFailed,
      failed_content: musicFailedContent,
      failed_refunded: musicFailedRefunded,
      unknown_task: musicUnknownTask,
      callback_text_ready: musicCallbackTextReady,
      callback_first_ready: musicCallbackFirstReady,
      callback_complete: musicCallbackComplete,
      callback_failed: musicCallbackFailed,
    },
  },
  alignLyrics: {
    call: lyricsCall,
    replies: {
      done: lyricsDone,
      empty: lyricsEmpty,
      unauthorized: lyricsUnauthorized,
      no_credits: lyricsNoCredits,
      unknown_track: lyricsUnknownTrack,
    },
  },
  getCredits: { call: creditsCall, replies: { done: creditsDone, unauthorized: creditsUnauthorized } },
  quirks: {},
}

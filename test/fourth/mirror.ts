/** Aria for the sandbox: what it takes and what it answers. */
import type { Mirror } from '../../src/contract/mirror.ts'
import alignDone from './fixtures/alignLyrics/call-response-done.json' with { type: 'json' }
import alignEmpty from './fixtures/alignLyrics/call-response-empty.json' with { type: 'json' }
import alignNotReady from './fixtures/alignLyrics/call-response-not-ready.json' with { type: 'json' }
import alignUnauthorized from './fixtures/alignLyrics/call-response-unauthorized.json' with { type: 'json' }
import alignUnknown from './fixtures/alignLyrics/call-response-unknown-track.json' with { type: 'json' }
import wavComplete from './fixtures/convertToWav/poll-response-complete.json' with { type: 'json' }
import wavFailed from './fixtures/convertToWav/poll-response-failed.json' with { type: 'json' }
import wavSubmitted from './fixtures/convertToWav/poll-response-submitted.json' with { type: 'json' }
import wavUnknownSource from './fixtures/convertToWav/submit-response-unknown-source.json' with { type: 'json' }
import extendUnknownSource from './fixtures/extendMusic/submit-response-unknown-source.json' with { type: 'json' }
import callbackComplete from './fixtures/generateMusic/callback-complete.json' with { type: 'json' }
import callbackFailed from './fixtures/generateMusic/callback-failed.json' with { type: 'json' }
import callbackFirstReady from './fixtures/generateMusic/callback-first-ready.json' with { type: 'json' }
import callbackTextReady from './fixtures/generateMusic/callback-text-ready.json' with { type: 'json' }
import complete from './fixtures/generateMusic/poll-response-complete.json' with { type: 'json' }
import failed from './fixtures/generateMusic/poll-response-failed.json' with { type: 'json' }
import failedContent from './fixtures/generateMusic/poll-response-failed-content.json' with { type: 'json' }
import failedRefunded from './fixtures/generateMusic/poll-response-failed-refunded.json' with { type: 'json' }
import firstReady from './fixtures/generateMusic/poll-response-first-ready.json' with { type: 'json' }
import submitted from './fixtures/generateMusic/poll-response-submitted.json' with { type: 'json' }
import textReady from './fixtures/generateMusic/poll-response-text-ready.json' with { type: 'json' }
import unknownTask from './fixtures/generateMusic/poll-response-unknown-task.json' with { type: 'json' }
import accepted from './fixtures/generateMusic/submit-response-accepted.json' with { type: 'json' }
import invalid from './fixtures/generateMusic/submit-response-invalid.json' with { type: 'json' }
import maintenance from './fixtures/generateMusic/submit-response-maintenance.json' with { type: 'json' }
import noCredits from './fixtures/generateMusic/submit-response-no-credits.json' with { type: 'json' }
import rateLimited from './fixtures/generateMusic/submit-response-rate-limited.json' with { type: 'json' }
import serverError from './fixtures/generateMusic/submit-response-server-error.json' with { type: 'json' }
import unauthorized from './fixtures/generateMusic/submit-response-unauthorized.json' with { type: 'json' }
import balance from './fixtures/getCredits/call-response-balance.json' with { type: 'json' }
import balanceUnauthorized from './fixtures/getCredits/call-response-unauthorized.json' with { type: 'json' }
import lyricsComplete from './fixtures/writeLyrics/poll-response-complete.json' with { type: 'json' }
import lyricsFailed from './fixtures/writeLyrics/poll-response-failed.json' with { type: 'json' }
import lyricsSubmitted from './fixtures/writeLyrics/poll-response-submitted.json' with { type: 'json' }
import alignCall from './wire/alignLyrics.call.json' with { type: 'json' }
import wavPoll from './wire/convertToWav.poll.json' with { type: 'json' }
import wavSubmit from './wire/convertToWav.submit.json' with { type: 'json' }
import coverPoll from './wire/coverMusic.poll.json' with { type: 'json' }
import coverSubmit from './wire/coverMusic.submit.json' with { type: 'json' }
import extendPoll from './wire/extendMusic.poll.json' with { type: 'json' }
import extendSubmit from './wire/extendMusic.submit.json' with { type: 'json' }
import musicPoll from './wire/generateMusic.poll.json' with { type: 'json' }
import musicSubmit from './wire/generateMusic.submit.json' with { type: 'json' }
import creditsCall from './wire/getCredits.call.json' with { type: 'json' }
import lyricsPoll from './wire/writeLyrics.poll.json' with { type: 'json' }
import lyricsSubmit from './wire/writeLyrics.submit.json' with { type: 'json' }

export const mirror: Mirror = {
  generateMusic: {
    submit: musicSubmit,
    poll: musicPoll,
    replies: {
      accepted,
      invalid,
      unauthorized,
      no_credits: noCredits,
      rate_limited: rateLimited,
      maintenance,
      server_error: serverError,
      submitted,
      text_ready: textReady,
      first_ready: firstReady,
      complete,
      failed,
      failed_content: failedContent,
      failed_refunded: failedRefunded,
      unknown_task: unknownTask,
      callback_text_ready: callbackTextReady,
      callback_first_ready: callbackFirstReady,
      callback_complete: callbackComplete,
      callback_failed: callbackFailed,
    },
  },
  extendMusic: { submit: extendSubmit, poll: extendPoll, replies: { unknown_source: extendUnknownSource } },
  coverMusic: { submit: coverSubmit, poll: coverPoll, replies: {} },
  writeLyrics: {
    submit: lyricsSubmit,
    poll: lyricsPoll,
    replies: { submitted: lyricsSubmitted, complete: lyricsComplete, failed: lyricsFailed },
  },
  convertToWav: {
    submit: wavSubmit,
    poll: wavPoll,
    replies: {
      submitted: wavSubmitted,
      complete: wavComplete,
      failed: wavFailed,
      unknown_source: wavUnknownSource,
    },
  },
  alignLyrics: {
    call: alignCall,
    replies: {
      done: alignDone,
      empty: alignEmpty,
      not_ready: alignNotReady,
      unauthorized: alignUnauthorized,
      unknown_track: alignUnknown,
    },
  },
  getCredits: { call: creditsCall, replies: { done: balance, unauthorized: balanceUnauthorized } },
  quirks: {},
}

/** udioapi for the sandbox, music: generateMusic, and what other forms of music say differently. */
import type { Mirror } from '../../../src/contract/mirror.ts'
import coverMusicCallbackComplete from '../fixtures/coverMusic/callback-complete.json' with { type: 'json' }
import coverMusicCallbackFailed from '../fixtures/coverMusic/callback-failed.json' with { type: 'json' }
import coverMusicCallbackFailedContent from '../fixtures/coverMusic/callback-failed-content.json' with { type: 'json' }
import coverMusicComplete from '../fixtures/coverMusic/poll-response-complete.json' with { type: 'json' }
import coverMusicFailed from '../fixtures/coverMusic/poll-response-failed.json' with { type: 'json' }
import coverMusicFailedContent from '../fixtures/coverMusic/poll-response-failed-content.json' with { type: 'json' }
import coverMusicSubmitted from '../fixtures/coverMusic/poll-response-submitted.json' with { type: 'json' }
import coverMusicUnknownTask from '../fixtures/coverMusic/poll-response-unknown-task.json' with { type: 'json' }
import coverMusicAccepted from '../fixtures/coverMusic/submit-response-accepted.json' with { type: 'json' }
import coverMusicInvalid from '../fixtures/coverMusic/submit-response-invalid.json' with { type: 'json' }
import coverMusicNoCredits from '../fixtures/coverMusic/submit-response-no-credits.json' with { type: 'json' }
import coverMusicRateLimited from '../fixtures/coverMusic/submit-response-rate-limited.json' with { type: 'json' }
import coverMusicServerError from '../fixtures/coverMusic/submit-response-server-error.json' with { type: 'json' }
import coverMusicUnauthorized from '../fixtures/coverMusic/submit-response-unauthorized.json' with { type: 'json' }
import extendMusicCallbackComplete from '../fixtures/extendMusic/callback-complete.json' with { type: 'json' }
import extendMusicCallbackFailed from '../fixtures/extendMusic/callback-failed.json' with { type: 'json' }
import extendMusicCallbackFailedContent from '../fixtures/extendMusic/callback-failed-content.json' with {
  type: 'json',
}
import extendMusicCallbackFirstReady from '../fixtures/extendMusic/callback-first.json' with { type: 'json' }
import extendMusicComplete from '../fixtures/extendMusic/poll-response-complete.json' with { type: 'json' }
import extendMusicFailed from '../fixtures/extendMusic/poll-response-failed.json' with { type: 'json' }
import extendMusicFailedContent from '../fixtures/extendMusic/poll-response-failed-content.json' with { type: 'json' }
import extendMusicFirstReady from '../fixtures/extendMusic/poll-response-first-ready.json' with { type: 'json' }
import extendMusicSubmitted from '../fixtures/extendMusic/poll-response-submitted.json' with { type: 'json' }
import extendMusicTextReady from '../fixtures/extendMusic/poll-response-text-ready.json' with { type: 'json' }
import extendMusicUnknownTask from '../fixtures/extendMusic/poll-response-unknown-task.json' with { type: 'json' }
import extendMusicAccepted from '../fixtures/extendMusic/submit-response-accepted.json' with { type: 'json' }
import extendMusicInvalid from '../fixtures/extendMusic/submit-response-invalid.json' with { type: 'json' }
import extendMusicNoCredits from '../fixtures/extendMusic/submit-response-no-credits.json' with { type: 'json' }
import extendMusicNotReady from '../fixtures/extendMusic/submit-response-not-ready.json' with { type: 'json' }
import extendMusicRateLimited from '../fixtures/extendMusic/submit-response-rate-limited.json' with { type: 'json' }
import extendMusicServerError from '../fixtures/extendMusic/submit-response-server-error.json' with { type: 'json' }
import extendMusicUnauthorized from '../fixtures/extendMusic/submit-response-unauthorized.json' with { type: 'json' }
import extendMusicUnknownSource from '../fixtures/extendMusic/submit-response-unknown-source.json' with { type: 'json' }
import generateMinimaxCallbackComplete from '../fixtures/generateMinimax/callback-complete.json' with { type: 'json' }
import generateMinimaxCallbackFailed from '../fixtures/generateMinimax/callback-failed.json' with { type: 'json' }
import generateMinimaxComplete from '../fixtures/generateMinimax/poll-response-complete.json' with { type: 'json' }
import generateMinimaxFailed from '../fixtures/generateMinimax/poll-response-failed.json' with { type: 'json' }
import generateMinimaxSubmitted from '../fixtures/generateMinimax/poll-response-submitted.json' with { type: 'json' }
import generateMinimaxUnknownTask from '../fixtures/generateMinimax/poll-response-unknown-task.json' with {
  type: 'json',
}
import generateMinimaxAccepted from '../fixtures/generateMinimax/submit-response-accepted.json' with { type: 'json' }
import generateMinimaxInvalid from '../fixtures/generateMinimax/submit-response-invalid.json' with { type: 'json' }
import generateMinimaxNoCredits from '../fixtures/generateMinimax/submit-response-no-credits.json' with { type: 'json' }
import generateMinimaxRateLimited from '../fixtures/generateMinimax/submit-response-rate-limited.json' with {
  type: 'json',
}
import generateMinimaxServerError from '../fixtures/generateMinimax/submit-response-server-error.json' with {
  type: 'json',
}
import generateMinimaxUnauthorized from '../fixtures/generateMinimax/submit-response-unauthorized.json' with {
  type: 'json',
}
import generateMusicCallbackComplete from '../fixtures/generateMusic/callback-complete.json' with { type: 'json' }
import generateMusicCallbackFailed from '../fixtures/generateMusic/callback-failed.json' with { type: 'json' }
import generateMusicCallbackFailedContent from '../fixtures/generateMusic/callback-failed-content.json' with {
  type: 'json',
}
import generateMusicCallbackFirstReady from '../fixtures/generateMusic/callback-first.json' with { type: 'json' }
import generateMusicCallbackTextReady from '../fixtures/generateMusic/callback-text.json' with { type: 'json' }
import generateMusicComplete from '../fixtures/generateMusic/poll-response-complete.json' with { type: 'json' }
import quirkItemsStayFirst from '../fixtures/generateMusic/poll-response-complete-items-first.json' with {
  type: 'json',
}
import generateMusicFailed from '../fixtures/generateMusic/poll-response-failed.json' with { type: 'json' }
import generateMusicFailedContent from '../fixtures/generateMusic/poll-response-failed-content.json' with {
  type: 'json',
}
import generateMusicFirstReady from '../fixtures/generateMusic/poll-response-first-ready.json' with { type: 'json' }
import generateMusicSubmitted from '../fixtures/generateMusic/poll-response-submitted.json' with { type: 'json' }
import generateMusicTextReady from '../fixtures/generateMusic/poll-response-text-ready.json' with { type: 'json' }
import generateMusicUnknownTask from '../fixtures/generateMusic/poll-response-unknown-task.json' with { type: 'json' }
import generateMusicAccepted from '../fixtures/generateMusic/submit-response-accepted.json' with { type: 'json' }
import generateMusicInvalid from '../fixtures/generateMusic/submit-response-invalid.json' with { type: 'json' }
import generateMusicNoCredits from '../fixtures/generateMusic/submit-response-no-credits.json' with { type: 'json' }
import generateMusicRateLimited from '../fixtures/generateMusic/submit-response-rate-limited.json' with { type: 'json' }
import generateMusicServerError from '../fixtures/generateMusic/submit-response-server-error.json' with { type: 'json' }
import generateMusicUnauthorized from '../fixtures/generateMusic/submit-response-unauthorized.json' with {
  type: 'json',
}
import coverMusicPollSchema from '../wire/coverMusic.poll.json' with { type: 'json' }
import coverMusicSubmitSchema from '../wire/coverMusic.submit.json' with { type: 'json' }
import extendMusicPollSchema from '../wire/extendMusic.poll.json' with { type: 'json' }
import extendMusicSubmitSchema from '../wire/extendMusic.submit.json' with { type: 'json' }
import generateMinimaxPollSchema from '../wire/generateMinimax.poll.json' with { type: 'json' }
import generateMinimaxSubmitSchema from '../wire/generateMinimax.submit.json' with { type: 'json' }
import generateMusicPollSchema from '../wire/generateMusic.poll.json' with { type: 'json' }
import generateMusicSubmitSchema from '../wire/generateMusic.submit.json' with { type: 'json' }

export const music = {
  generateMusic: {
    submit: generateMusicSubmitSchema,
    poll: generateMusicPollSchema,
    // Where a length counts and is not said: udioapi.md 4.
    default_seconds: 20,
    replies: {
      accepted: generateMusicAccepted,
      invalid: generateMusicInvalid,
      unauthorized: generateMusicUnauthorized,
      no_credits: generateMusicNoCredits,
      rate_limited: generateMusicRateLimited,
      server_error: generateMusicServerError,
      submitted: generateMusicSubmitted,
      text_ready: generateMusicTextReady,
      first_ready: generateMusicFirstReady,
      complete: generateMusicComplete,
      failed: generateMusicFailed,
      failed_content: generateMusicFailedContent,
      unknown_task: generateMusicUnknownTask,
      callback_text_ready: generateMusicCallbackTextReady,
      callback_first_ready: generateMusicCallbackFirstReady,
      callback_complete: generateMusicCallbackComplete,
      callback_failed: generateMusicCallbackFailed,
      callback_failed_content: generateMusicCallbackFailedContent,
    },
  },
  generateMinimax: {
    submit: generateMinimaxSubmitSchema,
    poll: generateMinimaxPollSchema,
    replies: {
      accepted: generateMinimaxAccepted,
      invalid: generateMinimaxInvalid,
      unauthorized: generateMinimaxUnauthorized,
      no_credits: generateMinimaxNoCredits,
      rate_limited: generateMinimaxRateLimited,
      server_error: generateMinimaxServerError,
      submitted: generateMinimaxSubmitted,
      complete: generateMinimaxComplete,
      failed: generateMinimaxFailed,
      unknown_task: generateMinimaxUnknownTask,
      callback_complete: generateMinimaxCallbackComplete,
      callback_failed: generateMinimaxCallbackFailed,
    },
  },
  extendMusic: {
    submit: extendMusicSubmitSchema,
    poll: extendMusicPollSchema,
    // Ids of covers work nowhere else (udioapi.md 14), and MiniMax is a provider of its own (10.3).
    knows: ['generateMusic', 'extendMusic'],
    replies: {
      accepted: extendMusicAccepted,
      invalid: extendMusicInvalid,
      unauthorized: extendMusicUnauthorized,
      no_credits: extendMusicNoCredits,
      rate_limited: extendMusicRateLimited,
      server_error: extendMusicServerError,
      unknown_source: extendMusicUnknownSource,
      not_ready: extendMusicNotReady,
      submitted: extendMusicSubmitted,
      text_ready: extendMusicTextReady,
      first_ready: extendMusicFirstReady,
      complete: extendMusicComplete,
      failed: extendMusicFailed,
      failed_content: extendMusicFailedContent,
      unknown_task: extendMusicUnknownTask,
      callback_first_ready: extendMusicCallbackFirstReady,
      callback_complete: extendMusicCallbackComplete,
      callback_failed: extendMusicCallbackFailed,
      callback_failed_content: extendMusicCallbackFailedContent,
    },
  },
  coverMusic: {
    submit: coverMusicSubmitSchema,
    poll: coverMusicPollSchema,
    replies: {
      accepted: coverMusicAccepted,
      invalid: coverMusicInvalid,
      unauthorized: coverMusicUnauthorized,
      no_credits: coverMusicNoCredits,
      rate_limited: coverMusicRateLimited,
      server_error: coverMusicServerError,
      submitted: coverMusicSubmitted,
      complete: coverMusicComplete,
      failed: coverMusicFailed,
      failed_content: coverMusicFailedContent,
      unknown_task: coverMusicUnknownTask,
      callback_complete: coverMusicCallbackComplete,
      callback_failed: coverMusicCallbackFailed,
      callback_failed_content: coverMusicCallbackFailedContent,
    },
  },
} satisfies Partial<Mirror>

/** Replies of generateMusic that other documented ones take the place of, each set behind a switch. */
export const quirks: Mirror['quirks'] = { items_stay_first: { complete: quirkItemsStayFirst } }

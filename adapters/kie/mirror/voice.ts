/** KIE for the sandbox, custom voices. */
import type { Mirror } from '../../../src/contract/mirror.ts'
import confirmVoiceCallbackComplete from '../fixtures/confirmVoice/callback-complete.json' with { type: 'json' }
import confirmVoiceCallbackFailed from '../fixtures/confirmVoice/callback-failed.json' with { type: 'json' }
import confirmVoiceComplete from '../fixtures/confirmVoice/poll-response-complete.json' with { type: 'json' }
import confirmVoiceFailed from '../fixtures/confirmVoice/poll-response-failed.json' with { type: 'json' }
import confirmVoiceSubmitted from '../fixtures/confirmVoice/poll-response-submitted.json' with { type: 'json' }
import confirmVoiceUnknownTask from '../fixtures/confirmVoice/poll-response-unknown-task.json' with { type: 'json' }
import confirmVoiceAccepted from '../fixtures/confirmVoice/submit-response-accepted.json' with { type: 'json' }
import confirmVoiceInvalid from '../fixtures/confirmVoice/submit-response-invalid.json' with { type: 'json' }
import confirmVoiceMaintenance from '../fixtures/confirmVoice/submit-response-maintenance.json' with { type: 'json' }
import confirmVoiceNoCredits from '../fixtures/confirmVoice/submit-response-no-credits.json' with { type: 'json' }
import confirmVoiceRateLimited from '../fixtures/confirmVoice/submit-response-rate-limited.json' with { type: 'json' }
import confirmVoiceServerError from '../fixtures/confirmVoice/submit-response-server-error.json' with { type: 'json' }
import confirmVoiceUnauthorized from '../fixtures/confirmVoice/submit-response-unauthorized.json' with { type: 'json' }
import confirmVoiceUnknownSource from '../fixtures/confirmVoice/submit-response-unknown-record.json' with {
  type: 'json',
}
import renewPhraseCallbackComplete from '../fixtures/renewPhrase/callback-complete.json' with { type: 'json' }
import renewPhraseCallbackFailed from '../fixtures/renewPhrase/callback-failed.json' with { type: 'json' }
import renewPhraseComplete from '../fixtures/renewPhrase/poll-response-complete.json' with { type: 'json' }
import renewPhraseFailed from '../fixtures/renewPhrase/poll-response-failed.json' with { type: 'json' }
import renewPhraseSubmitted from '../fixtures/renewPhrase/poll-response-submitted.json' with { type: 'json' }
import renewPhraseUnknownTask from '../fixtures/renewPhrase/poll-response-unknown-task.json' with { type: 'json' }
import renewPhraseAccepted from '../fixtures/renewPhrase/submit-response-accepted.json' with { type: 'json' }
import renewPhraseInvalid from '../fixtures/renewPhrase/submit-response-invalid.json' with { type: 'json' }
import renewPhraseMaintenance from '../fixtures/renewPhrase/submit-response-maintenance.json' with { type: 'json' }
import renewPhraseNoCredits from '../fixtures/renewPhrase/submit-response-no-credits.json' with { type: 'json' }
import renewPhraseRateLimited from '../fixtures/renewPhrase/submit-response-rate-limited.json' with { type: 'json' }
import renewPhraseServerError from '../fixtures/renewPhrase/submit-response-server-error.json' with { type: 'json' }
import renewPhraseUnauthorized from '../fixtures/renewPhrase/submit-response-unauthorized.json' with { type: 'json' }
import renewPhraseUnknownSource from '../fixtures/renewPhrase/submit-response-unknown-record.json' with { type: 'json' }
import startVoiceCallbackComplete from '../fixtures/startVoice/callback-complete.json' with { type: 'json' }
import startVoiceCallbackFailed from '../fixtures/startVoice/callback-failed.json' with { type: 'json' }
import startVoiceComplete from '../fixtures/startVoice/poll-response-complete.json' with { type: 'json' }
import startVoiceFailed from '../fixtures/startVoice/poll-response-failed.json' with { type: 'json' }
import startVoiceSubmitted from '../fixtures/startVoice/poll-response-submitted.json' with { type: 'json' }
import startVoiceUnknownTask from '../fixtures/startVoice/poll-response-unknown-task.json' with { type: 'json' }
import startVoiceAccepted from '../fixtures/startVoice/submit-response-accepted.json' with { type: 'json' }
import startVoiceInvalid from '../fixtures/startVoice/submit-response-invalid.json' with { type: 'json' }
import startVoiceMaintenance from '../fixtures/startVoice/submit-response-maintenance.json' with { type: 'json' }
import startVoiceNoCredits from '../fixtures/startVoice/submit-response-no-credits.json' with { type: 'json' }
import startVoiceRateLimited from '../fixtures/startVoice/submit-response-rate-limited.json' with { type: 'json' }
import startVoiceServerError from '../fixtures/startVoice/submit-response-server-error.json' with { type: 'json' }
import startVoiceUnauthorized from '../fixtures/startVoice/submit-response-unauthorized.json' with { type: 'json' }
import confirmVoicePollSchema from '../wire/confirmVoice.poll.json' with { type: 'json' }
import confirmVoiceSubmitSchema from '../wire/confirmVoice.submit.json' with { type: 'json' }
import renewPhrasePollSchema from '../wire/renewPhrase.poll.json' with { type: 'json' }
import renewPhraseSubmitSchema from '../wire/renewPhrase.submit.json' with { type: 'json' }
import startVoicePollSchema from '../wire/startVoice.poll.json' with { type: 'json' }
import startVoiceSubmitSchema from '../wire/startVoice.submit.json' with { type: 'json' }

export const voice = {
  startVoice: {
    submit: startVoiceSubmitSchema,
    poll: startVoicePollSchema,
    replies: {
      accepted: startVoiceAccepted,
      invalid: startVoiceInvalid,
      unauthorized: startVoiceUnauthorized,
      no_credits: startVoiceNoCredits,
      rate_limited: startVoiceRateLimited,
      server_error: startVoiceServerError,
      maintenance: startVoiceMaintenance,
      submitted: startVoiceSubmitted,
      complete: startVoiceComplete,
      failed: startVoiceFailed,
      unknown_task: startVoiceUnknownTask,
      callback_complete: startVoiceCallbackComplete,
      callback_failed: startVoiceCallbackFailed,
    },
  },
  renewPhrase: {
    submit: renewPhraseSubmitSchema,
    poll: renewPhrasePollSchema,
    replies: {
      accepted: renewPhraseAccepted,
      invalid: renewPhraseInvalid,
      unauthorized: renewPhraseUnauthorized,
      no_credits: renewPhraseNoCredits,
      rate_limited: renewPhraseRateLimited,
      server_error: renewPhraseServerError,
      maintenance: renewPhraseMaintenance,
      unknown_source: renewPhraseUnknownSource,
      submitted: renewPhraseSubmitted,
      complete: renewPhraseComplete,
      failed: renewPhraseFailed,
      unknown_task: renewPhraseUnknownTask,
      callback_complete: renewPhraseCallbackComplete,
      callback_failed: renewPhraseCallbackFailed,
    },
  },
  confirmVoice: {
    submit: confirmVoiceSubmitSchema,
    poll: confirmVoicePollSchema,
    replies: {
      accepted: confirmVoiceAccepted,
      invalid: confirmVoiceInvalid,
      unauthorized: confirmVoiceUnauthorized,
      no_credits: confirmVoiceNoCredits,
      rate_limited: confirmVoiceRateLimited,
      server_error: confirmVoiceServerError,
      maintenance: confirmVoiceMaintenance,
      unknown_source: confirmVoiceUnknownSource,
      submitted: confirmVoiceSubmitted,
      complete: confirmVoiceComplete,
      failed: confirmVoiceFailed,
      unknown_task: confirmVoiceUnknownTask,
      callback_complete: confirmVoiceCallbackComplete,
      callback_failed: confirmVoiceCallbackFailed,
    },
  },
} satisfies Partial<Mirror>

/** udioapi for the sandbox, what is made of a song, and lyrics alone. */
import type { Mirror } from '../../../src/contract/mirror.ts'
import createCoverArtComplete from '../fixtures/createCoverArt/poll-response-complete.json' with { type: 'json' }
import createCoverArtFailed from '../fixtures/createCoverArt/poll-response-failed.json' with { type: 'json' }
import createCoverArtSubmitted from '../fixtures/createCoverArt/poll-response-submitted.json' with { type: 'json' }
import createCoverArtUnknownTask from '../fixtures/createCoverArt/poll-response-unknown-task.json' with { type: 'json' }
import createCoverArtAccepted from '../fixtures/createCoverArt/submit-response-accepted.json' with { type: 'json' }
import createCoverArtExists from '../fixtures/createCoverArt/submit-response-already-exists.json' with { type: 'json' }
import createCoverArtInvalid from '../fixtures/createCoverArt/submit-response-invalid.json' with { type: 'json' }
import createCoverArtNoCredits from '../fixtures/createCoverArt/submit-response-no-credits.json' with { type: 'json' }
import createCoverArtRateLimited from '../fixtures/createCoverArt/submit-response-rate-limited.json' with {
  type: 'json',
}
import createCoverArtServerError from '../fixtures/createCoverArt/submit-response-server-error.json' with {
  type: 'json',
}
import createCoverArtUnauthorized from '../fixtures/createCoverArt/submit-response-unauthorized.json' with {
  type: 'json',
}
import createCoverArtUnknownSource from '../fixtures/createCoverArt/submit-response-unknown-source.json' with {
  type: 'json',
}
import createCoverArtPollSchema from '../wire/createCoverArt.poll.json' with { type: 'json' }
import createCoverArtSubmitSchema from '../wire/createCoverArt.submit.json' with { type: 'json' }

export const followUps = {
  createCoverArt: {
    submit: createCoverArtSubmitSchema,
    poll: createCoverArtPollSchema,
    knows: ['generateMusic', 'extendMusic'],
    replies: {
      accepted: createCoverArtAccepted,
      invalid: createCoverArtInvalid,
      unauthorized: createCoverArtUnauthorized,
      no_credits: createCoverArtNoCredits,
      rate_limited: createCoverArtRateLimited,
      server_error: createCoverArtServerError,
      unknown_source: createCoverArtUnknownSource,
      exists: createCoverArtExists,
      submitted: createCoverArtSubmitted,
      complete: createCoverArtComplete,
      failed: createCoverArtFailed,
      unknown_task: createCoverArtUnknownTask,
    },
  },
} satisfies Partial<Mirror>

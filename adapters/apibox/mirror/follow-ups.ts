/** api.box for the sandbox, what is made of a song, and lyrics alone. */
import type { Mirror } from '../../../src/contract/mirror.ts'
import convertToWavCallbackComplete from '../fixtures/convertToWav/callback-complete.json' with { type: 'json' }
import convertToWavCallbackFailed from '../fixtures/convertToWav/callback-failed.json' with { type: 'json' }
import convertToWavCallbackFailedRefunded from '../fixtures/convertToWav/callback-failed-refunded.json' with {
  type: 'json',
}
import convertToWavComplete from '../fixtures/convertToWav/poll-response-complete.json' with { type: 'json' }
import convertToWavFailed from '../fixtures/convertToWav/poll-response-failed.json' with { type: 'json' }
import convertToWavFailedRefunded from '../fixtures/convertToWav/poll-response-failed-refunded.json' with {
  type: 'json',
}
import convertToWavSubmitted from '../fixtures/convertToWav/poll-response-submitted.json' with { type: 'json' }
import convertToWavUnknownTask from '../fixtures/convertToWav/poll-response-unknown-task.json' with { type: 'json' }
import convertToWavAccepted from '../fixtures/convertToWav/submit-response-accepted.json' with { type: 'json' }
import convertToWavExists from '../fixtures/convertToWav/submit-response-already-exists.json' with { type: 'json' }
import convertToWavInvalid from '../fixtures/convertToWav/submit-response-invalid.json' with { type: 'json' }
import convertToWavMaintenance from '../fixtures/convertToWav/submit-response-maintenance.json' with { type: 'json' }
import convertToWavNoCredits from '../fixtures/convertToWav/submit-response-no-credits.json' with { type: 'json' }
import convertToWavRateLimited from '../fixtures/convertToWav/submit-response-rate-limited.json' with { type: 'json' }
import convertToWavServerError from '../fixtures/convertToWav/submit-response-server-error.json' with { type: 'json' }
import convertToWavUnauthorized from '../fixtures/convertToWav/submit-response-unauthorized.json' with { type: 'json' }
import convertToWavUnknownSource from '../fixtures/convertToWav/submit-response-unknown-source.json' with {
  type: 'json',
}
import createCoverArtCallbackComplete from '../fixtures/createCoverArt/callback-complete.json' with { type: 'json' }
import createCoverArtCallbackFailed from '../fixtures/createCoverArt/callback-failed.json' with { type: 'json' }
import createCoverArtCallbackFailedRefunded from '../fixtures/createCoverArt/callback-failed-refunded.json' with {
  type: 'json',
}
import createCoverArtComplete from '../fixtures/createCoverArt/poll-response-complete.json' with { type: 'json' }
import createCoverArtFailed from '../fixtures/createCoverArt/poll-response-failed.json' with { type: 'json' }
import createCoverArtFailedRefunded from '../fixtures/createCoverArt/poll-response-failed-refunded.json' with {
  type: 'json',
}
import createCoverArtSubmitted from '../fixtures/createCoverArt/poll-response-submitted.json' with { type: 'json' }
import createCoverArtUnknownTask from '../fixtures/createCoverArt/poll-response-unknown-task.json' with { type: 'json' }
import createCoverArtAccepted from '../fixtures/createCoverArt/submit-response-accepted.json' with { type: 'json' }
import createCoverArtExists from '../fixtures/createCoverArt/submit-response-already-exists.json' with { type: 'json' }
import createCoverArtInvalid from '../fixtures/createCoverArt/submit-response-invalid.json' with { type: 'json' }
import createCoverArtMaintenance from '../fixtures/createCoverArt/submit-response-maintenance.json' with {
  type: 'json',
}
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
import createMidiCallbackComplete from '../fixtures/createMidi/callback-complete.json' with { type: 'json' }
import createMidiCallbackFailed from '../fixtures/createMidi/callback-failed.json' with { type: 'json' }
import createMidiCallbackFailedRefunded from '../fixtures/createMidi/callback-failed-refunded.json' with {
  type: 'json',
}
import createMidiComplete from '../fixtures/createMidi/poll-response-complete.json' with { type: 'json' }
import createMidiFailed from '../fixtures/createMidi/poll-response-failed.json' with { type: 'json' }
import createMidiFailedRefunded from '../fixtures/createMidi/poll-response-failed-refunded.json' with { type: 'json' }
import createMidiSubmitted from '../fixtures/createMidi/poll-response-submitted.json' with { type: 'json' }
import createMidiUnknownTask from '../fixtures/createMidi/poll-response-unknown-task.json' with { type: 'json' }
import createMidiAccepted from '../fixtures/createMidi/submit-response-accepted.json' with { type: 'json' }
import createMidiInvalid from '../fixtures/createMidi/submit-response-invalid.json' with { type: 'json' }
import createMidiMaintenance from '../fixtures/createMidi/submit-response-maintenance.json' with { type: 'json' }
import createMidiNoCredits from '../fixtures/createMidi/submit-response-no-credits.json' with { type: 'json' }
import createMidiRateLimited from '../fixtures/createMidi/submit-response-rate-limited.json' with { type: 'json' }
import createMidiServerError from '../fixtures/createMidi/submit-response-server-error.json' with { type: 'json' }
import createMidiUnauthorized from '../fixtures/createMidi/submit-response-unauthorized.json' with { type: 'json' }
import createMidiUnknownSource from '../fixtures/createMidi/submit-response-unknown-source.json' with { type: 'json' }
import createVideoCallbackComplete from '../fixtures/createVideo/callback-complete.json' with { type: 'json' }
import createVideoCallbackFailed from '../fixtures/createVideo/callback-failed.json' with { type: 'json' }
import createVideoCallbackFailedRefunded from '../fixtures/createVideo/callback-failed-refunded.json' with {
  type: 'json',
}
import createVideoComplete from '../fixtures/createVideo/poll-response-complete.json' with { type: 'json' }
import createVideoFailed from '../fixtures/createVideo/poll-response-failed.json' with { type: 'json' }
import createVideoFailedRefunded from '../fixtures/createVideo/poll-response-failed-refunded.json' with { type: 'json' }
import createVideoSubmitted from '../fixtures/createVideo/poll-response-submitted.json' with { type: 'json' }
import createVideoUnknownTask from '../fixtures/createVideo/poll-response-unknown-task.json' with { type: 'json' }
import createVideoAccepted from '../fixtures/createVideo/submit-response-accepted.json' with { type: 'json' }
import createVideoExists from '../fixtures/createVideo/submit-response-already-exists.json' with { type: 'json' }
import createVideoInvalid from '../fixtures/createVideo/submit-response-invalid.json' with { type: 'json' }
import createVideoMaintenance from '../fixtures/createVideo/submit-response-maintenance.json' with { type: 'json' }
import createVideoNoCredits from '../fixtures/createVideo/submit-response-no-credits.json' with { type: 'json' }
import createVideoRateLimited from '../fixtures/createVideo/submit-response-rate-limited.json' with { type: 'json' }
import createVideoServerError from '../fixtures/createVideo/submit-response-server-error.json' with { type: 'json' }
import createVideoUnauthorized from '../fixtures/createVideo/submit-response-unauthorized.json' with { type: 'json' }
import createVideoUnknownSource from '../fixtures/createVideo/submit-response-unknown-source.json' with { type: 'json' }
import recoverTrackCallbackComplete from '../fixtures/recoverTrack/callback-complete.json' with { type: 'json' }
import recoverTrackCallbackFailed from '../fixtures/recoverTrack/callback-failed.json' with { type: 'json' }
import recoverTrackComplete from '../fixtures/recoverTrack/poll-response-complete.json' with { type: 'json' }
import recoverTrackFailed from '../fixtures/recoverTrack/poll-response-failed.json' with { type: 'json' }
import recoverTrackSubmitted from '../fixtures/recoverTrack/poll-response-submitted.json' with { type: 'json' }
import recoverTrackUnknownTask from '../fixtures/recoverTrack/poll-response-unknown-task.json' with { type: 'json' }
import recoverTrackAccepted from '../fixtures/recoverTrack/submit-response-accepted.json' with { type: 'json' }
import recoverTrackInvalid from '../fixtures/recoverTrack/submit-response-invalid.json' with { type: 'json' }
import recoverTrackMaintenance from '../fixtures/recoverTrack/submit-response-maintenance.json' with { type: 'json' }
import recoverTrackNoCredits from '../fixtures/recoverTrack/submit-response-no-credits.json' with { type: 'json' }
import recoverTrackRateLimited from '../fixtures/recoverTrack/submit-response-rate-limited.json' with { type: 'json' }
import recoverTrackServerError from '../fixtures/recoverTrack/submit-response-server-error.json' with { type: 'json' }
import recoverTrackUnauthorized from '../fixtures/recoverTrack/submit-response-unauthorized.json' with { type: 'json' }
import recoverTrackUnknownSource from '../fixtures/recoverTrack/submit-response-unknown-source.json' with {
  type: 'json',
}
import separateStemsCallbackComplete from '../fixtures/separateStems/callback-complete.json' with { type: 'json' }
import separateStemsCallbackFailed from '../fixtures/separateStems/callback-failed.json' with { type: 'json' }
import separateStemsCallbackFailedRefunded from '../fixtures/separateStems/callback-failed-refunded.json' with {
  type: 'json',
}
import separateStemsComplete from '../fixtures/separateStems/poll-response-complete.json' with { type: 'json' }
import separateStemsFailed from '../fixtures/separateStems/poll-response-failed.json' with { type: 'json' }
import separateStemsFailedRefunded from '../fixtures/separateStems/poll-response-failed-refunded.json' with {
  type: 'json',
}
import separateStemsSubmitted from '../fixtures/separateStems/poll-response-submitted.json' with { type: 'json' }
import separateStemsUnknownTask from '../fixtures/separateStems/poll-response-unknown-task.json' with { type: 'json' }
import separateStemsAccepted from '../fixtures/separateStems/submit-response-accepted.json' with { type: 'json' }
import separateStemsInvalid from '../fixtures/separateStems/submit-response-invalid.json' with { type: 'json' }
import separateStemsMaintenance from '../fixtures/separateStems/submit-response-maintenance.json' with { type: 'json' }
import separateStemsNoCredits from '../fixtures/separateStems/submit-response-no-credits.json' with { type: 'json' }
import separateStemsRateLimited from '../fixtures/separateStems/submit-response-rate-limited.json' with { type: 'json' }
import separateStemsServerError from '../fixtures/separateStems/submit-response-server-error.json' with { type: 'json' }
import separateStemsUnauthorized from '../fixtures/separateStems/submit-response-unauthorized.json' with {
  type: 'json',
}
import separateStemsUnknownSource from '../fixtures/separateStems/submit-response-unknown-source.json' with {
  type: 'json',
}
import writeLyricsCallbackComplete from '../fixtures/writeLyrics/callback-complete.json' with { type: 'json' }
import writeLyricsCallbackFailed from '../fixtures/writeLyrics/callback-failed.json' with { type: 'json' }
import writeLyricsCallbackFailedContent from '../fixtures/writeLyrics/callback-failed-content.json' with {
  type: 'json',
}
import writeLyricsCallbackFailedRefunded from '../fixtures/writeLyrics/callback-failed-refunded.json' with {
  type: 'json',
}
import writeLyricsComplete from '../fixtures/writeLyrics/poll-response-complete.json' with { type: 'json' }
import writeLyricsFailed from '../fixtures/writeLyrics/poll-response-failed.json' with { type: 'json' }
import writeLyricsFailedContent from '../fixtures/writeLyrics/poll-response-failed-content.json' with { type: 'json' }
import writeLyricsFailedRefunded from '../fixtures/writeLyrics/poll-response-failed-refunded.json' with { type: 'json' }
import writeLyricsSubmitted from '../fixtures/writeLyrics/poll-response-submitted.json' with { type: 'json' }
import writeLyricsUnknownTask from '../fixtures/writeLyrics/poll-response-unknown-task.json' with { type: 'json' }
import writeLyricsAccepted from '../fixtures/writeLyrics/submit-response-accepted.json' with { type: 'json' }
import writeLyricsInvalid from '../fixtures/writeLyrics/submit-response-invalid.json' with { type: 'json' }
import writeLyricsMaintenance from '../fixtures/writeLyrics/submit-response-maintenance.json' with { type: 'json' }
import writeLyricsNoCredits from '../fixtures/writeLyrics/submit-response-no-credits.json' with { type: 'json' }
import writeLyricsRateLimited from '../fixtures/writeLyrics/submit-response-rate-limited.json' with { type: 'json' }
import writeLyricsServerError from '../fixtures/writeLyrics/submit-response-server-error.json' with { type: 'json' }
import writeLyricsUnauthorized from '../fixtures/writeLyrics/submit-response-unauthorized.json' with { type: 'json' }
import convertToWavPollSchema from '../wire/convertToWav.poll.json' with { type: 'json' }
import convertToWavSubmitSchema from '../wire/convertToWav.submit.json' with { type: 'json' }
import createCoverArtPollSchema from '../wire/createCoverArt.poll.json' with { type: 'json' }
import createCoverArtSubmitSchema from '../wire/createCoverArt.submit.json' with { type: 'json' }
import createMidiPollSchema from '../wire/createMidi.poll.json' with { type: 'json' }
import createMidiSubmitSchema from '../wire/createMidi.submit.json' with { type: 'json' }
import createVideoPollSchema from '../wire/createVideo.poll.json' with { type: 'json' }
import createVideoSubmitSchema from '../wire/createVideo.submit.json' with { type: 'json' }
import recoverTrackPollSchema from '../wire/recoverTrack.poll.json' with { type: 'json' }
import recoverTrackSubmitSchema from '../wire/recoverTrack.submit.json' with { type: 'json' }
import separateStemsPollSchema from '../wire/separateStems.poll.json' with { type: 'json' }
import separateStemsSubmitSchema from '../wire/separateStems.submit.json' with { type: 'json' }
import writeLyricsPollSchema from '../wire/writeLyrics.poll.json' with { type: 'json' }
import writeLyricsSubmitSchema from '../wire/writeLyrics.submit.json' with { type: 'json' }

export const followUps = {
  writeLyrics: {
    submit: writeLyricsSubmitSchema,
    poll: writeLyricsPollSchema,
    replies: {
      accepted: writeLyricsAccepted,
      invalid: writeLyricsInvalid,
      unauthorized: writeLyricsUnauthorized,
      no_credits: writeLyricsNoCredits,
      rate_limited: writeLyricsRateLimited,
      server_error: writeLyricsServerError,
      maintenance: writeLyricsMaintenance,
      submitted: writeLyricsSubmitted,
      complete: writeLyricsComplete,
      failed: writeLyricsFailed,
      failed_content: writeLyricsFailedContent,
      failed_refunded: writeLyricsFailedRefunded,
      unknown_task: writeLyricsUnknownTask,
      callback_complete: writeLyricsCallbackComplete,
      callback_failed: writeLyricsCallbackFailed,
      callback_failed_content: writeLyricsCallbackFailedContent,
      callback_failed_refunded: writeLyricsCallbackFailedRefunded,
    },
  },
  convertToWav: {
    submit: convertToWavSubmitSchema,
    poll: convertToWavPollSchema,
    replies: {
      accepted: convertToWavAccepted,
      invalid: convertToWavInvalid,
      unauthorized: convertToWavUnauthorized,
      no_credits: convertToWavNoCredits,
      rate_limited: convertToWavRateLimited,
      server_error: convertToWavServerError,
      maintenance: convertToWavMaintenance,
      unknown_source: convertToWavUnknownSource,
      exists: convertToWavExists,
      submitted: convertToWavSubmitted,
      complete: convertToWavComplete,
      failed: convertToWavFailed,
      failed_refunded: convertToWavFailedRefunded,
      unknown_task: convertToWavUnknownTask,
      callback_complete: convertToWavCallbackComplete,
      callback_failed: convertToWavCallbackFailed,
      callback_failed_refunded: convertToWavCallbackFailedRefunded,
    },
  },
  separateStems: {
    submit: separateStemsSubmitSchema,
    poll: separateStemsPollSchema,
    replies: {
      accepted: separateStemsAccepted,
      invalid: separateStemsInvalid,
      unauthorized: separateStemsUnauthorized,
      no_credits: separateStemsNoCredits,
      rate_limited: separateStemsRateLimited,
      server_error: separateStemsServerError,
      maintenance: separateStemsMaintenance,
      unknown_source: separateStemsUnknownSource,
      submitted: separateStemsSubmitted,
      complete: separateStemsComplete,
      failed: separateStemsFailed,
      failed_refunded: separateStemsFailedRefunded,
      unknown_task: separateStemsUnknownTask,
      callback_complete: separateStemsCallbackComplete,
      callback_failed: separateStemsCallbackFailed,
      callback_failed_refunded: separateStemsCallbackFailedRefunded,
    },
  },
  createMidi: {
    submit: createMidiSubmitSchema,
    poll: createMidiPollSchema,
    replies: {
      accepted: createMidiAccepted,
      invalid: createMidiInvalid,
      unauthorized: createMidiUnauthorized,
      no_credits: createMidiNoCredits,
      rate_limited: createMidiRateLimited,
      server_error: createMidiServerError,
      maintenance: createMidiMaintenance,
      unknown_source: createMidiUnknownSource,
      submitted: createMidiSubmitted,
      complete: createMidiComplete,
      failed: createMidiFailed,
      failed_refunded: createMidiFailedRefunded,
      unknown_task: createMidiUnknownTask,
      callback_complete: createMidiCallbackComplete,
      callback_failed: createMidiCallbackFailed,
      callback_failed_refunded: createMidiCallbackFailedRefunded,
    },
  },
  createVideo: {
    submit: createVideoSubmitSchema,
    poll: createVideoPollSchema,
    replies: {
      accepted: createVideoAccepted,
      invalid: createVideoInvalid,
      unauthorized: createVideoUnauthorized,
      no_credits: createVideoNoCredits,
      rate_limited: createVideoRateLimited,
      server_error: createVideoServerError,
      maintenance: createVideoMaintenance,
      unknown_source: createVideoUnknownSource,
      exists: createVideoExists,
      submitted: createVideoSubmitted,
      complete: createVideoComplete,
      failed: createVideoFailed,
      failed_refunded: createVideoFailedRefunded,
      unknown_task: createVideoUnknownTask,
      callback_complete: createVideoCallbackComplete,
      callback_failed: createVideoCallbackFailed,
      callback_failed_refunded: createVideoCallbackFailedRefunded,
    },
  },
  createCoverArt: {
    submit: createCoverArtSubmitSchema,
    poll: createCoverArtPollSchema,
    replies: {
      accepted: createCoverArtAccepted,
      invalid: createCoverArtInvalid,
      unauthorized: createCoverArtUnauthorized,
      no_credits: createCoverArtNoCredits,
      rate_limited: createCoverArtRateLimited,
      server_error: createCoverArtServerError,
      maintenance: createCoverArtMaintenance,
      unknown_source: createCoverArtUnknownSource,
      exists: createCoverArtExists,
      submitted: createCoverArtSubmitted,
      complete: createCoverArtComplete,
      failed: createCoverArtFailed,
      failed_refunded: createCoverArtFailedRefunded,
      unknown_task: createCoverArtUnknownTask,
      callback_complete: createCoverArtCallbackComplete,
      callback_failed: createCoverArtCallbackFailed,
      callback_failed_refunded: createCoverArtCallbackFailedRefunded,
    },
  },
  recoverTrack: {
    submit: recoverTrackSubmitSchema,
    poll: recoverTrackPollSchema,
    replies: {
      accepted: recoverTrackAccepted,
      invalid: recoverTrackInvalid,
      unauthorized: recoverTrackUnauthorized,
      no_credits: recoverTrackNoCredits,
      rate_limited: recoverTrackRateLimited,
      server_error: recoverTrackServerError,
      maintenance: recoverTrackMaintenance,
      unknown_source: recoverTrackUnknownSource,
      submitted: recoverTrackSubmitted,
      complete: recoverTrackComplete,
      failed: recoverTrackFailed,
      unknown_task: recoverTrackUnknownTask,
      callback_complete: recoverTrackCallbackComplete,
      callback_failed: recoverTrackCallbackFailed,
    },
  },
} satisfies Partial<Mirror>

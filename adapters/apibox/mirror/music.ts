/** api.box for the sandbox, music: generateMusic, and what other forms of music say differently. */
import type { Mirror } from '../../../src/contract/mirror.ts'
import addInstrumentalAccepted from '../fixtures/addInstrumental/submit-response-accepted.json' with { type: 'json' }
import addInstrumentalInvalid from '../fixtures/addInstrumental/submit-response-invalid.json' with { type: 'json' }
import addInstrumentalNoCredits from '../fixtures/addInstrumental/submit-response-no-credits.json' with { type: 'json' }
import addInstrumentalRateLimited from '../fixtures/addInstrumental/submit-response-rate-limited.json' with {
  type: 'json',
}
import addVocalsAccepted from '../fixtures/addVocals/submit-response-accepted.json' with { type: 'json' }
import addVocalsInvalid from '../fixtures/addVocals/submit-response-invalid.json' with { type: 'json' }
import addVocalsNoCredits from '../fixtures/addVocals/submit-response-no-credits.json' with { type: 'json' }
import addVocalsRateLimited from '../fixtures/addVocals/submit-response-rate-limited.json' with { type: 'json' }
import coverMusicAccepted from '../fixtures/coverMusic/submit-response-accepted.json' with { type: 'json' }
import coverMusicInvalid from '../fixtures/coverMusic/submit-response-invalid.json' with { type: 'json' }
import coverMusicNoCredits from '../fixtures/coverMusic/submit-response-no-credits.json' with { type: 'json' }
import coverMusicRateLimited from '../fixtures/coverMusic/submit-response-rate-limited.json' with { type: 'json' }
import extendAudioAccepted from '../fixtures/extendAudio/submit-response-accepted.json' with { type: 'json' }
import extendAudioInvalid from '../fixtures/extendAudio/submit-response-invalid.json' with { type: 'json' }
import extendAudioNoCredits from '../fixtures/extendAudio/submit-response-no-credits.json' with { type: 'json' }
import extendAudioRateLimited from '../fixtures/extendAudio/submit-response-rate-limited.json' with { type: 'json' }
import extendMusicAccepted from '../fixtures/extendMusic/submit-response-accepted.json' with { type: 'json' }
import extendMusicInvalid from '../fixtures/extendMusic/submit-response-invalid.json' with { type: 'json' }
import extendMusicNoCredits from '../fixtures/extendMusic/submit-response-no-credits.json' with { type: 'json' }
import extendMusicRateLimited from '../fixtures/extendMusic/submit-response-rate-limited.json' with { type: 'json' }
import generateMusicCallbackComplete from '../fixtures/generateMusic/callback-complete.json' with { type: 'json' }
import generateMusicCallbackFailed from '../fixtures/generateMusic/callback-failed.json' with { type: 'json' }
import generateMusicCallbackFailedContent from '../fixtures/generateMusic/callback-failed-content.json' with {
  type: 'json',
}
import generateMusicCallbackFailedRefunded from '../fixtures/generateMusic/callback-failed-refunded.json' with {
  type: 'json',
}
import generateMusicCallbackFirstReady from '../fixtures/generateMusic/callback-first.json' with { type: 'json' }
import generateMusicCallbackTextReady from '../fixtures/generateMusic/callback-text.json' with { type: 'json' }
import generateMusicComplete from '../fixtures/generateMusic/poll-response-complete.json' with { type: 'json' }
import generateMusicFailed from '../fixtures/generateMusic/poll-response-failed.json' with { type: 'json' }
import generateMusicFailedContent from '../fixtures/generateMusic/poll-response-failed-content.json' with {
  type: 'json',
}
import generateMusicFailedRefunded from '../fixtures/generateMusic/poll-response-failed-refunded.json' with {
  type: 'json',
}
import generateMusicFirstReady from '../fixtures/generateMusic/poll-response-first-ready.json' with { type: 'json' }
import generateMusicSubmitted from '../fixtures/generateMusic/poll-response-submitted.json' with { type: 'json' }
import generateMusicTextReady from '../fixtures/generateMusic/poll-response-text-ready.json' with { type: 'json' }
import generateMusicUnknownTask from '../fixtures/generateMusic/poll-response-unknown-task.json' with { type: 'json' }
import generateMusicAccepted from '../fixtures/generateMusic/submit-response-accepted.json' with { type: 'json' }
import generateMusicInvalid from '../fixtures/generateMusic/submit-response-invalid.json' with { type: 'json' }
import generateMusicMaintenance from '../fixtures/generateMusic/submit-response-maintenance.json' with { type: 'json' }
import generateMusicNoCredits from '../fixtures/generateMusic/submit-response-no-credits.json' with { type: 'json' }
import generateMusicRateLimited from '../fixtures/generateMusic/submit-response-rate-limited.json' with { type: 'json' }
import generateMusicServerError from '../fixtures/generateMusic/submit-response-server-error.json' with { type: 'json' }
import generateMusicUnauthorized from '../fixtures/generateMusic/submit-response-unauthorized.json' with {
  type: 'json',
}
import generateSoundAccepted from '../fixtures/generateSound/submit-response-accepted.json' with { type: 'json' }
import generateSoundInvalid from '../fixtures/generateSound/submit-response-invalid.json' with { type: 'json' }
import generateSoundNoCredits from '../fixtures/generateSound/submit-response-no-credits.json' with { type: 'json' }
import generateSoundRateLimited from '../fixtures/generateSound/submit-response-rate-limited.json' with { type: 'json' }
import mashupMusicAccepted from '../fixtures/mashupMusic/submit-response-accepted.json' with { type: 'json' }
import mashupMusicInvalid from '../fixtures/mashupMusic/submit-response-invalid.json' with { type: 'json' }
import mashupMusicNoCredits from '../fixtures/mashupMusic/submit-response-no-credits.json' with { type: 'json' }
import mashupMusicRateLimited from '../fixtures/mashupMusic/submit-response-rate-limited.json' with { type: 'json' }
import replaceAudioSectionAccepted from '../fixtures/replaceAudioSection/submit-response-accepted.json' with {
  type: 'json',
}
import replaceAudioSectionInvalid from '../fixtures/replaceAudioSection/submit-response-invalid.json' with {
  type: 'json',
}
import replaceAudioSectionMaintenance from '../fixtures/replaceAudioSection/submit-response-maintenance.json' with {
  type: 'json',
}
import replaceAudioSectionNoCredits from '../fixtures/replaceAudioSection/submit-response-no-credits.json' with {
  type: 'json',
}
import replaceAudioSectionRateLimited from '../fixtures/replaceAudioSection/submit-response-rate-limited.json' with {
  type: 'json',
}
import replaceAudioSectionServerError from '../fixtures/replaceAudioSection/submit-response-server-error.json' with {
  type: 'json',
}
import replaceAudioSectionUnauthorized from '../fixtures/replaceAudioSection/submit-response-unauthorized.json' with {
  type: 'json',
}
import replaceSectionCallbackComplete from '../fixtures/replaceSection/callback-complete.json' with { type: 'json' }
import replaceSectionCallbackFailed from '../fixtures/replaceSection/callback-failed.json' with { type: 'json' }
import replaceSectionCallbackFailedRefunded from '../fixtures/replaceSection/callback-failed-refunded.json' with {
  type: 'json',
}
import replaceSectionAccepted from '../fixtures/replaceSection/submit-response-accepted.json' with { type: 'json' }
import replaceSectionInvalid from '../fixtures/replaceSection/submit-response-invalid.json' with { type: 'json' }
import replaceSectionMaintenance from '../fixtures/replaceSection/submit-response-maintenance.json' with {
  type: 'json',
}
import replaceSectionNoCredits from '../fixtures/replaceSection/submit-response-no-credits.json' with { type: 'json' }
import replaceSectionRateLimited from '../fixtures/replaceSection/submit-response-rate-limited.json' with {
  type: 'json',
}
import replaceSectionServerError from '../fixtures/replaceSection/submit-response-server-error.json' with {
  type: 'json',
}
import replaceSectionUnauthorized from '../fixtures/replaceSection/submit-response-unauthorized.json' with {
  type: 'json',
}
import addInstrumentalPollSchema from '../wire/addInstrumental.poll.json' with { type: 'json' }
import addInstrumentalSubmitSchema from '../wire/addInstrumental.submit.json' with { type: 'json' }
import addVocalsPollSchema from '../wire/addVocals.poll.json' with { type: 'json' }
import addVocalsSubmitSchema from '../wire/addVocals.submit.json' with { type: 'json' }
import coverMusicPollSchema from '../wire/coverMusic.poll.json' with { type: 'json' }
import coverMusicSubmitSchema from '../wire/coverMusic.submit.json' with { type: 'json' }
import extendAudioPollSchema from '../wire/extendAudio.poll.json' with { type: 'json' }
import extendAudioSubmitSchema from '../wire/extendAudio.submit.json' with { type: 'json' }
import extendMusicPollSchema from '../wire/extendMusic.poll.json' with { type: 'json' }
import extendMusicSubmitSchema from '../wire/extendMusic.submit.json' with { type: 'json' }
import generateMusicPollSchema from '../wire/generateMusic.poll.json' with { type: 'json' }
import generateMusicSubmitSchema from '../wire/generateMusic.submit.json' with { type: 'json' }
import generateSoundPollSchema from '../wire/generateSound.poll.json' with { type: 'json' }
import generateSoundSubmitSchema from '../wire/generateSound.submit.json' with { type: 'json' }
import mashupMusicPollSchema from '../wire/mashupMusic.poll.json' with { type: 'json' }
import mashupMusicSubmitSchema from '../wire/mashupMusic.submit.json' with { type: 'json' }
import replaceAudioSectionPollSchema from '../wire/replaceAudioSection.poll.json' with { type: 'json' }
import replaceAudioSectionSubmitSchema from '../wire/replaceAudioSection.submit.json' with { type: 'json' }
import replaceSectionPollSchema from '../wire/replaceSection.poll.json' with { type: 'json' }
import replaceSectionSubmitSchema from '../wire/replaceSection.submit.json' with { type: 'json' }

/** Both forms have one page, which knows no earlier stage, and a failure of its own shape: apibox.md 6.10, 7.1. */
const sectionCallbacks = {
  callback_complete: replaceSectionCallbackComplete,
  callback_failed: replaceSectionCallbackFailed,
  callback_failed_refunded: replaceSectionCallbackFailedRefunded,
}

/** Of a song whose length counts and is not said: apibox.md 6.1. */
const DEFAULT_SECONDS = 20

export const music = {
  generateMusic: {
    submit: generateMusicSubmitSchema,
    poll: generateMusicPollSchema,
    default_seconds: DEFAULT_SECONDS,
    replies: {
      accepted: generateMusicAccepted,
      invalid: generateMusicInvalid,
      unauthorized: generateMusicUnauthorized,
      no_credits: generateMusicNoCredits,
      rate_limited: generateMusicRateLimited,
      server_error: generateMusicServerError,
      maintenance: generateMusicMaintenance,
      submitted: generateMusicSubmitted,
      text_ready: generateMusicTextReady,
      first_ready: generateMusicFirstReady,
      complete: generateMusicComplete,
      failed: generateMusicFailed,
      failed_content: generateMusicFailedContent,
      failed_refunded: generateMusicFailedRefunded,
      unknown_task: generateMusicUnknownTask,
      callback_text_ready: generateMusicCallbackTextReady,
      callback_first_ready: generateMusicCallbackFirstReady,
      callback_complete: generateMusicCallbackComplete,
      callback_failed: generateMusicCallbackFailed,
      callback_failed_content: generateMusicCallbackFailedContent,
      callback_failed_refunded: generateMusicCallbackFailedRefunded,
    },
  },
  extendMusic: {
    submit: extendMusicSubmitSchema,
    poll: extendMusicPollSchema,
    replies: {
      accepted: extendMusicAccepted,
      invalid: extendMusicInvalid,
      no_credits: extendMusicNoCredits,
      rate_limited: extendMusicRateLimited,
    },
  },
  extendAudio: {
    submit: extendAudioSubmitSchema,
    poll: extendAudioPollSchema,
    replies: {
      accepted: extendAudioAccepted,
      invalid: extendAudioInvalid,
      no_credits: extendAudioNoCredits,
      rate_limited: extendAudioRateLimited,
    },
  },
  coverMusic: {
    submit: coverMusicSubmitSchema,
    poll: coverMusicPollSchema,
    default_seconds: DEFAULT_SECONDS,
    replies: {
      accepted: coverMusicAccepted,
      invalid: coverMusicInvalid,
      no_credits: coverMusicNoCredits,
      rate_limited: coverMusicRateLimited,
    },
  },
  addVocals: {
    submit: addVocalsSubmitSchema,
    poll: addVocalsPollSchema,
    replies: {
      accepted: addVocalsAccepted,
      invalid: addVocalsInvalid,
      no_credits: addVocalsNoCredits,
      rate_limited: addVocalsRateLimited,
    },
  },
  addInstrumental: {
    submit: addInstrumentalSubmitSchema,
    poll: addInstrumentalPollSchema,
    replies: {
      accepted: addInstrumentalAccepted,
      invalid: addInstrumentalInvalid,
      no_credits: addInstrumentalNoCredits,
      rate_limited: addInstrumentalRateLimited,
    },
  },
  replaceSection: {
    submit: replaceSectionSubmitSchema,
    poll: replaceSectionPollSchema,
    replies: {
      accepted: replaceSectionAccepted,
      invalid: replaceSectionInvalid,
      unauthorized: replaceSectionUnauthorized,
      no_credits: replaceSectionNoCredits,
      rate_limited: replaceSectionRateLimited,
      server_error: replaceSectionServerError,
      maintenance: replaceSectionMaintenance,
      ...sectionCallbacks,
    },
  },
  replaceAudioSection: {
    submit: replaceAudioSectionSubmitSchema,
    poll: replaceAudioSectionPollSchema,
    replies: {
      accepted: replaceAudioSectionAccepted,
      invalid: replaceAudioSectionInvalid,
      unauthorized: replaceAudioSectionUnauthorized,
      no_credits: replaceAudioSectionNoCredits,
      rate_limited: replaceAudioSectionRateLimited,
      server_error: replaceAudioSectionServerError,
      maintenance: replaceAudioSectionMaintenance,
      ...sectionCallbacks,
    },
  },
  mashupMusic: {
    submit: mashupMusicSubmitSchema,
    poll: mashupMusicPollSchema,
    default_seconds: DEFAULT_SECONDS,
    replies: {
      accepted: mashupMusicAccepted,
      invalid: mashupMusicInvalid,
      no_credits: mashupMusicNoCredits,
      rate_limited: mashupMusicRateLimited,
    },
  },
  generateSound: {
    submit: generateSoundSubmitSchema,
    poll: generateSoundPollSchema,
    replies: {
      accepted: generateSoundAccepted,
      invalid: generateSoundInvalid,
      no_credits: generateSoundNoCredits,
      rate_limited: generateSoundRateLimited,
    },
  },
} satisfies Partial<Mirror>

/** Replies of generateMusic that other documented ones take the place of, each set behind a switch. */
export const quirks: Mirror['quirks'] = {}

/** startVoice at api.box: apibox.md 6.24. */
import type { StartVoiceSubmission } from '../../src/canonical/voice.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { pollAt, submitTo } from '../dialects/suno-relay/followUps.ts'
import { phraseCallback, phraseRecord, phraseRequest } from '../dialects/suno-relay/voice.ts'

export const startVoice: TaskBinding<StartVoiceSubmission> = {
  submit: submitTo('/api/v1/voice/validate', phraseRequest),
  poll: pollAt('/api/v1/voice/validate-info', phraseRecord),
  callback: phraseCallback,
  // Optional here, and unanswered it can break the record of the voice (apibox.md 6.24; kie.md 10).
  callbackUrl: 'optional',
  models: [],
  rules: [],
}

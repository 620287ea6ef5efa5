/** startVoice at KIE: kie.md 10, 12.7. */
import type { StartVoiceSubmission } from '../../src/canonical/voice.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { pollAt, submitTo } from '../dialects/suno-relay/followUps.ts'
import { phraseCallback, phraseRecord, phraseRequest } from '../dialects/suno-relay/voice.ts'

export const startVoice: TaskBinding<StartVoiceSubmission> = {
  submit: submitTo('/api/v1/voice/validate', phraseRequest),
  poll: pollAt('/api/v1/voice/validate-info', phraseRecord),
  callback: phraseCallback,
  // Unanswered it can break the record of the voice (kie.md 10).
  callbackUrl: 'optional',
  models: [],
  rules: [],
}

/** confirmVoice at KIE: kie.md 10, 12.7. */
import type { ConfirmVoiceSubmission } from '../../src/canonical/voice.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { pollAt, submitTo } from '../dialects/suno-relay/followUps.ts'
import { voiceCallback, voiceRecord, voiceRequest } from '../dialects/suno-relay/voice.ts'

export const confirmVoice: TaskBinding<ConfirmVoiceSubmission> = {
  submit: submitTo('/api/v1/voice/generate', voiceRequest),
  poll: pollAt('/api/v1/voice/record-info', voiceRecord),
  callback: voiceCallback,
  // Unanswered it can break the record of the voice (kie.md 10).
  callbackUrl: 'optional',
  models: [],
  rules: [],
}

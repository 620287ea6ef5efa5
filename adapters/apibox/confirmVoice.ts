/** confirmVoice at api.box: apibox.md 6.24, which leaves paths and names open: those of KIE (9, hint 6). */
import type { ConfirmVoiceSubmission } from '../../src/canonical/voice.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { pollAt, submitTo } from '../dialects/suno-relay/followUps.ts'
import { voiceCallback, voiceRecord, voiceRequest } from '../dialects/suno-relay/voice.ts'

export const confirmVoice: TaskBinding<ConfirmVoiceSubmission> = {
  submit: submitTo('/api/v1/voice/generate', voiceRequest),
  poll: pollAt('/api/v1/voice/record-info', voiceRecord),
  callback: voiceCallback,
  // Optional here, and unanswered it can break the record of the voice (apibox.md 6.24; kie.md 10).
  callbackUrl: 'optional',
  models: [],
  rules: [],
}

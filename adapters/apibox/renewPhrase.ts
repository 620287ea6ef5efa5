/** renewPhrase at api.box: apibox.md 6.24. */
import type { RenewPhraseSubmission } from '../../src/canonical/voice.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { pollAt, submitTo } from '../dialects/suno-relay/followUps.ts'
import { phraseCallback, phraseRecord, renewalRequest } from '../dialects/suno-relay/voice.ts'

export const renewPhrase: TaskBinding<RenewPhraseSubmission> = {
  submit: submitTo('/api/v1/voice/regenerate', renewalRequest),
  poll: pollAt('/api/v1/voice/validate-info', phraseRecord),
  callback: phraseCallback,
  models: [],
  rules: [],
}

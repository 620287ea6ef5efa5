/** recoverTrack at api.box: apibox.md 6.26, where only the sister is documented. */
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields } from '../../src/contract/codec.ts'
import { type Submissions, WholeTaskSubmission } from '../../src/contract/submissions.ts'
import { callback, poll, recoveryReference } from '../dialects/suno-relay/recoverTrack.ts'

export const recoverTrack: TaskBinding<Submissions['recoverTrack']> = {
  submit: {
    method: 'POST',
    path: '/api/v1/suno/recovery',
    carries: 'json',
    request: fields(WholeTaskSubmission, { provider_task_id: 'sunoTaskId', callback_url: 'callBackUrl' }),
    response: recoveryReference,
  },
  poll,
  callback,
  models: [],
  rules: [],
}

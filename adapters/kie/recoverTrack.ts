/** recoverTrack at KIE: kie.md 11. */
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields } from '../../src/contract/codec.ts'
import { type Submissions, WholeTaskSubmission } from '../../src/contract/submissions.ts'
import { callback, poll, recoveryReference } from '../dialects/suno-relay/recoverTrack.ts'

export const recoverTrack: TaskBinding<Submissions['recoverTrack']> = {
  submit: {
    method: 'POST',
    path: '/api/v1/suno/recovery',
    carries: 'json',
    request: fields(WholeTaskSubmission, { provider_task_id: 'task_id', callback_url: 'call_back_url' }),
    response: recoveryReference,
  },
  poll,
  callback,
  models: [],
  rules: [],
}

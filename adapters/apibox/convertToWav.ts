/** convertToWav at api.box: apibox.md 6.16, 6.17, 7.3. */
import type { TaskBinding } from '../../src/contract/adapter.ts'
import type { Submissions } from '../../src/contract/submissions.ts'
import { callback, record } from '../dialects/suno-relay/convertToWav.ts'
import { aboutTrack, pollAt, submitTo } from '../dialects/suno-relay/followUps.ts'

export const convertToWav: TaskBinding<Submissions['convertToWav']> = {
  submit: submitTo('/api/v1/wav/generate', aboutTrack),
  poll: pollAt('/api/v1/wav/record-info', record),
  callback,
  models: [],
  rules: [],
}

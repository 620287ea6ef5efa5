/** createCoverArt at api.box: apibox.md 6.11, 6.12, 7.6. */
import type { TaskBinding } from '../../src/contract/adapter.ts'
import type { Submissions } from '../../src/contract/submissions.ts'
import { callback, record } from '../dialects/suno-relay/createCoverArt.ts'
import { aboutTask, pollAt, submitTo } from '../dialects/suno-relay/followUps.ts'

export const createCoverArt: TaskBinding<Submissions['createCoverArt']> = {
  submit: submitTo('/api/v1/suno/cover/generate', aboutTask),
  poll: pollAt('/api/v1/suno/cover/record-info', record),
  callback: callback({ code: 500, text: 'Cover generation failed' }),
  models: [],
  rules: [],
}

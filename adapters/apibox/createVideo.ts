/** createVideo at api.box: apibox.md 3.1, 6.20, 6.21, 7.5. */
import type { TaskBinding } from '../../src/contract/adapter.ts'
import type { Submissions } from '../../src/contract/submissions.ts'
import { callback, record } from '../dialects/suno-relay/createVideo.ts'
import { pollAt, submitTo, videoOf } from '../dialects/suno-relay/followUps.ts'

const source = 'apibox.md 6.20'

export const createVideo: TaskBinding<Submissions['createVideo']> = {
  submit: submitTo('/api/v1/mp4/generate', videoOf),
  poll: pollAt('/api/v1/mp4/record-info', record),
  callback: callback([200], 'MP4 generated successfully.', { code: 400, text: 'Music video generation failed' }),
  models: [],
  rules: [
    { field: 'author', max: 50, source },
    { field: 'domain_name', max: 50, source },
  ],
}

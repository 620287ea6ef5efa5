/** createVideo at KIE: kie.md 4, 9.6, 12.4. */
import type { TaskBinding } from '../../src/contract/adapter.ts'
import type { Submissions } from '../../src/contract/submissions.ts'
import { callback, record } from '../dialects/suno-relay/createVideo.ts'
import { pollAt, submitTo, videoOf } from '../dialects/suno-relay/followUps.ts'

const source = 'kie.md 9.6'

export const createVideo: TaskBinding<Submissions['createVideo']> = {
  submit: {
    ...submitTo('/api/v1/mp4/generate', videoOf),
    // The page's example says 0, which nobody has seen; a task id proves either (kie.md 9.6).
    envelope: { code: 'code', success: [200, 0], message: ['msg'], payload: 'data' },
  },
  poll: pollAt('/api/v1/mp4/record-info', record),
  callback: callback([200, 0], 'success', { code: 500, text: 'Internal Error - Please try again later' }),
  models: [],
  rules: [
    { field: 'author', max: 50, source },
    { field: 'domain_name', max: 50, source },
  ],
}

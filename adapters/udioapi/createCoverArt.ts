/** createCoverArt at udioapi, "cover images": udioapi.md 9. */
import * as z from 'zod'
import { ImagesReport } from '../../src/canonical/createCoverArt.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields, unsupported } from '../../src/contract/codec.ts'
import type { Envelope } from '../../src/contract/envelope.ts'
import { TaskReference } from '../../src/contract/shapes.ts'
import { snapshot } from '../../src/contract/snapshot.ts'
import { type Submissions, WholeTaskSubmission } from '../../src/contract/submissions.ts'

/** Success and the duplicate say `msg`, the other errors `message` (quirk 6). */
const envelope: Envelope = { code: 'code', success: [200], message: ['msg', 'message'], payload: 'data' }

const images = z.codec(z.array(z.string()), ImagesReport, {
  decode: (urls) => ({ images: urls.filter((url) => url !== '') }),
  encode: (report) => report.images,
})

const word = (...words: string[]) => ({ at: 'status', is: words })
const source = 'udioapi.md 9.2'

export const createCoverArt: TaskBinding<Submissions['createCoverArt']> = {
  submit: {
    method: 'POST',
    path: '/v2/cover/generate',
    carries: 'json',
    request: fields(WholeTaskSubmission, { provider_task_id: 'taskId', callback_url: unsupported }),
    response: fields(TaskReference, { provider_task_id: 'taskId' }),
    envelope,
  },
  poll: {
    method: 'GET',
    path: '/v2/cover/status',
    carries: 'query',
    request: fields(TaskReference, { provider_task_id: 'task_id' }),
    response: snapshot({
      task: ['taskId'],
      result: ['images', images],
      stage: [
        { when: word('FAILED'), is: 'failed', speaks: { status: 'FAILED', images: null }, source },
        {
          when: { all: [word('SUCCESS'), { at: 'images', some: { at: '', blank: false } }] },
          is: 'complete',
          speaks: { status: 'SUCCESS' },
          source,
        },
        {
          when: word('IN_PROGRESS', 'SUCCESS'),
          is: 'submitted',
          speaks: { status: 'IN_PROGRESS', images: null },
          source,
        },
      ],
      failure: { code: [], status: ['status'], message: ['error'] },
      ignored: ['created_at'],
    }),
    envelope,
  },
  models: [],
  rules: [],
}

/** How music is asked for and looked at in the suno-relay dialect: kie.md 6.1, 7.10; apibox.md 5, 6.7. */
import type { Call } from '../../../src/contract/adapter.ts'
import type { Codec } from '../../../src/contract/codec.ts'
import type { Snapshot, TaskReference } from '../../../src/contract/shapes.ts'
import { record, taskReference } from './generateMusic.ts'

const poll: Call<TaskReference, Snapshot> = {
  method: 'GET',
  path: '/api/v1/generate/record-info',
  carries: 'query',
  request: taskReference,
  response: record,
  // Often of the task alone, and as a text in the pages only (kie.md 7.10; apibox.md 6.7).
  madeAt: ['createTime', 'response.sunoData.*.createTime'],
}

/** A create at this path, and the query that all music shares. */
export const music = <Submission>(path: `/${string}`, request: Codec<Submission>) => {
  const submit: Call<Submission, TaskReference> = {
    method: 'POST',
    path,
    carries: 'json',
    request,
    response: taskReference,
  }
  return { submit, poll }
}

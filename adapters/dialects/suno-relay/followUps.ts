/** Requests about a track or a whole task, and where their records are asked for: kie.md 1, 9; apibox.md 6.11-6.21. */
import type { Call } from '../../../src/contract/adapter.ts'
import { type Codec, fields, unsupported } from '../../../src/contract/codec.ts'
import type { Snapshot, TaskReference } from '../../../src/contract/shapes.ts'
import { CreateVideoSubmission, TrackSubmission, WholeTaskSubmission } from '../../../src/contract/submissions.ts'
import { taskReference } from './generateMusic.ts'

const track = {
  provider_task_id: 'taskId',
  provider_track_id: 'audioId',
  track_index: unsupported,
  callback_url: 'callBackUrl',
} as const

export const aboutTrack = fields(TrackSubmission, track)
export const aboutTask = fields(WholeTaskSubmission, { provider_task_id: 'taskId', callback_url: 'callBackUrl' })
export const videoOf = fields(CreateVideoSubmission, { ...track, author: 'author', domain_name: 'domainName' })
export { track as trackRows }

type Path = Call<unknown, unknown>['path']

/** A submit that answers with the id of a task of its own. */
export const submitTo = <Submission>(path: Path, request: Codec<Submission>): Call<Submission, TaskReference> => ({
  method: 'POST',
  path,
  carries: 'json',
  request,
  response: taskReference,
})

export const pollAt = (path: Path, response: Codec<Snapshot>): Call<TaskReference, Snapshot> => ({
  method: 'GET',
  path,
  carries: 'query',
  request: taskReference,
  response,
})

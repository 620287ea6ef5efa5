/** convertToWav at aria: aria.md 6. */
import { FileReport } from '../../src/canonical/convertToWav.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields, unsupported } from '../../src/contract/codec.ts'
import { type Submissions, TrackSubmission } from '../../src/contract/submissions.ts'
import { look, made, submitTo } from './job.ts'

const submission = fields(
  TrackSubmission,
  {
    provider_task_id: 'of.work-ref',
    provider_track_id: 'of.song-ref',
    track_index: unsupported,
    callback_url: unsupported,
  },
  { constants: { as: 'wav' } },
)

export const convertToWav: TaskBinding<Submissions['convertToWav']> = {
  submit: submitTo('/files:convert', submission),
  poll: look(made(['file', fields(FileReport, { url: 'link' })])),
  models: [],
  rules: [],
}

/** extendMusic at aria: aria.md 4.2. */
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields, unsupported } from '../../src/contract/codec.ts'
import { ExtendMusicSubmission, type Submissions } from '../../src/contract/submissions.ts'
import { controls, models, rules } from './controls.ts'
import { look, songs, submitTo } from './job.ts'
import { milliseconds } from './units.ts'
import { turns } from './vocabulary.ts'

const submission = fields(ExtendMusicSubmission, {
  ...controls,
  provider_task_id: 'of.work-ref',
  provider_track_id: 'of.song-ref',
  track_index: unsupported,
  mode: ['goes-on', turns],
  lyrics: 'words',
  style: 'sound',
  title: 'name',
  continue_at_seconds: ['of.from-ms', milliseconds],
})

export const extendMusic: TaskBinding<Submissions['extendMusic']> = {
  submit: submitTo('/songs:continue', submission),
  poll: look(songs),
  callback: songs,
  models,
  rules: [{ require: 'continue_at_seconds', when: { mode: 'compose' }, source: 'aria.md 4.2' }, ...rules],
}

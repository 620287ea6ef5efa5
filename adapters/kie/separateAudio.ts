/** The form of separateStems for own audio at KIE: kie.md 9.4, 12.5. */
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields } from '../../src/contract/codec.ts'
import { SeparateAudioSubmission, type Submissions } from '../../src/contract/submissions.ts'
import { separateStems, separationRows } from './separateStems.ts'

const submission = fields(SeparateAudioSubmission, {
  audio_url: 'audioUrl',
  ...separationRows,
  callback_url: 'callBackUrl',
})

/** Record and callback are assumed to be those of a track (kie.md 17). */
export const separateAudio: TaskBinding<Submissions['separateAudio']> = {
  ...separateStems,
  submit: { ...separateStems.submit, request: submission },
}

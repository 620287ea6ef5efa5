/** replaceSection at KIE: kie.md 7.7. */
import type { Rule } from '../../src/canonical/rule.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields, unsupported } from '../../src/contract/codec.ts'
import { ReplaceSectionSubmission, type Submissions } from '../../src/contract/submissions.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { section } from '../dialects/suno-relay/replaceSection.ts'
import { callback } from './music.ts'

const source = 'kie.md 7.7'

/** Of both forms. */
export const sectionRules: readonly Rule[] = [
  { require: 'full_lyrics', source: 'kie.md 7.7: required in D2, and enforced' },
  { field: 'start_seconds', step: 0.01, source },
  { field: 'end_seconds', step: 0.01, source },
  // Upwards only half of the song is a limit: its length is known in src/engine/places.ts, if at all.
  { span: [10, null], field: 'end_seconds', from: 'start_seconds', source: 'kie.md 7.7, edition D2' },
]

export const replaceSection: TaskBinding<Submissions['replaceSection']> = {
  ...music(
    '/api/v1/generate/replace-section',
    fields(ReplaceSectionSubmission, {
      ...section,
      provider_task_id: 'taskId',
      provider_track_id: 'audioId',
      track_index: unsupported,
    }),
  ),
  callback,
  models: [],
  rules: sectionRules,
}

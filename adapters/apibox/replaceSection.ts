/** replaceSection at api.box: apibox.md 6.10, 7.1. */
import type { Rule } from '../../src/canonical/rule.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields } from '../../src/contract/codec.ts'
import { ReplaceSectionSubmission, type Submissions } from '../../src/contract/submissions.ts'
import { callback as relayed } from '../dialects/suno-relay/generateMusic.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { section } from '../dialects/suno-relay/replaceSection.ts'

const source = 'apibox.md 6.10'

/** Of both forms. */
export const steps: readonly Rule[] = [
  { field: 'start_seconds', step: 0.01, source },
  { field: 'end_seconds', step: 0.01, source },
]

/** This page alone says `error` where the others say `failed`. */
export const callback = relayed({ word: 'error', code: 501, text: 'Audio generation failed.' })

export const replaceSection: TaskBinding<Submissions['replaceSection']> = {
  ...music(
    '/api/v1/generate/replace-section',
    fields(ReplaceSectionSubmission, {
      ...section,
      provider_task_id: 'taskId',
      // E3 demands the one, E2 the other.
      provider_track_id: 'audioId',
      track_index: 'musicIndex',
    }),
  ),
  callback,
  models: [],
  rules: [
    ...steps,
    { span: [6, 60], field: 'end_seconds', from: 'start_seconds', source: 'apibox.md 6.10, edition E3' },
  ],
}

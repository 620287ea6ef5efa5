/** separateStems at api.box: apibox.md 6.18, 6.19, 7.4. */
import { Separation } from '../../src/canonical/words.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields, unsupported, vocabulary } from '../../src/contract/codec.ts'
import { SeparateStemsSubmission, type Submissions } from '../../src/contract/submissions.ts'
import { pollAt, submitTo, trackRows } from '../dialects/suno-relay/followUps.ts'
import { callback, record } from '../dialects/suno-relay/separateStems.ts'

const separations = vocabulary(Separation, { vocals: ['separate_vocal'], stems: ['split_stem'], stem: [] })

const submission = fields(SeparateStemsSubmission, {
  ...trackRows,
  separation: ['type', separations],
  stem: unsupported,
})

export const separateStems: TaskBinding<Submissions['separateStems']> = {
  submit: submitTo('/api/v1/vocal-removal/generate', submission),
  poll: pollAt('/api/v1/vocal-removal/record-info', record),
  callback: callback({
    named: ['vocal_removal_info', 'vocal_separation_info'],
    says: 'vocal Removal generated successfully.',
    failed: { code: 500, text: 'Vocal separation failed' },
  }),
  models: [],
  rules: [{ forbid: 'separation', when: { separation: 'stem' }, source: 'apibox.md 6.18: two types only' }],
}

/** separateStems at KIE: kie.md 9.4, 12.5. */
import { Separation } from '../../src/canonical/words.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields, vocabulary } from '../../src/contract/codec.ts'
import { SeparateStemsSubmission, type Submissions } from '../../src/contract/submissions.ts'
import { pollAt, submitTo, trackRows } from '../dialects/suno-relay/followUps.ts'
import { callback, record } from '../dialects/suno-relay/separateStems.ts'

const separations = vocabulary(Separation, {
  vocals: ['separate_vocal'],
  stems: ['split_stem'],
  stem: ['split_stem_advanced'],
})

/** The names of single stems are ours too; that they are always required is contradicted (kie.md 9.4). */
export const separationRows = { separation: ['type', separations], stem: 'stemName' } as const

const submission = fields(SeparateStemsSubmission, { ...trackRows, ...separationRows })

export const separateStems: TaskBinding<Submissions['separateStems']> = {
  submit: submitTo('/api/v1/vocal-removal/generate', submission),
  poll: pollAt('/api/v1/vocal-removal/record-info', record),
  callback: callback({
    named: ['vocal_separation_info', 'vocal_removal_info'],
    says: 'vocal separation generated successfully.',
    failed: { code: 500, text: 'Vocal separation failed' },
  }),
  models: [],
  rules: [
    { require: 'stem', when: { separation: 'stem' }, source: 'kie.md 9.4' },
    { forbid: 'stem', when: { separation: ['vocals', 'stems'] }, source: 'kie.md 9.4' },
  ],
}

/** addVocals at KIE: kie.md 4, 7.6. */
import type { AddVocalsSubmission } from '../../src/canonical/addVocals.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { submission } from '../dialects/suno-relay/addVocals.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { callback, overAudio, sourceLength, weights } from './music.ts'

const source = 'kie.md 7.6'

export const addVocals: TaskBinding<AddVocalsSubmission> = {
  ...music('/api/v1/generate/add-vocals', submission),
  callback,
  models: overAudio,
  rules: [
    { require: 'negative_style', source },
    { field: 'negative_style', max: 200, source },
    { field: 'style', max: 1000, source },
    ...weights,
    ...sourceLength,
  ],
}

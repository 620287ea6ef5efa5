/** addInstrumental at KIE: kie.md 4, 7.5. */
import type { AddInstrumentalSubmission } from '../../src/canonical/addInstrumental.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { submission } from '../dialects/suno-relay/addInstrumental.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { callback, overAudio, sourceLength, weights } from './music.ts'

const source = 'kie.md 7.5'

export const addInstrumental: TaskBinding<AddInstrumentalSubmission> = {
  ...music('/api/v1/generate/add-instrumental', submission),
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

/** addInstrumental at api.box: apibox.md 3, 6.5. */
import type { AddInstrumentalSubmission } from '../../src/canonical/addInstrumental.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { submission } from '../dialects/suno-relay/addInstrumental.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { callback, negativeLength, overAudio, weights } from './music.ts'

export const addInstrumental: TaskBinding<AddInstrumentalSubmission> = {
  ...music('/api/v1/generate/add-instrumental', submission),
  callback,
  models: overAudio,
  rules: [
    { require: 'negative_style', source: 'apibox.md 6.5' },
    negativeLength,
    { field: 'style', max: 1000, source: 'apibox.md 3.1' },
    ...weights,
  ],
}

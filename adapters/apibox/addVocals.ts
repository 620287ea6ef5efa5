/** addVocals at api.box: apibox.md 3, 6.6. */
import type { AddVocalsSubmission } from '../../src/canonical/addVocals.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { submission } from '../dialects/suno-relay/addVocals.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { callback, negativeLength, overAudio, texts, weights } from './music.ts'

export const addVocals: TaskBinding<AddVocalsSubmission> = {
  ...music('/api/v1/generate/add-vocals', submission),
  callback,
  models: overAudio,
  rules: [{ require: 'negative_style', source: 'apibox.md 6.6' }, negativeLength, ...texts, ...weights],
}

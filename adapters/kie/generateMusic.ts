/** generateMusic at KIE: kie.md 4, 6, 7.1, 7.10, 12.2. */
import type { GenerateMusicSubmission } from '../../src/canonical/generateMusic.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { submission } from '../dialects/suno-relay/generateMusic.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { callback, duration, models, persona, texts, weights, withoutEffect } from './music.ts'

const controls = ['negative_style', 'vocal_gender', 'style_weight', 'weirdness', 'audio_weight']

export const generateMusic: TaskBinding<GenerateMusicSubmission> = {
  ...music('/api/v1/generate', submission),
  callback,
  models,
  rules: [
    ...texts,
    { field: 'description', max: 3000, source: 'kie.md 4, character limits: edition D2' },
    { field: 'title', max: 80, source: 'kie.md 4, character limits' },
    ...weights,
    ...duration,
    ...withoutEffect('describe', controls, 'kie.md 7.1: other fields are ignored'),
    ...persona('describe'),
  ],
}

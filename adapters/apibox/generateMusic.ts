/** generateMusic at api.box: apibox.md 3, 6.1, 6.7, 7.1. */
import type { GenerateMusicSubmission } from '../../src/canonical/generateMusic.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { submission } from '../dialects/suno-relay/generateMusic.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { callback, duration, models, negativeLength, texts, v6, weights, withoutEffect } from './music.ts'

const controls = ['negative_style', 'vocal_gender', 'style_weight', 'weirdness', 'audio_weight']
const source = 'apibox.md 3.1'

export const generateMusic: TaskBinding<GenerateMusicSubmission> = {
  ...music('/api/v1/generate', submission),
  callback,
  models,
  rules: [
    ...texts,
    { field: 'description', max: 500, when: { model: models.filter((model) => !v6.includes(model)) }, source },
    { field: 'description', max: 3000, when: { model: v6 }, source },
    { field: 'title', max: 80, source },
    negativeLength,
    ...weights,
    ...duration,
    ...withoutEffect('describe', controls, 'apibox.md 6.1: extra fields are ignored'),
    { forbid: 'persona_id', when: { mode: 'describe' }, source: 'apibox.md 6.1: custom mode only' },
  ],
}

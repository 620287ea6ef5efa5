/** coverMusic at api.box: apibox.md 3.1, 6.3. */
import type { CoverMusicSubmission } from '../../src/canonical/coverMusic.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { submission } from '../dialects/suno-relay/coverMusic.ts'
import { music } from '../dialects/suno-relay/music.ts'
import {
  callback,
  duration,
  models,
  negativeLength,
  sinceE4,
  sourceLength,
  texts,
  weights,
  withoutEffect,
} from './music.ts'

const controls = ['negative_style', 'vocal_gender', 'style_weight', 'weirdness', 'audio_weight']

export const coverMusic: TaskBinding<CoverMusicSubmission> = {
  ...music('/api/v1/generate/upload-cover', submission),
  callback,
  models,
  rules: [
    { require: 'lyrics', when: { mode: 'compose', instrumental: [false, null] }, source: 'apibox.md 6.3' },
    ...texts,
    { field: 'description', max: 500, source: 'apibox.md 6.3' },
    // An idea would be sung word by word.
    { forbid: 'description', when: { model: sinceE4 }, source: 'apibox.md 6.3, E4: always custom mode' },
    { field: 'title', max: 80, source: 'apibox.md 3.1' },
    negativeLength,
    ...weights,
    ...duration,
    ...withoutEffect('describe', controls, 'apibox.md 6.3: as in 6.1, where extra fields are ignored'),
    { forbid: 'persona_id', when: { mode: 'describe' }, source: 'apibox.md 6.1: custom mode only' },
    ...sourceLength,
  ],
}

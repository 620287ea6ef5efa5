/** coverMusic at KIE: kie.md 4, 6.2, 7.3. */
import type { CoverMusicSubmission } from '../../src/canonical/coverMusic.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { submission } from '../dialects/suno-relay/coverMusic.ts'
import { music } from '../dialects/suno-relay/music.ts'
import {
  callback,
  duration,
  longerTitle,
  models,
  persona,
  sourceLength,
  texts,
  weights,
  wholeSeconds,
  withoutEffect,
} from './music.ts'

const controls = ['negative_style', 'vocal_gender', 'style_weight', 'weirdness', 'audio_weight']

export const coverMusic: TaskBinding<CoverMusicSubmission> = {
  ...music('/api/v1/generate/upload-cover', submission),
  callback,
  models,
  rules: [
    { require: 'lyrics', when: { mode: 'compose', instrumental: [false, null] }, source: 'kie.md 7.3' },
    ...texts,
    { field: 'description', max: 500, source: 'kie.md 4, character limits' },
    ...longerTitle,
    ...weights,
    ...duration,
    wholeSeconds,
    ...withoutEffect('describe', controls, 'kie.md 7.3: as in 7.1, where other fields are ignored'),
    ...persona('describe'),
    ...sourceLength,
  ],
}

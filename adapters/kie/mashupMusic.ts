/** mashupMusic at KIE: kie.md 4, 6.2, 7.8. */
import type { MashupMusicSubmission } from '../../src/canonical/mashupMusic.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { submission } from '../dialects/suno-relay/mashupMusic.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { callback, duration, models, sourceLength, texts, weights, wholeSeconds, withoutEffect } from './music.ts'

const controls = ['vocal_gender', 'style_weight', 'weirdness', 'audio_weight']

export const mashupMusic: TaskBinding<MashupMusicSubmission> = {
  ...music('/api/v1/generate/mashup', submission),
  callback,
  models,
  rules: [
    { require: 'lyrics', when: { mode: 'compose', instrumental: [false, null] }, source: 'kie.md 7.8' },
    ...texts,
    { field: 'description', max: 500, source: 'kie.md 4, character limits' },
    { field: 'title', max: 80, source: 'kie.md 4, character limits' },
    ...weights,
    ...duration,
    wholeSeconds,
    ...withoutEffect('describe', controls, 'kie.md 7.8: custom mode only'),
    ...sourceLength,
  ],
}

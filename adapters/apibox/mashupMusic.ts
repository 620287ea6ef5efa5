/** mashupMusic at api.box: apibox.md 6.26, otherwise like 6.1; kie.md 7.8 for the fields. */
import type { MashupMusicSubmission } from '../../src/canonical/mashupMusic.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { submission } from '../dialects/suno-relay/mashupMusic.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { callback, duration, sinceE3, texts, weights, withoutEffect } from './music.ts'

const controls = ['vocal_gender', 'style_weight', 'weirdness', 'audio_weight']

export const mashupMusic: TaskBinding<MashupMusicSubmission> = {
  ...music('/api/v1/generate/mashup', submission),
  callback,
  models: sinceE3,
  rules: [
    { require: 'lyrics', when: { mode: 'compose', instrumental: [false, null] }, source: 'apibox.md 6.26, 6.1' },
    ...texts,
    { field: 'description', max: 500, source: 'kie.md 4, character limits: mashup' },
    { field: 'title', max: 80, source: 'apibox.md 3.1' },
    ...weights,
    ...duration,
    { field: 'duration_seconds', step: 1, source: 'kie.md 7.8: an integer' },
    ...withoutEffect('describe', controls, 'kie.md 7.8: custom mode only'),
  ],
}

/** extendMusic at api.box: apibox.md 3.1, 6.2. */
import type { Rule } from '../../src/canonical/rule.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields, unsupported } from '../../src/contract/codec.ts'
import { ExtendMusicSubmission, type Submissions } from '../../src/contract/submissions.ts'
import { extension, source as track } from '../dialects/suno-relay/extendMusic.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { callback, models, negativeLength, weights, withoutEffect } from './music.ts'

const compose = { mode: 'compose' }
const inherit = { mode: 'inherit' }
const controls = ['negative_style', 'vocal_gender', 'style_weight', 'weirdness', 'audio_weight']
const reused = "apibox.md 6.2: the source's parameters are reused"

/** What both forms of an extension hold to; what is reused can not be changed beside it. */
export const extensionRules = (source: string): readonly Rule[] => [
  { require: 'style', when: compose, source },
  { require: 'title', when: compose, source },
  { require: 'continue_at_seconds', when: compose, source },
  // More than nothing and less than the source, whose length is known in src/engine/places.ts, if at all.
  { field: 'continue_at_seconds', range: [0.01, null], source },
  // Ignored, it would be another extension that is bought.
  { forbid: 'continue_at_seconds', when: inherit, source: reused },
  { forbid: 'persona_id', when: inherit, source: reused },
  negativeLength,
  ...weights,
  ...withoutEffect('inherit', controls, reused),
]

const flat = 'apibox.md 3.1: flat limits on the extend page'

export const extendMusic: TaskBinding<Submissions['extendMusic']> = {
  ...music(
    '/api/v1/generate/extend',
    fields(ExtendMusicSubmission, { ...extension, ...track, instrumental: unsupported }),
  ),
  callback,
  models,
  rules: [
    ...extensionRules('apibox.md 6.2'),
    { require: 'lyrics', when: compose, source: 'apibox.md 6.2' },
    { forbid: 'instrumental', when: { instrumental: true }, source: 'apibox.md 6.2: extend has no such field' },
    { field: 'lyrics', max: 3000, source: flat },
    { field: 'style', max: 200, source: flat },
    { field: 'title', max: 80, source: flat },
  ],
}

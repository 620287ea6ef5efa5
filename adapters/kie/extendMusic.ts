/** extendMusic at KIE: kie.md 4, 6.2, 7.2. */
import type { Rule } from '../../src/canonical/rule.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields } from '../../src/contract/codec.ts'
import { ExtendMusicSubmission, type Submissions } from '../../src/contract/submissions.ts'
import { extension, source as track } from '../dialects/suno-relay/extendMusic.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { callback, longerTitle, models, persona, texts, weights, withoutEffect } from './music.ts'

const compose = { mode: 'compose' }
const controls = ['negative_style', 'vocal_gender', 'style_weight', 'weirdness', 'audio_weight']

/** What both forms of an extension hold to; what is inherited can not be changed beside it. */
export const extensionRules = (source: string): readonly Rule[] => [
  { require: 'style', when: compose, source },
  { require: 'title', when: compose, source },
  { require: 'lyrics', when: { mode: 'compose', instrumental: [false, null] }, source },
  { require: 'continue_at_seconds', when: compose, source },
  // More than nothing and less than the source, whose length is known in src/engine/places.ts, if at all.
  { field: 'continue_at_seconds', range: [0.01, null], source: 'kie.md 7.2' },
  { forbid: 'instrumental', when: { mode: 'inherit', instrumental: true }, source: 'kie.md 7.2: all is inherited' },
  { ignored: 'instrumental', when: { mode: 'inherit', instrumental: false }, source: 'kie.md 7.2: all is inherited' },
  ...texts,
  ...longerTitle,
  ...weights,
  ...withoutEffect('inherit', controls, 'kie.md 7.2: all is inherited'),
  ...persona('inherit'),
]

export const extendMusic: TaskBinding<Submissions['extendMusic']> = {
  ...music('/api/v1/generate/extend', fields(ExtendMusicSubmission, { ...extension, ...track })),
  callback,
  models,
  rules: [
    ...extensionRules('kie.md 7.2'),
    // Ignored, it would be another extension that is bought.
    { forbid: 'continue_at_seconds', when: { mode: 'inherit' }, source: 'kie.md 7.2: all is inherited' },
    { forbid: 'lyrics', when: { instrumental: true }, source: 'kie.md 7.2: must not be sent' },
    { forbid: 'vocal_gender', when: { instrumental: true }, source: 'kie.md 7.2: must not be sent' },
  ],
}

/** How music is to be made at aria, the same for every form of it: aria.md 4. */
import type { ComposedCover } from '../../src/canonical/coverMusic.ts'
import type { Rule } from '../../src/canonical/rule.ts'
import type { Model } from '../../src/canonical/words.ts'
import { type Rows, unsupported } from '../../src/contract/codec.ts'
import { percent } from './units.ts'
import { engines, singers } from './vocabulary.ts'

type Shape = (typeof ComposedCover)['shape']

export const controls = {
  instrumental: 'how.voiceless',
  negative_style: 'how.without',
  vocal_gender: ['how.singer', singers],
  style_weight: ['how.faith-percent', percent],
  weirdness: ['how.odd-percent', percent],
  audio_weight: unsupported,
  model: ['engine', engines],
  persona_id: unsupported,
  persona_kind: unsupported,
  callback_url: 'ring',
} as const satisfies Partial<Rows<Shape>>

export const models: readonly Model[] = ['v5', 'v4.5', 'v4']

const source = 'aria.md 4'
export const rules: readonly Rule[] = [
  { field: 'lyrics', max: 4000, source },
  { field: 'style', max: 400, source },
  { field: 'title', max: 60, source },
  { field: 'style_weight', step: 0.01, source },
  { field: 'weirdness', step: 0.01, source },
]
export const idea: Rule = { field: 'description', max: 600, source }

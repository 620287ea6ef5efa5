/** What api.box's music endpoints share, models, limits and callback: apibox.md 3, 6, 7.1. */
import type { Rule } from '../../src/canonical/rule.ts'
import type { Model } from '../../src/canonical/words.ts'
import { callback as relayed } from '../dialects/suno-relay/generateMusic.ts'

/** Editions E2 and E3, then E4; V3_5 was dropped with E3 and comes last. */
export const models: readonly Model[] = [
  'v5',
  'v5.5',
  'v4.5-plus',
  'v4.5-all',
  'v4.5',
  'v4',
  'v6',
  'v6-wild',
  'v6-mini',
  'v3.5',
]
/** Of add-instrumental and add-vocals: two in E2 and E3, the newer ones in E4. */
export const overAudio: readonly Model[] = ['v5', 'v4.5-plus', 'v5.5', 'v6', 'v6-wild', 'v6-mini']

export const callback = relayed({ word: 'failed', code: 500, text: 'Audio generation failed.' })

const v4: readonly Model[] = ['v3.5', 'v4']
const afterV4 = models.filter((model) => !v4.includes(model))
export const v6: readonly Model[] = ['v6', 'v6-wild', 'v6-mini']
const limits = 'apibox.md 3.1'

export const texts: readonly Rule[] = [
  { field: 'lyrics', max: 3000, when: { model: v4 }, source: limits },
  { field: 'lyrics', max: 5000, when: { model: afterV4 }, source: limits },
  { field: 'style', max: 200, when: { model: v4 }, source: limits },
  { field: 'style', max: 1000, when: { model: afterV4 }, source: limits },
]
export const negativeLength: Rule = { field: 'negative_style', max: 1000, when: { model: v6 }, source: limits }

export const weights: readonly Rule[] = [
  { field: 'style_weight', step: 0.01, source: 'apibox.md 6' },
  { field: 'weirdness', step: 0.01, source: 'apibox.md 6' },
  { field: 'audio_weight', step: 0.01, source: 'apibox.md 6' },
]

/** Those of E4 alone: its pages are all there is about them. */
export const sinceE4: readonly Model[] = ['v5.5', ...v6]
/** Only those, and only in custom mode, take a length. */
export const duration: readonly Rule[] = [
  { field: 'duration_seconds', range: [10, 360], source: 'apibox.md 6.1, E4' },
  { ignored: 'duration_seconds', when: { mode: 'describe' }, source: 'apibox.md 6.1, E4: custom mode only' },
  {
    ignored: 'duration_seconds',
    when: { mode: 'compose', model: models.filter((model) => !sinceE4.includes(model)) },
    source: 'apibox.md 6.1, E4: V5_5 and the V6 family',
  },
]

/** V3_5 was gone before these came. */
export const sinceE3 = models.filter((model) => model !== 'v3.5')

/** Of audio that is taken by URL, as far as anybody knows how long it is. */
export const sourceLength: readonly Rule[] = [
  { field: 'source_seconds', range: [0, 60], when: { model: 'v4.5-all' }, source: 'apibox.md 6.3, 6.4' },
  {
    field: 'source_seconds',
    range: [0, 480],
    when: { model: models.filter((model) => model !== 'v4.5-all') },
    source: 'apibox.md 6.3, 6.4',
  },
]

/** What has no effect where only an idea is given, or nothing of the source is changed. */
export const withoutEffect = (mode: 'describe' | 'inherit', fields: readonly string[], source: string): Rule[] =>
  fields.map((field) => ({ ignored: field, when: { mode }, source }))

/** What KIE's music endpoints share, models, limits and callback: kie.md 4, 6.2, 12.2. */
import type { Rule } from '../../src/canonical/rule.ts'
import type { Model } from '../../src/canonical/words.ts'
import { callback as relayed } from '../dialects/suno-relay/generateMusic.ts'

/** V4 … V5_5 of edition D2; the V6 family of D3 is accepted by the classic endpoints too. V3_5 has left the enum. */
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
]
/** Of add-instrumental and add-vocals. */
export const overAudio: readonly Model[] = ['v5', 'v5.5', 'v4.5-plus']

export const callback = relayed({ word: 'error', code: 501, text: 'Audio generation failed.' })

const afterV4 = models.filter((model) => model !== 'v4')
const limits = 'kie.md 4, character limits'

/** Of lyrics and style, wherever they are sent. */
export const texts: readonly Rule[] = [
  { field: 'lyrics', max: 3000, when: { model: 'v4' }, source: limits },
  { field: 'lyrics', max: 5000, when: { model: afterV4 }, source: limits },
  { field: 'style', max: 200, when: { model: 'v4' }, source: limits },
  { field: 'style', max: 1000, when: { model: afterV4 }, source: limits },
]

const shorter: readonly Model[] = ['v4', 'v4.5-all']
/** Of extend, upload-cover and upload-extend. */
export const longerTitle: readonly Rule[] = [
  { field: 'title', max: 80, when: { model: shorter }, source: limits },
  { field: 'title', max: 100, when: { model: models.filter((model) => !shorter.includes(model)) }, source: limits },
]

export const weights: readonly Rule[] = [
  { field: 'style_weight', step: 0.01, source: 'kie.md 6.2' },
  { field: 'weirdness', step: 0.01, source: 'kie.md 6.2' },
  { field: 'audio_weight', step: 0.01, source: 'kie.md 6.2' },
]

export const duration: readonly Rule[] = [
  { field: 'duration_seconds', range: [10, 360], source: 'kie.md 6.2' },
  { ignored: 'duration_seconds', when: { mode: 'describe' }, source: 'kie.md 6.2: custom mode only' },
  {
    ignored: 'duration_seconds',
    when: { mode: 'compose', model: models.filter((model) => model !== 'v5.5') },
    source: 'kie.md 4: V5_5 only',
  },
]
export const wholeSeconds: Rule = { field: 'duration_seconds', step: 1, source: 'kie.md 6.2: an integer here' }

/** Of audio that is taken by URL, as far as anybody knows how long it is. */
export const sourceLength: readonly Rule[] = [
  { field: 'source_seconds', range: [0, 60], when: { model: 'v4.5-all' }, source: 'kie.md 4: uploaded audio' },
  {
    field: 'source_seconds',
    range: [0, 480],
    when: { model: models.filter((model) => model !== 'v4.5-all') },
    source: 'kie.md 4: uploaded audio',
  },
]

/** What has no effect where only an idea is given, or nothing of the source is changed. */
export const withoutEffect = (mode: 'describe' | 'inherit', fields: readonly string[], source: string): Rule[] =>
  fields.map((field) => ({ ignored: field, when: { mode }, source }))

export const persona = (without: 'describe' | 'inherit'): readonly Rule[] => [
  { forbid: 'persona_id', when: { mode: without }, source: 'kie.md 6.2: custom mode only' },
  {
    // Without its kind a voice is not known for one; a persona of the usual kind sings all the same.
    ignored: 'persona_id',
    when: { persona_kind: 'voice', model: models.filter((model) => !['v5', 'v5.5'].includes(model)) },
    source: 'kie.md 4: V5 and V5_5 only',
  },
]

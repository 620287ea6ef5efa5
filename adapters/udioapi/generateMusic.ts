/** generateMusic at udioapi: udioapi.md 3, 4. */
import * as z from 'zod'
import { Compose, Describe, type GenerateMusicSubmission } from '../../src/canonical/generateMusic.ts'
import { Model } from '../../src/canonical/words.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields, implied, type Rows, unsupported } from '../../src/contract/codec.ts'
import { accepted, callback, feed } from './task.ts'
import { genders, models as modelWords } from './vocabulary.ts'

/** Left out, it is the oldest: we never do. */
const model = z.codec(modelWords.nullish(), Model, { decode: (named) => named ?? 'v3.5', encode: (named) => named })

const controls = {
  instrumental: 'make_instrumental',
  negative_style: 'tags', // what to AVOID here; in answers the same name is the style
  vocal_gender: ['gender', genders],
  style_weight: 'style_weight',
  weirdness: 'weirdness_constraint',
  audio_weight: 'audio_weight',
  duration_seconds: 'duration',
  bitrate: unsupported,
  sample_rate: unsupported,
  model: ['model', model],
  persona_id: unsupported,
  persona_kind: unsupported,
  callback_url: 'callback_url',
} as const satisfies Partial<Rows<(typeof Compose)['shape']>>

/** Custom mode is told by `prompt` being there, so a song without lyrics sends it empty. */
const lyricsOrBlank = z.codec(z.string(), z.string().optional(), {
  decode: (prompt) => (prompt.trim() === '' ? undefined : prompt),
  encode: (lyrics) => lyrics ?? '',
})

/** No mode flag: which prompt is there decides, and the description wins where both are. */
const submission = z.union([
  fields(Describe, { ...controls, mode: implied, description: 'gpt_description_prompt' }),
  fields(Compose, { ...controls, mode: implied, lyrics: ['prompt', lyricsOrBlank], style: 'style', title: 'title' }),
])

const models: readonly Model[] = ['v5', 'v5.5', 'v4.5-plus', 'v4.5', 'v4', 'v3.5']
const v4: readonly Model[] = ['v3.5', 'v4']
const afterV4 = models.filter((model) => !v4.includes(model))
const source = 'udioapi.md 3'
const describe = { mode: 'describe' }

export const generateMusic: TaskBinding<GenerateMusicSubmission> = {
  submit: {
    method: 'POST',
    path: '/v2/generate',
    carries: 'json',
    request: submission,
    response: accepted,
    reads: 'body',
  },
  poll: feed,
  callback,
  callbackNamesNoTask: true,
  models,
  rules: [
    { field: 'lyrics', max: 3000, when: { model: v4 }, source },
    { field: 'lyrics', max: 5000, when: { model: afterV4 }, source },
    { field: 'description', max: 400, source },
    { field: 'style', max: 200, when: { model: v4 }, source },
    { field: 'style', max: 1000, when: { model: afterV4 }, source },
    { field: 'title', max: 80, source },
    { field: 'style_weight', step: 0.01, source: 'udioapi.md 4' },
    { field: 'weirdness', step: 0.01, source: 'udioapi.md 4' },
    { field: 'audio_weight', step: 0.01, source: 'udioapi.md 4' },
    { field: 'duration_seconds', range: [10, 360], source },
    { ignored: 'duration_seconds', when: describe, source: 'udioapi.md 4: custom mode only' },
    {
      ignored: 'duration_seconds',
      when: { mode: 'compose', model: models.filter((model) => model !== 'v5.5') },
      source: 'udioapi.md 4: chirp-v5-5 only',
    },
    { ignored: 'negative_style', when: describe, source: 'udioapi.md 4: custom mode only' },
  ],
}

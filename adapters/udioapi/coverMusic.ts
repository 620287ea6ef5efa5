/** coverMusic at udioapi, "upload cover": udioapi.md 3, 7, 12.7. */
import * as z from 'zod'
import { ComposedCover, type CoverMusicSubmission, DescribedCover } from '../../src/canonical/coverMusic.ts'
import type { Model } from '../../src/canonical/words.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields, type Rows, unsupported } from '../../src/contract/codec.ts'
import { TaskReference } from '../../src/contract/shapes.ts'
import { accepted, callback, madeAt, record } from './task.ts'
import { genders, models as modelWords } from './vocabulary.ts'

const controls = {
  audio_url: 'upload_url',
  instrumental: 'make_instrumental',
  negative_style: 'tags', // what to AVOID, as on generate
  vocal_gender: ['gender', genders],
  style_weight: 'style_weight',
  weirdness: 'weirdness_constraint',
  audio_weight: 'audio_weight',
  duration_seconds: unsupported,
  model: ['model', modelWords],
  persona_id: unsupported,
  persona_kind: unsupported,
  callback_url: 'callback_url',
} as const satisfies Partial<Rows<(typeof ComposedCover)['shape']>>

/** Left out, the flag means false. */
const simple = z.codec(z.literal(false).nullish(), z.literal('describe'), {
  decode: () => 'describe' as const,
  encode: () => false as const,
})
const custom = z.codec(z.literal(true), z.literal('compose'), {
  decode: () => 'compose' as const,
  encode: () => true as const,
})

const submission = z.union([
  fields(DescribedCover, { ...controls, mode: ['custom_mode', simple], description: 'prompt' }),
  fields(ComposedCover, {
    ...controls,
    mode: ['custom_mode', custom],
    lyrics: 'prompt',
    style: 'style',
    title: 'title',
  }),
])

/** `v5.5` is not listed here. */
const models: readonly Model[] = ['v5', 'v4.5-plus', 'v4.5', 'v4', 'v4.5-all']
const afterV4 = models.filter((model) => model !== 'v4')
const shortTitles: readonly Model[] = ['v4', 'v4.5-all']
const source = 'udioapi.md 7.1'
const compose = { mode: 'compose' }

export const coverMusic: TaskBinding<CoverMusicSubmission> = {
  submit: {
    method: 'POST',
    path: '/v2/upload-cover/generate',
    carries: 'json',
    request: submission,
    response: accepted,
    reads: 'body',
  },
  poll: {
    method: 'GET',
    path: '/v2/upload-cover/status',
    carries: 'query',
    madeAt,
    request: fields(TaskReference, { provider_task_id: 'task_id' }),
    response: record({
      at: ['type', 'status'],
      running: ['IN_PROGRESS'],
      done: ['SUCCESS', 'COMPLETED'],
      failed: ['FAILED', 'ERROR'],
      source: 'udioapi.md 7.2, 11.1',
    }),
  },
  callback,
  callbackNamesNoTask: true,
  models,
  rules: [
    { require: 'lyrics', when: { ...compose, instrumental: [false, null] }, source },
    { field: 'description', max: 500, source },
    { field: 'lyrics', max: 3000, when: { model: 'v4' }, source },
    { field: 'lyrics', max: 5000, when: { model: afterV4 }, source },
    { field: 'style', max: 200, when: { model: 'v4' }, source },
    { field: 'style', max: 1000, when: { model: afterV4 }, source },
    { field: 'title', max: 80, when: { model: shortTitles }, source },
    { field: 'title', max: 100, when: { model: models.filter((model) => !shortTitles.includes(model)) }, source },
    { field: 'style_weight', step: 0.01, source: 'udioapi.md 4: the same field' },
    { field: 'weirdness', step: 0.01, source: 'udioapi.md 4: the same field' },
    { field: 'audio_weight', step: 0.01, source: 'udioapi.md 4: the same field' },
    { field: 'source_seconds', range: [0, 60], when: { model: 'v4.5-all' }, source },
    {
      field: 'source_seconds',
      range: [0, 480],
      when: { model: models.filter((model) => model !== 'v4.5-all') },
      source,
    },
  ],
}

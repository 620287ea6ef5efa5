/** generateMusic at udioapi: udioapi.md 3, 4, 5, 10.2. */
import * as z from 'zod'
import { Compose, Describe, type GenerateMusicSubmission } from '../../src/canonical/generateMusic.ts'
import type { Model } from '../../src/canonical/words.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields, implied, type Rows, unsupported } from '../../src/contract/codec.ts'
import { type Snapshot, TaskReference } from '../../src/contract/shapes.ts'
import { type StageRow, snapshot } from '../../src/contract/snapshot.ts'
import { itemStages, track, unwrap } from './feed.ts'
import { genders, models as modelWords } from './vocabulary.ts'

const controls = {
  instrumental: 'make_instrumental',
  negative_style: 'tags', // what to AVOID here; in answers the same name is the style
  vocal_gender: ['gender', genders],
  style_weight: 'style_weight',
  weirdness: 'weirdness_constraint',
  audio_weight: 'audio_weight',
  duration_seconds: 'duration',
  model: ['model', modelWords],
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

/** One id in two places; older answers have only the first. */
const accepted = z.codec(
  z.looseObject({ workId: z.string().nullish(), data: z.looseObject({ task_id: z.string().nullish() }).nullish() }),
  TaskReference,
  {
    decode: ({ workId, data }) => ({ provider_task_id: workId || data?.task_id || '' }),
    encode: ({ provider_task_id: id }) => ({ workId: id, data: { task_id: id } }),
  },
)

const running = { at: 'type', is: ['IN_PROGRESS', 'SUCCESS'] }
const noItems = { at: 'response_data', blank: true }
const stage: readonly StageRow[] = [
  {
    when: { at: 'type', is: ['FAILED', 'ERROR', 'FAIL'] },
    is: 'failed',
    speaks: { type: 'FAILED' },
    source: 'udioapi.md 11.1',
  },
  ...itemStages.map((row) => ({
    ...row,
    when: { all: [running, row.when] },
    ...(row.speaks ? { speaks: { ...row.speaks, type: 'SUCCESS' } } : {}),
  })),
  {
    when: { all: [running, { any: [noItems, { at: 'response_data', every: { at: 'status', is: 'pending' } }] }] },
    is: 'submitted',
    speaks: { type: 'IN_PROGRESS', 'response_data.*.status': 'pending' },
    source: 'udioapi.md 5, stages',
  },
]
const itemText = ['response_data.*.fail_message', 'response_data.*.error_message']

const callbackList = snapshot({
  task: [],
  tracks: ['response_data', track],
  none: 'empty',
  stage: itemStages,
  failure: { code: [], status: [], message: itemText },
  ignored: [],
})

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
  poll: {
    method: 'GET',
    path: '/v2/feed',
    carries: 'query',
    request: fields(TaskReference, { provider_task_id: 'workId' }),
    response: snapshot({
      task: [],
      tracks: ['response_data', track],
      none: 'empty',
      stage,
      failure: { code: [], status: ['type'], message: itemText },
      ignored: ['request_body', 'created_at'],
    }),
  },
  // A bare list that names no task: the attempt's own URL tells which one it is about.
  callback: z.codec(z.unknown(), callbackList as z.ZodType<Snapshot, { response_data: unknown }>, {
    decode: (body) => ({ response_data: unwrap(body) }),
    encode: (wire) => wire.response_data,
  }),
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

/** generateMinimax at udioapi: udioapi.md 10.3. The shape of its record and callback is a guess of the page. */
import * as z from 'zod'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { blankIsNull, type Codec, fields, implied, type Rows, unsupported } from '../../src/contract/codec.ts'
import { blank } from '../../src/contract/paths.ts'
import { type Snapshot, TaskReference, TrackReport } from '../../src/contract/shapes.ts'
import { snapshot } from '../../src/contract/snapshot.ts'
import { ComposedMinimax, DescribedMinimax, type Submissions } from '../../src/contract/submissions.ts'

const controls = {
  instrumental: unsupported,
  negative_style: unsupported,
  vocal_gender: unsupported,
  style_weight: unsupported,
  weirdness: unsupported,
  audio_weight: unsupported,
  duration_seconds: unsupported,
  bitrate: 'bitrate',
  sample_rate: 'sample_rate',
  model: implied,
  persona_id: unsupported,
  persona_kind: unsupported,
  callback_url: 'callback_url',
} as const satisfies Partial<Rows<(typeof ComposedMinimax)['shape']>>

/** No mode flag: whether there are lyrics tells which it is. */
const unsung = z.codec(z.string().regex(/^\s*$/).nullish(), z.literal('describe'), {
  decode: () => 'describe' as const,
  encode: () => undefined,
})
const sung = z.codec(z.string().regex(/\S/, 'lyrics have to be there'), z.string().optional(), {
  decode: (lyrics) => lyrics,
  encode: (lyrics) => lyrics ?? '',
})
/** Neither what it means nor its default is told: a client's song is not to be shown to others, as in the page's own example. */
const wireOnly = { says: { public: false } }

const submission = z.union([
  fields(DescribedMinimax, { ...controls, mode: ['lyrics', unsung], description: 'prompt' }, wireOnly),
  fields(
    ComposedMinimax,
    { ...controls, mode: implied, lyrics: ['lyrics', sung], style: 'prompt', title: unsupported },
    wireOnly,
  ),
])

const track = fields(TrackReport, {
  provider_track_id: 'task_id',
  title: unsupported,
  lyrics: unsupported,
  style: unsupported,
  duration_seconds: unsupported,
  audio_url: ['audio_url', blankIsNull()],
  stream_url: unsupported,
  image_url: unsupported,
  failure: unsupported,
})

const word = (...words: string[]) => ({ at: 'status', is: words })
const source = 'udioapi.md 10.3, 11.1'
const record = snapshot({
  task: ['task_id', 'data.task_id'],
  tracks: ['tracks', track],
  none: 'empty',
  stage: [
    { when: word('FAILED'), is: 'failed', speaks: { status: 'FAILED' }, source },
    {
      when: { all: [word('SUCCESS'), { at: 'tracks', blank: false }] },
      is: 'complete',
      speaks: { status: 'SUCCESS' },
      source,
    },
    { when: word('IN_PROGRESS', 'SUCCESS'), is: 'submitted', speaks: { status: 'IN_PROGRESS' }, source },
  ],
  failure: { code: [], status: ['status'], message: [] },
  ignored: ['type'],
})

type Payload = { task_id?: unknown; audio_url?: unknown } | null
type Listed = { task_id?: unknown; tracks: readonly { task_id?: unknown; audio_url?: unknown }[] }

/** One track, whose link stands on the task itself: it goes by the id of its task. */
const payload: Codec<Snapshot> = z.codec(z.unknown(), record as z.ZodType<Snapshot, Listed>, {
  decode: (wire) => {
    const { audio_url, ...task } = (wire as Payload) ?? {}
    return { ...task, tracks: blank(audio_url) ? [] : [{ task_id: task.task_id, audio_url }] }
  },
  encode: ({ tracks: [made], ...task }) => ({ ...task, type: 'text2music', audio_url: made?.audio_url ?? '' }),
})

const done = { code: 200, message: 'success' }

export const generateMinimax: TaskBinding<Submissions['generateMinimax']> = {
  submit: {
    method: 'POST',
    path: '/v2/minimax/generate',
    carries: 'json',
    request: submission,
    // No `workId` here.
    response: fields(TaskReference, { provider_task_id: 'task_id' }, { ignored: ['status', 'type'] }),
  },
  poll: {
    method: 'GET',
    path: '/v2/minimax/feed',
    carries: 'query',
    request: fields(TaskReference, { provider_task_id: 'workId' }),
    response: payload,
  },
  // Once, at the end, in the wrapping of the feed.
  callback: z.codec(z.unknown(), payload as z.ZodType<Snapshot, unknown>, {
    decode: (body) => (body as { data?: unknown } | null)?.data,
    encode: (data) => ({ ...done, data }),
  }),
  models: ['minimax'],
  rules: [
    // There is no flag for it: a voice would be paid for.
    { forbid: 'instrumental', when: { instrumental: true }, source },
    { require: 'lyrics', when: { mode: 'compose' }, source },
    { field: 'bitrate', range: [32_000, 256_000], source: 'udioapi.md 10.3: what MiniMax itself takes' },
    { field: 'sample_rate', range: [16_000, 44_100], source: 'udioapi.md 10.3: what MiniMax itself takes' },
  ],
}

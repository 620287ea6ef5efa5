/** The items of udioapi's feed and callback, and what they say together: udioapi.md 5, 10.2, 13. */
import * as z from 'zod'
import { blankIsNull, type Codec, decimal, fields } from '../../src/contract/codec.ts'
import { type Condition, holds } from '../../src/contract/condition.ts'
import { blank } from '../../src/contract/paths.ts'
import { TrackReport } from '../../src/contract/shapes.ts'
import type { StageRow } from '../../src/contract/snapshot.ts'
import { ALL_DONE } from './vocabulary.ts'

const text = z.string().nullable()
/** An item as sent: one `audio_url` for a live stream and for the file, told apart by the fields beside it. */
const Item = z.object({
  ...TrackReport.omit({ stream_url: true, failure: true }).shape,
  status: text,
  said: text,
  fail_message: text,
  error_message: text,
})

const numeric = decimal('')
/** A length as a number or a text of one, as one client heard it in `m:ss`; any other text says nothing: no song is lost over it. */
const length = z.codec(z.union([z.number(), z.string()]).nullish(), z.number().nullable(), {
  decode: (wire) => {
    const [, minutes, seconds] = /^(\d+):([0-5]\d)$/.exec(String(wire)) ?? []
    return z.safeDecode(numeric, minutes === undefined ? wire : Number(minutes) * 60 + Number(seconds)).data ?? null
  },
  encode: (value) => z.encode(numeric, value),
})

const item = fields(
  Item,
  {
    provider_track_id: 'id',
    title: ['title', blankIsNull()],
    lyrics: ['prompt', blankIsNull()],
    style: ['tags', blankIsNull()], // in answers `tags` are the style; in requests they are what to keep out
    duration_seconds: ['duration', length],
    audio_url: ['audio_url', blankIsNull()],
    image_url: ['image_url', blankIsNull()],
    status: ['status', blankIsNull()],
    said: ['extra_message', blankIsNull()],
    fail_message: ['fail_message', blankIsNull()],
    error_message: ['error_message', blankIsNull()],
  },
  { ignored: ['image_large_url', 'created_at', 'createTime', 'timestamp', 'model_name'] },
)

/** The link is the file once the item says complete, the task says all is done, or a first track has its length. */
const final = (each: z.infer<typeof Item>) =>
  each.status === 'complete' || each.said === ALL_DONE || (each.status === 'first' && each.duration_seconds !== null)

export const track: Codec<TrackReport> = z.codec(item, TrackReport, {
  decode: ({ status, said, fail_message, error_message, audio_url, ...kept }) => {
    const isFile = final({ ...kept, status, said, fail_message, error_message, audio_url })
    return {
      ...kept,
      audio_url: isFile ? audio_url : null,
      stream_url: isFile ? null : audio_url,
      failure: fail_message ?? error_message,
    }
  },
  encode: ({ failure, audio_url, stream_url, ...kept }) => ({
    ...kept,
    audio_url: audio_url ?? stream_url,
    status: null,
    said: null,
    fail_message: failure,
    error_message: null,
  }),
})

const failed: Condition = {
  any: [
    { at: 'fail_message', blank: false },
    { at: 'error_message', blank: false },
  ],
}
const withAudio: Condition = { at: 'audio_url', blank: false }
const word = (...words: string[]): Condition => ({ at: 'status', is: words })
const says = (sentence: string): Condition => ({ at: 'extra_message', is: sentence })
const withLength: Condition = { all: [{ at: 'duration', blank: false }, { not: { at: 'duration', is: 0 } }] }
/** The same as `final`, of an item as sent. */
const finished: Condition = {
  all: [withAudio, { any: [word('complete'), says(ALL_DONE), { all: [word('first'), withLength] }] }],
}
const items = 'response_data'
const some = (each: Condition): Condition => ({ at: items, some: each })
const every = (each: Condition): Condition => ({ at: items, every: each })
/** An unknown word on any item makes every reading of the whole impossible. One that failed needs no word, and a blank is none. */
export const known: Condition = {
  not: some({
    not: { any: [failed, { at: 'status', blank: true }, word('text', 'first', 'complete', 'pending')] },
  }),
}
/** At `text` the link is a live stream, whatever another item says (udioapi.md 5, 13). */
const live: Condition = { all: [{ not: failed }, word('text')] }
const allDone: Condition = {
  all: [known, some(says(ALL_DONE)), { not: some(live) }, every({ any: [failed, withAudio] })],
}

/** What one item says of all, each that has not failed says too: D3 leaves the others at `first`, without a length. */
export const saidOfAll = (wire: unknown): unknown => {
  if (!holds(allDone, wire)) return wire
  const record = wire as { readonly [items]: readonly object[] }
  return {
    ...record,
    [items]: record[items].map((each) => (holds(failed, each) ? each : { ...each, extra_message: ALL_DONE })),
  }
}

const source = 'udioapi.md 5'

const speaks = (status: string, sentence: string) => ({
  'response_data.*.status': status,
  'response_data.*.extra_message': sentence,
})

/** Completion is read from the items: the task's `type` says SUCCESS from the text stage on. */
export const itemStages: readonly StageRow[] = [
  { when: every(failed), is: 'failed', source: 'udioapi.md 5, failures' },
  {
    when: { all: [known, every({ any: [failed, { all: [withAudio, word('complete')] }] })] },
    is: 'complete',
    speaks: speaks('complete', ALL_DONE),
    source,
  },
  {
    when: allDone,
    is: 'complete',
    source: 'udioapi.md 5, stages: D3 leaves the items at `first`',
  },
  {
    when: { all: [known, some(finished)] },
    is: 'first_ready',
    speaks: speaks('first', 'First audio generated successfully.'),
    source,
  },
  {
    when: { all: [known, some(word('text', 'first', 'complete'))] },
    is: 'text_ready',
    speaks: speaks('text', 'Text generated successfully.'),
    source,
  },
]

/** Bodies that receivers have learnt to unwrap beside the documented bare list (udioapi.md 10.2). */
export const unwrap = (body: unknown): unknown => {
  const inner = (body as { data?: { response_data?: unknown }; response_data?: unknown } | null) ?? {}
  const found = [body, inner.data?.response_data, inner.response_data, inner.data].find(Array.isArray)
  return found ?? (blank(body) ? [] : [body])
}

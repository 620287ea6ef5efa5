/** How songs are accepted, looked at and told of at udioapi, whatever they were made from: udioapi.md 4, 5, 7.2, 10.2. */
import * as z from 'zod'
import type { Call } from '../../src/contract/adapter.ts'
import { type Codec, fields } from '../../src/contract/codec.ts'
import type { Condition } from '../../src/contract/condition.ts'
import { type Snapshot, TaskReference } from '../../src/contract/shapes.ts'
import { snapshot } from '../../src/contract/snapshot.ts'
import { itemStages, track, unwrap } from './feed.ts'

/** One id in two places; extensions and older answers have only the first. */
export const accepted = z.codec(
  z.looseObject({ workId: z.string().nullish(), data: z.looseObject({ task_id: z.string().nullish() }).nullish() }),
  TaskReference,
  {
    decode: ({ workId, data }) => ({ provider_task_id: workId || data?.task_id || '' }),
    encode: ({ provider_task_id: id }) => ({ workId: id, data: { task_id: id } }),
  },
)

type Words = readonly [string, ...string[]]

/** Where a route says how its task is, and in which words; the first of each is the one that is spoken. */
interface Said {
  /** The first that is not blank counts. */
  readonly at: Words
  readonly running: Words
  readonly done: Words
  readonly failed: Words
  readonly source: string
}

const noItems: Condition = { at: 'response_data', blank: true }
const pending: Condition = { at: 'response_data', every: { at: 'status', is: 'pending' } }
const itemText = ['response_data.*.fail_message', 'response_data.*.error_message']

/** The task's word only tells failure and unknown words apart: what is there is read from the items. */
export const record = ({ at, running, done, failed, source }: Said): Codec<Snapshot> => {
  const [spoken] = at
  const says = (words: readonly string[]): Condition => ({
    any: at.map((each, index) => ({
      all: [...at.slice(0, index).map((other) => ({ at: other, blank: true })), { at: each, is: words }],
    })),
  })
  const alive = says([...running, ...done])
  return snapshot({
    task: [],
    tracks: ['response_data', track],
    none: 'empty',
    stage: [
      { when: says(failed), is: 'failed', speaks: { [spoken]: failed[0] }, source },
      ...itemStages.map((row) => ({
        ...row,
        when: { all: [alive, row.when] },
        ...(row.speaks ? { speaks: { ...row.speaks, [spoken]: done[0] } } : {}),
      })),
      {
        when: { all: [alive, { any: [noItems, pending] }] },
        is: 'submitted',
        speaks: { [spoken]: running[0], 'response_data.*.status': 'pending' },
        source: 'udioapi.md 5, stages',
      },
    ],
    failure: { code: [], status: at, message: itemText },
    ignored: ['request_body', 'created_at'],
  })
}

const callbackList = snapshot({
  task: [],
  tracks: ['response_data', track],
  none: 'empty',
  stage: itemStages,
  failure: { code: [], status: [], message: itemText },
  ignored: [],
})

/** A bare list that names no task: the attempt's own URL tells which one it is about. */
export const callback: Codec<Snapshot> = z.codec(
  z.unknown(),
  callbackList as z.ZodType<Snapshot, { response_data: unknown }>,
  {
    decode: (body) => ({ response_data: unwrap(body) }),
    encode: (wire) => wire.response_data,
  },
)

/** Generations and extensions are read alike. */
export const feed: Call<TaskReference, Snapshot> = {
  method: 'GET',
  path: '/v2/feed',
  carries: 'query',
  request: fields(TaskReference, { provider_task_id: 'workId' }),
  response: record({
    at: ['type'],
    running: ['IN_PROGRESS'],
    done: ['SUCCESS'],
    failed: ['FAILED', 'ERROR', 'FAIL'],
    source: 'udioapi.md 5, 11.1',
  }),
}

/** How songs are accepted, looked at and told of at udioapi, whatever they were made from: udioapi.md 4, 5, 7.2, 10.2. */
import * as z from 'zod'
import type { Call } from '../../src/contract/adapter.ts'
import { type Codec, fields } from '../../src/contract/codec.ts'
import type { Condition } from '../../src/contract/condition.ts'
import { read } from '../../src/contract/paths.ts'
import { type Snapshot, TaskReference } from '../../src/contract/shapes.ts'
import { snapshot } from '../../src/contract/snapshot.ts'
import { itemStages, known, saidOfAll, track, unwrap } from './feed.ts'

const textAt = (wire: unknown, path: string) => {
  const found = read(wire, path)
  return typeof found === 'string' ? found : ''
}

/** One id in two places: it was paid for under either, whatever stands in the other. */
const accepting = (spoken: (id: string) => { workId: string; data?: { task_id: string } }) =>
  z.codec(
    z.looseObject({
      workId: z.unknown().optional(),
      data: z.union([z.looseObject({ task_id: z.unknown().optional() }), z.unknown()]).optional(),
    }),
    TaskReference,
    {
      decode: (wire) => ({ provider_task_id: textAt(wire, 'workId') || textAt(wire, 'data.task_id') }),
      encode: ({ provider_task_id: id }) => spoken(id),
    },
  )
export const accepted = accepting((id) => ({ workId: id, data: { task_id: id } }))
/** Of an extension there is only the first: udioapi.md 6. */
export const extended = accepting((id) => ({ workId: id }))

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
  const table = snapshot({
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
        when: { all: [alive, known] },
        is: 'submitted',
        speaks: { [spoken]: running[0], 'response_data.*.status': 'pending' },
        source: 'udioapi.md 5, stages',
      },
    ],
    failure: { code: [], status: at, message: itemText },
    ignored: ['request_body', 'created_at'],
  })
  return z.codec(z.unknown(), table as z.ZodType<Snapshot, unknown>, { decode: saidOfAll, encode: (wire) => wire })
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
export const callback: Codec<Snapshot> = z.codec(z.unknown(), callbackList as z.ZodType<Snapshot, unknown>, {
  decode: (body) => saidOfAll({ response_data: unwrap(body) }),
  encode: (wire) => read(wire, 'response_data'),
})

/** Songs that more can be asked of: neither covers nor those of MiniMax are, say the pages (udioapi.md 6, 8, 10.3, 14). */
export const ownSongs = ['generateMusic', 'extendMusic'] as const

/** Of the task, and of each of its tracks. */
export const madeAt = ['created_at', 'response_data.*.created_at'] as const

/** Generations and extensions are read alike. */
export const feed: Call<TaskReference, Snapshot> = {
  method: 'GET',
  path: '/v2/feed',
  carries: 'query',
  madeAt,
  request: fields(TaskReference, { provider_task_id: 'workId' }),
  response: record({
    at: ['type'],
    running: ['IN_PROGRESS'],
    done: ['SUCCESS'],
    failed: ['FAILED', 'ERROR', 'FAIL'],
    source: 'udioapi.md 5, 11.1',
  }),
}

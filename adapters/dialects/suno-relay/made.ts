/** Records and callbacks of what is no track, as the suno-relay dialect tells them: kie.md 9, 10, 12.1, 12.3-12.7; apibox.md 7.2-7.7, 8. */
import * as z from 'zod'
import type { Codec } from '../../../src/contract/codec.ts'
import type { Condition } from '../../../src/contract/condition.ts'
import { blank, read, write } from '../../../src/contract/paths.ts'
import type { Snapshot } from '../../../src/contract/shapes.ts'
import { type SnapshotTable, snapshot } from '../../../src/contract/snapshot.ts'

type Words = readonly [string | number, ...(string | number)[]]

/** The status words of one family: the same number means different things in two of them. */
export interface Family {
  readonly at: string
  /** The first of each is the one that is spoken. */
  readonly running: Words
  readonly done: Words
  readonly failed: Words
  readonly source: string
}

interface Sign {
  readonly at: string
  readonly is: string
}
const signed = (sign: Sign | undefined) => (sign ? { [sign.at]: sign.is } : {})

type Result = NonNullable<SnapshotTable['result']>

/** `0` and `200` are no errors (kie.md quirk 8); of one family the code is a text (kie.md 9.5). */
export const withError: Condition = { not: { at: 'errorCode', is: [null, 0, 200, '', '0', '200'] } }

interface RecordTable {
  readonly words: Family
  /** Holds where that which was made is there: the word for success alone proves nothing. */
  readonly there: Condition
  /** What says failure whatever the word is. */
  readonly broken?: Sign
  readonly result: Result
  readonly ignored: readonly string[]
}

export const record = ({ words, there, broken, result, ignored }: RecordTable): Codec<Snapshot> => {
  const { at, running, done, failed, source } = words
  return snapshot({
    task: ['taskId'],
    result,
    stage: [
      { when: { at, is: failed }, is: 'failed', speaks: { [at]: failed[0], ...signed(broken) }, source },
      {
        when: { all: [{ at, is: running }, withError] },
        is: 'failed',
        source: 'kie.md quirk 11: a record can stay pending while an error is set',
      },
      ...(broken ? [{ when: { all: [{ at, is: done }, broken] }, is: 'failed', source } as const] : []),
      { when: { all: [{ at, is: done }, there] }, is: 'complete', speaks: { [at]: done[0] }, source },
      {
        when: { all: [{ at, is: done }, withError] },
        is: 'failed',
        source: 'kie.md 7.10; apibox.md 6.7: an error that is set is a failure, where nothing was found that was made',
      },
      { when: { at, is: [...running, ...done] }, is: 'submitted', speaks: { [at]: running[0] }, source },
    ],
    failure: { code: ['errorCode'], status: [at], message: ['errorMessage'] },
    ignored: ['callbackUrl', 'completeTime', 'createTime', ...ignored],
  })
}

/** Where a callback may name its task: every reader looks at all of them (kie.md 12.1, apibox.md 7.7). */
const TASKS = ['data.task_id', 'data.taskId', 'taskId', 'task_id'] as const
type TaskPlace = (typeof TASKS)[number]

interface CallbackTable {
  /** The place that is spoken. */
  readonly task: TaskPlace
  readonly ok?: Words
  /** Where it has a status word of its own beside the code. */
  readonly words?: Family
  readonly there: Condition
  readonly broken?: Sign
  readonly result: Result
  readonly says: string
  /** `word` where it is not that of the family. */
  readonly failed: { readonly code: number; readonly text: string; readonly word?: string }
  readonly message?: readonly string[]
  readonly source: string
  readonly ignored?: readonly string[]
}

const heard = (words: Family | undefined): SnapshotTable['failure']['status'] => (words ? [words.at] : [])
const spoken = (words: Family | undefined, which: 'done' | 'failed', instead?: string) =>
  words ? { [words.at]: instead ?? words[which][0] } : {}

export const callback = (table: CallbackTable): Codec<Snapshot> => {
  const { task, ok = [200], words, there, broken, result, says, failed, source } = table
  const accepted: Condition = { at: 'code', is: ok }
  const refused: Condition = { all: [{ at: 'code', blank: false }, { not: accepted }] }
  const word = (...which: ('running' | 'done' | 'failed')[]): Condition =>
    words ? { at: words.at, is: which.flatMap((each) => [...words[each]]) } : accepted
  return snapshot({
    task: [task, ...TASKS.filter((each) => each !== task)],
    result,
    stage: [
      {
        when: { any: [refused, ...(words ? [word('failed')] : []), ...(broken ? [broken] : [])] },
        is: 'failed',
        speaks: { code: failed.code, msg: failed.text, ...spoken(words, 'failed', failed.word), ...signed(broken) },
        source,
      },
      {
        when: { all: [accepted, word('done'), there] },
        is: 'complete',
        speaks: { code: ok[0], msg: says, ...spoken(words, 'done') },
        source,
      },
      {
        when: { all: [accepted, word('running', 'done')] },
        is: 'submitted',
        source: 'kie.md quirk 10: nothing is there that is not there',
      },
    ],
    failure: { code: ['code'], status: heard(words), message: table.message ?? ['msg'] },
    ignored: table.ignored ?? [],
  })
}

/** A copy of the objects on the way to a place: what stands beside it is shared, however deep it is. */
const copiedTo = (value: unknown, [key, ...rest]: readonly string[]): unknown => {
  if (key === undefined || typeof value !== 'object' || value === null) return value
  const copy = Array.isArray(value) ? [...value] : { ...value }
  return Object.assign(copy, { [key]: copiedTo(read(value, key), rest) })
}

/** Hears places that go by another name elsewhere: `{ ours: theirs }`. Only ours is spoken. */
export const alsoAt = (names: Readonly<Record<string, string>>, codec: Codec<Snapshot>): Codec<Snapshot> =>
  z.codec(z.unknown(), codec as z.ZodType<Snapshot, unknown>, {
    decode: (wire) => {
      let moved = wire
      for (const [ours, theirs] of Object.entries(names)) {
        if (!blank(read(moved, ours)) || blank(read(moved, theirs))) continue
        moved = copiedTo(moved, ours.split('.'))
        write(moved, ours, read(moved, theirs))
      }
      return moved
    },
    encode: (wire) => wire,
  })

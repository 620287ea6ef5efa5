/** The judge of the crash run is judged: a good run is let pass, and every doctored ledger is seen. */
import { describe, expect, test } from 'vitest'
import type { Task } from '../../src/canonical/task.ts'
import type { Evidence } from './evidence.ts'
import { faultsIn, figuresOf } from './verdict.ts'

type Change = Readonly<Partial<Omit<Task, 'billing'>>> & { readonly credits?: number | null }
type Charged = Task['billing']['charged']

const SELLER = 'kie'
const READY = { status: 'ready' } as Task['tracks'][number]
const FAILED = { status: 'failed' } as Task['tracks'][number]
const task = (id: string, operation: Task['operation'], charged: Charged, change: Change = {}) => {
  const { credits = operation === 'alignLyrics' ? 0.5 : 12, ...rest } = change
  const status = charged === 'yes' ? 'succeeded' : 'failed'
  const attempts = [{ provider: SELLER, charged, state: charged === 'yes' ? 'accepted' : 'unknown' }]
  return {
    id,
    operation,
    status,
    stages: [],
    tracks: operation === 'generateMusic' && status === 'succeeded' ? [READY, READY] : [],
    error: status === 'failed' ? { code: 'submission_unconfirmed' } : null,
    salvaged_from: null,
    billing: { charged, credits, usd: null },
    attempts,
    ...rest,
  } as unknown as Task
}

/** Three songs: one made, one that was sold to a server that died, one that never reached the upstream. */
const GOOD: Evidence = {
  tasks: [
    task('made', 'generateMusic', 'yes'),
    task('died', 'generateMusic', 'unknown'),
    task('unsent', 'generateMusic', 'unknown'),
    task('words', 'alignLyrics', 'yes'),
  ],
  promised: new Map([
    ['song-1', 'made'],
    ['song-2', 'died'],
    ['song-3', 'unsent'],
  ]),
  unanswered: [],
  broken: [],
  aligned: 1,
  alignmentsGone: [],
  sold: [
    { provider: SELLER, title: 'song-1' },
    { provider: SELLER, title: 'song-2' },
  ],
  alignments: new Map([['kie {"audioId":"1"}', 1]]),
  accounts: [{ provider: SELLER, accepted: 2, alignments: 1, credits: 24.5 }],
  logged: [],
  damage: [],
}
const [made, died, unsent, words] = GOOD.tasks as [Task, Task, Task, Task]
const account = (change: Partial<Evidence['accounts'][number]>) => ({ accounts: [{ ...GOOD.accounts[0]!, ...change }] })
const instead = (change: Change, charged: Charged = 'yes') => ({
  tasks: [task('made', 'generateMusic', charged, change), died, unsent, words],
})

const seen = (change: Partial<Evidence>): string[] =>
  Object.entries(faultsIn({ ...GOOD, ...change })).flatMap(([what, all]) => (all.length > 0 ? [what] : []))

describe('the verdict of the crash run', () => {
  test('lets a good run pass', () => {
    expect(seen({})).toEqual([])
    expect(figuresOf(GOOD)).toMatchObject({ 'Songs acknowledged': 3, 'Songs succeeded': 1, 'Alignments bought': 1 })
  })

  test('takes a result that came after the end for what it is', () => {
    const late = task('late', 'generateMusic', 'yes', { salvaged_from: 'died' })
    expect(seen({ tasks: [...GOOD.tasks, late] })).toEqual([])
  })

  test('says nothing of an amount where a price is not known', () => {
    expect(seen({ ...account({ credits: 100 }), ...instead({ credits: null }) })).toEqual([])
  })

  test('lets half a success say that it may have been paid back', () => {
    expect(seen(instead({ status: 'succeeded', tracks: [READY, FAILED] }, 'unknown'))).toEqual([])
  })

  const doctored: readonly (readonly [what: string, change: Partial<Evidence>, faults: readonly string[]])[] = [
    ['a promised song that is gone', { tasks: [made, died, words] }, ['lost']],
    [
      'a marker that was accepted twice',
      { sold: [...GOOD.sold, GOOD.sold[1]!], ...account({ accepted: 3, credits: 24.5 }) },
      ['duplicated'],
    ],
    ['a song that was made and sold twice', { sold: [...GOOD.sold, GOOD.sold[0]!] }, ['duplicated', 'contradictory']],
    ['a song under way for ever', instead({ status: 'running' }), ['never ended']],
    ['a create without an answer', { unanswered: ['song-4'] }, ['never answered']],
    [
      'a sale of what nobody holds',
      { sold: [...GOOD.sold, { provider: SELLER, title: 'ghost' }] },
      ['sold and never promised'],
    ],
    [
      'a task that nobody was told of',
      { tasks: [...GOOD.tasks, task('ghost', 'generateMusic', 'unknown')] },
      ['there and never promised'],
    ],
    [
      'an alignment bought twice',
      { alignments: new Map([['one', 2]]), ...account({ alignments: 2 }) },
      ['alignments bought twice', 'misbilled'],
    ],
    ['an alignment that only the ledger knows', account({ alignments: 2 }), ['alignments miscounted', 'misbilled']],
    ['an alignment that can not be read again', { alignmentsGone: ['track'] }, ['alignments lost']],
    ['a success that was never sold', { sold: [GOOD.sold[1]!] }, ['contradictory']],
    ['a success with half of it', instead({ tracks: made.tracks.slice(1) }), ['contradictory']],
    [
      'a whole success that does not know',
      instead({ status: 'succeeded', tracks: [READY, READY] }, 'unknown'),
      ['contradictory'],
    ],
    ['a sale that the task denies', instead({}, 'no'), ['contradictory']],
    [
      'a song charged by one and sold by another',
      { sold: [{ provider: 'apibox', title: 'song-1' }, GOOD.sold[1]!] },
      ['contradictory'],
    ],
    ['more songs in the ledger than tasks own up to', account({ accepted: 4 }), ['misbilled']],
    ['fewer songs in the ledger than tasks say were charged', account({ accepted: 0 }), ['misbilled']],
    ['credits that no task speaks of', account({ credits: 40 }), ['misbilled']],
    ['an answer that took back another', { broken: ['song-1 became b after a'] }, ['wrong answers']],
    ['a server that fell over itself', { logged: ['{"level":"error"}'] }, ['errors logged']],
    ['a damaged file', { damage: ['row 3 missing from index'] }, ['damaged']],
  ]
  test.each(doctored)('sees %s', (_, change, faults) => {
    expect(seen(change)).toEqual(faults)
  })
})

/** Places that tasks have before they are stored: given back once, and not while somebody has stored the task. */
import { expect, test } from 'vitest'
import { accounts } from '../../src/engine/keys/accounts.ts'
import type { Outside, World } from '../../src/engine/ports.ts'
import { createQuotas } from '../../src/engine/quotas.ts'
import type { TaskState, WorkTask } from '../../src/engine/state.ts'
import { echo } from './echo.ts'
import { lost, openWorld, SECOND, SONG } from './world.ts'

const account = { key: 'key_1', concurrent_tasks: 1 }
const task = {
  kind: 'work',
  id: 'task_1',
  project: 'default',
  status: 'queued',
  attempts: [],
  account,
} as never as TaskState
const running = { ...task, status: 'running' } as TaskState
const entry = (id: string) =>
  ({ id, project: 'default', account, material: {}, request: {}, candidates: [], queued: true }) as never

const open = () =>
  createQuotas({ access: [], clock: () => 0, settings: { queueLimit: 1, pollScale: 1 } } as never as World)
const isFull = ({ enter }: ReturnType<typeof open>) => {
  try {
    enter(entry('task_2'))
  } catch (error) {
    return (error as Error).message.includes('waiting to be submitted')
  }
  return false
}

test('a task that several requests store at once has one place, and leaves it once', () => {
  const quotas = open()
  const places = [1, 2, 3, 4].map(() => quotas.changes.begin(task))
  expect(quotas.queued()).toBe(1)
  // Three of them were told that it is stored, and one that it was not.
  for (let told = 0; told < 3; told++) quotas.changes.stored(null, task)
  places[3]!()
  expect([quotas.queued(), isFull(quotas)]).toEqual([1, true])
  quotas.changes.stored(task, running)
  expect([quotas.queued(), isFull(quotas)]).toEqual([0, false])
})

test('a task that nobody could store leaves its place with the last who tried, once each', () => {
  const quotas = open()
  const [one, other] = [quotas.changes.begin(task), quotas.changes.begin(task)]
  one()
  expect([quotas.queued(), quotas.ledger.usageOf('key_1').concurrent_tasks]).toEqual([1, 1])
  other()
  other()
  expect([quotas.queued(), quotas.ledger.usageOf('key_1').concurrent_tasks]).toEqual([0, 0])
})

test('a place is not taken from a task by somebody who comes late', () => {
  const quotas = open()
  const [early, late] = [quotas.changes.begin(task), quotas.changes.begin(task)]
  quotas.changes.stored(null, task)
  early()
  late()
  expect([quotas.queued(), quotas.ledger.usageOf('key_1').concurrent_tasks]).toEqual([1, 1])
})

test('whoever tries to store a task that waits already takes nothing from it', () => {
  const quotas = open()
  quotas.changes.begin(task)
  quotas.changes.stored(null, task)
  const late = quotas.changes.begin(task)
  expect(quotas.queued()).toBe(1)
  late()
  expect([quotas.queued(), quotas.ledger.usageOf('key_1').concurrent_tasks]).toEqual([1, 1])
  // And nothing is left of it once it goes on while somebody still tries.
  const other = quotas.changes.begin(task)
  quotas.changes.stored(task, running)
  other()
  expect([quotas.queued(), quotas.ledger.usageOf('key_1').concurrent_tasks]).toEqual([0, 1])
})

test('of two keys that send one Idempotency-Key at once, one has the task, and nothing is kept back of the other', () => {
  const other = { ...task, account: { ...account, key: 'key_2' } } as TaskState
  for (const [mine, theirs] of [
    [task, other],
    [other, task],
  ] as const) {
    const quotas = open()
    const tasksOf = (key: string) => quotas.ledger.usageOf(key).concurrent_tasks
    const [_, late] = [quotas.changes.begin(task), quotas.changes.begin(other)]
    quotas.changes.stored(null, mine)
    late()
    expect([tasksOf(mine.account!.key), tasksOf(theirs.account!.key), quotas.queued()]).toEqual([1, 0, 1])
  }
})

test('nothing is reserved for a task that was canceled while its turn was asked for', () => {
  const access = [{ adapter: echo, origin: echo.origins.api, credentials: [{ id: 'one', key: 'one' }] }]
  const settings = { queueLimit: 10, pollScale: 1 }
  const quotas = createQuotas({ access, clock: () => 0, settings } as never as World)
  const candidate = { provider: 'echo', credential: 'one', form: 'generateMusic', model: 'v5' } as never
  const held = {
    ...task,
    ...{
      account: { key: 'key_1', usd_per_day: 10 },
      next: 'submit',
      candidates: [candidate],
      material: {},
      request: {},
    },
  } as never as WorkTask
  quotas.enter({ ...held, queued: true } as never)
  quotas.changes.stored(null, held)
  const reserved = () => quotas.ledger.usageOf('key_1').day.reserved_usd
  expect(reserved()).toBeGreaterThan(0)
  expect(quotas.limiter.place(held, candidate)).toBe(0)
  quotas.changes.stored(held, { ...held, status: 'canceled', next: null, candidates: [] })
  expect(reserved()).toBe(0)
  expect(quotas.limiter.place(held, candidate)).toBeGreaterThan(0)
  expect(reserved()).toBe(0)
})

test('a task that is not heard of yet, since whoever knew it has just begun again, waits', () => {
  const access = [{ adapter: echo, origin: echo.origins.api, credentials: [{ id: 'one', key: 'one' }] }]
  const quotas = createQuotas({ access, clock: () => 0, settings: { queueLimit: 10, pollScale: 1 } } as never as World)
  const candidate = { provider: 'echo', credential: 'one', form: 'generateMusic', model: 'v5' } as never
  const known = { ...task, next: 'submit', candidates: [candidate], material: {}, request: {} } as never as WorkTask
  expect(quotas.limiter.place(known, candidate)).toBe(1000)
  quotas.changes.stored(null, known)
  expect(quotas.limiter.place(known, candidate)).toBe(0)
})

test('a clock that runs ahead into another month, and comes back, forgets nothing that was spent', async () => {
  const DAY = 86_400_000
  let now = Date.UTC(2026, 0, 31)
  const rows = [{ key: 'key_1', day: now / DAY, micros: 9_900_000 }]
  const ledger = accounts({ access: [], clock: () => now, sql: { read: async () => rows, commit: async () => {} } })
  await ledger.start()
  const spent = () => [ledger.usageOf('key_1').day!.spent_usd, ledger.usageOf('key_1').month!.spent_usd]
  expect(spent()).toEqual([9.9, 9.9])
  now += 2 * DAY
  expect(spent()).toEqual([0, 0])
  now -= 2 * DAY
  expect(spent()).toEqual([9.9, 9.9])
})

test('a request that comes again while its first is being paid for gets that task, and reserves nothing', async () => {
  const gates: (() => void)[] = []
  const outside: Outside = {
    post: async () => ({ kind: 'answered', status: 200, retryAfter: null, durationMs: 1 }),
    resolve: () => new Promise((resolve) => gates.push(() => resolve(['93.184.216.34']))),
  }
  const world = openWorld({ outside, script: { 'echo submit': [lost] } })
  const key = { id: 'key_01JD3W8Q4T7X2M5N9P6R0S1V3G', limits: { usd_per_day: 0.25 }, providers: null }
  const request = { ...SONG, webhook: { url: 'https://example.com/hook' } }
  const ask = () =>
    world.engine.create('generateMusic', { project: 'default', idempotencyKey: 'one', key }, request, null, 0)
  const [first, second] = [ask(), ask()]
  await world.settle()
  gates.shift()!()
  const { task } = await first
  await world.advance(20 * SECOND)
  const before = world.engine.usageOf(key as never)
  gates.shift()!()
  expect(await second).toMatchObject({ task: { id: task.id }, replayed: true })
  expect(world.engine.usageOf(key as never)).toEqual(before)
})

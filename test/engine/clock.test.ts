/** A clock that was ahead and is put right: nothing waits for the time that was taken back. */
import { expect, it } from 'vitest'
import { reduce } from '../../src/engine/core.ts'
import { requestRates } from '../../src/engine/keys/rate.ts'
import type { ClientKey } from '../../src/engine/keys/rows.ts'
import type { Outside, Receipt } from '../../src/engine/ports.ts'
import type { WorkTask } from '../../src/engine/state.ts'
import { lost, MINUTE, no, openWorld, record, SECOND, START, type TestWorld } from './world.ts'

const HOURS = 120 * MINUTE
const one = { routing: { provider: 'echo' } }

const restarted = async (world: TestWorld) => {
  await world.setBack(HOURS, false)
  await world.restart()
}
const WAYS: [string, (world: TestWorld) => Promise<void>][] = [
  ['a process that sees it', (world) => world.setBack(HOURS)],
  ['one that starts afterwards', restarted],
]

it.each(WAYS)('an open song is read on by %s', async (_, setBack) => {
  const world = openWorld({ script: { 'echo poll': [record.fresh] } })
  const { id } = await world.create(one)
  await world.advance(MINUTE)
  const asked = world.count('echo poll')
  world.script({ 'echo poll': [record.half, record.done] })
  await setBack(world)
  // No later than it would have been.
  await world.advance(33 * SECOND)
  expect(world.count('echo poll')).toBeGreaterThan(asked)
  await world.advance(MINUTE)
  expect((await world.task(id)).status).toBe('succeeded')
})

it('a request that was to be repeated a moment later is', async () => {
  const world = openWorld({ script: { 'echo submit': [no(429, 'no', 5)] } })
  const { id } = await world.create(one)
  await world.advance(SECOND)
  expect((await world.task(id)).status).toBe('queued')
  world.script({ 'echo submit': [lost] })
  await world.setBack(HOURS)
  await world.advance(6 * SECOND)
  expect(world.count('echo submit')).toBe(2)
})

it('an outcome that nobody knows is waited for no less than its window', async () => {
  const world = openWorld({ script: { 'echo submit': [lost] } })
  const { id } = await world.create(one)
  await world.advance(SECOND)
  await world.setBack(HOURS)
  await world.advance(29 * MINUTE)
  expect((await world.task(id)).stage).toBe('reconciling')
})

it('a callback is followed as soon as the published limit lets it', async () => {
  const world = openWorld({ script: { 'echo poll': [record.fresh] } })
  await world.create(one)
  await world.advance(MINUTE)
  const task = JSON.parse(world.rows('SELECT body FROM tasks')[0]!.body as string) as WorkTask
  const pace = { pollScale: 1, pollFloor: 5000, reconcileWindow: MINUTE, taskTimeout: HOURS, stallAfter: HOURS }
  const now = task.updated_at - HOURS
  const { task: rung } = reduce(task, now, { type: 'rang', provider_task_id: 'job-1' }, pace, 0)
  expect(rung.next_at).toBe(now + 5000)
})

it('a window that nobody tells anything in ends when it would have', async () => {
  const world = openWorld({ script: { 'echo submit': [lost] } })
  const { id } = await world.create(one)
  await world.advance(SECOND)
  await world.setBack(30 * 24 * 60 * MINUTE)
  await world.advance(32 * MINUTE)
  expect(await world.task(id)).toMatchObject({ status: 'failed', error: { code: 'submission_unconfirmed' } })
})

it('a song that never ends is given up when it would have been, and then looked for', async () => {
  const world = openWorld({ script: { 'echo poll': [record.fresh] } })
  const { id } = await world.create(one)
  await world.advance(MINUTE)
  await world.setBack(30 * 24 * 60 * MINUTE)
  await world.advance(62 * MINUTE)
  expect(await world.task(id)).toMatchObject({ status: 'failed', error: { code: 'provider_timeout' } })
  world.script({ 'echo poll': [record.done] })
  await world.setBack(30 * 24 * 60 * MINUTE)
  await world.advance(61 * MINUTE)
  const { data } = await world.engine.listTasks('default', {})
  expect(data.filter(({ salvaged_from }) => salvaged_from === id)).toHaveLength(1)
})

it('what was made while nobody looked is kept for no longer than since it was asked for', async () => {
  const world = openWorld({ script: { 'echo poll': [record.fresh] } })
  const { id } = await world.create(one)
  await world.advance(10 * SECOND)
  world.script({ 'echo poll': [record.done] })
  // Five days without a process.
  await world.setBack(-120 * HOURS, false)
  await world.restart()
  await world.advance(2 * MINUTE)
  const { tracks, attempts, status } = await world.task(id)
  expect(status).toBe('succeeded')
  expect(Date.parse(tracks[0]!.audio!.expires_at) - Date.parse(attempts[0]!.created_at)).toBe(14 * 24 * 60 * MINUTE)
})

it('a key is held to its rate for a minute of any clock', () => {
  let now = START
  const rates = requestRates(() => now)
  const key = { id: 'key', limits: { requests_per_minute: 2 } } as ClientKey
  for (const allowed of [true, true, false]) expect(rates.take(key)).toMatchObject({ allowed })
  now -= HOURS
  expect(rates.take(key)).toMatchObject({ allowed: false, reset: 60 })
  now += MINUTE
  expect(rates.take(key)).toMatchObject({ allowed: true, remaining: 1 })
})

/** A song that nobody sends, and somebody who is told of it. */
const listened = async (said: () => Promise<Receipt>) => {
  const heard: string[] = []
  const outside: Outside = {
    resolve: async () => [],
    post: async ({ body }) => {
      heard.push(JSON.parse(body).type)
      return said()
    },
  }
  const world = openWorld({ outside, settings: { paused: true } })
  await world.engine.createWebhookEndpoint('default', { url: 'https://hooks.example.com/' })
  const { id } = await world.create(one)
  /** Signing takes real time. */
  const pass = async (seconds: number) => {
    for (let passed = 0; passed < seconds; passed++) {
      await world.advance(SECOND)
      await Promise.race([world.engine.quiet(), new Promise((resolve) => setTimeout(resolve, 100))])
    }
  }
  await pass(2)
  return { world, heard, pass, cancel: () => world.engine.cancelTask('default', id) }
}
const answered = (status: number): Receipt => ({ kind: 'answered', status, retryAfter: null, durationMs: 1 })

it.each(WAYS)('a webhook that failed is told again, and what comes after it, by %s', async (_, setBack) => {
  let status = 503
  const { world, heard, pass, cancel } = await listened(async () => answered(status))
  await cancel()
  await setBack(world)
  status = 204
  await pass(7)
  expect(heard).toEqual(['task.queued', 'task.queued', 'task.canceled'])
  await world.create(one)
  await pass(2)
  expect(heard.slice(3)).toEqual(['task.queued'])
})

it('a webhook that was under way when its process ended is told by the next', async () => {
  const never = new Promise<Receipt>(() => {})
  let said = () => never
  const { world, heard, pass, cancel } = await listened(() => said())
  await cancel()
  await restarted(world)
  said = async () => answered(204)
  await pass(3)
  expect(heard).toEqual(['task.queued', 'task.queued', 'task.canceled'])
})

it('a webhook whose time could not be put right at once is told all the same', async () => {
  let status = 503
  const { world, heard, pass } = await listened(async () => answered(status))
  await world.setBack(HOURS)
  status = 204
  world.refuseCommits(1)
  await pass(10)
  expect(heard).toEqual(['task.queued', 'task.queued'])
})

it('a webhook that waits for long does so, whichever process tells it', async () => {
  const { world, heard, pass } = await listened(async () => ({ ...answered(503), retryAfter: '86400' }))
  await world.setBack(SECOND / 2)
  await world.restart()
  await pass(10)
  expect(heard).toEqual(['task.queued'])
})

/** Answers and callbacks that overtake each other: whose a result is, the attempt's own answer says. */
import { expect, it } from 'vitest'
import { defineAdapter } from '../../src/contract/adapter.ts'
import { reduce } from '../../src/engine/core.ts'
import { currentAttempt, type WorkTask } from '../../src/engine/state.ts'
import { echo, echoTwo } from './echo.ts'
import { answer, held, lost, MINUTE, no, ok, openWorld, record, SECOND } from './world.ts'

it('a callback that names another task does not bring its songs to this one', async () => {
  const world = openWorld({ script: { 'echo poll': [record.fresh] } })
  const { id } = await world.create({ routing: { provider: 'echo' } })
  await world.advance(90 * MINUTE)
  expect((await world.task(id)).error!.code).toBe('provider_timeout')
  world.script({ 'echo poll': [record.done] })
  const { provider, token } = world.callbackOf()
  await world.engine.ring(provider, token, { job: 'job-of-somebody-else', state: 'DONE' })
  await world.settle()
  expect(world.sent.at(-1)!.url.searchParams.get('job')).toBe('job-1')
})

it('a callback that names another task while the answer is under way does not take the place of the answer', async () => {
  const world = openWorld({ script: { 'echo submit': [held] } })
  const { id } = await world.create({ routing: { provider: 'echo' } })
  await world.advance(1)
  const { provider, token } = world.callbackOf()
  await world.engine.ring(provider, token, { job: 'job-of-somebody-else', state: 'HALF', parts: [] })
  await world.settle()
  await world.release(ok({ job: 'job-own' }))
  await world.advance(5 * MINUTE)
  expect(await world.task(id)).toMatchObject({ status: 'succeeded', attempts: [{ provider_task_id: 'job-own' }] })
  const read = world.sent.filter(({ place }) => place === 'echo poll').map(({ url }) => url.searchParams.get('job'))
  expect(new Set(read)).toEqual(new Set(['job-own']))
  const events = world.rows("SELECT type FROM events WHERE type = 'task.submitted'")
  expect(events).toHaveLength(1)
})

/** A song that is being sent to a provider whose callbacks name no task. */
const nameless = async () => {
  const generateMusic = { ...echo.operations.generateMusic!, callbackNamesNoTask: true } as const
  const adapter = defineAdapter({ ...echo, operations: { ...echo.operations, generateMusic } })
  const world = openWorld({ providers: [adapter], script: { 'echo submit': [held] } })
  const { id } = await world.create()
  await world.advance(1)
  const { provider, token } = world.callbackOf()
  const tell = async (state: string, key: string) => {
    const file = 'https://x.test/a.mp3'
    const part = { key, name: 'Rain', words: 'la', tags: 'folk', length: 60, file, stream: '' }
    await world.engine.ring(provider, token, { state, parts: [part] })
    await world.settle()
  }
  return { world, id, tell }
}

it('what a nameless callback ended before its answer came is looked at once more: it may have told of another song', async () => {
  const { world, id, tell } = await nameless()
  await tell('DONE', 'of another')
  expect((await world.task(id)).status).toBe('succeeded')
  // Also where that can not be stored at once.
  world.refuseCommits(1)
  await world.release(ok({ job: 'job-1' }))
  await world.advance(5 * MINUTE)
  const { data } = await world.engine.listTasks('default', {})
  expect(data.filter(({ salvaged_from }) => salvaged_from === id)).toMatchObject([
    { status: 'succeeded', attempts: [{ provider_task_id: 'job-1' }] },
  ])
})

it('the answer that names a task does not take back what a nameless callback has told of it', async () => {
  const { world, id, tell } = await nameless()
  await tell('HALF', 'a')
  expect(await world.task(id)).toMatchObject({ stage: 'first_ready', attempts: [{ provider_task_id: null }] })
  await world.release(ok({ job: 'job-1' }))
  expect(await world.task(id)).toMatchObject({ stage: 'first_ready', attempts: [{ provider_task_id: 'job-1' }] })
  await world.advance(5 * MINUTE)
  expect(await world.task(id)).toMatchObject({ status: 'succeeded', billing: { charged: 'yes' } })
})

it('a callback that was read before its task went on is not taken for the next attempt', async () => {
  const world = openWorld({ script: { 'echo submit': [held] } })
  await world.create()
  await world.advance(1)
  const task = JSON.parse(world.rows('SELECT body FROM tasks')[0]!.body as string) as WorkTask
  const pace = { pollScale: 1, pollFloor: 0, reconcileWindow: MINUTE, taskTimeout: MINUTE, stallAfter: MINUTE }
  const rung = (attempt: string) =>
    reduce(task, task.updated_at, { type: 'rang', attempt, provider_task_id: 'job-0' }, pace, 0).task
  expect(rung('att_before')).toBe(task)
  expect(currentAttempt(rung(task.attempts[0]!.id))).toMatchObject({ state: 'accepted', provider_task_id: 'job-0' })
})

const timedOut = async () => {
  const world = openWorld({ script: { 'echo poll': [record.fresh] } })
  const { id } = await world.create({ routing: { provider: 'echo' } })
  await world.advance(90 * MINUTE)
  expect((await world.task(id)).error!.code).toBe('provider_timeout')
  const { provider, token } = world.callbackOf()
  const ring = () => world.engine.ring(provider, token, { job: 'job-1', state: 'DONE' })
  const kept = async () =>
    (await world.engine.listTasks('default', {})).data.filter(({ salvaged_from }) => salvaged_from === id)
  return { world, ring, kept }
}

/** Its first attempt has stalled, and the next one can not be sent yet. */
const waiting = async (world = openWorld({ script: { 'echo poll': [record.fresh] } })) => {
  const { id } = await world.create({ failover: { on_stall: 'failover' } })
  await world.advance(MINUTE)
  await world.restart({ settings: { paused: true } })
  await world.advance(20 * MINUTE)
  expect(await world.task(id)).toMatchObject({ status: 'queued', attempts: [{ provider: 'echo', charged: 'unknown' }] })
  const { provider, token } = world.callbackOf()
  const ring = (body: unknown = { job: 'job-1', state: 'DONE' }) => world.engine.ring(provider, token, body)
  const kept = async () =>
    (await world.engine.listTasks('default', {})).data.filter(({ salvaged_from }) => salvaged_from === id)
  return { world, id, ring, kept }
}

it('what an attempt that was given up makes while its task waits for the next one is kept', async () => {
  const { world, id, ring, kept } = await waiting()
  world.script({ 'echo poll': [record.done], 'echo-two poll': [record.fresh] })
  expect(await ring()).toBe(true)
  await world.advance(MINUTE)
  expect((await kept()).map(({ status, tracks }) => [status, tracks.length])).toEqual([['succeeded', 2]])
  expect(await world.task(id)).toMatchObject({ status: 'queued' })
  await world.restart({ settings: { paused: false } })
  const sent = world.now()
  await world.advance(MINUTE)
  // Nobody has rung for the attempt that is under way now: it is read as often as any.
  expect(world.timesOf('echo-two poll').length).toBeGreaterThan(3)
  expect(world.sent.find(({ place }) => place === 'echo-two poll')!.at - sent).toBeLessThan(10_000)
})

it('a nameless callback of an attempt that was given up is kept too, and ends nothing', async () => {
  const generateMusic = { ...echo.operations.generateMusic!, callbackNamesNoTask: true } as const
  const nameless = defineAdapter({ ...echo, operations: { ...echo.operations, generateMusic } })
  const world = openWorld({ providers: [nameless, echoTwo], script: { 'echo submit': [lost] } })
  const { id } = await world.create({ failover: { on_stall: 'failover', on_ambiguous: 'resubmit' } })
  await world.advance(MINUTE)
  const { provider, token } = world.callbackOf()
  const part = (file: string) => ({ key: 'a', name: '', words: '', tags: '', length: 60, file, stream: '' })
  const file = 'https://x.test/a.mp3'
  await world.restart({ settings: { paused: true } })
  await world.advance(40 * MINUTE)
  expect(await world.task(id)).toMatchObject({ status: 'queued', attempts: [{ state: 'unknown' }] })
  // Nobody knew of it: it is under way again, and not in the queue.
  await world.engine.ring(provider, token, { state: 'WORDS', parts: [part('')] })
  expect(await world.task(id)).toMatchObject({ status: 'running', attempts: [{ state: 'accepted' }] })
  await world.advance(40 * MINUTE)
  expect(await world.task(id)).toMatchObject({ status: 'queued', attempts: [{ state: 'accepted' }] })
  const before = await world.task(id)
  await world.engine.ring(provider, token, { state: 'BROKEN', why: 'no more', parts: [] })
  await world.engine.ring(provider, token, { state: 'DONE', parts: [part(file)] })
  expect(await world.task(id)).toEqual(before)
  const [kept] = (await world.engine.listTasks('default', {})).data.filter(({ salvaged_from }) => salvaged_from === id)
  expect(kept!.tracks.map(({ audio, verified }) => [audio?.url, verified])).toEqual([[file, false]])
})

it('whoever tells of a late result is answered before the provider is asked for it', async () => {
  const { world, ring, kept } = await timedOut()
  world.script({ 'echo poll': [held] })
  const asked = world.count('echo poll')
  expect(await ring()).toBe(true)
  expect(world.count('echo poll')).toBe(asked)
  await world.advance(0)
  expect(world.count('echo poll')).toBe(asked + 1)
  // Told of once more while it is looked for, it is looked for once more at once.
  world.script({ 'echo poll': [record.done] })
  await world.advance(1)
  expect(await ring()).toBe(true)
  await world.release(record.half)
  await world.advance(0)
  expect(await kept()).toHaveLength(1)
})

it('a late result whose record led to a place nobody can trust is read again', async () => {
  const { world, ring, kept } = await timedOut()
  world.script({ 'echo poll': [record.doneAt('javascript:alert(1)'), record.done] })
  await ring()
  await world.advance(0)
  expect(await kept()).toEqual([])
  await world.advance(MINUTE)
  expect(await kept()).toHaveLength(1)
})

it('a late result that can not be read is looked for until it can, over a restart too', async () => {
  const { world, ring, kept } = await timedOut()
  world.script({ 'echo poll': [no(500)] })
  expect(await ring()).toBe(true)
  await world.advance(2 * MINUTE)
  expect(await kept()).toEqual([])
  await world.restart()
  await world.advance(30 * MINUTE)
  world.script({ 'echo poll': [record.done] })
  await world.advance(30 * MINUTE)
  expect((await kept()).map(({ status, tracks }) => [status, tracks.length])).toEqual([['succeeded', 2]])
  expect(world.rows('SELECT * FROM late_results')).toEqual([])
})

it('a late result that is still being made is waited for', async () => {
  const { world, ring, kept } = await timedOut()
  world.script({ 'echo poll': [record.half, record.half, record.done] })
  await ring()
  await world.advance(10 * MINUTE)
  expect(await kept()).toHaveLength(1)
})

it('late results are looked for once each, also where the timer goes off while they are looked for', async () => {
  const world = openWorld({ script: { 'echo poll': [record.fresh] } })
  for (let song = 0; song < 3; song++) await world.create({ routing: { provider: 'echo' } })
  await world.advance(90 * MINUTE)
  world.script({ 'echo poll': [no(500)] })
  for (let song = 0; song < 3; song++) {
    const { provider, token } = world.callbackOf(song)
    await world.engine.ring(provider, token, { job: `job-${song + 1}`, state: 'DONE' })
  }
  const asked = world.count('echo poll')
  // All three are due together and asked for together: the second takes its time.
  world.script({ 'echo poll': [no(500), held, no(500)] })
  await world.advance(MINUTE)
  expect(world.count('echo poll') - asked).toBe(3)
  // What was to be asked for again meanwhile is, once.
  world.script({ 'echo poll': [no(500)] })
  await world.release(no(500))
  await world.advance(SECOND)
  expect(world.count('echo poll') - asked).toBe(5)
})

it('a late result that never comes is given up after a day, and said to be', async () => {
  const { world, ring, kept } = await timedOut()
  await ring()
  await world.advance(26 * 60 * MINUTE)
  expect(await kept()).toEqual([])
  expect(world.rows('SELECT * FROM late_results')).toEqual([])
  expect(world.logged.some((line) => line.includes('salvage.given_up'))).toBe(true)
  const asked = world.count('echo poll')
  await world.advance(60 * MINUTE)
  expect(world.count('echo poll')).toBe(asked)
})

it('a callback that comes in the moment in which its task is given up is not lost', async () => {
  const world = openWorld({ script: { 'echo submit': [lost] } })
  const { id } = await world.create({ routing: { provider: 'echo' } })
  await world.advance(29 * MINUTE)
  const { provider, token } = world.callbackOf()
  world.refuseCommits(1)
  await world.advance(MINUTE + 1)
  expect((await world.task(id)).stage).toBe('reconciling')
  // Both have seen the task before either of them changes it.
  const ringing = world.engine.ring(provider, token, { job: 'job-1', state: 'DONE' })
  await world.engine.wake(id)
  expect(await ringing).toBe(true)
  await world.advance(MINUTE)
  expect((await world.task(id)).error!.code).toBe('submission_unconfirmed')
  const { data } = await world.engine.listTasks('default', {})
  expect(data.filter(({ salvaged_from }) => salvaged_from === id)).toHaveLength(1)
})

/** A record of two songs of which one was finished, in this state. */
const halfDone = (state: string) => {
  const { data } = JSON.parse(record.half.kind === 'answered' ? record.half.body : '')
  return ok({ ...data, state, why: state === 'BROKEN' ? 'no more' : null, whyCode: state === 'BROKEN' ? 500 : null })
}

it.each([
  ['failed', 'BROKEN', MINUTE],
  ['is never finished', 'HALF', 26 * 60 * MINUTE],
])('of a late result that %s, the song that is there is kept', async (_, state, wait) => {
  const { world, ring, kept } = await timedOut()
  world.script({ 'echo poll': [halfDone(state)] })
  await ring()
  await world.advance(wait)
  const [task] = await kept()
  expect(task!.tracks.map(({ status }) => status)).toEqual(['ready', 'failed'])
  expect(world.rows('SELECT * FROM late_results')).toEqual([])
})

it('what comes of a task that was given up is kept, though nobody tells of it, over a restart too', async () => {
  const { world, kept } = await timedOut()
  expect(world.rows('SELECT provider_task_id FROM late_results')).toEqual([{ provider_task_id: 'job-1' }])
  await world.restart()
  world.script({ 'echo poll': [record.done] })
  await world.advance(31 * MINUTE)
  expect((await kept()).map(({ status, tracks }) => [status, tracks.length])).toEqual([['succeeded', 2]])
  expect(world.rows('SELECT * FROM late_results')).toEqual([])
})

it('what is given up for another provider is kept when it comes, without a callback', async () => {
  const script = { 'echo poll': [record.fresh], 'echo-two poll': [record.done] }
  const world = openWorld({ providers: [echo, echoTwo], script })
  const { id } = await world.create({ failover: { on_stall: 'failover' } })
  await world.advance(40 * MINUTE)
  expect((await world.task(id)).attempts.map(({ provider, state }) => [provider, state])).toEqual([
    ['echo', 'accepted'],
    ['echo-two', 'accepted'],
  ])
  world.script({ 'echo poll': [record.done] })
  await world.advance(31 * MINUTE)
  const all = await world.engine.listTasks('default', {})
  expect(all.data.filter(({ salvaged_from }) => salvaged_from === id)).toHaveLength(1)
})

it('a song of which one track was finished is kept once more only where the other one comes', async () => {
  const half = async (later: typeof record.half) => {
    const world = openWorld({ script: { 'echo poll': [record.half] } })
    const { id } = await world.create({ routing: { provider: 'echo' } })
    await world.advance(90 * MINUTE)
    expect((await world.task(id)).status).toBe('succeeded')
    world.script({ 'echo poll': [later] })
    await world.advance(26 * 60 * MINUTE)
    expect(world.rows('SELECT * FROM late_results')).toEqual([])
    return world.rows("SELECT id FROM tasks WHERE body LIKE '%salvaged_from%'").length
  }
  expect(await half(record.half)).toBe(0)
  expect(await half(record.done)).toBe(1)
})

it.each([
  ['said that it was busy', no(503, 'busy', 5)],
  ['led elsewhere', answer('', 302)],
])('a provider that %s and made the song all the same is heard', async (_, said) => {
  const world = openWorld({ script: { 'echo submit': [said] } })
  const { id } = await world.create()
  await world.advance(2 * MINUTE)
  expect((await world.task(id)).attempts.map(({ state }) => state)).toEqual(['refused', 'accepted'])
  const { provider, token } = world.callbackOf(0)
  expect(await world.engine.ring(provider, token, { job: 'job-9', state: 'DONE' })).toBe(true)
  await world.advance(5 * MINUTE)
  const { data } = await world.engine.listTasks('default', {})
  expect(data.filter(({ salvaged_from }) => salvaged_from === id)).toMatchObject([
    { status: 'succeeded', attempts: [{ provider: 'echo', provider_task_id: 'job-9', charged: 'yes' }] },
  ])
})

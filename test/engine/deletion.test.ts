/** Deleting tasks: what they held is gone at once, what was paid is known, and nothing is bought twice. */
import { describe, expect, it } from 'vitest'
import { DeletedTask } from '../../src/canonical/tombstone.ts'
import { GatewayError } from '../../src/engine/errors.ts'
import type { Outside } from '../../src/engine/ports.ts'
import { reader } from '../../src/engine/store.ts'
import { byDefault, DAY, finishedSong, held, lost, MINUTE, openWorld, record, SONG, type TestWorld } from './world.ts'

const PROJECT = 'default'
/** Said by who made the task, and by nobody else. */
const CANARY = 'canary'
const request = {
  title: `${CANARY} title`,
  style: `${CANARY} style`,
  lyrics: `[Verse]\n${CANARY} words`,
  metadata: { note: CANARY },
}
const remove = (world: TestWorld, id: string, project = PROJECT) => world.engine.deleteTask(project, id)
const gone = { code: 'task_deleted' }

/** Tables in which a text stands somewhere. */
const tablesWith = (world: TestWorld, text: string): string[] =>
  world
    .rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    .map(({ name }) => name as string)
    .filter((name) => JSON.stringify(world.rows(`SELECT * FROM ${name}`)).includes(text))

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error) => (error instanceof GatewayError ? error.code : error),
  )

/** Receivers that answer one after the other what they are told to. */
const receivers = (statuses: number[]) => {
  const told: string[] = []
  const outside: Outside = {
    resolve: async () => ['93.184.216.34'],
    post: async ({ body }) => {
      told.push(body)
      return { kind: 'answered', status: statuses.shift() ?? 500, retryAfter: null, durationMs: 1 }
    },
  }
  return { told, outside }
}

describe('a task that has ended', () => {
  it('leaves nothing of its maker anywhere, over a restart too', async () => {
    const { outside, told } = receivers([200, 500])
    const world = openWorld({ outside })
    await world.engine.createWebhookEndpoint(PROJECT, { url: 'https://hooks.test/all' } as never)
    const { task, tracks } = await finishedSong(world, {
      ...request,
      webhook: { url: `https://hooks.test/${CANARY}?token=1` },
    })
    await world.engine.alignLyrics({ project: PROJECT, idempotencyKey: null }, tracks[0]!, 0)
    expect(told.length).toBeGreaterThan(2)
    const before = tablesWith(world, CANARY)
    expect(before).toEqual(expect.arrayContaining(['tasks', 'events', 'webhook_payloads', 'webhook_deliveries']))
    await remove(world, task.id)
    expect(tablesWith(world, CANARY)).toEqual([])
    expect(tablesWith(world, 'x.test')).toEqual([])
    expect(tablesWith(world, task.id).sort()).toEqual(['events', 'tombstones', 'webhook_deliveries'])
    const asked = told.length
    await world.restart()
    await world.advance(10 * DAY)
    expect(told.length).toBe(asked)
    expect(tablesWith(world, CANARY)).toEqual([])
    expect(world.logged.filter((line) => line.includes(CANARY))).toEqual([])
  })

  it('is answered by its tombstone once, then by 404 and 410', async () => {
    const world = openWorld()
    const { task, tracks } = await finishedSong(world, { ...request, routing: { provider: 'echo' } })
    const stone = await remove(world, task.id)
    expect(DeletedTask.parse(stone)).toEqual(stone)
    expect(stone).toMatchObject({
      id: task.id,
      deleted: true,
      status: 'succeeded',
      deleted_by: 'client',
      billing: task.billing,
      created_at: task.created_at,
      attempts: [{ provider: 'echo', credential: 'echo-key-id', provider_task_id: 'job-1', charged: 'yes' }],
    })
    expect(await world.engine.getTombstone(PROJECT, task.id)).toEqual(stone)
    await expect(remove(world, task.id)).rejects.toMatchObject({ code: 'not_found' })
    const asks = [
      world.task(task.id),
      world.engine.listTaskEvents(PROJECT, task.id),
      world.engine.followTask(PROJECT, task.id, null),
      world.engine.cancelTask(PROJECT, task.id),
      world.engine.getTrack(PROJECT, tracks[0]!),
      world.engine.getTrackAudio(PROJECT, tracks[0]!),
      world.engine.getTimestampedLyrics(PROJECT, tracks[0]!),
      world.engine.alignLyrics({ project: PROJECT, idempotencyKey: null }, tracks[0]!, 0),
      world.ask('convertToWav', {}, tracks[0]!),
    ]
    expect(await Promise.all(asks.map(errorOf))).toEqual(asks.map(() => 'task_deleted'))
    expect((await world.engine.listTasks(PROJECT, {})).data).toEqual([])
    expect((await world.engine.listEvents(PROJECT, {})).data).toEqual([])
  })

  it('is not there for another project, deleted or not', async () => {
    const world = openWorld()
    const { task, tracks } = await finishedSong(world)
    await expect(remove(world, task.id, 'other')).rejects.toMatchObject({ code: 'not_found' })
    expect((await world.task(task.id)).status).toBe('succeeded')
    await remove(world, task.id)
    for (const asked of [
      world.task(task.id, 'other'),
      world.engine.getTrack('other', tracks[0]!),
      world.engine.getTombstone('other', task.id),
    ])
      await expect(asked).rejects.toMatchObject({ code: 'not_found' })
  })

  it('as a source is named as what it is, and what was made of it stays', async () => {
    const world = openWorld()
    const { task, tracks } = await finishedSong(world)
    const cover = await world.carryOut('coverMusic', { source: { track_id: tracks[0] }, description: 'A slow waltz' })
    expect(cover.status).toBe('succeeded')
    const under = await world.ask('coverMusic', { source: { track_id: tracks[1] }, description: 'A quick one' })
    await remove(world, task.id)
    await world.advance(MINUTE)
    expect((await world.task(under.id)).status).toBe('succeeded')
    expect(await world.task(cover.id)).toEqual(cover)
    expect((await world.engine.getTrack(PROJECT, cover.tracks[0]!.id)).status).toBe('ready')
    await expect(
      world.ask('coverMusic', { source: { track_id: tracks[0] }, description: 'Once more' }),
    ).rejects.toMatchObject({ code: 'validation_failed', involved: { errors: [{ code: 'track_deleted' }] } })
  })

  it('whose deletion can not be stored is there still', async () => {
    const world = openWorld()
    const { task } = await finishedSong(world)
    world.refuseCommits(1)
    await expect(remove(world, task.id)).rejects.toThrow()
    expect(await world.task(task.id)).toEqual(task)
    world.doubtCommits(1)
    expect((await remove(world, task.id)).id).toBe(task.id)
    await expect(world.task(task.id)).rejects.toMatchObject(gone)
  })

  it('deleted twice at the same moment is deleted once', async () => {
    const world = openWorld()
    const { task } = await finishedSong(world)
    const both = await Promise.all([errorOf(remove(world, task.id)), errorOf(remove(world, task.id))])
    expect(both.sort()).toEqual([null, 'not_found'].sort())
  })
})

describe('a task that has not ended', () => {
  it('is not deleted, and goes on', async () => {
    const world = openWorld()
    const { id } = await world.create({ routing: { provider: 'echo' } })
    await expect(remove(world, id)).rejects.toMatchObject({
      code: 'task_not_ended',
      message: expect.stringMatching(/cancel it, or wait/),
    })
    await world.advance(1)
    await expect(remove(world, id)).rejects.toMatchObject({
      code: 'task_not_ended',
      message: expect.stringMatching(/wait for its end/),
    })
    await world.advance(10 * MINUTE)
    expect((await world.task(id)).status).toBe('succeeded')
  })

  it('keeps the song whose lyrics it aligns', async () => {
    const world = openWorld()
    const { task, tracks } = await finishedSong(world, { routing: { provider: 'echo' } })
    world.script({ 'echo words': [held] })
    const aligning = world.engine.alignLyrics({ project: PROJECT, idempotencyKey: null }, tracks[0]!, 0)
    await world.settle()
    await expect(remove(world, task.id)).rejects.toMatchObject({
      code: 'task_not_ended',
      message: expect.stringMatching(/aligned/),
    })
    await world.release(byDefault('words'))
    await aligning
    await remove(world, task.id)
    expect(world.rows('SELECT id FROM tasks')).toEqual([])
    expect(world.rows('SELECT id FROM tombstones')).toHaveLength(2)
  })

  it('once canceled is deleted', async () => {
    const world = openWorld()
    const { id } = await world.create()
    await world.engine.cancelTask(PROJECT, id)
    expect(await remove(world, id)).toMatchObject({ status: 'canceled', attempts: [], billing: { charged: 'no' } })
  })
})

describe('an Idempotency-Key', () => {
  it('buys nothing more after its task was deleted, and is known as expired after 30 days', async () => {
    const world = openWorld()
    const make = (title = 'One') => world.create({ title }, 'key-1')
    const { id } = await make()
    await world.advance(10 * MINUTE)
    await remove(world, id)
    const bought = world.bought().length
    await expect(make()).rejects.toMatchObject(gone)
    await expect(make('Another')).rejects.toMatchObject(gone)
    await world.restart()
    await expect(make()).rejects.toMatchObject({ ...gone, involved: { task_id: id } })
    await world.advance(31 * DAY)
    await expect(make()).rejects.toMatchObject({ code: 'idempotency_key_expired' })
    expect(world.bought().length).toBe(bought)
    await world.advance(60 * DAY)
    expect(world.rows('SELECT id FROM tombstones')).toEqual([])
    expect((await make()).id).toBe(id)
  })

  it('of a call buys nothing more either', async () => {
    const world = openWorld()
    const caller = { project: PROJECT, idempotencyKey: 'key-2' }
    const { tracks } = await finishedSong(world)
    const calls = {
      enhanceStyle: () => world.engine.enhanceStyle(caller, { style: 'pop' }),
      alignLyrics: () => world.engine.alignLyrics(caller, tracks[0]!, 0),
      createPersona: () =>
        world.engine.createPersona(caller, { track_id: tracks[0], name: 'Ann', description: 'A warm baritone' }),
      importTrack: () => world.engine.importTrack(caller, { provider: 'echo', provider_task_id: 'job-1', index: 0 }),
    }
    for (const [operation, call] of Object.entries(calls)) {
      await call()
      const { data } = await world.engine.listTasks(PROJECT, { operation })
      await remove(world, data[0]!.id)
      const bought = world.bought().length
      await expect(call(), operation).rejects.toMatchObject(gone)
      expect(world.bought().length).toBe(bought)
    }
  })

  it('that was looked up before its task was made and deleted buys nothing', async () => {
    let known = (_: readonly string[]) => {}
    const resolve = () =>
      new Promise<readonly string[]>((done) => {
        known = done
      })
    const world = openWorld({ outside: { ...receivers([]).outside, resolve } })
    const late = errorOf(world.create({ webhook: { url: 'https://hooks.test/' } }, 'key-4'))
    await world.settle()
    const { id } = await world.create({}, 'key-4')
    await world.advance(10 * MINUTE)
    await remove(world, id)
    const bought = world.bought().length
    known(['93.184.216.34'])
    expect(await late).toBe('task_deleted')
    await world.advance(10 * MINUTE)
    expect(world.bought().length).toBe(bought)
  })

  it('that is sent while its task is being deleted buys nothing', async () => {
    const world = openWorld()
    const { id } = await world.create({}, 'key-3')
    await world.advance(10 * MINUTE)
    const bought = world.bought().length
    const [removed, again] = await Promise.all([errorOf(remove(world, id)), errorOf(world.create({}, 'key-3'))])
    expect(removed).toBeNull()
    expect([null, 'task_deleted']).toContain(again)
    await world.advance(10 * MINUTE)
    expect(world.bought().length).toBe(bought)
  })
})

describe('what comes late', () => {
  it('finds no task: callbacks are unknown, and nothing is salvaged', async () => {
    const world = openWorld({ script: { 'echo submit': [lost] } })
    const { id } = await world.create({ ...request, routing: { provider: 'echo' } })
    await world.advance(2 * 60 * MINUTE)
    expect((await world.task(id)).error!.code).toBe('submission_unconfirmed')
    const { provider, token } = world.callbackOf()
    await remove(world, id)
    expect(await world.engine.ring(provider, token, { job: 'job-1', state: 'DONE' })).toBe(false)
    await world.advance(DAY)
    expect(world.rows('SELECT id FROM tasks')).toEqual([])
  })

  it('is not kept where the task is deleted while it is read', async () => {
    const world = openWorld({ script: { 'echo submit': [lost], 'echo poll': [held] } })
    const { id } = await world.create({ ...request, routing: { provider: 'echo' } })
    await world.advance(2 * 60 * MINUTE)
    const { provider, token } = world.callbackOf()
    expect(await world.engine.ring(provider, token, { job: 'job-1', state: 'DONE' })).toBe(true)
    await world.advance(0)
    expect(world.rows('SELECT task FROM late_results')).toEqual([{ task: id }])
    await remove(world, id)
    await world.release(record.done)
    await world.advance(DAY)
    expect(world.rows('SELECT id FROM tasks')).toEqual([])
    expect(tablesWith(world, CANARY)).toEqual([])
  })

  it('reminders of it are dropped', async () => {
    const world = openWorld()
    const { task } = await finishedSong(world)
    expect(world.rows('SELECT task FROM reminders')).toHaveLength(1)
    await remove(world, task.id)
    await world.advance(30 * DAY)
    expect(world.rows('SELECT * FROM reminders')).toEqual([])
    expect((await world.engine.listEvents(PROJECT, {})).data).toEqual([])
  })
})

describe('feeds', () => {
  const next = async (told: AsyncGenerator<unknown>) => ((await told.next()).value as { id: string }).id

  it('go on after an event that was deleted, and miss none that comes', async () => {
    const world = openWorld()
    const first = await finishedSong(world)
    const [newest] = (await world.engine.listEvents(PROJECT, { limit: 1 })).data
    await remove(world, first.task.id)
    const told = await world.engine.followEvents(PROJECT, newest!.id)
    const fresh = world.engine.followEvents(PROJECT, null)
    const { id } = await world.create()
    const stem = id.slice('task_'.length, -1)
    expect(await next(told)).toContain(stem)
    expect(await next(await fresh)).toContain(stem)
    expect(world.rows('SELECT place FROM events WHERE body = ? AND project = ?', ['', ''])).toHaveLength(1)
    await expect(world.engine.followEvents('other', newest!.id)).rejects.toMatchObject({ code: 'validation_failed' })
  })

  it('of a task end when it is deleted', async () => {
    const world = openWorld()
    const { id } = await world.create()
    const told = (await world.engine.followTask(PROJECT, id, null))!
    expect(await next(told)).toContain('evt_')
    await world.advance(MINUTE)
    await remove(world, id)
    expect((await told.next()).done).toBe(true)
  })
})

it('a song and the lyrics that are bought of it in the same moment are both there, or both gone', async () => {
  const caller = { project: PROJECT, idempotencyKey: null }
  const said = new Set<string>()
  for (let apart = -40; apart <= 40; apart++) {
    const world = openWorld()
    const { task, tracks } = await finishedSong(world)
    const buy = () => errorOf(world.engine.alignLyrics(caller, tracks[0]!, 0))
    const forget = () => errorOf(remove(world, task.id))
    const [first, second] = apart < 0 ? [forget, buy] : [buy, forget]
    const one = first()
    for (let step = 0; step < Math.abs(apart); step++) await null
    const other = second()
    await world.advance(MINUTE)
    const [bought, deleted] = apart < 0 ? [await other, await one] : [await one, await other]
    said.add(`${bought} ${deleted}`)
    const left = world.rows('SELECT operation FROM tasks').map(({ operation }) => operation)
    expect([apart, left]).toEqual([
      apart,
      deleted === null ? [] : bought === null ? ['generateMusic', 'alignLyrics'] : ['generateMusic'],
    ])
  }
  expect([...said]).toEqual(expect.arrayContaining(['null task_not_ended', 'task_deleted null']))
})

it('what was read before a task was forgotten is not remembered after', async () => {
  const world = openWorld()
  const { task } = await finishedSong(world)
  let answer = () => {}
  let asked = 0
  const read = reader({
    read: async (sql, params) => {
      asked += 1
      const rows = world.store.read(sql, params)
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      return rows
    },
    commit: world.store.commit,
  })
  const slow = read.task(task.id)
  read.forget(task.id)
  answer()
  await slow
  const again = read.task(task.id)
  answer()
  await again
  expect(asked).toBe(2)
})

describe('webhooks', () => {
  it('that are still to be told are given up, and can not be sent again', async () => {
    const { outside } = receivers([])
    const world = openWorld({ outside })
    await world.engine.createWebhookEndpoint(PROJECT, { url: 'https://hooks.test/all' } as never)
    const { task } = await finishedSong(world, { ...SONG, webhook: { url: 'https://hooks.test/own/path?token=1' } })
    await remove(world, task.id)
    const { data } = await world.engine.listWebhookDeliveries(PROJECT, { limit: 100 })
    expect(data.length).toBe(2 * task.seq)
    for (const each of data)
      expect(each).toMatchObject({ status: 'dead', next_attempt_at: null, ended: 'task_deleted' })
    expect(new Set(data.map(({ url }) => url))).toEqual(new Set(['https://hooks.test/all', 'https://hooks.test/']))
    expect((await world.engine.getWebhookDelivery(PROJECT, data[0]!.id)).payload).toBe('')
    await expect(world.engine.redeliverWebhook(PROJECT, data[0]!.id)).rejects.toMatchObject(gone)
  })

  it('that are sent again in the moment of the deletion keep nothing of the URL of a request', async () => {
    const { outside } = receivers(Array(50).fill(204))
    const said = new Set<string>()
    for (let apart = -25; apart <= 25; apart++) {
      const world = openWorld({ outside })
      const webhook = { url: `https://hooks.test/${CANARY}?token=1`, events: ['task.queued'] }
      const { task } = await finishedSong(world, { webhook })
      // Signing takes real time, which the clock of this world knows nothing of.
      await world.engine.quiet()
      const [told] = (await world.engine.listWebhookDeliveries(PROJECT, {})).data
      const again = () => errorOf(world.engine.redeliverWebhook(PROJECT, told!.id))
      const forget = () => errorOf(remove(world, task.id))
      const [first, second] = apart < 0 ? [forget, again] : [again, forget]
      const one = first()
      for (let step = 0; step < Math.abs(apart); step++) await null
      const other = second()
      await world.settle()
      const [sent, deleted] = apart < 0 ? [await other, await one] : [await one, await other]
      expect([apart, deleted]).toEqual([apart, null])
      said.add(String(sent))
      await world.engine.quiet()
      expect([apart, tablesWith(world, CANARY)]).toEqual([apart, []])
      expect([apart, world.rows('SELECT 1 FROM webhook_deliveries')]).toHaveProperty('1.length', sent === null ? 2 : 1)
    }
    expect([...said].sort()).toEqual(['null', 'task_deleted'])
  })
})

it('what was spent, and what is counted, stays as it was', async () => {
  const world = openWorld()
  const key = { id: 'key_0', limits: { usd_per_day: 100 }, providers: null }
  const caller = { project: PROJECT, idempotencyKey: null, key }
  const { task } = await world.engine.generateMusic(caller, SONG as never, 0)
  await world.advance(10 * MINUTE)
  const facts = async () => [
    world.rows('SELECT * FROM spending'),
    world.engine.usageOf({ ...key, project: PROJECT } as never),
    await world.engine.meter.text(),
  ]
  const before = await facts()
  expect(before[0]).toHaveLength(1)
  const stone = await remove(world, task.id)
  expect(stone).toMatchObject({ key: 'key_0', billing: { charged: 'yes' } })
  expect(await facts()).toEqual(before)
  await world.restart()
  expect(world.rows('SELECT * FROM spending')).toEqual(before[0])
})

/** Retention: ended tasks are deleted when they are old enough, in small batches, whatever else happens. */
import { describe, expect, it } from 'vitest'
import { SWEEP } from '../../src/engine/deletion.ts'
import type { Outside } from '../../src/engine/ports.ts'
import { MIGRATIONS } from '../../src/engine/store.ts'
import { openSqlite } from '../../src/platform/node/sqlite.ts'
import {
  DAY,
  finishedSong,
  held,
  lost,
  MINUTE,
  no,
  openWorld,
  record,
  START,
  type TestWorld,
  type WorldOptions,
} from './world.ts'

const PROJECT = 'default'
const HOUR = 60 * MINUTE
const MONTH = { settings: { retention: 30 * DAY } }
/** The sweep begins with the start. */
const started = async (options: WorldOptions) => {
  const world = openWorld(options)
  await world.engine.recover()
  return world
}
const left = (world: TestWorld) => world.rows('SELECT id FROM tasks').map(({ id }) => id)
const buried = (world: TestWorld) => world.rows('SELECT id FROM tombstones').map(({ id }) => id)

describe('a task', () => {
  it('is deleted once it has ended for so long, and not before', async () => {
    const world = await started(MONTH)
    const { task } = await finishedSong(world)
    const end = Date.parse(task.updated_at) - START
    await world.advance(end + 30 * DAY - (world.now() - START) - 1)
    expect(left(world)).toEqual([task.id])
    await world.advance(20 * MINUTE)
    expect(left(world)).toEqual([])
    expect(await world.engine.getTombstone(PROJECT, task.id)).toMatchObject({
      deleted_by: 'retention',
      billing: task.billing,
    })
    await expect(world.task(task.id)).rejects.toMatchObject({ code: 'task_deleted' })
  })

  it('is kept for ever without it, and nothing wakes up for that', async () => {
    const world = openWorld()
    const { task } = await finishedSong(world)
    await world.restart()
    expect(world.timerOf(SWEEP)).toBeUndefined()
    await world.advance(400 * DAY)
    expect((await world.task(task.id)).status).toBe('succeeded')
  })

  it('that has not ended is kept, and gets its time after its end', async () => {
    const world = await started({ settings: { retention: HOUR, paused: true } })
    const { id } = await world.create()
    await world.advance(DAY)
    expect(left(world)).toEqual([id])
    await world.restart({ settings: { paused: false } })
    await world.advance(30 * MINUTE)
    expect((await world.task(id)).status).toBe('succeeded')
    await world.advance(2 * HOUR)
    expect(left(world)).toEqual([])
  })

  it('is not kept longer by the reminder that its files will go', async () => {
    const world = await started(MONTH)
    const { task } = await finishedSong(world)
    await world.advance(29 * DAY)
    expect((await world.engine.listTaskEvents(PROJECT, task.id)).at(-1)!.type).toBe('asset.expiring')
    await world.advance(DAY + HOUR)
    expect(left(world)).toEqual([])
  })

  it('whose late result is looked for waits until it is found', async () => {
    const world = await started({
      settings: { retention: HOUR },
      script: { 'echo submit': [lost], 'echo poll': [no(500)] },
    })
    const { id } = await world.create({ routing: { provider: 'echo' } })
    await world.advance(31 * MINUTE)
    expect((await world.task(id)).status).toBe('failed')
    const { provider, token } = world.callbackOf()
    await world.engine.ring(provider, token, { job: 'job-1', state: 'DONE' })
    await world.advance(5 * HOUR)
    expect(left(world)).toEqual([id])
    world.script({ 'echo poll': [record.done] })
    await world.advance(HOUR)
    const { data } = await world.engine.listTasks(PROJECT, {})
    expect(data.filter(({ salvaged_from }) => salvaged_from === id)).toHaveLength(1)
    await world.advance(HOUR + 20 * MINUTE)
    expect(left(world)).toEqual([])
  })

  it('takes its timed lyrics with it, which are never bought twice meanwhile', async () => {
    const world = await started(MONTH)
    const { task, tracks } = await finishedSong(world)
    const caller = { project: PROJECT, idempotencyKey: null }
    await world.advance(20 * DAY)
    await world.engine.alignLyrics(caller, tracks[0]!, 0)
    await world.advance(9 * DAY)
    await world.engine.alignLyrics(caller, tracks[0]!, 0)
    expect(world.sent.filter(({ place }) => place.endsWith('words'))).toHaveLength(1)
    await world.advance(2 * DAY)
    expect(left(world)).toEqual([])
    expect(buried(world)).toContain(task.id)
    expect(buried(world)).toHaveLength(2)
  })

  it('that ended after its lyrics were aligned keeps them as long as itself', async () => {
    const world = await started({ settings: { retention: HOUR }, script: { 'echo poll': [record.half] } })
    const { id } = await world.create({ routing: { provider: 'echo' } })
    await world.advance(MINUTE)
    const [track] = (await world.task(id)).tracks
    await world.engine.alignLyrics({ project: PROJECT, idempotencyKey: null }, track!.id, 0)
    await world.advance(40 * MINUTE)
    world.script({ 'echo poll': [record.done] })
    await world.advance(40 * MINUTE)
    expect(left(world)).toHaveLength(2)
    await world.advance(40 * MINUTE)
    expect(left(world)).toEqual([])
  })

  it('that began a voice stays as long as what was made for the voice', async () => {
    const world = await started({ settings: { retention: HOUR } })
    const source = { audio_url: 'https://cdn.example.com/voice.mp3' }
    const begun = await world.carryOut('startVoice', { source, start_seconds: 0, end_seconds: 20 })
    const { voice_id } = begun.result as { voice_id: string }
    await world.advance(50 * MINUTE)
    await world.carryOut('confirmVoice', { source, voice_id }, voice_id)
    await world.advance(40 * MINUTE)
    expect((await world.engine.getVoice(PROJECT, voice_id)).status).toBe('ready')
    await world.advance(2 * HOUR)
    expect(left(world)).toEqual([])
    await expect(world.engine.getVoice(PROJECT, voice_id)).rejects.toMatchObject({ code: 'task_deleted' })
  })

  it('whose lyrics are being aligned waits, and holds nobody up', async () => {
    const world = await started({ settings: { retention: HOUR } })
    const { task, tracks } = await finishedSong(world, { routing: { provider: 'echo' } })
    const other = await finishedSong(world)
    await world.advance(50 * MINUTE)
    world.script({ 'echo words': [held] })
    const aligning = world.engine.alignLyrics({ project: PROJECT, idempotencyKey: null }, tracks[0]!, 0)
    const over = expect(aligning).rejects.toMatchObject({ code: 'submission_unconfirmed' })
    await world.advance(HOUR)
    expect(left(world)).toContain(task.id)
    expect(left(world)).not.toContain(other.task.id)
    await world.release(lost)
    await over
    await world.advance(20 * MINUTE)
    expect(left(world)).toEqual([])
  })
})

it('an export reads page after page, as they are asked for, and misses and doubles none', async () => {
  const world = openWorld()
  const made: string[] = []
  for (let each = 0; each < 130; each++)
    made.push((await world.create({}, null, each % 13 === 0 ? 'other' : PROJECT)).id)
  const own = made.filter((_, index) => index % 13 !== 0)
  const take = async (wanted: Record<string, unknown> = {}) => {
    const sizes: number[] = []
    const ids: string[] = []
    for await (const page of world.engine.exportTasks(PROJECT, wanted)) {
      sizes.push(page.length)
      ids.push(...page.map(({ id }) => id))
    }
    return { sizes, ids }
  }
  const { sizes, ids } = await take()
  expect(sizes).toEqual([50, 50, 20])
  expect(ids.toSorted()).toEqual(own.toSorted())
  const { data, next_cursor } = await world.engine.listTasks(PROJECT, { limit: 60 })
  expect(ids.slice(0, 60)).toEqual(data.map(({ id }) => id))
  expect((await take({ cursor: next_cursor })).ids).toEqual(ids.slice(60))
  expect((await take({ limit: 70 })).ids).toEqual(ids.slice(0, 70))
  const pages = world.engine.exportTasks(PROJECT, {})
  expect((await pages.next()).value).toHaveLength(50)
  // What comes, and what goes, while it is read moves nobody.
  await world.create()
  const first = ids[0]!
  await world.engine.cancelTask(PROJECT, first)
  await world.engine.deleteTask(PROJECT, first)
  expect((await pages.next()).value!.map(({ id }) => id)).toEqual(ids.slice(50, 100))
})

describe('the sweep', () => {
  const many = async (world: TestWorld, count: number) => {
    for (let index = 0; index < count; index++) {
      const { id } = await world.create({}, `key-${index}`)
      await world.engine.cancelTask(PROJECT, id)
    }
  }

  it('goes in batches, and pauses between them', async () => {
    const world = await started(MONTH)
    await many(world, 120)
    await world.restart()
    const rows: number[] = []
    await world.advance(30 * DAY - 10 * MINUTE)
    expect(left(world)).toHaveLength(120)
    for (let round = 0; round < 6000 && left(world).length > 0; round++) {
      await world.advance(200)
      if (rows.at(-1) !== left(world).length) rows.push(left(world).length)
    }
    expect(rows).toEqual([120, 70, 20, 0])
  })

  it('goes on after a restart in its midst', async () => {
    const world = await started(MONTH)
    await many(world, 120)
    await world.advance(30 * DAY - 10 * MINUTE)
    for (let round = 0; round < 6000 && left(world).length === 120; round++) await world.advance(200)
    expect(left(world).length).toBeGreaterThan(0)
    await world.restart()
    await world.advance(10 * MINUTE)
    expect(left(world)).toEqual([])
    expect(buried(world)).toHaveLength(120)
  })

  it('survives a disk that refuses', async () => {
    const world = await started(MONTH)
    await many(world, 3)
    await world.advance(30 * DAY - 10 * MINUTE)
    world.refuseCommits(2)
    await world.advance(30 * MINUTE)
    expect(left(world)).toEqual([])
    expect(buried(world)).toHaveLength(3)
  })

  it('keeps tombstones as long as their Idempotency-Keys live, and longer, then forgets them', async () => {
    const world = await started({ settings: { retention: HOUR } })
    await many(world, 3)
    await world.advance(2 * HOUR)
    expect(buried(world)).toHaveLength(3)
    await expect(world.create({}, 'key-1')).rejects.toMatchObject({ code: 'task_deleted' })
    await world.advance(29 * DAY)
    await expect(world.create({}, 'key-1')).rejects.toMatchObject({ code: 'task_deleted' })
    await world.restart()
    await world.advance(60 * DAY)
    expect(buried(world)).toHaveLength(3)
    await world.advance(2 * DAY)
    expect(buried(world)).toEqual([])
  })

  it('forgets tombstones without a retention too', async () => {
    const world = openWorld()
    const { task } = await finishedSong(world)
    await world.engine.deleteTask(PROJECT, task.id)
    await world.advance(91 * DAY)
    expect(buried(world)).toEqual([])
  })

  it('forgets the log of webhooks, also where nobody is told of anything any more', async () => {
    const world = await started(MONTH)
    world.store.commit([
      { sql: 'INSERT INTO webhook_payloads (event, at, body) VALUES (?, ?, ?)', params: ['evt_old', START, 'old'] },
    ])
    await world.restart()
    await world.advance(59 * DAY)
    expect(world.rows('SELECT event FROM webhook_payloads')).toHaveLength(1)
    await world.advance(2 * DAY)
    expect(world.rows('SELECT event FROM webhook_payloads')).toEqual([])
  })

  it('forgets of the log of webhooks as much as there is, batch after batch, and nothing that is open or young', async () => {
    const world = openWorld()
    const each = (from: number, count: number) =>
      `WITH RECURSIVE each(n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM each WHERE n < ${from + count - 1})`
    const logged = (from: number, count: number, status: string, at: number) => ({
      sql: `${each(from, count)} INSERT INTO webhook_deliveries
          (id, project, event, type, lane, url, host, status, attempts, created_at)
        SELECT 'dlv_' || n, '${PROJECT}', 'evt_' || n, 'task.queued', n, 'https://hooks.test/', 'hooks.test', ?, '[]', ? FROM each`,
      params: [status, at],
    })
    await world.store.commit([
      logged(1, 1200, 'pending', START),
      logged(2000, 3600, 'succeeded', START),
      logged(6000, 1, 'dead', START + DAY),
      {
        sql: `${each(1, 3600)} INSERT INTO webhook_payloads (event, at, body) SELECT 'evt_' || n, ?, 'text' FROM each`,
        params: [START],
      },
    ])
    await world.engine.recover()
    const count = (what: string) => Number(world.rows(`SELECT count(*) AS count FROM ${what}`)[0]!.count)
    await world.advance(30 * DAY - 1)
    const counts = [count('webhook_deliveries')]
    for (let round = 0; round < 30; round++) {
      await world.advance(100)
      if (counts.at(-1) !== count('webhook_deliveries')) counts.push(count('webhook_deliveries'))
    }
    expect(counts).toEqual([4801, 4001, 3001, 2001, 1201])
    expect(world.rows("SELECT id FROM webhook_deliveries WHERE status <> 'pending'")).toEqual([{ id: 'dlv_6000' }])
    await world.advance(DAY + HOUR)
    expect(world.rows("SELECT id FROM webhook_deliveries WHERE status <> 'pending'")).toEqual([])
    expect([count('webhook_deliveries'), count('webhook_payloads')]).toEqual([1200, 3600])
    await world.advance(29 * DAY)
    expect(count('webhook_payloads')).toBe(0)
  })

  it('forgets the log of webhooks where a disk refuses, and after a restart', async () => {
    const world = openWorld()
    const insert = (event: string) =>
      world.store.commit([
        {
          sql: 'INSERT INTO webhook_payloads (event, at, body) VALUES (?, ?, ?)',
          params: [event, world.now(), 'text'],
        },
      ])
    await insert('evt_1')
    await world.engine.recover()
    await world.advance(DAY)
    await insert('evt_2')
    await world.advance(59 * DAY - MINUTE)
    world.refuseCommits(2)
    await world.advance(2 * MINUTE)
    expect(world.rows('SELECT event FROM webhook_payloads')).toEqual([{ event: 'evt_2' }])
    expect(world.logged.join()).toContain('webhook.stumbled')
    await world.restart()
    await world.advance(DAY)
    expect(world.rows('SELECT event FROM webhook_payloads')).toEqual([])
  })
})

it('tasks that ended before their end was stored go by when they were made', async () => {
  const { mkdtempSync, rmSync } = await import('node:fs')
  const { tmpdir } = await import('node:os')
  const { join } = await import('node:path')
  const dir = mkdtempSync(join(tmpdir(), 'tutti-'))
  const file = join(dir, 'old.db')
  const source = openWorld()
  const { task } = await finishedSong(source)
  const [row] = source.rows('SELECT id, project, operation, status, created_at, version, subject, body FROM tasks')
  const before = MIGRATIONS.findIndex((step) => step.some((sql) => sql.includes('tombstones')))
  const old = openSqlite(file, MIGRATIONS.slice(0, before))
  await old.commit([
    {
      sql: `INSERT INTO tasks (id, project, operation, status, created_at, version, subject, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      params: Object.values(row!),
    },
  ])
  old.close()
  const world = await started({ ...MONTH, file })
  await world.advance(29 * DAY)
  expect((await world.task(task.id)).status).toBe('succeeded')
  await world.advance(2 * DAY)
  expect(left(world)).toEqual([])
  world.store.close()
  rmSync(dir, { recursive: true })
})

it('a task that somebody is still to be told of waits until he was, or it was given up', async () => {
  let heard = 0
  const outside: Outside = {
    post: async () => {
      heard += 1
      return { kind: 'unanswered', reason: 'refused', durationMs: 1 }
    },
    resolve: async () => ['93.184.216.34'],
  }
  const world = await started({ settings: { retention: 36 * HOUR }, outside })
  const { id } = await world.create({ webhook: { url: 'https://example.com/hook', events: ['task.succeeded'] } })
  await world.advance(60 * HOUR)
  expect(left(world)).toEqual([id])
  for (let round = 0; round < 100 && left(world).length > 0; round++) await world.advance(6 * HOUR)
  expect([heard, left(world)]).toEqual([10, []])
  expect(world.rows('SELECT ended FROM webhook_deliveries')).toEqual([{ ended: 'attempts_exhausted' }])
})

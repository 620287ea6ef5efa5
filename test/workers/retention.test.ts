/** What becomes of the object of a task once the task is older than it may be: in the end nothing is left of it. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import type { DurableObjectStub } from '@cloudflare/workers-types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SWEEP } from '../../src/engine/deletion.ts'
import { FORGET } from '../../src/engine/webhooks/sweep.ts'
import { SETTLE } from '../../src/platform/workers/elsewhere.ts'
import { stemOf } from '../../src/platform/workers/objects.ts'
import { listing } from '../../src/platform/workers/task-index.ts'
import { SONG } from '../harness.ts'
import { align, make } from '../runtime/songs.ts'
import { crash, startHarness } from './harness.ts'
import { NEAR } from './trouble.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

let gateway: Awaited<ReturnType<typeof startHarness>>
beforeAll(async () => {
  gateway = await startHarness({ settings: { retention: HOUR } })
})
afterAll(() => gateway.stop())

/** As if so much time had passed for a table of an object, and its alarm rang. */
const later = async (object: DurableObjectStub, statement: string, timer = SWEEP) => {
  await runInDurableObject(object as never, (_, { storage }) => {
    storage.sql.exec(statement)
    storage.sql.exec('INSERT OR REPLACE INTO timers (name, at) VALUES (?, ?)', timer, Date.now())
    return storage.setAlarm(Date.now())
  })
  await runDurableObjectAlarm(object as never)
}

const tablesOf = (object: DurableObjectStub): Promise<string[]> =>
  runInDurableObject(object as never, (_, { storage }) =>
    storage.sql
      .exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'")
      .toArray()
      .map((row: { name?: unknown }) => String(row.name)),
  )

/** Its alarm is near, once everybody was told, and leaves nothing. */
const soonGone = async (object: DurableObjectStub) => {
  const look = () =>
    runInDurableObject(object as never, async (_, { storage }) => ({
      told: storage.sql.exec('SELECT 1 FROM reports').toArray().length === 0,
      alarm: (await storage.getAlarm()) ?? Number.POSITIVE_INFINITY,
    }))
  await expect.poll(async () => (await look()).told, { timeout: 10_000 }).toBe(true)
  expect((await look()).alarm).toBeLessThan(Date.now() + NEAR)
  await runDurableObjectAlarm(object as never)
  expect(await tablesOf(object)).toEqual([])
  expect(await runInDurableObject(object as never, (_, { storage }) => storage.getAlarm())).toBeNull()
}

it('is deleted with its task, and given back with the tombstone', async () => {
  const made = await gateway.call('/v1/music/generations', {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=20' },
    body: JSON.stringify(SONG),
  })
  const { id, status } = (await made.json()) as { id: string; status: string }
  expect(status).toBe('succeeded')
  const object = gateway.objects.taskAt(id)

  await later(object, `UPDATE tasks SET ended_at = ended_at - ${2 * HOUR}`)
  const gone = await gateway.call(`/v1/tasks/${id}`)
  expect(gone.status).toBe(410)
  expect(await gone.json()).toMatchObject({ code: 'task_deleted', task_id: id })
  const listed = (await (await gateway.call('/v1/tasks')).json()) as { data: { id: string }[] }
  expect(listed.data.map((task) => task.id)).not.toContain(id)
  const stone = await gateway.call(`/v1/tasks/${id}/tombstone`)
  expect(await stone.json()).toMatchObject({ deleted_by: 'retention', billing: { charged: 'yes' } })

  await later(object, `UPDATE tombstones SET deleted_at = deleted_at - ${91 * DAY}`)
  expect(await tablesOf(object)).toEqual([])
  expect((await gateway.call(`/v1/tasks/${id}`)).status).toBe(404)
})

it('keeps copies of what is about its tracks for as long as that is there, and no longer', async () => {
  const ask = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json', prefer: 'wait=20' }
    const answer = await gateway.call(path, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await answer.json()) as { id: string; status: string; tracks: { id: string }[] }
  }
  const song = await ask('/v1/music/generations', SONG)
  const wav = await ask(`/v1/tracks/${song.tracks[0]!.id}/wav`, {})
  expect(wav.status).toBe('succeeded')
  const object = gateway.objects.taskAt(song.id)
  const copies = (): Promise<number> =>
    runInDurableObject(object as never, (_, { storage }) =>
      Number(storage.sql.exec('SELECT count(*) AS copies FROM tasks WHERE id = ?', wav.id).one().copies),
    )
  expect(await copies()).toBe(1)

  await later(object, `UPDATE tasks SET ended_at = ended_at - ${2 * HOUR}`)
  expect((await gateway.call(`/v1/tasks/${song.id}`)).status).toBe(410)
  expect((await gateway.call(`/v1/tasks/${wav.id}`)).status).toBe(200)
  const listed = (await (await gateway.call('/v1/tasks')).json()) as { data: { id: string }[] }
  expect(listed.data.map(({ id }) => id)).toEqual(expect.arrayContaining([wav.id]))
  expect(await copies()).toBe(1)
  await later(object, `UPDATE tombstones SET deleted_at = deleted_at - ${91 * DAY}`)
  expect(await copies()).toBe(1)

  expect((await gateway.call(`/v1/tasks/${wav.id}`, { method: 'DELETE' })).status).toBe(200)
  expect(await copies()).toBe(0)
  // Nothing else would ever wake it.
  await soonGone(object)
})

it('is given back where a call was refused and left nothing behind', async () => {
  await gateway.fault('kie', 'no_credits', 1)
  const body = { style: 'indie folk', routing: { provider: 'kie' } }
  const answer = await gateway.post('/v1/styles/enhancements', body)
  const { code, task_id } = (await answer.json()) as { code: string; task_id: string }
  expect(code).toBe('provider_credits_exhausted')
  const object = gateway.objects.taskAt(task_id)
  expect(await tablesOf(object)).not.toEqual([])
  await soonGone(object)
})

it('is known to be deleted to who would send its messages again, and those are forgotten in their time', async () => {
  const made = await gateway.call('/v1/music/generations', {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=20' },
    body: JSON.stringify({ ...SONG, webhook: { url: 'http://127.0.0.1:9/hook', events: ['task.succeeded'] } }),
  })
  const { id } = (await made.json()) as { id: string }
  const deliveries = async () =>
    ((await (await gateway.call(`/v1/webhook-deliveries?task_id=${id}`)).json()) as { data: { id: string }[] }).data
  await expect.poll(deliveries).toHaveLength(1)
  expect((await gateway.call(`/v1/tasks/${id}`, { method: 'DELETE' })).status).toBe(200)
  const again = `/v1/webhook-deliveries/${(await deliveries())[0]!.id}/redeliver`
  await expect.poll(async () => (await gateway.call(again, { method: 'POST' })).status).toBe(410)
  expect(await (await gateway.call(again, { method: 'POST' })).json()).toMatchObject({
    code: 'task_deleted',
    task_id: id,
  })

  const webhooks = gateway.objects.shared()[2]!
  const timer = () =>
    runInDurableObject(webhooks as never, (_, { storage }) =>
      Number(storage.sql.exec('SELECT at FROM timers WHERE name = ?', FORGET).one().at),
    )
  expect(await timer()).toBeGreaterThan(Date.now() + 29 * DAY)
  await later(webhooks, `UPDATE webhook_deliveries SET created_at = created_at - ${31 * DAY}`, FORGET)
  expect(await deliveries()).toEqual([])
})

const eventsOf = async (id: string) => {
  const { DB } = gateway.objects.bound()
  const found = await DB.prepare('SELECT project FROM events WHERE task = ?').bind(id).all<{ project: string }>()
  return found.results.map(({ project }) => project)
}

it('is told to the feed of events once, however often: who heard its last event goes on after it, for 90 days', async () => {
  const song = await make(gateway)
  const told = (await (await gateway.call(`/v1/tasks/${song.id}/events`)).json()) as { data: { id: string }[] }
  const resume = async () => {
    const headers = { accept: 'text/event-stream', 'last-event-id': told.data.at(-1)!.id }
    const answer = await gateway.call('/v1/events', { headers })
    await answer.body?.cancel()
    return answer.status
  }
  const bound = gateway.objects.bound()
  const { WEBHOOKS } = bound
  const refused = { call: async () => ({ broken: 'webhooks are away' }) }
  Object.assign(bound, { WEBHOOKS: { ...WEBHOOKS, getByName: () => refused } })
  expect((await gateway.call(`/v1/tasks/${song.id}`, { method: 'DELETE' })).status).toBe(200)
  await expect.poll(() => eventsOf(song.id)).toEqual(told.data.map(() => 'gone default'))
  expect(await resume()).toBe(200)
  Object.assign(bound, { WEBHOOKS })
  // As after a crash in the middle of telling.
  await listing(bound).feed([{ gone: song.id }])
  expect(await eventsOf(song.id)).toEqual(told.data.map(() => 'gone default'))
  expect(await resume()).toBe(200)

  const object = gateway.objects.taskAt(song.id)
  const reports = () =>
    runInDurableObject(object as never, (_, { storage }) =>
      Number(storage.sql.exec('SELECT count(*) AS reports FROM reports').one().reports),
    )
  await expect.poll(reports, { timeout: 10_000 }).toBe(0)
  await later(object, `UPDATE tombstones SET deleted_at = deleted_at - ${91 * DAY}`)
  expect(await tablesOf(object)).toEqual([])
  expect(await eventsOf(song.id)).toEqual([])
  expect(await resume()).toBe(422)
})

describe('the object that the id of a call names', () => {
  const objectsOf = async (work: () => Promise<unknown>): Promise<string[]> => {
    const bound = gateway.objects.bound()
    const { TASKS } = bound
    const asked = new Set<string>()
    const getByName = (name: string) => {
      asked.add(name)
      return TASKS.getByName(name)
    }
    Object.assign(bound, { TASKS: { ...TASKS, getByName } })
    await work()
    Object.assign(bound, { TASKS })
    return [...asked]
  }
  const at = (stem: string) => gateway.objects.taskAt(`task_${stem}0`)

  it('is none where nothing is bought: because there is no track, or there are lyrics already', async () => {
    const asked = await objectsOf(async () => {
      const track = `track_${'7'.repeat(25)}1`
      expect((await align(gateway, track)).status).toBe(404)
      expect((await align(gateway, track, { 'idempotency-key': 'no-track' })).status).toBe(404)
    })
    expect(asked).not.toEqual([])
    for (const stem of asked) expect(await tablesOf(at(stem))).toEqual([])

    const song = await make(gateway)
    const track = song.tracks[0]!.id
    expect((await align(gateway, track)).status).toBe(200)
    const again = await objectsOf(async () => {
      expect((await align(gateway, track, { 'idempotency-key': 'bought' })).status).toBe(200)
    })
    for (const stem of again.filter((each) => each !== stemOf(track))) expect(await tablesOf(at(stem))).toEqual([])
  })

  it('goes where the call came to nothing, and with the tombstone of what was bought', async () => {
    const song = await make(gateway, { routing: { provider: 'udioapi' } })
    const track = song.tracks[0]!.id
    const key = { 'idempotency-key': 'an-object' }
    await gateway.fault('udioapi', 'not_ready', 1)
    const asked = await objectsOf(async () => {
      expect((await align(gateway, track, key)).status).toBe(409)
    })
    const [stem] = asked.filter((each) => each !== stemOf(track)) as [string]
    const settle = () => later(at(stem), 'UPDATE timers SET at = 0', SETTLE)
    expect(await tablesOf(at(stem))).not.toEqual([])
    await settle()
    expect(await tablesOf(at(stem))).toEqual([])

    expect((await align(gateway, track, key)).status).toBe(200)
    await settle()
    const id = `task_${stem}0`
    expect((await gateway.call(`/v1/tasks/${id}`)).status).toBe(200)
    expect((await gateway.call(`/v1/tasks/${song.id}`, { method: 'DELETE' })).status).toBe(200)
    expect((await gateway.call(`/v1/tasks/${id}`)).status).toBe(410)
    await later(gateway.objects.taskAt(song.id), `UPDATE tombstones SET deleted_at = deleted_at - ${91 * DAY}`)
    expect(await tablesOf(at(stem))).toEqual([])
    expect((await gateway.call(`/v1/tasks/${id}`)).status).toBe(404)
  })

  it('knows its name also where an alarm gave it back, and it is asked once more before it ends', async () => {
    const song = await make(gateway, { routing: { provider: 'udioapi' } })
    const track = song.tracks[0]!.id
    const key = { 'idempotency-key': 'a-name' }
    await gateway.fault('udioapi', 'not_ready', 1)
    const asked = await objectsOf(() => align(gateway, track, key))
    const [stem] = asked.filter((each) => each !== stemOf(track)) as [string]
    // The alarm begins a life of its own.
    await crash(at(stem))
    await later(at(stem), 'UPDATE timers SET at = 0', SETTLE)
    expect(await tablesOf(at(stem))).toEqual([])
    expect((await align(gateway, track, key)).status).toBe(200)
    const named = () =>
      runInDurableObject(at(stem) as never, (_, { storage }) => storage.sql.exec('SELECT name FROM own_name').toArray())
    expect(await named()).toEqual([{ name: stem }])
    await crash(at(stem))
    await later(at(stem), 'UPDATE timers SET at = 0', SETTLE)
    expect((await gateway.call(`/v1/tasks/task_${stem}0`)).status).toBe(200)
  })
})

it('leaves nothing behind where nothing was ever stored', async () => {
  const id = `task_${'7'.repeat(25)}0`
  expect((await gateway.call(`/v1/tasks/${id}`)).status).toBe(404)
  expect((await gateway.call(`/v1/tracks/track_${'7'.repeat(25)}1`)).status).toBe(404)
  expect(await tablesOf(gateway.objects.taskAt(id))).toEqual([])
})

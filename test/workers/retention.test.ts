/** What becomes of the object of a task once the task is older than it may be: in the end nothing is left of it. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import type { DurableObjectStub } from '@cloudflare/workers-types'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SWEEP } from '../../src/engine/deletion.ts'
import { SONG } from '../harness.ts'
import { startHarness } from './harness.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

let gateway: Awaited<ReturnType<typeof startHarness>>
beforeAll(async () => {
  gateway = await startHarness({ settings: { retention: HOUR } })
})
afterAll(() => gateway.stop())

/** As if so much time had passed for a table of an object, and its alarm rang. */
const later = async (object: DurableObjectStub, statement: string) => {
  await runInDurableObject(object as never, (_, { storage }) => {
    storage.sql.exec(statement)
    storage.sql.exec('INSERT OR REPLACE INTO timers (name, at) VALUES (?, ?)', SWEEP, Date.now())
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

  expect((await gateway.call(`/v1/tasks/${wav.id}`, { method: 'DELETE' })).status).toBe(200)
  expect(await copies()).toBe(0)
})

it('leaves nothing behind where nothing was ever stored', async () => {
  const id = `task_${'7'.repeat(25)}0`
  expect((await gateway.call(`/v1/tasks/${id}`)).status).toBe(404)
  expect((await gateway.call(`/v1/tracks/track_${'7'.repeat(25)}1`)).status).toBe(404)
  expect(await tablesOf(gateway.objects.taskAt(id))).toEqual([])
})

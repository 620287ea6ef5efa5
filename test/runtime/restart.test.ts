/** The gateway killed in the middle of its work and started again: nothing promised is lost, nothing is bought twice. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type * as z from 'zod'
import type { TaskList } from '../../src/canonical/task.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { freePort, SONG, startUpstreams } from '../harness.ts'
import { type Server, start } from './server.ts'
import { PROVIDERS, type Song } from './songs.ts'

const KEY = 'crash-test-key-000000000000000000'
/** A song that takes 75 s takes 750 ms. */
const PACE = 0.01

let dataDir: string
let upstreams: Awaited<ReturnType<typeof startUpstreams>>
let environment: Record<string, string>
let here: string
const servers: Server[] = []
const boot = async () => {
  const server = await start(environment)
  servers.push(server)
  return server
}

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'tutti-crash-'))
  upstreams = await startUpstreams(dataDir, PACE)
  const port = await freePort()
  here = `http://127.0.0.1:${port}`
  const origins = upstreams.simulated.map(({ adapter, origin }) => [`${adapter.id.toUpperCase()}_BASE_URL`, origin])
  const keys = upstreams.simulated.map(({ adapter, keys: [key] }) => [`${adapter.id.toUpperCase()}_API_KEY`, key!])
  environment = {
    ...Object.fromEntries([...origins, ...keys]),
    PORT: String(port),
    TUTTI_DATA_DIR: join(dataDir, 'gateway'),
    TUTTI_PUBLIC_URL: here,
    TUTTI_API_KEY: KEY,
    TUTTI_POLL_SCALE: String(PACE),
    TUTTI_RECONCILE_WINDOW: '2500ms',
  }
})
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.kill('SIGKILL')))
  await upstreams.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const call = (path: string, init: RequestInit = {}) =>
  fetch(`${here}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${KEY}`, ...(init.headers as Record<string, string>) },
  })

const create = (title: string, key: string, provider?: string) =>
  call('/v1/music/generations', {
    method: 'POST',
    body: JSON.stringify({ ...SONG, title, ...(provider === undefined ? {} : { routing: { provider } }) }),
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
  })

const readTask = async (id: string, wait = 0): Promise<Song> =>
  (await (await call(`/v1/tasks/${id}`, wait > 0 ? { headers: { prefer: `wait=${wait}` } } : {})).json()) as Song

const endOf = async (id: string): Promise<Song> => {
  const deadline = Date.now() + 20_000
  for (;;) {
    const task = await readTask(id, 5)
    if (task.status === 'succeeded' || task.status === 'failed') return task
    if (Date.now() > deadline) throw new Error(`has not ended: ${JSON.stringify(task)}`)
  }
}

const allTasks = async (): Promise<Song[]> => {
  const tasks: Song[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page = (await (await call(`/v1/tasks?limit=100${query}`)).json()) as z.infer<typeof TaskList>
    tasks.push(...page.data)
    cursor = page.next_cursor
  }
  return tasks
}

const acceptedOf = async (): Promise<Map<string, number>> => {
  const titles = Map.groupBy(await upstreams.jobs(), ({ title }) => title)
  return new Map([...titles].map(([title, jobs]) => [title, jobs.length]))
}

const setFault = (fault: Fault | null) => {
  for (const { upstream } of upstreams.simulated) upstream.faults.set(fault, null)
}

describe('kill -9', () => {
  test('under load, three times over: every promised song is there and ends, and none was bought twice', async () => {
    const promised = new Map<string, string>()
    const tried: string[] = []
    for (let round = 1; round <= 3; round++) {
      const server = await boot()
      let dead = false
      const worker = async () => {
        while (!dead) {
          const title = `song-${round}-${tried.length}`
          tried.push(title)
          try {
            const answer = await create(title, title)
            if (answer.status === 202) promised.set(title, ((await answer.json()) as Song).id)
          } catch {
            // The connection died with the process: nothing was promised.
          }
        }
      }
      const enough = 25 * round
      const workers = Array.from({ length: 10 }, worker)
      const deadline = Date.now() + 10_000
      while (promised.size < enough && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 1))
      await server.kill('SIGKILL')
      dead = true
      await Promise.all(workers)
    }
    expect(promised.size).toBeGreaterThanOrEqual(75)

    await boot()
    // A client that saw its connection die asks again with the same key.
    for (const title of tried.filter((each) => !promised.has(each))) {
      const answer = await create(title, title)
      expect([200, 202]).toContain(answer.status)
      promised.set(title, ((await answer.json()) as Song).id)
    }
    const ends = new Map<string, Song>()
    for (const [title, id] of promised) ends.set(title, await endOf(id))
    const listed = await allTasks()
    expect(listed.map(({ id }) => id).toSorted()).toEqual([...promised.values()].toSorted())

    const accepted = await acceptedOf()
    for (const [title, task] of ends) {
      const bought = accepted.get(title) ?? 0
      expect(bought, title).toBeLessThanOrEqual(1)
      if (task.status === 'succeeded') expect([bought, task.billing.charged, task.tracks.length]).toEqual([1, 'yes', 2])
      else expect([task.error!.code, task.billing.charged]).toEqual(['submission_unconfirmed', 'unknown'])
    }
    expect([...accepted.keys()].filter((title) => !ends.has(title))).toEqual([])
    const succeeded = [...ends.values()].filter(({ status }) => status === 'succeeded')
    expect(succeeded.length).toBeGreaterThan(0)
  }, 60_000)

  /** Asks for a song of each provider and kills the gateway while all of them are being asked. */
  const killWhileSending = async () => {
    const server = await boot()
    const ids = []
    for (const provider of PROVIDERS) ids.push(((await (await create(provider, provider, provider)).json()) as Song).id)
    for (const id of ids) {
      const deadline = Date.now() + 10_000
      while ((await readTask(id)).attempts[0]?.state !== 'sending' && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await server.kill('SIGKILL')
    return ids
  }

  test('while a provider is asked, which took nothing: the song is never asked for again, and fails as unconfirmed', async () => {
    environment.TUTTI_RECONCILE_WINDOW = '500ms'
    setFault('silent')
    const ids = await killWhileSending()
    setFault(null)
    await boot()
    for (const id of ids) {
      const task = await endOf(id)
      expect(task).toMatchObject({
        status: 'failed',
        error: { code: 'submission_unconfirmed' },
        billing: { charged: 'unknown' },
      })
      expect(task.attempts.map(({ state }) => state)).toEqual(['unknown'])
      expect(task.stages.map(({ stage }) => stage)).toEqual(['accepted', 'submitting', 'reconciling'])
    }
    expect(await upstreams.jobs()).toEqual([])
  }, 30_000)

  test('while a provider is asked, which takes the song afterwards: its callback brings the song back, bought once', async () => {
    environment.TUTTI_RECONCILE_WINDOW = '4s'
    setFault('slow')
    const release = upstreams.holdCallbacks()
    const ids = await killWhileSending()
    setFault(null)
    const deadline = Date.now() + 10_000
    while ((await upstreams.jobs()).length < ids.length && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 10))
    await boot()
    release()
    const [kie, apibox, udioapi] = await Promise.all(ids.map(endOf))
    for (const task of [kie!, apibox!]) {
      expect(task).toMatchObject({ status: 'succeeded', billing: { charged: 'yes' } })
      expect(task.attempts).toHaveLength(1)
    }
    // Its callback names no task: whatever is made of it, money may be gone and the song is not bought again.
    expect(['yes', 'unknown']).toContain(udioapi!.billing.charged)
    expect(Object.fromEntries(await acceptedOf())).toEqual({ kie: 1, apibox: 1, udioapi: 1 })
  }, 30_000)
})

describe('a quiet stop', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s with songs under way ends with 0, and the next start carries them on',
    async (signal) => {
      const server = await boot()
      const ids: string[] = []
      for (let index = 0; index < 10; index++)
        ids.push(((await (await create(`Song ${index}`, `${index}`)).json()) as Song).id)
      expect(await server.kill(signal)).toEqual({ code: 0, signal: null })
      await boot()
      for (const id of ids)
        expect(await endOf(id)).toMatchObject({ status: 'succeeded', attempts: [{ state: 'accepted' }] })
      expect([...(await acceptedOf()).values()]).toEqual(ids.map(() => 1))
    },
    30_000,
  )
})

/** The gateway killed while a provider is asked, started twice, and stopped quietly: what comes of its songs. Under load: test/crash. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Fault } from '../../src/sandbox/faults.ts'
import { freePort, SONG, startUpstreams } from '../harness.ts'
import { run, type Server, start } from './server.ts'
import { lyricsPath, PROVIDERS, type Song } from './songs.ts'

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

const acceptedOf = async (): Promise<Map<string, number>> => {
  const titles = Map.groupBy(await upstreams.jobs(), ({ title }) => title)
  return new Map([...titles].map(([title, jobs]) => [title, jobs.length]))
}

const setFault = (fault: Fault | null) => {
  for (const { upstream } of upstreams.simulated) upstream.faults.set(fault, null)
}

describe('kill -9', () => {
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
    environment.TUTTI_RECONCILE_WINDOW = '1s'
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

describe('a second start', () => {
  /** Keeps every create back until the answered function is called. */
  const holdCreates = (): (() => void) => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    for (const { upstream } of upstreams.simulated) {
      const { fetch } = upstream
      upstream.fetch = async (request) => {
        if (request.method === 'POST') await gate
        return fetch(request)
      }
    }
    return release
  }
  const failedStart = async (changed: Record<string, string> = {}) => {
    const server = run({ ...environment, ...changed })
    servers.push(server)
    return { ...(await server.ended), ...server.said() }
  }

  test('on the folder of one that runs ends at once, says which folder, and touches nothing of what is under way', async () => {
    const release = holdCreates()
    await boot()
    const { id } = (await (await create('Held', 'held', 'kie')).json()) as Song
    const deadline = Date.now() + 10_000
    while ((await readTask(id)).attempts[0]?.state !== 'sending' && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 5))
    const sandbox: Record<string, string> = { PORT: '0', TUTTI_SANDBOX: '1' }
    // The same port, another one, and a sandbox.
    for (const changed of [{}, { PORT: String(await freePort()) }, sandbox]) {
      const { code, stdout, stderr } = await failedStart(changed)
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr.trim().split('\n')).toHaveLength(1)
      expect(stderr).toContain(environment.TUTTI_DATA_DIR)
      expect(stderr).toContain('in use by another Tutti')
    }
    expect((await readTask(id)).attempts.map(({ state }) => state)).toEqual(['sending'])
    release()
    expect(await endOf(id)).toMatchObject({ status: 'succeeded', attempts: [{ state: 'accepted' }] })
    expect(Object.fromEntries(await acceptedOf())).toEqual({ Held: 1 })
  }, 30_000)

  test('on a port that somebody else has sends nothing, and the next one does', async () => {
    const paused = await start({ ...environment, TUTTI_PAUSED: '1' })
    servers.push(paused)
    const { id } = (await (await create('Waiting', 'waiting')).json()) as Song
    await paused.kill('SIGKILL')
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(Number(environment.PORT), '127.0.0.1', resolve))
    const { code, stderr } = await failedStart()
    expect(code).toBe(1)
    expect(stderr).toContain(`PORT is ${environment.PORT}`)
    expect(await upstreams.jobs()).toEqual([])
    await new Promise((resolve) => other.close(resolve))
    await boot()
    expect(await endOf(id)).toMatchObject({ status: 'succeeded', attempts: [{ state: 'accepted' }] })
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

  test('waits for what is being bought for a client that has gone, and the next start has it', async () => {
    const server = await boot()
    const { id } = (await (await create('Gone', 'gone', 'kie')).json()) as Song
    const path = lyricsPath((await endOf(id)).tracks[0]!.id)
    const { upstream } = upstreams.simulated.find(({ adapter }) => adapter.id === 'kie')!
    upstream.faults.set('slow', 1)
    const client = new AbortController()
    const asked = call(path, { method: 'POST', signal: client.signal })
    const deadline = Date.now() + 10_000
    // The fault is taken once the provider has read the request.
    while (upstream.faults.on() !== null && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 5))
    client.abort()
    await expect(asked).rejects.toThrow('aborted')
    // Its connection is closed by now, so nothing but the call itself keeps the process.
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await server.kill('SIGTERM')).toEqual({ code: 0, signal: null })
    await boot()
    expect((await call(path)).status).toBe(200)
    expect((await upstream.ledger()).alignments).toBe(1)
  }, 30_000)
})

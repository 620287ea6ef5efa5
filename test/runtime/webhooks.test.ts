/** The gateway killed again and again while it tells of songs: every event arrives, in order, with the same words. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import type { Task } from '../../src/canonical/task.ts'
import { freePort, SONG, startUpstreams } from '../harness.ts'
import { openReceiver } from '../webhooks/world.ts'
import { start } from './server.ts'

const KEY = 'webhook-test-key-0000000000000000'
/** A song that takes 75 s takes 1.5 s. */
const PACE = 0.02
const SONGS = 12
const KILLS = 4

test('what was stored is told, whenever the process ends', { timeout: 60_000 }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tutti-webhooks-'))
  const upstreams = await startUpstreams(dataDir, PACE)
  const [port, receiver] = [await freePort(), await openReceiver(Date.now)]
  const here = `http://127.0.0.1:${port}`
  // Each answer takes a while, so that a kill finds some of them under way.
  receiver.behave((response) => {
    setTimeout(() => response.writeHead(204).end(), 20)
    return true
  })
  const [{ adapter, origin, keys }] = upstreams.simulated as [(typeof upstreams.simulated)[number]]
  const name = adapter.id.toUpperCase()
  const environment = {
    [`${name}_BASE_URL`]: origin,
    [`${name}_API_KEY`]: keys[0]!,
    PORT: String(port),
    TUTTI_DATA_DIR: join(dataDir, 'gateway'),
    TUTTI_PUBLIC_URL: here,
    TUTTI_API_KEY: KEY,
    TUTTI_POLL_SCALE: String(PACE),
    TUTTI_RECONCILE_WINDOW: '2500ms',
    TUTTI_ALLOW_LOCAL_URLS: '1',
  }
  const call = async <Body>(path: string, body?: unknown, wait = 10): Promise<Body> => {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', prefer: `wait=${wait}` }
    const init = body === undefined ? { headers } : { method: 'POST', body: JSON.stringify(body), headers }
    return (await (await fetch(`${here}${path}`, init)).json()) as Body
  }

  let server = await start(environment)
  try {
    const registered = await call<{ secret: string }>('/v1/webhook-endpoints', { url: `${receiver.url}/registered` })
    const { secret: own } = await call<{ secret: string }>('/v1/webhook-secret')
    const ids: string[] = []
    for (let count = 0; count < SONGS; count++) {
      const request = { ...SONG, title: `Song ${count}`, webhook: { url: `${receiver.url}/own` } }
      ids.push((await call<Task>('/v1/music/generations', request, 0)).id)
    }
    for (let kill = 0; kill < KILLS; kill++) {
      await new Promise((resolve) => setTimeout(resolve, 150))
      await server.kill('SIGKILL')
      server = await start(environment)
    }
    for (const id of ids) {
      let task = await call<Task>(`/v1/tasks/${id}`)
      while (task.status === 'queued' || task.status === 'running') task = await call<Task>(`/v1/tasks/${id}`)
      const { data } = await call<{ data: { id: string }[] }>(`/v1/tasks/${id}/events`)
      const events = data.map((each) => each.id)
      for (const [path, secret] of [
        ['/hook/own', own],
        ['/hook/registered', registered.secret],
      ] as const) {
        const heardOf = () =>
          receiver.heard.filter((each) => each.path === path && JSON.parse(each.body).data.task.id === id)
        for (let round = 0; round < 1000 && new Set(heardOf().map(idOf)).size < events.length; round++)
          await new Promise((resolve) => setTimeout(resolve, 10))
        const heard = heardOf()
        expect([...new Set(heard.map(idOf))]).toEqual(events)
        for (const { body, headers } of heard)
          expect(JSON.stringify(new Webhook(secret).verify(body, headers as never))).toBe(body)
        // Told twice it may be, never with two contents.
        expect(new Set(heard.map(({ body }) => body)).size).toBe(events.length)
      }
    }
  } finally {
    await server.kill('SIGKILL')
    await upstreams.close()
    await receiver.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
})

const idOf = ({ headers }: { headers: Record<string, unknown> }) => headers['webhook-id'] as string

/** `npm run dev`: what it prints works, all of it in the runtime of Workers, and it leaves nothing behind. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Task } from '../../src/canonical/task.ts'
import { freePort } from '../harness.ts'

const root = join(import.meta.dirname, '../..')
const START = 90_000

let folder = ''
let child: ChildProcess
let here = ''
let said = ''
let logged = ''
let ended: Promise<number | null>
const auth = { authorization: '', 'content-type': 'application/json' }

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tutti-dev-'))
  const port = await freePort()
  here = `http://127.0.0.1:${port}`
  child = spawn(process.execPath, ['scripts/dev.ts'], {
    cwd: root,
    env: { ...process.env, PORT: String(port), TUTTI_DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  ended = new Promise((resolve) => child.once('exit', resolve))
  child.stderr!.on('data', (chunk) => (logged += chunk))
  await new Promise<void>((resolve, reject) => {
    child.stdout!.on('data', (chunk) => {
      said += chunk
      if (said.includes('curl')) resolve()
    })
    child.once('exit', () => reject(new Error(logged)))
  })
  auth.authorization = /'Authorization: (Bearer \S+)'/.exec(said)![1]!
}, START)

afterAll(async () => {
  child.kill('SIGTERM')
  await ended
  rmSync(folder, { recursive: true, force: true })
})

/** What it tells to paste, as a request of ours. */
const paste = async (): Promise<Task> => {
  const [, url, body] = /curl -s (\S+) .* -d '(.*)'/.exec(said)!
  const asked = { ...auth, prefer: 'wait=60' }
  const answer = await fetch(url!, { method: 'POST', headers: asked, body: body! })
  let task = (await answer.json()) as Task
  while (task.status === 'queued' || task.status === 'running')
    task = (await (await fetch(`${here}/v1/tasks/${task.id}`, { headers: asked })).json()) as Task
  return task
}

test('makes a song of what is to be pasted, and shows everything there is', { timeout: START }, async () => {
  expect(said).toContain(here)
  const task = await paste()
  expect(task.status).toBe('succeeded')
  const audio = await fetch(task.tracks[0]!.audio!.url!)
  expect([audio.status, audio.headers.get('content-type')]).toEqual([200, 'audio/wav'])
  expect((await audio.arrayBuffer()).byteLength).toBeGreaterThan(100_000)
  const lyrics = `${here}/v1/tracks/${task.tracks[0]!.id}/timestamped-lyrics`
  expect((await fetch(lyrics, { method: 'POST', headers: auth })).status).toBe(200)
  expect(await (await fetch(`${lyrics}?format=vtt`, { headers: auth })).text()).toMatch(/^WEBVTT\n/)
  const stream = { ...auth, accept: 'text/event-stream' }
  expect(await (await fetch(`${here}/v1/tasks/${task.id}/events`, { headers: stream })).text()).toContain(
    'event: task.succeeded',
  )
  const listed = (await (await fetch(`${here}/v1/tasks`, { headers: auth })).json()) as { data: Task[] }
  expect(listed.data.map(({ operation }) => operation)).toEqual(['alignLyrics', 'generateMusic'])
})

test('serves its pages, packed as they are and with their headers', async () => {
  for (const path of ['/docs', '/docs/reference', '/docs/guides/quickstart', '/errors/rate_limited']) {
    const answer = await fetch(`${here}${path}`, { headers: { accept: 'text/html' } })
    expect([path, answer.status, await answer.text()]).toEqual([path, 200, expect.stringMatching(/^<!doctype html>/)])
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  }
  expect(await (await fetch(`${here}/docs/reference.js`)).text()).toContain('Scalar API reference')
  expect(await (await fetch(`${here}/openapi.json`)).json()).toMatchObject({ openapi: expect.any(String) })
  expect((await fetch(`${here}/llms.txt`)).status).toBe(200)
  expect((await fetch(`${here}/pages/0`)).status).toBe(404)
})

test('lists everything once more for its operator, and for nobody else', { timeout: START }, async () => {
  const rebuild = (headers: Record<string, string>) => fetch(`${here}/operator/lists`, { method: 'POST', headers })
  expect((await rebuild({})).status).toBe(401)
  const made = await fetch(`${here}/v1/keys`, { method: 'POST', headers: auth, body: '{"name": "small"}' })
  const { key } = (await made.json()) as { key: string }
  expect((await rebuild({ authorization: `Bearer ${key}` })).status).toBe(403)
  const { data } = (await (await fetch(`${here}/v1/tasks`, { headers: auth })).json()) as { data: Task[] }
  const answer = await rebuild(auth)
  expect([answer.status, await answer.json()]).toEqual([200, { listed: data.length, next: null }])
  const again = (await (await fetch(`${here}/v1/tasks`, { headers: auth })).json()) as { data: Task[] }
  expect(again.data.map(({ id }) => id)).toEqual(data.map(({ id }) => id))
})

test('ends when it is told to, and nobody listens any more', { timeout: START }, async () => {
  child.kill('SIGINT')
  expect(await ended).toBe(0)
  await expect(fetch(`${here}/healthz`)).rejects.toThrow()
})

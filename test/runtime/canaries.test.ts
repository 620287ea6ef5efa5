/** Every route of the document with canaries in every input, in the real server: none is in logs, figures, traces, or answers to others. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FAULTS, type Fault } from '../../src/sandbox/faults.ts'
import { freePort, SONG, startUpstreams } from '../harness.ts'
import { canary, hostile, planted, routes, strangeHeaders } from './canaries.ts'
import { type Server, start } from './server.ts'

const KEY = canary('bootstrapkeythatislongenough')
const PACE = 0.002
/** What would end what the other routes need. */
const ENDS = /^(deleteTask|revokeKey|rotateKey)$/

const dataDir = mkdtempSync(join(tmpdir(), 'tutti-canaries-'))
const listeners: ReturnType<typeof createServer>[] = []
/** What was said where: nothing of `secrets` may be in any of these. */
const told = { traces: [] as string[], hooks: [] as string[], metrics: '', logs: '', others: [] as string[] }
const secrets = new Set<string>([KEY])
const good = new Set<string>()
let server: Server | undefined
let upstreams: Awaited<ReturnType<typeof startUpstreams>>
let here: string
let local: string

const listen = async (heard: (body: string, url: string) => void) => {
  const listener = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => {
      text += chunk
    })
    request.on('end', () => {
      heard(text, request.url!)
      response.end('{}')
    })
  })
  listeners.push(listener)
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
}

const ids: Record<string, string> = {}
/** Remembers what was made, and what was said once and is a secret. */
const learn = (answer: unknown) => {
  if (typeof answer !== 'object' || answer === null) return
  const { id, key, secret, tracks, data } = answer as Record<string, unknown>
  if (Array.isArray(data) && /^dlv_/.test((data[0] as { id?: string } | undefined)?.id ?? '')) learn(data[0])
  for (const value of [key, secret]) if (typeof value === 'string') secrets.add(value)
  if (typeof id === 'string' && /^(task|voice|persona|upload|key)_(?!0)/.test(id)) ids[`${id.split('_')[0]}_id`] = id
  if (typeof id === 'string' && id.startsWith('track_')) ids.track_id = id
  if (typeof id === 'string' && id.startsWith('whk_')) ids.endpoint_id = id
  if (typeof id === 'string' && id.startsWith('dlv_')) ids.delivery_id = id
  const [track] = Array.isArray(tracks) ? (tracks as { id: string; status: string }[]) : []
  if (track !== undefined && track.status === 'ready') ids.track_id = track.id
}

const ask = async (path: string, init: RequestInit & { key?: string | null } = {}) => {
  const { key = KEY, headers, ...rest } = init
  const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` }
  const answer = await fetch(`${here}${path}`, {
    redirect: 'manual',
    ...rest,
    headers: { ...strangeHeaders(), ...authorization, ...(headers as Record<string, string>) },
  })
  const text = await answer.text()
  return { status: answer.status, text }
}
const send = (method: string, body: unknown, key?: string) => ({
  method,
  ...(key === undefined ? {} : { key }),
  ...(body === undefined
    ? {}
    : {
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json', prefer: 'wait=5' },
      }),
})
const read = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
const filled = (path: string, otherwise: string) =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? otherwise)

beforeAll(async () => {
  const collector = await listen((body) => told.traces.push(body))
  local = await listen((body, url) => told.hooks.push(url + body))
  upstreams = await startUpstreams(dataDir, PACE)
  const port = await freePort()
  here = `http://127.0.0.1:${port}`
  const each = upstreams.simulated.map(({ adapter, origin, keys: [key] }) => {
    secrets.add(key!)
    const name = adapter.id.toUpperCase()
    return { [`${name}_BASE_URL`]: origin, [`${name}_UPLOAD_BASE_URL`]: origin, [`${name}_API_KEY`]: `main:${key}` }
  })
  server = await start({
    ...Object.assign({}, ...each),
    PORT: String(port),
    TUTTI_DATA_DIR: join(dataDir, 'gateway'),
    TUTTI_PUBLIC_URL: here,
    TUTTI_API_KEY: KEY,
    TUTTI_POLL_SCALE: String(PACE),
    TUTTI_RECONCILE_WINDOW: '1s',
    TUTTI_ALLOW_LOCAL_URLS: '1',
    TUTTI_CORS_ORIGINS: '*',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector,
    OTEL_EXPORTER_OTLP_HEADERS: `x-key=${canary('collectorkey')}`,
  })
  await visit()
  told.metrics = (await ask('/metrics')).text
  await server.kill('SIGTERM')
  told.logs = server.said().stderr + server.said().stdout
}, 120_000)
afterAll(async () => {
  await server?.kill('SIGKILL')
  for (const listener of listeners) {
    listener.closeAllConnections()
    listener.close()
  }
  await upstreams.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const song = (change: object = {}) => planted({ ...SONG, metadata: { note: 'x' }, ...change }, ids, local)

/** Asks for everything there is, well and badly. */
const visit = async () => {
  learn(read((await ask('/v1/music/generations', send('POST', song()))).text))
  for (const { operation, method, path, bodies } of routes.filter(({ operation: each }) => !ENDS.test(each)))
    for (const body of bodies) {
      const answer = await ask(filled(path, 'generation_failed'), send(method, planted(body, ids, local)))
      if (answer.status < 400) good.add(operation)
      learn(read(answer.text))
    }
  for (const { method, path, query, bodies } of routes) {
    const asked = [...query, 'x'].map((name) => `${name}=${canary('query')}`).join('&')
    for (const body of bodies) await ask(`${filled(path, canary('id'))}?${asked}`, send(method, hostile(body)))
    await ask(
      path.replace(/\{\w+\}/g, () => canary('id')),
      send(method, bodies[0] === undefined ? undefined : `{"${canary('broken')}`),
    )
    await ask(filled(path, 'nothing'), send(method, bodies[0], canary('wrongkey')))
  }
  for (const fault of Object.keys(FAULTS) as Fault[]) {
    // Who refuses connections, or answers after a minute, says nothing that could be repeated.
    if (['refused', 'slow', 'hangs', 'silent'].includes(fault)) continue
    upstreams.simulated[0]!.upstream.faults.set(fault, 1)
    const body = song({
      routing: { provider: 'kie', allow_fallbacks: false },
      webhook: { url: `${local}/${canary('hook')}?token=${canary('token')}` },
    })
    const { id } = read((await ask('/v1/music/generations', send('POST', body))).text) as { id?: string }
    if (id !== undefined) await ask(`/v1/tasks/${id}`, { headers: { prefer: 'wait=2' } })
    upstreams.simulated[0]!.upstream.faults.set(null, null)
  }
  for (const url of new Set(upstreams.posted.map((each) => each.url))) {
    secrets.add(url.split('.').at(-1)!)
    await ask(new URL(url).pathname, send('POST', { data: { task_id: canary('ring') } }))
  }
  await ask(`/cb/kie/${canary('token')}`, send('POST', { [canary('ring')]: canary('ring') }))
  await askAsOther()
}

/** Somebody of another project asks for all that there is. */
const askAsOther = async () => {
  await ask('/v1/projects', send('POST', { id: 'other' }))
  const made = read(
    (await ask('/v1/keys', send('POST', { project: 'other', name: 'Other', scopes: ['create', 'read', 'webhooks'] })))
      .text,
  )
  const { key } = made as { key: string }
  for (const { operation, method, path, bodies } of routes.filter(
    ({ operation: each }) => !/^create(Project|Key|Webhook)/.test(each),
  )) {
    const answer = await ask(
      filled(path, 'generation_failed'),
      send(method, bodies[0] === undefined ? undefined : {}, key),
    )
    told.others.push(`${operation} ${answer.status} ${answer.text}`)
  }
}

const found = (text: string) => [
  ...new Set([...(text.match(/canary\d+[a-z]*/gi) ?? []), ...[...secrets].filter((secret) => text.includes(secret))]),
]

describe('what clients say, and what is secret', () => {
  test('was said: most routes did what they were asked for, and all of it left traces', () => {
    expect(routes.length).toBeGreaterThan(55)
    const never = routes
      .filter(({ operation }) => !good.has(operation) && !ENDS.test(operation))
      .map(({ operation }) => operation)
    expect(never.length / routes.length, never.join(' ')).toBeLessThan(0.25)
    expect(secrets.size).toBeGreaterThan(10)
    expect(told.logs.split('\n').length).toBeGreaterThan(20)
    expect(told.metrics).toContain('tutti_http_requests_total')
    expect(told.hooks.join()).toContain('task.succeeded')
    const traced = told.traces.join()
    for (const { operation } of routes)
      if (!/^get(Health|Readiness|Metrics|Document|WebhookKeys|ErrorPage)$/.test(operation))
        expect(traced).toContain(`"${operation}"`)
    // Two spans name a task that both of them are about.
    expect(traced).toMatch(/"tutti.attempt_id","value":\{"stringValue":"att_/)
  })

  test('is in no line of the log', () => {
    expect(found(told.logs)).toEqual([])
    expect(told.logs).not.toContain('/cb/')
  })
  test('is in no figure', () => {
    expect(found(told.metrics)).toEqual([])
  })
  test('is in no trace', () => {
    expect(found(told.traces.join())).toEqual([])
    expect(told.traces.join()).not.toContain('/cb/')
  })
  test('is in no answer to anybody of another project', () => {
    for (const answer of told.others) expect(found(answer), answer).toEqual([])
  })
})

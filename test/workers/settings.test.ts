/** What is missing is said to the operator, in the log, and never to a client, who is told when to come again. */
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { LimitsApi } from '../../src/platform/workers/limits-object.ts'
import { limitsOf } from '../../src/platform/workers/objects.ts'
import { configOf } from '../../src/platform/workers/settings.ts'
import { adapters } from '../../src/registry.ts'
import worker from '../../src/worker.ts'
import { expectProblem } from '../http/problem.ts'
import { lawOf, readDocument } from '../law/law.ts'
import { install } from './installations.ts'
import { freePort, serveGateway } from './loopback.ts'

const { judge } = lawOf(readDocument())
const KEY = 'key_of_an_operator_000000000000000000'

afterEach(() => void vi.useRealTimers())

let logged: Record<string, string>[] = []
beforeAll(() => {
  const said = console.log
  console.log = (line: string) => void logged.push(JSON.parse(line))
  return () => {
    console.log = said
  }
})

/** A Worker that was deployed without `missing`, or with `variables`. */
const deployed = (missing: string | null, variables: Record<string, string> = {}) => {
  const { env } = install({ TUTTI_API_KEY: KEY, ...variables }, { livemode: true, also: [] })
  return missing === null ? env : { ...env, [missing]: undefined }
}

describe.each([
  ['the binding TASKS', () => deployed('TASKS'), 'TASKS'],
  ['the binding LIMITS', () => deployed('LIMITS'), 'LIMITS'],
  ['the binding HEALTH', () => deployed('HEALTH'), 'HEALTH'],
  ['the binding WEBHOOKS', () => deployed('WEBHOOKS'), 'WEBHOOKS'],
  ['the binding DB', () => deployed('DB'), 'DB'],
  ['the binding ASSETS', () => deployed('ASSETS'), 'ASSETS'],
  ['the key', () => deployed('TUTTI_API_KEY'), 'TUTTI_API_KEY'],
  ['a whole key', () => deployed(null, { TUTTI_API_KEY: 'short' }), 'TUTTI_API_KEY'],
  ['the simulated upstreams', () => ({ ...deployed(null, { TUTTI_SANDBOX: '1' }), STUDIO: undefined }), 'STUDIO'],
  ['a time with its unit', () => deployed(null, { TUTTI_TASK_TIMEOUT: '30' }), 'TUTTI_TASK_TIMEOUT'],
  ['a variable that is text', () => ({ ...deployed(null), TUTTI_ROUTING: { order: ['kie'] } }), 'TUTTI_ROUTING'],
  ['a time that a timer can take', () => deployed(null, { TUTTI_SUBMIT_TIMEOUT: '30d' }), 'TUTTI_SUBMIT_TIMEOUT'],
] as const)('without %s', (_, deploy, named) => {
  test.each([
    ['GET', '/v1/tasks'],
    ['POST', '/v1/music/generations'],
    ['GET', '/v1/providers'],
  ])('%s %s is 503, and the log says what to do', async (method, path) => {
    logged = []
    const request = new Request(`https://tutti.example${path}`, {
      method,
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: method === 'POST' ? '{}' : undefined,
    })
    const answer = await worker.fetch(request, deploy() as never)
    const text = await answer.clone().text()
    expect(judge({ method, path }, { status: answer.status, headers: answer.headers, text })).toEqual([])
    const wanted = { status: 503, code: 'storage_unavailable', retryable: true }
    const problem = await expectProblem(answer.clone(), wanted)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(text).not.toMatch(new RegExp(`\\b${named}\\b|binding|\\.ts|    at |${KEY}`))
    expect(logged).toMatchObject([
      { level: 'error', event: 'misconfigured', request: problem.request_id, message: expect.stringContaining(named) },
    ])
    expect(logged[0]!.message).not.toContain(KEY)
  })
})

test('is looked for again with each request: what was mended works at once', async () => {
  const { env } = install({ TUTTI_API_KEY: KEY }, { livemode: true, also: [] })
  const ask = (each: object) => worker.fetch(new Request('https://tutti.example/healthz'), each as never)
  const broken: Record<string, unknown> = { ...env, DB: undefined }
  expect((await ask(broken)).status).toBe(503)
  broken.DB = env.DB
  expect((await ask(broken)).status).toBe(200)
})

test('variables that are numbers, or true or false, are read as what they say', () => {
  const { env } = install({ TUTTI_API_KEY: KEY }, { livemode: true, also: [] })
  const read = (own: object) => configOf({ ...env, ...own }, { adapters, version: '1' }).settings
  expect(read({ TUTTI_PAUSED: 1, TUTTI_QUEUE_LIMIT: 5, TUTTI_POLL_SCALE: 0.5 })).toMatchObject({
    paused: true,
    queueLimit: 5,
    pollScale: 0.5,
  })
  expect(read({ TUTTI_PAUSED: true }).paused).toBe(true)
  expect(read({ TUTTI_PAUSED: false }).paused).toBe(false)
  expect(() => read({ TUTTI_PAUSED: 2 })).toThrow('TUTTI_PAUSED')
})

describe('the bootstrap key', () => {
  const NEW = 'key_of_an_operator_who_has_learned_00'
  const ask = async (env: object, key: string, continent: string) => {
    const headers = { authorization: `Bearer ${key}` }
    const request = new Request('https://tutti.example/v1/key', { headers, cf: { continent } } as RequestInit)
    return (await worker.fetch(request, env as never)).status
  }

  test('is that of each copy: one that was there before does not bring the old one back', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    const installed = install({ TUTTI_API_KEY: KEY }, { livemode: true, also: [] })
    const former = installed.env
    expect(await ask(former, KEY, 'EU')).toBe(200)
    installed.start({ TUTTI_API_KEY: NEW })
    expect([await ask(installed.env, NEW, 'EU'), await ask(installed.env, KEY, 'EU')]).toEqual([200, 401])
    // It makes what it answers another region with only now.
    expect(await ask(former, KEY, 'NA')).toBe(200)
    // What is remembered of a key is asked for again after some seconds.
    vi.setSystemTime(Date.now() + 6000)
    expect([await ask(installed.env, NEW, 'EU'), await ask(installed.env, KEY, 'EU')]).toEqual([200, 401])
  })

  test('tells when it was used last, though that is written down beside the answer', async () => {
    const { env } = install({ TUTTI_API_KEY: KEY }, { livemode: true, also: [] })
    const { LIMITS } = env
    const late = (stub: { call: (name: string, ...asked: unknown[]) => Promise<unknown> }) => ({
      call: async (name: string, ...asked: unknown[]) => {
        if (name === 'commit') await new Promise((resolve) => setTimeout(resolve, 500))
        return stub.call(name, ...asked)
      },
    })
    Object.assign(env, { LIMITS: { ...LIMITS, getByName: (name: string) => late(LIMITS.getByName(name) as never) } })
    const port = await freePort()
    const gateway = serveGateway(port, () => env)
    const headers = { authorization: `Bearer ${KEY}` }
    expect((await fetch(`http://127.0.0.1:${port}/v1/tasks`, { headers })).status).toBe(200)
    const used = async () => {
      const [row] = await limitsOf<LimitsApi>(env).read('SELECT last_used_at FROM keys', [])
      return row?.last_used_at
    }
    await expect.poll(used, { timeout: 3000 }).toEqual(expect.any(Number))
    gateway.close()
  })
})

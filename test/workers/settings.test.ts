/** What is missing is said to the operator, in the log, and never to a client, who is told when to come again. */
import { beforeAll, describe, expect, test } from 'vitest'
import worker from '../../src/worker.ts'
import { expectProblem } from '../http/problem.ts'
import { lawOf, readDocument } from '../law/law.ts'
import { install } from './installations.ts'

const { judge } = lawOf(readDocument())
const KEY = 'key_of_an_operator_000000000000000000'

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

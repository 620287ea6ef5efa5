/** Parameters of a query: what no operation knows is refused and named, and what is known is sent once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogue, type Operation } from '../../src/canonical/catalogue.ts'
import { type Harness, SONG, startHarness } from '../harness.ts'
import { expectProblem } from './problem.ts'

const ID = '01JD3W8Q4T7X2M5N9P6R0S1V30'
const UNKNOWN = { status: 422, code: 'validation_failed', entries: ['unknown_field'] }

let harness: Harness
beforeAll(async () => {
  harness = await startHarness({ settings: { paused: true } })
})
afterAll(async () => {
  await harness.stop()
})

const operations = Object.entries<Operation>(catalogue)
const addressOf = ({ path }: Operation) =>
  path.replace(/\{(\w+)_id\}/, (_, kind: string) => `${PREFIX[kind] ?? kind}_${ID}`)
const PREFIX: Readonly<Record<string, string>> = { endpoint: 'whk', delivery: 'dlv' }

const ask = (operation: Operation, query: string) =>
  harness.call(`${addressOf(operation)}${query}`, {
    method: operation.method.toUpperCase(),
    ...(operation.body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(operation.example ?? {}) }),
  })

test('some operations take parameters, and most do not', () => {
  const bare = operations.filter(([, { query }]) => query === undefined)
  expect(operations.length - bare.length).toBeGreaterThan(5)
  expect(bare.length).toBeGreaterThan(30)
})

describe('an unknown parameter', () => {
  test.each(operations)('of %s is refused and named', async (_, operation) => {
    const answer = await ask(operation, '?wait=3&x%2Fy=')
    await expectProblem(answer, { ...UNKNOWN, pointers: ['wait', 'x/y'] })
  })

  test.each(['__proto__', 'constructor', 'toString', ''])('called %j is refused as well', async (name) => {
    for (const path of ['/v1/key', '/v1/projects'])
      await expectProblem(await harness.call(`${path}?${name}=1`), { ...UNKNOWN, pointers: [name] })
  })

  test('buys nothing', async () => {
    await expectProblem(await harness.post('/v1/music/generations?wait=3', SONG), { ...UNKNOWN, pointers: ['wait'] })
    expect(await (await harness.call('/v1/tasks')).json()).toMatchObject({ data: [] })
  })

  test('is for who has a key: it does not come before that', async () => {
    const answer = await harness.call('/v1/projects?limit=1', { key: null })
    await expectProblem(answer, { status: 401, code: 'missing_api_key' })
  })

  test.each([
    '/healthz',
    '/readyz',
    '/openapi.json',
    '/metrics',
    '/errors/not_found',
    '/.well-known/webhook-jwks.json',
  ])('of %s, which is no operation, is ignored', async (path) => {
    expect((await harness.call(`${path}?at=${ID}`)).status).toBe(200)
  })

  test('of a callback is left to the provider', async () => {
    const answer = await harness.post('/cb/kie/unknown?x=1', {})
    await expectProblem(answer, { status: 404, code: 'not_found' })
  })
})

test('a question mark alone asks for nothing', async () => {
  expect((await harness.call('/v1/projects?')).status).toBe(200)
  expect((await harness.call('/v1/projects?&')).status).toBe(200)
})

test.each([
  ['/v1/tasks', 'status=queued&status=running', 'status'],
  ['/v1/tasks', 'limit=1&limit=2', 'limit'],
  ['/v1/tasks', 'operation=nothing&operation=generateMusic', 'operation'],
  [`/v1/tracks/track_${ID}/timestamped-lyrics`, 'format=lrc&format=vtt', 'format'],
])('%s?%s says that it is sent once', async (path, query, pointer) => {
  const answer = await harness.call(`${path}?${query}`)
  const wanted = { status: 422, code: 'validation_failed', pointers: [pointer], entries: ['too_many'] }
  expect((await expectProblem(answer, wanted)).detail).toBe(`${pointer}: send it once only`)
})

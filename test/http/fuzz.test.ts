/** Thousands of odd requests from a fixed seed: never a 5xx, always a problem or what the catalogue promises. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { catalogue, type Operation } from '../../src/canonical/catalogue.ts'
import { type Harness, KEY, SONG, startHarness } from '../harness.ts'
import { problemIn } from './problem.ts'

const SEED = 20_261_121
const REQUESTS = 3000

let harness: Harness
beforeAll(async () => {
  // Paused: what is accepted is kept and never sent, so that anything an upstream sees is a fault.
  harness = await startHarness({ settings: { paused: true } })
})
afterAll(async () => {
  await harness.stop()
})

const operations: readonly Operation[] = Object.values(catalogue)
const ID = '01JD3W8Q4T7X2M5N9P6R0S1V30'

/** Text that a header can carry. */
const headerText = fc.stringMatching(/^[\x20-\x7e\x80-\xff]{0,40}$/)
const oddText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', ' ', '\u0000', '\ud800', '😀'.repeat(90), 'x'.repeat(6000)),
)
const oddValue = fc.oneof(
  oddText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(0, -1, 0.01, 0.123, 1e-320, 1e308, 10, 360, true, null),
)

const words = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', minLength: 1 }) },
  { weight: 1, arbitrary: oddText },
)
const controls = {
  model: fc.constantFrom('auto', 'v5', 'v4', 'v5.5', 'v9'),
  instrumental: fc.boolean(),
  negative_style: words,
  vocal_gender: fc.constantFrom('male', 'female'),
  style_weight: fc.double({ min: 0, max: 1, noNaN: true }),
  weirdness: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
  duration_seconds: fc.double({ min: 0, max: 400, noNaN: true }),
  metadata: fc.dictionary(fc.string(), fc.string(), { maxKeys: 22 }),
  routing: fc.record(
    {
      provider: fc.constantFrom('kie', 'apibox', 'udioapi', 'nobody', '__proto__'),
      order: fc.array(fc.constantFrom('kie', 'apibox', 'udioapi'), { maxLength: 4 }),
      allow_fallbacks: fc.boolean(),
      require_parameters: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
}
const fields = [...Object.keys(controls), 'mode', 'title', 'style', 'lyrics', 'description']

const song = fc
  .record({ title: words, style: words, lyrics: words }, { requiredKeys: [] })
  .map((each) => ({ ...SONG, ...each }))
const idea = words.map((description) => ({ mode: 'describe', description }))
const nearly = fc
  .tuple(fc.oneof(song, idea), fc.record(controls, { requiredKeys: [] }))
  .map(([each, extra]): Record<string, unknown> => ({ ...each, ...extra }))
const broken = fc.tuple(nearly, fc.oneof(fc.constantFrom(...fields), fc.string()), oddValue)
const body = fc.oneof(
  { weight: 4, arbitrary: nearly.map((each) => JSON.stringify(each)) },
  { weight: 4, arbitrary: broken.map(([each, key, value]) => JSON.stringify({ ...each, [key]: value })) },
  { weight: 2, arbitrary: fc.json({ maxDepth: 6 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', '{}', `${'['.repeat(30_000)}`, `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`),
  },
)

const id = fc.oneof(fc.constantFrom(`task_${ID}`, `track_${ID}`, 'task_', '%', '%ff', '..'), fc.webSegment())
const query = fc.oneof(
  fc.constant(''),
  fc.webQueryParameters().map((text) => `?${text}`),
  fc.constantFrom('?limit=5', '?status=queued', '?cursor=eA=='),
)
const known = fc
  .constantFrom(...operations)
  .chain((operation) =>
    fc.tuple(id, query).map(([text, parameters]) => `${operation.path.replace(/\{[^}]+\}/, text)}${parameters}`),
  )
const path = fc.oneof(
  { weight: 5, arbitrary: known },
  { weight: 1, arbitrary: fc.webPath().map((text) => `/${text}`) },
  { weight: 1, arbitrary: fc.tuple(fc.webSegment(), fc.webSegment()).map(([a, b]) => `/cb/${a}/${b}`) },
)

const headers = fc.record(
  {
    authorization: fc.oneof(
      { weight: 9, arbitrary: fc.constant(`Bearer ${KEY}`) },
      { weight: 1, arbitrary: headerText },
    ),
    'content-type': fc.oneof(
      { weight: 9, arbitrary: fc.constant('application/json') },
      { weight: 1, arbitrary: headerText },
    ),
    'idempotency-key': fc.oneof(fc.constantFrom('one', 'two', '"three"'), headerText),
    prefer: fc.constantFrom(
      'wait=0',
      'respond-async',
      'wait=',
      'wait=x',
      'wait=-1',
      ';;,,',
      'handling=lenient, wait="0"',
    ),
    'if-none-match': headerText,
  },
  { requiredKeys: ['authorization', 'content-type'] },
)
const method = fc.constantFrom('GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS')

const operationAt = (address: string, verb: string) =>
  operations.find(
    (each) =>
      each.method.toUpperCase() === verb &&
      new RegExp(`^${each.path.replace(/\{[^}]+\}/, '[^/]+')}$`).test(new URL(address, 'http://host').pathname),
  )

const create = { path: fc.constant(catalogue.generateMusic.path as string), method: fc.constant('POST') }
const sent = fc.oneof(fc.record({ ...create, headers, body }), fc.record({ path, method, headers, body }))

test('whatever is sent, the answer is a problem below 500 or what the catalogue promises', async () => {
  const seen = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(sent, async (request) => {
      const carries = !['GET', 'HEAD'].includes(request.method)
      const answer = await harness.inProcess(request.path, {
        method: request.method,
        headers: request.headers,
        ...(carries ? { body: request.body } : {}),
      })
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1)
      expect(answer.status).toBeLessThan(500)
      expect(answer.headers.get('request-id')).toMatch(/^req_/)
      if (request.method === 'HEAD') return
      if (answer.status >= 400) {
        await problemIn(answer)
        return
      }
      expect([200, 202]).toContain(answer.status)
      operationAt(request.path, request.method)?.result.parse(await answer.json())
    }),
    { seed: SEED, numRuns: REQUESTS },
  )
  // The net is only worth something if all kinds of answers are caught in it.
  for (const status of [200, 202, 400, 401, 404, 405, 415, 422]) expect(seen.get(status) ?? 0).toBeGreaterThan(0)
  expect((await harness.ledgers()).accepted).toBe(0)
  expect(harness.logged.filter((line) => line.includes('internal_error'))).toEqual([])
}, 60_000)

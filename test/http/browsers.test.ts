/** What browsers are told with every answer, and which pages of other origins may call. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import document from '../../openapi/gateway.json' with { type: 'json' }
import { EXPOSED as ALL_EXPOSED } from '../../src/http/browsers.ts'
import { readConfig } from '../../src/platform/config.ts'
import { adapters } from '../../src/registry.ts'
import { type Harness, SONG, startHarness } from '../harness.ts'
import { make } from '../runtime/songs.ts'

const APP = 'https://app.example.com'
const STRANGER = 'https://elsewhere.example.com'
const CREATE = '/v1/music/generations'

let plain: Harness
let open: Harness
let any: Harness
let task: { id: string; tracks: readonly { id: string }[] }
beforeAll(async () => {
  plain = await startHarness()
  open = await startHarness({ browsers: { origins: [APP, 'http://localhost:5173'], https: true } })
  any = await startHarness({ browsers: { origins: '*' } })
  task = await make(plain)
})
afterAll(async () => {
  await Promise.all([plain, open, any].map((each) => each.stop()))
})

const PROTECTED = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}
const protectedIn = ({ headers }: Response) =>
  Object.fromEntries(Object.keys(PROTECTED).map((name) => [name, headers.get(name)]))

describe('every answer', () => {
  const asked: readonly (readonly [what: string, ask: () => Promise<Response>, status: number, kept: string])[] = [
    ['a task', () => plain.call(`/v1/tasks/${task.id}`), 200, 'private, no-cache'],
    ['a list', () => plain.call('/v1/tasks'), 200, 'private, no-cache'],
    ['a track', () => plain.call(`/v1/tracks/${task.tracks[0]!.id}`), 200, 'no-store'],
    ['a redirect', () => plain.call(`/v1/tracks/${task.tracks[0]!.id}/audio`, { redirect: 'manual' }), 302, 'no-store'],
    ['a create', () => plain.post(CREATE, SONG), 202, 'private, no-cache'],
    ['a HEAD', () => plain.call('/v1/tasks', { method: 'HEAD' }), 200, 'private, no-cache'],
    ['what is wrong', () => plain.post(CREATE, { ...SONG, title: '' }), 422, 'no-store'],
    ['no key', () => plain.call('/v1/tasks', { key: null }), 401, 'no-store'],
    ['a wrong key', () => plain.call('/v1/tasks', { key: 'nobody' }), 401, 'no-store'],
    ['nothing there', () => plain.call('/nothing'), 404, 'no-store'],
    ['a method that is not taken', () => plain.call('/v1/tasks', { method: 'DELETE' }), 405, 'no-store'],
    ['a callback of nobody', () => plain.post('/cb/kie/nobody', {}), 404, 'no-store'],
    ['figures', () => plain.call('/metrics'), 200, 'no-store'],
    ['the document', () => plain.call('/openapi.json'), 200, 'public, max-age=300'],
    [
      'a stream',
      () => plain.call(`/v1/tasks/${task.id}/events`, { headers: { accept: 'text/event-stream' } }),
      200,
      'no-cache',
    ],
  ]
  test.each(asked)('%s is protected, has an id, and says who may keep it', async (_, ask, status, kept) => {
    const answer = await ask()
    await answer.body?.cancel()
    expect(answer.status).toBe(status)
    expect(protectedIn(answer)).toEqual(PROTECTED)
    expect(answer.headers.get('request-id')).toMatch(/^req_/)
    expect(answer.headers.get('cache-control')).toBe(kept)
    // Nothing is said of transport security where nobody promised https, and nothing to other origins.
    expect(answer.headers.get('strict-transport-security')).toBeNull()
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })

  test('that says that nothing changed keeps all of it', async () => {
    const path = '/v1/tasks?status=failed'
    const first = await plain.call(path)
    const again = await plain.call(path, { headers: { 'if-none-match': first.headers.get('etag')! } })
    expect(again.status).toBe(304)
    expect(protectedIn(again)).toEqual(PROTECTED)
    expect(again.headers.get('cache-control')).toBe('private, no-cache')
  })

  test('asks for https where the gateway is known by https', async () => {
    expect((await open.call('/healthz')).headers.get('strict-transport-security')).toBe('max-age=31536000')
    expect((await open.call('/nothing')).headers.get('strict-transport-security')).toBe('max-age=31536000')
  })
})

const EXPOSED = [
  'Request-Id',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'Location',
  'ETag',
  'Idempotency-Replayed',
  'Link',
  'Tutti-Should-Retry',
  'Preference-Applied',
]

test('every header that the document describes can be read by pages that may call', () => {
  const { paths, components } = document as unknown as {
    paths: Record<string, Record<string, { responses?: Record<string, Described> }>>
    components: { responses: Record<string, Described> }
  }
  type Described = { $ref?: string; headers?: Record<string, unknown> }
  const described = Object.values(paths).flatMap((path) =>
    Object.values(path).flatMap(({ responses = {} }) =>
      Object.values(responses).flatMap((each) => {
        const answer = each.$ref === undefined ? each : components.responses[each.$ref.split('/').at(-1)!]
        return Object.keys(answer?.headers ?? {})
      }),
    ),
  )
  expect(described.length).toBeGreaterThan(100)
  // Browsers show the first to every page, and the second is for what stands between.
  const shown: readonly string[] = [...ALL_EXPOSED, 'Cache-Control', 'Vary']
  expect(described.filter((name) => !shown.includes(name))).toEqual([])
})

describe('a page of another origin', () => {
  const from = (origin: string, headers: Record<string, string> = {}) => ({ headers: { origin, ...headers } })
  const preflight = (harness: Harness, origin: string) =>
    harness.call(CREATE, {
      key: null,
      method: 'OPTIONS',
      ...from(origin, {
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,idempotency-key',
      }),
    })

  test('that is named may ask, with a preflight first, and read answers, errors and headers', async () => {
    const asked = await preflight(open, APP)
    expect(asked.status).toBe(204)
    expect(asked.headers.get('access-control-allow-origin')).toBe(APP)
    expect(asked.headers.get('access-control-allow-methods')!.split(',')).toEqual(
      expect.arrayContaining(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']),
    )
    expect(asked.headers.get('access-control-allow-headers')).toBe('authorization,content-type,idempotency-key')
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull()
    const answers = [
      await open.post(CREATE, SONG, { origin: APP }),
      await open.post(CREATE, { ...SONG, title: '' }, { origin: APP }),
      await open.call('/v1/tasks', { key: null, ...from(APP) }),
      await open.call('/nothing', from(APP)),
      await open.call('/v1/tasks', { method: 'DELETE', ...from(APP) }),
      await open.call('/v1/events', from(APP, { accept: 'text/event-stream' })),
    ]
    expect(answers.map(({ status }) => status)).toEqual([202, 422, 401, 404, 405, 200])
    for (const answer of answers) {
      await answer.body?.cancel()
      expect(answer.headers.get('access-control-allow-origin')).toBe(APP)
      expect(answer.headers.get('vary')).toMatch(/\bOrigin\b/)
      expect(answer.headers.get('access-control-expose-headers')!.split(',')).toEqual(expect.arrayContaining(EXPOSED))
      expect(protectedIn(answer)).toEqual(PROTECTED)
      expect(answer.headers.get('request-id')).toMatch(/^req_/)
    }
  })

  test('that is named still reads what has not changed', async () => {
    const first = await open.call('/v1/tasks?status=failed', from(APP))
    const same = await open.call('/v1/tasks?status=failed', from(APP, { 'if-none-match': first.headers.get('etag')! }))
    expect(same.status).toBe(304)
    for (const answer of [first, same]) {
      expect(answer.headers.get('access-control-allow-origin')).toBe(APP)
      expect(answer.headers.get('vary')).toMatch(/\bOrigin\b/)
    }
  })

  test.each([
    'https://app.example.com.evil.example',
    'http://app.example.com',
    'https://app.example.com:8443',
    STRANGER,
    'null',
  ])('that is not named is told nothing: %s', async (origin) => {
    for (const answer of [await preflight(open, origin), await open.call('/healthz', from(origin))]) {
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
      expect(answer.headers.get('vary')).toMatch(/\bOrigin\b/)
    }
  })

  test('may be any, where that is said', async () => {
    expect((await preflight(any, STRANGER)).headers.get('access-control-allow-origin')).toBe('*')
    expect((await any.call('/v1/tasks', from(STRANGER))).headers.get('access-control-allow-origin')).toBe('*')
  })

  test('is none without TUTTI_CORS_ORIGINS', async () => {
    expect((await preflight(plain, APP)).status).toBe(405)
    const answer = await plain.call('/v1/tasks', from(APP))
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    expect(answer.headers.get('vary')).toBe('Accept')
  })

  test('leaves what is kept for everybody apart by origin, beside what else it depends on', async () => {
    expect((await open.call('/openapi.json', { key: null })).headers.get('vary')).toBe('Origin')
    expect((await any.call('/openapi.json', { key: null })).headers.get('vary')).toBeNull()
  })
})

describe('TUTTI_CORS_ORIGINS', () => {
  const origins = (text: string) => readConfig({ TUTTI_CORS_ORIGINS: text }, adapters, '0').corsOrigins
  test('takes exact origins, or any', () => {
    expect(origins(`${APP}, http://localhost:5173,${APP}`)).toEqual([APP, 'http://localhost:5173'])
    expect(origins('*')).toBe('*')
    expect(readConfig({}, adapters, '0').corsOrigins).toBeNull()
  })
  test.each([
    '',
    'app.example.com',
    `${APP}/`,
    `${APP}/path`,
    'https://APP.example.com',
    'https://*.example.com',
    `*,${APP}`,
    'null',
    'https://app.example.com:443',
    'ftp://a.example',
  ])('refuses "%s"', (text) => {
    expect(() => origins(text)).toThrow(/^TUTTI_CORS_ORIGINS /)
  })
})

/** The law is one that can be broken: each way in which an answer can differ from the document is seen, and fails a test. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../document-values.ts'
import { type Answered, type Asked, lawOf, readDocument } from './law.ts'
import { takeBroken, unwatch, watch } from './watch.ts'

const { judge, document } = lawOf(readDocument())
const REQUEST = 'req_9P6R0S1V301JD3W8Q4T7X2M5ND'
const TASK = '/v1/tasks/task_01JD3W8Q4T7X2M5N9P6R0S1V30'

const told = (path: string, method: string, status: string) =>
  (document.paths[path]![method]!.responses[status] as { content: Record<string, { examples: Record<string, Json> }> })
    .content['application/json']!.examples
const task = Object.values(told('/v1/tasks/{task_id}', 'get', '200'))[0]!.value as Json
const GOOD: Record<string, string> = {
  'content-type': 'application/json',
  'request-id': REQUEST,
  etag: '"1-1"',
  'cache-control': 'private, no-cache',
}
const PROBLEM: Json = {
  ...{ type: '/errors/not_found', title: 'There is no such thing here', status: 404, detail: 'No', code: 'not_found' },
  ...{ retryable: false, may_have_been_charged: false, request_id: REQUEST },
}
const BAD = { 'content-type': 'application/problem+json', 'request-id': REQUEST, 'tutti-should-retry': 'false' }

const answered = (status: number, headers: Record<string, string>, body: unknown): Answered => ({
  status,
  headers: new Headers(headers),
  text: typeof body === 'string' ? body : JSON.stringify(body),
})
const get = (path: string): Asked => ({ method: 'GET', path })
const { etag: _, ...WITHOUT_TAG } = GOOD

describe('an answer as promised', () => {
  it.each([
    ['a task', get(TASK), answered(200, GOOD, task)],
    [
      'a field and a header that nobody heard of',
      get(TASK),
      answered(200, { ...GOOD, 'x-new': '1' }, { ...task, new: 1 }),
    ],
    ['an error', get(TASK), answered(404, BAD, PROBLEM)],
    ['nothing new', get(TASK), answered(304, { ...GOOD, 'content-type': '' }, '')],
    ['a head', { method: 'HEAD', path: TASK }, answered(200, GOOD, '')],
    ['nothing there', get('/v1/nothing'), answered(404, BAD, PROBLEM)],
    ['a page for people', get('/docs/x'), answered(200, {}, 'hello')],
  ])('is lawful: %s', (_, asked, answer) => expect(judge(asked, answer)).toEqual([]))
})

describe('what breaks the document', () => {
  const wrongMethod = { ...PROBLEM, status: 405, code: 'method_not_allowed' }
  it.each([
    ['an unknown path', get('/v1/nothing'), answered(200, GOOD, {}), /does not know this path/],
    ['an unknown method', { method: 'PUT', path: TASK }, answered(200, GOOD, task), /405 is due/],
    [
      'another Allow',
      { method: 'PUT', path: TASK },
      answered(405, { ...BAD, allow: 'POST' }, wrongMethod),
      /Allow is POST/,
    ],
    ['an unknown status', get(TASK), answered(206, GOOD, task), /does not know the status 206/],
    [
      'another media type',
      get(TASK),
      answered(200, { ...GOOD, 'content-type': 'text/html' }, ''),
      /Content-Type text\/html/,
    ],
    ['no media type', get(TASK), answered(200, { ...GOOD, 'content-type': '' }, task), /Content-Type \(none\)/],
    ['a missing header', get(TASK), answered(200, WITHOUT_TAG, task), /lacks the header ETag/],
    [
      'a malformed header',
      get(TASK),
      answered(200, { ...GOOD, 'request-id': 'req_1' }, task),
      /header Request-Id \(req_1\)/,
    ],
    [
      'a header of others',
      get(TASK),
      answered(200, { ...GOOD, location: '/' }, task),
      /header Location is not told of/,
    ],
    ['a missing field', get(TASK), answered(200, GOOD, { ...task, id: undefined }), /required property 'id'/],
    ['a wrong type', get(TASK), answered(200, GOOD, { ...task, seq: '1' }), /\/seq must be integer/],
    ['no JSON', get(TASK), answered(200, GOOD, '{'), /not JSON/],
    ['a body where none is told of', get(TASK), answered(304, GOOD, task), /none is told of/],
    [
      'an error as plain JSON',
      get(TASK),
      answered(404, { ...BAD, 'content-type': 'application/json' }, PROBLEM),
      /has to be application\/problem/,
    ],
    [
      'an error code of another answer',
      get(TASK),
      answered(404, BAD, { ...PROBLEM, code: 'asset_expired' }),
      /code must be equal to one of/,
    ],
    [
      'an invented code',
      get('/v1/nothing'),
      answered(404, BAD, { ...PROBLEM, code: 'gone_fishing' }),
      /gone_fishing is no code|problem is not as told/,
    ],
    [
      'an error that speaks of another status',
      get('/v1/nothing'),
      answered(404, BAD, { ...PROBLEM, status: 410 }),
      /status 410/,
    ],
    [
      'an error that names another request',
      get('/v1/nothing'),
      answered(404, BAD, { ...PROBLEM, request_id: REQUEST.replace('9', '8') }),
      /another request/,
    ],
    [
      'an error without a Request-Id',
      get('/v1/nothing'),
      answered(404, { ...BAD, 'request-id': '' }, PROBLEM),
      /Request-Id/,
    ],
  ])('is seen: %s', (_, asked, answer, fault) => expect(judge(asked, answer).join('; ')).toMatch(fault))
})

describe('a watched gateway', () => {
  const answer = (response: ServerResponse, status: number, body: unknown) =>
    response.writeHead(status, GOOD).end(JSON.stringify(body))
  const server = createServer(({ url }, response) => answer(response, 200, url === TASK ? task : { ...task, id: url }))
  let origin = ''
  beforeAll(async () => {
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    unwatch(origin)
    server.close()
  })

  it('fails who asked, and whoever swallows that', async () => {
    const lie = `${origin}/v1/tasks/task_lie`
    expect((await fetch(lie)).status).toBe(200)
    watch(origin)
    expect(await (await fetch(`${origin}${TASK}`)).json()).toEqual(task)
    await expect(fetch(lie)).rejects.toThrow(
      /GET \/v1\/tasks\/task_lie was answered with 200, against openapi\/gateway\.json/,
    )
    // Or this test would fail for it.
    expect(takeBroken()).toHaveLength(1)
    unwatch(origin)
    expect((await fetch(lie)).status).toBe(200)
    expect(takeBroken()).toEqual([])
  })
})

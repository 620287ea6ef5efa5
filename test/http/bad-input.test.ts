/** Every mistake a client can make: a clear problem, nothing created, nothing sent to a provider. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogue } from '../../src/canonical/catalogue.ts'
import { preferredWait } from '../../src/http/headers.ts'
import { type Harness, KEY, SONG, startHarness } from '../harness.ts'
import { expectProblem, type Wanted } from './problem.ts'

const CREATE = '/v1/music/generations'
const TASK = '01JD3W8Q4T7X2M5N9P6R0S1V30'
const LYRICS = `/v1/tracks/track_${TASK}/timestamped-lyrics`
const invalid = (pointer: string, entry: string): Wanted => ({
  status: 422,
  code: 'validation_failed',
  pointers: [pointer],
  entries: [entry],
})

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(async () => {
  await harness.stop()
})

/** What has to be true after every mistake. */
const nothingHappened = async () => {
  const list = await (await harness.call('/v1/tasks')).json()
  expect(list).toEqual({ data: [], has_more: false, next_cursor: null })
  expect((await harness.ledgers()).accepted).toBe(0)
  expect(harness.upstream('kie').upstream.refusals()).toEqual([])
}

describe('a key', () => {
  test.each([
    ['is missing', undefined, 'missing_api_key'],
    ['is empty', '', 'missing_api_key'],
    ['is only announced', 'Bearer', 'missing_api_key'],
    ['comes by another scheme', `Basic ${KEY}`, 'missing_api_key'],
    ['stands alone', KEY, 'missing_api_key'],
    ['has a space inside', 'Bearer a b', 'missing_api_key'],
    ['is unknown', 'Bearer tutti_live_000000000000000000000000000000', 'invalid_api_key'],
    ['is nearly right', `Bearer ${KEY}0`, 'invalid_api_key'],
  ])('that %s is refused at every operation', async (_, authorization, code) => {
    for (const { path, method } of Object.values(catalogue)) {
      const answer = await harness.call(path.replace(/\{(task|track)_id\}/, `$1_${TASK}`), {
        key: null,
        method: method.toUpperCase(),
        headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
        ...(method === 'post' ? { body: JSON.stringify(SONG) } : {}),
      })
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
      await expectProblem(answer, { status: 401, code })
    }
    await nothingHappened()
  })

  test('of the sandbox is refused where it is live', async () => {
    const live = await startHarness({ livemode: true })
    await expectProblem(await live.post(CREATE, SONG), { status: 401, code: 'invalid_api_key' })
    expect((await live.ledgers()).accepted).toBe(0)
    await live.stop()
  })
})

describe('an address', () => {
  test.each([
    '/',
    '/v1',
    '/v1/nope',
    '/v1/tasks/',
    '/v2/tasks',
    '/V1/tasks',
    '/v1/music',
    '/errors/nope',
    '/cb',
    '/sandbox',
  ])('%s that nothing stands at is 404', async (path) => {
    await expectProblem(await harness.call(path), { status: 404, code: 'not_found' })
  })

  test.each([
    'task_1',
    `task_${TASK}`,
    `track_${TASK}`,
    TASK,
    'task_01jd3w8q4t7x2m5n9p6r0s1v30',
    '%E0%A4%A',
    '..%2F..',
    '%00',
    'x'.repeat(3000),
  ])('of the task %s that does not exist is 404', async (id) => {
    await expectProblem(await harness.call(`/v1/tasks/${id}`), { status: 404, code: 'not_found' })
  })

  test.each([`track_${TASK}`, `track_${TASK.slice(0, -1)}1`, `task_${TASK}`, 'track_', 'I', '%20'])(
    'of the track %s that does not exist is 404, for reading, aligning and its lyrics',
    async (id) => {
      await expectProblem(await harness.call(`/v1/tracks/${id}`), { status: 404, code: 'not_found' })
      const lyrics = `/v1/tracks/${id}/timestamped-lyrics`
      await expectProblem(await harness.call(lyrics), { status: 404, code: 'not_found' })
      await expectProblem(await harness.call(lyrics, { method: 'POST' }), { status: 404, code: 'not_found' })
      await nothingHappened()
    },
  )
})

describe('a method', () => {
  const paths = Map.groupBy(Object.values(catalogue), ({ path }) => path)
  const served = [...paths].map(
    ([path, operations]) => [path, operations.map(({ method }) => method.toUpperCase())] as const,
  )

  test.each([...served, ['/healthz', ['GET']], ['/openapi.json', ['GET']], ['/errors/not_found', ['GET']]] as const)(
    'that %s does not take is 405 and says which it does',
    async (path, methods) => {
      const allow = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
      const wrong = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter((method) => !allow.includes(method))
      for (const method of wrong) {
        const answer = await harness.call(path.replace(/\{(task|track)_id\}/, `$1_${TASK}`), { method })
        expect(answer.headers.get('allow')?.split(', ').sort()).toEqual([...allow].sort())
        await expectProblem(answer, { status: 405, code: 'method_not_allowed' })
      }
      await nothingHappened()
    },
  )

  test('HEAD works wherever GET does, without a body', async () => {
    for (const path of ['/v1/tasks', '/v1/providers', '/v1/capabilities', '/v1/credits', '/healthz', '/openapi.json']) {
      const answer = await harness.call(path, { method: 'HEAD' })
      expect(answer.status).toBe(200)
      expect(await answer.text()).toBe('')
    }
  })
})

describe('a body', () => {
  test('over 64 KiB is 413, announced or in pieces, on every operation that reads one', async () => {
    const text = JSON.stringify({ ...SONG, lyrics: 'x'.repeat(65_536) })
    for (const path of [CREATE, LYRICS]) {
      await expectProblem(await harness.post(path, text), { status: 413, code: 'payload_too_large' })
      const pieces = new ReadableStream({
        start: (stream) => {
          for (let at = 0; at < text.length; at += 8192)
            stream.enqueue(new TextEncoder().encode(text.slice(at, at + 8192)))
          stream.close()
        },
      })
      const sent = { method: 'POST', body: pieces, duplex: 'half', headers: { 'content-type': 'application/json' } }
      await expectProblem(await harness.call(path, sent), { status: 413, code: 'payload_too_large' })
    }
    await nothingHappened()
  })

  const file = (name: string) => new File(['x'], name)
  test.each<[string, readonly File[], Record<string, string>, Wanted]>([
    ['two files', [file('one.mp3'), file('two.mp3')], {}, invalid('/file', 'too_many')],
    ['a blank name', [file('a.mp3')], { file_name: ' ' }, invalid('/file_name', 'invalid_format')],
    ['a path', [file('a.mp3')], { file_name: '../a.mp3' }, invalid('/file_name', 'invalid_format')],
    ['a folder for a name', [file('a.mp3')], { file_name: '..' }, invalid('/file_name', 'invalid_format')],
    // Whoever looks at each letter of it more than once needs hours.
    [
      'a name of megabytes',
      [file('a.mp3')],
      { file_name: `${'a'.repeat(5_000_000)}/` },
      invalid('/file_name', 'too_big'),
    ],
    ['a part that is called like a folder', [file('..')], {}, invalid('/file_name', 'invalid_format')],
    ['no file', [], {}, invalid('/file', 'required')],
  ])('of an upload with %s is refused', async (_, files, fields, wanted) => {
    const form = new FormData()
    for (const each of files) form.append('file', each)
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    await expectProblem(await harness.call('/v1/uploads', { method: 'POST', body: form }), wanted)
    await nothingHappened()
  })

  test('of an upload that names its file twice, or holds more than a file may, is refused', async () => {
    const form = new FormData()
    form.append('file', file('a.mp3'))
    for (const name of ['one.mp3', 'two.mp3']) form.append('file_name', name)
    const upload = (body: FormData) => harness.call('/v1/uploads', { method: 'POST', body })
    await expectProblem(await upload(form), invalid('/file_name', 'too_many'))
    const long = new FormData()
    long.append('file', new File([new Uint8Array(10 * 1024 * 1024 + 1)], 'a.mp3'))
    await expectProblem(await upload(long), { status: 413, code: 'payload_too_large' })
    await nothingHappened()
  })

  test.each([
    ['{"metadata": {"__proto__": "x"}}', '/metadata/__proto__'],
    ['{"\\u005f_proto__": "x"}', '/__proto__'],
    ['{"metadata": {"a/b": {"_\\u005Fpr\\u006fto__": 1}}}', '/metadata/a~1b/__proto__'],
    [`${'['.repeat(20_000)}{"__proto__":1}${']'.repeat(20_000)}`, `${'/0'.repeat(20_000)}/__proto__`],
  ])('with a name that would be lost says where: %.40s', async (body, pointer) => {
    await expectProblem(await harness.post(CREATE, body), invalid(pointer, 'unknown_field'))
    await nothingHappened()
  })

  test('where none is taken is refused by its names, also by an empty one', async () => {
    const path = `/v1/tasks/task_${TASK}/cancel`
    await expectProblem(await harness.post(path, '{"": 1}'), invalid('/', 'unknown_field'))
    await expectProblem(await harness.post(path, '"x"'), invalid('', 'unknown_field'))
  })

  test('of a callback is not read of whoever has no address', async () => {
    const address = `/cb/kie/${TASK}.${TASK}.${'0'.repeat(32)}`
    const ring = (path: string, length: number) => harness.post(path, JSON.stringify('x'.repeat(length)))
    for (const path of [address, '/cb/kie/nobody'])
      await expectProblem(await ring(path, 5_000_000), { status: 404, code: 'not_found' })
  })

  test.each([
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'text/json',
  ])('of the type %s is 415', async (type) => {
    const body = new TextEncoder().encode(JSON.stringify(SONG))
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
    const answer = await harness.call(CREATE, { method: 'POST', body, headers })
    await expectProblem(answer, { status: 415, code: 'unsupported_media_type' })
    await nothingHappened()
  })

  test.each([
    '',
    '{',
    '{"mode":"compose",}',
    "{'mode':'compose'}",
    'mode=compose',
    '{"mode":"compose"} x',
    '\u0000',
    'NaN',
  ])('%j that is not JSON is 400', async (body) => {
    await expectProblem(await harness.post(CREATE, body), { status: 400, code: 'malformed_json' })
    await nothingHappened()
  })

  test.each(['[]', 'null', '1', '"text"', 'true', `[${JSON.stringify(SONG)}]`])(
    '%s that is no object is 422',
    async (body) => {
      await expectProblem(await harness.post(CREATE, body), invalid('', 'wrong_type'))
      await nothingHappened()
    },
  )

  test('is not taken by alignLyrics, and every field of it is named', async () => {
    const wanted = { status: 422, code: 'validation_failed', entries: ['unknown_field'] }
    const named = await harness.post(LYRICS, { 'a/b~c': 1, model: 'v5' })
    await expectProblem(named, { ...wanted, pointers: ['/a~1b~0c', '/model'] })
    await expectProblem(await harness.post(LYRICS, 'null'), { ...wanted, pointers: [''] })
    await expectProblem(await harness.post(LYRICS, '{'), { status: 400, code: 'malformed_json' })
    for (const nothing of ['{}', ' '])
      await expectProblem(await harness.post(LYRICS, nothing), { status: 404, code: 'not_found' })
  })
})

describe('a field', () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`key ${index}`, 'value']))

  test.each<[string, Record<string, unknown>, Wanted]>([
    ['is unknown', { titel: 'x' }, invalid('/titel', 'unknown_field')],
    ['has a name with ~ and /', { 'a/b~c': 1 }, invalid('/a~1b~0c', 'unknown_field')],
    ['is unknown inside another', { routing: { 'x~/y': 1 } }, invalid('/routing/x~0~1y', 'unknown_field')],
    ['belongs to the other mode', { description: 'x' }, invalid('/description', 'unknown_field')],
    ['has the wrong type', { title: 1 }, invalid('/title', 'wrong_type')],
    ['is null', { title: null }, invalid('/title', 'wrong_type')],
    ['is text where a number belongs', { weirdness: '0.5' }, invalid('/weirdness', 'wrong_type')],
    ['is no yes or no', { instrumental: 'yes' }, invalid('/instrumental', 'wrong_type')],
    ['is a list where an object belongs', { metadata: [] }, invalid('/metadata', 'wrong_type')],
    ['is missing: style', { style: undefined }, invalid('/style', 'required')],
    ['is missing: title', { title: undefined }, invalid('/title', 'required')],
    ['is missing: lyrics of a song that is sung', { lyrics: undefined }, invalid('/lyrics', 'required')],
    ['is missing: mode', { mode: undefined }, invalid('/mode', 'required')],
    ['names an unknown mode', { mode: 'sing' }, invalid('/mode', 'value_unknown')],
    ['is empty text: title', { title: '' }, invalid('/title', 'text_empty')],
    ['is empty text: lyrics', { lyrics: '' }, invalid('/lyrics', 'text_empty')],
    ['is empty text: negative_style', { negative_style: '' }, invalid('/negative_style', 'text_empty')],
    ['names an unknown model', { model: 'v9' }, invalid('/model', 'model_unknown')],
    ["is a provider's word for a model", { model: 'V4_5' }, invalid('/model', 'model_unknown')],
    ['is an unknown voice', { vocal_gender: 'robot' }, invalid('/vocal_gender', 'value_unknown')],
    ['is too long', { lyrics: 'x'.repeat(5001) }, invalid('/lyrics', 'text_too_long')],
    ['is too long in code points', { title: '😀'.repeat(81) }, invalid('/title', 'text_too_long')],
    ['is too large', { style_weight: 1.01 }, invalid('/style_weight', 'too_big')],
    ['is too small', { weirdness: -0.01 }, invalid('/weirdness', 'too_small')],
    ['is too short a time', { duration_seconds: 9 }, invalid('/duration_seconds', 'too_small')],
    ['is too long a time', { duration_seconds: 361 }, invalid('/duration_seconds', 'too_big')],
    ['is more precise than can be said', { weirdness: 0.123 }, invalid('/weirdness', 'too_precise')],
    ['is a persona of the wrong form', { persona_id: 'x' }, invalid('/persona_id', 'invalid_format')],
    ['is an unknown persona', { persona_id: `persona_${TASK}` }, invalid('/persona_id', 'persona_unknown')],
    ['is an unknown custom voice', { voice_id: `voice_${TASK}` }, invalid('/voice_id', 'voice_unknown')],
    [
      'is a label of 501 characters',
      { metadata: { label: 'x'.repeat(501) } },
      invalid('/metadata/label', 'invalid_format'),
    ],
    ['is a label that is no text', { metadata: { label: 1 } }, invalid('/metadata/label', 'wrong_type')],
    ['holds 21 labels', { metadata: many(21) }, invalid('/metadata', 'too_big')],
    ['allows nobody', { routing: { only: [] } }, invalid('/routing/only', 'too_small')],
    ['names an unknown provider', { routing: { provider: 'suno' } }, invalid('/routing/provider', 'provider_unknown')],
    [
      'lists an unknown provider',
      { routing: { order: ['kie', 'suno'] } },
      invalid('/routing/order/1', 'provider_unknown'),
    ],
  ])('that %s is 422 and is named', async (_, change, wanted) => {
    await expectProblem(await harness.post(CREATE, { ...SONG, ...change }), wanted)
    await nothingHappened()
  })

  test('is named beside every other that is wrong, in one answer', async () => {
    const answer = await harness.post(CREATE, { ...SONG, title: '', style: 1, model: 'v9', titel: 'x' })
    const pointers = ['/title', '/style', '/model', '/titel']
    await expectProblem(answer, { status: 422, code: 'validation_failed', pointers })
  })

  test.each<[string, Record<string, unknown>, string]>([
    [
      'model that the only allowed provider does not sell',
      { model: 'minimax', routing: { provider: 'kie' } },
      '/model',
    ],
    ['field that the only allowed provider lacks', { model: 'v6', routing: { provider: 'udioapi' } }, '/model'],
  ])('with a %s that can not be used says so', async (_, change, pointer) => {
    const wanted = { status: 422, code: 'capability_unsupported', pointers: [pointer] }
    await expectProblem(await harness.post(CREATE, { ...SONG, ...change }), wanted)
    await nothingHappened()
  })

  test.each([
    { provider: 'kie', ignore: ['kie'] },
    { only: ['kie'], ignore: ['kie'] },
  ])('of routing that leaves nobody (%j) is refused', async (routing) => {
    const wanted = { status: 422, code: 'validation_failed', pointers: ['/routing'] }
    await expectProblem(await harness.post(CREATE, { ...SONG, routing }), wanted)
    await nothingHappened()
  })

  test('naming a provider without a key is refused, and other providers are not asked instead', async () => {
    const some = await startHarness({ only: ['kie'] })
    const answer = await some.post(CREATE, { ...SONG, routing: { provider: 'udioapi' } })
    await expectProblem(answer, { status: 422, code: 'provider_not_configured', pointers: ['/routing'] })
    expect((await some.ledgers()).accepted).toBe(0)
    await some.stop()
  })
})

describe('a header', () => {
  const badKeys = ['', '""', 'a b', 'x'.repeat(256), 'clé', 'a\tb', `"${'x'.repeat(256)}"`]
  const noWait = [
    ...['wait=abc', 'wait=-1', 'wait', 'wait=', 'wait=1.5', 'respond-async, wait=x', 'wait; x=1'],
    ...['wait="5', 'wait=5"', 'foo="a,b", wait=x', 'foo="\\"", wait=x'],
  ]
  const unknown = [
    ...['wait-until=5, respond-async', 'wait-for-it', 'foo="a,wait=x"', 'foo; wait=2', 'foo="\\",wait=x"'],
    ...['foo="a,wait=x', 'waiting=x', 'foo; bar="x,wait=x"', ', ,'],
  ]

  test.each(badKeys)('Idempotency-Key: %j is 400', async (key) => {
    const wanted = { status: 400, code: 'idempotency_key_invalid', pointers: ['Idempotency-Key'] }
    await expectProblem(await harness.post(CREATE, SONG, { 'idempotency-key': key }), wanted)
    await expectProblem(await harness.post(LYRICS, '', { 'idempotency-key': key }), wanted)
    await nothingHappened()
  })

  test.each(noWait)('Prefer: %s is 400 wherever waiting is possible', async (prefer) => {
    const wanted = { status: 400, code: 'invalid_request', pointers: ['Prefer'] }
    await expectProblem(await harness.post(CREATE, SONG, { prefer }), wanted)
    await expectProblem(await harness.post(LYRICS, '', { prefer }), wanted)
    await expectProblem(await harness.call(`/v1/tasks/task_${TASK}`, { headers: { prefer } }), wanted)
    await nothingHappened()
  })

  test.each(unknown)('Prefer: %s is another preference, and ignored', (prefer) => {
    expect(preferredWait(prefer)).toBe(0)
  })

  test.each(['wait=5', 'WAIT = "5"', 'foo="a,wait=x", wait=5; x=y', ',wait=5;x, wait=x', 'wait-until=9,wait=5'])(
    'Prefer: %s waits for five seconds',
    (prefer) => {
      expect(preferredWait(prefer)).toBe(5)
    },
  )
})

describe('a parameter', () => {
  test.each([
    ['limit=0', 'limit', 'too_small'],
    ['limit=101', 'limit', 'too_big'],
    ['limit=ten', 'limit', 'invalid_format'],
    ['limit=1.5', 'limit', 'invalid_format'],
    ['limit=01', 'limit', 'invalid_format'],
    ['limit=', 'limit', 'invalid_format'],
    ['limit=1&limit=2', 'limit', 'too_many'],
    ['cursor=', 'cursor', 'cursor_invalid'],
    ['cursor=x', 'cursor', 'cursor_invalid'],
    [`cursor=${btoa('0 task_0')}`, 'cursor', 'cursor_invalid'],
    [`cursor=${btoa(`1 task_${TASK}' OR 1=1`)}`, 'cursor', 'cursor_invalid'],
    ['status=done', 'status', 'value_unknown'],
    ['operation=sing', 'operation', 'value_unknown'],
    ['page=2', 'page', 'unknown_field'],
  ])('%s of a list is 422', async (query, pointer, entry) => {
    await expectProblem(await harness.call(`/v1/tasks?${query}`), invalid(pointer, entry))
  })
})

describe('what is no mistake', () => {
  const open = () => startHarness({ settings: { paused: true } })

  test('a quoted Idempotency-Key is the same as a bare one', async () => {
    const paused = await open()
    const first = await paused.post(CREATE, SONG, { 'idempotency-key': '"a-key"' })
    const again = await paused.post(CREATE, SONG, { 'idempotency-key': 'a-key' })
    expect([first.status, again.status]).toEqual([202, 202])
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(((await again.json()) as { id: string }).id).toBe(((await first.json()) as { id: string }).id)
    await paused.stop()
  })

  test('80 emoji are 80 characters, 20 labels of 500 are few enough, a charset and an unknown preference do no harm', async () => {
    const paused = await open()
    const metadata = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}`, '😀'.repeat(500)]))
    const headers = { 'content-type': 'Application/JSON; charset=utf-8', prefer: 'respond-async' }
    const answer = await paused.post(CREATE, { ...SONG, title: '😀'.repeat(80), metadata }, headers)
    expect(answer.status).toBe(202)
    expect(answer.headers.get('preference-applied')).toBeNull()
    expect(((await answer.json()) as { metadata: unknown }).metadata).toEqual(metadata)
    await paused.stop()
  })

  test('a wait over 60 seconds is cut to 60, and the answer says so', async () => {
    const quick = await startHarness()
    const answer = await quick.post(CREATE, SONG, { prefer: 'wait=600' })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('preference-applied')).toBe('wait=60')
    await quick.stop()
  })
})

/** What a body is made of: its encoding, its media type and its coding, judged in this order before anything is bought. */
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harness, SONG, startHarness } from '../harness.ts'
import { expectProblem } from './problem.ts'

const CREATE = '/v1/music/generations'
const TASK = '01JD3W8Q4T7X2M5N9P6R0S1V30'
const JSON_TYPE = { 'content-type': 'application/json' }
const UNSUPPORTED = { status: 415, code: 'unsupported_media_type' }
const MALFORMED = { status: 400, code: 'malformed_json' }

let harness: Harness
beforeAll(async () => {
  harness = await startHarness({ settings: { paused: true } })
})
afterAll(async () => {
  await harness.stop()
})

const send = (path: string, body: NonNullable<RequestInit['body']>, headers: Record<string, string> = JSON_TYPE) =>
  harness.call(path, { method: 'POST', body, headers, duplex: 'half' } as RequestInit)

const tasks = async () => ((await (await harness.call('/v1/tasks')).json()) as { data: unknown[] }).data.length

const TEXT = JSON.stringify({ ...SONG, title: 'Grüße' })
const UTF_8 = new TextEncoder().encode(TEXT)
const LATIN_1 = Uint8Array.from(TEXT, (letter) => letter.charCodeAt(0))
const UTF_16 = new Uint8Array(Uint16Array.from(`\ufeff${TEXT}`, (letter) => letter.charCodeAt(0)).buffer)
const MARK = [0xef, 0xbb, 0xbf]

const inPieces = (bytes: Uint8Array, size: number) =>
  new ReadableStream({
    start: (stream) => {
      for (let at = 0; at < bytes.length; at += size) stream.enqueue(bytes.slice(at, at + size))
      stream.close()
    },
  })

describe('the encoding', () => {
  test.each([
    ['Latin-1', LATIN_1],
    ['UTF-16', UTF_16],
    ['half a letter', UTF_8.slice(0, UTF_8.indexOf(0xc3) + 1)],
    ['a surrogate of its own', Uint8Array.of(0x22, 0xed, 0xa0, 0xbd, 0x22)],
  ])('of %s is refused, whole or in pieces, and nothing is stored', async (_, bytes) => {
    const before = await tasks()
    const problem = await expectProblem(await send(CREATE, bytes), MALFORMED)
    expect(problem.detail).toContain('not UTF-8')
    await expectProblem(await send(CREATE, inPieces(bytes, 7)), MALFORMED)
    expect(await tasks()).toBe(before)
  })

  test('of what takes no body is looked at as well', async () => {
    const answer = await send(`/v1/tracks/track_${TASK}/timestamped-lyrics`, LATIN_1)
    expect((await expectProblem(answer, MALFORMED)).detail).toContain('not UTF-8')
  })

  test('of UTF-8 is kept as it was sent, and where a letter is cut in two as well', async () => {
    for (const body of [UTF_8, inPieces(UTF_8, 1)]) {
      const answer = await send(CREATE, body)
      expect(answer.status).toBe(202)
      expect(((await answer.json()) as { request: { title: string } }).request.title).toBe('Grüße')
    }
  })

  test('may begin with a byte order mark, and with one only', async () => {
    expect((await send(CREATE, Uint8Array.of(...MARK, ...UTF_8))).status).toBe(202)
    const problem = await expectProblem(await send(CREATE, Uint8Array.of(...MARK, ...MARK, ...UTF_8)), MALFORMED)
    expect(problem.detail).toContain('not valid JSON')
  })

  test.each(['utf-8', 'UTF-8', '"utf-8"', '"Utf-8"', 'utf8', ' utf-8; x=1'])('may be named: %s', async (charset) => {
    const type = `application/json; charset=${charset}`
    expect((await send(CREATE, UTF_8, { 'content-type': type })).status).toBe(202)
  })

  test.each(['iso-8859-1', '"ISO-8859-1"', 'utf-16', 'us-ascii', 'utf-8x', '""'])(
    'that is named as %s is 415',
    async (charset) => {
      const type = `application/json;charset=${charset}`
      const problem = await expectProblem(await send(CREATE, UTF_8, { 'content-type': type }), UNSUPPORTED)
      expect(problem.detail).toContain('UTF-8')
    },
  )
})

describe('the media type', () => {
  test.each([
    'application/json;',
    'application/json ; charset=utf-8',
    'application/json; charset=utf-8;',
    'application/json;charset',
    'APPLICATION/JSON;profile="a; b"',
  ])('has parameters as RFC 9110 has them, or hardly so: %s', async (type) => {
    expect((await send(CREATE, UTF_8, { 'content-type': type })).status).toBe(202)
  })

  test.each([
    ['B', '; boundary=B; charset=UTF-8'],
    ['B', ';  boundary=B'],
    ['B', ';charset=utf-8;boundary=B'],
    ['a  b', '; boundary="a  b"'],
  ])('of a form separates its parts by %s: %s', async (boundary, parameters) => {
    const part = 'Content-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav'
    const form = `--${boundary}\r\n${part}\r\n\r\nsound\r\n--${boundary}--\r\n`
    const type = `multipart/form-data${parameters}`
    const answer = await send('/v1/uploads', new TextEncoder().encode(form), { 'content-type': type })
    expect(await answer.json()).toMatchObject({ object: 'upload', size_bytes: 5 })
  })

  test('is judged before the length, and says what an upload may be', async () => {
    const sound = new Uint8Array(700_000)
    for (const body of [sound, inPieces(sound, 65_536)]) {
      const problem = await expectProblem(await send('/v1/uploads', body, { 'content-type': 'audio/wav' }), UNSUPPORTED)
      expect(problem.detail).toContain('multipart/form-data')
    }
  })

  test('may be any where nothing follows and nothing has to', async () => {
    const path = `/v1/tasks/task_${TASK}/cancel`
    const answer = await harness.call(path, { method: 'POST', headers: { 'content-type': 'text/plain' } })
    await expectProblem(answer, { status: 404, code: 'not_found' })
  })
})

test('files of one key are taken four at a time: each is held in memory until its provider has it', async () => {
  const own = await startHarness({ only: ['kie'], settings: { submitTimeout: 10_000 } })
  await own.fault('kie', 'slow')
  const upload = () => {
    const body = new FormData()
    body.append('file', new File(['sound'], 'a.wav'))
    return own.call('/v1/uploads', { method: 'POST', body })
  }
  const answers = await Promise.all(Array.from({ length: 6 }, upload))
  const [taken, refused] = [answers.filter(({ ok }) => ok), answers.filter(({ ok }) => !ok)]
  expect(taken).toHaveLength(4)
  for (const answer of refused)
    await expectProblem(answer, { status: 429, code: 'concurrency_limited', retryable: true })
  await own.fault('kie', null)
  expect((await upload()).status).toBe(200)
  await own.stop()
})

describe('the content coding', () => {
  test.each([CREATE, '/v1/uploads'])(
    'of what is posted to %s is named, and so is the one that is taken',
    async (path) => {
      const answer = await send(path, gzipSync(TEXT), { ...JSON_TYPE, 'content-encoding': 'gzip' })
      expect(answer.headers.get('accept-encoding')).toBe('identity')
      expect((await expectProblem(answer, UNSUPPORTED)).detail).toContain('Content-Encoding gzip')
    },
  )

  test('may be called identity, which is none', async () => {
    expect((await send(CREATE, UTF_8, { ...JSON_TYPE, 'content-encoding': 'Identity' })).status).toBe(202)
  })
})

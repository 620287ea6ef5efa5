/** Repeating: only with the key of the first time, and only where it is allowed or nobody answered. */
import { afterEach, describe, expect, test } from 'vitest'
import { createTutti, TuttiError } from '../../openapi/client/index.ts'
import { SONG } from '../harness.ts'
import { type Answer, cut, cutInside, json, problem, startServer } from './server.ts'

const TASK = { id: 'task_01JD3W8Q4T7X2M5N9P6R0S1V30', object: 'task', status: 'queued', seq: 1 }

let stop = async () => {}
afterEach(() => stop())

/** A client of a scripted server. Pauses between attempts are noted and take no time. */
const start = async (...answers: Answer[]) => {
  const server = await startServer(...answers)
  stop = server.stop
  const pauses: number[] = []
  const sleep = async (milliseconds: number) => {
    pauses.push(milliseconds)
  }
  return { ...server, pauses, tutti: createTutti({ baseUrl: `${server.baseUrl}/`, key: 'a key', sleep }) }
}
type Started = Awaited<ReturnType<typeof start>>

/** An answer that names a time. */
const after =
  (seconds: number, answer: Answer): Answer =>
  (response, asked) => {
    response.setHeader('retry-after', String(seconds))
    answer(response, asked)
  }

const keysOf = ({ asked }: Started) => asked.map(({ headers }) => headers['idempotency-key'])
const failure = async (call: Promise<unknown>): Promise<TuttiError> => {
  const error = await call.then(
    () => null,
    (thrown) => thrown,
  )
  expect(error).toBeInstanceOf(TuttiError)
  return error as TuttiError
}

describe('a create', () => {
  test('is repeated with the same minted key and body where the gateway allows it', async () => {
    const world = await start(problem(503, 'no_provider_available', true), cut, json(202, TASK))
    expect(await world.tutti.generateMusic({ body: SONG })).toEqual(TASK)
    expect(world.asked).toHaveLength(3)
    expect(new Set(keysOf(world)).size).toBe(1)
    expect(keysOf(world)[0]).toMatch(/^[0-9a-f]{32}$/)
    for (const { body, headers } of world.asked) {
      expect(JSON.parse(body)).toEqual(SONG)
      expect(headers.authorization).toBe('Bearer a key')
    }
  })

  test('keeps the key of the caller', async () => {
    const world = await start(cut, json(202, TASK))
    await world.tutti.generateMusic({ body: SONG, headers: { 'Idempotency-Key': 'mine' } })
    expect(keysOf(world)).toEqual(['mine', 'mine'])
  })

  test('gets another key each time', async () => {
    const world = await start(json(202, TASK))
    await world.tutti.generateMusic({ body: SONG })
    await world.tutti.generateMusic({ body: SONG })
    expect(new Set(keysOf(world)).size).toBe(2)
  })

  test.each([
    ['that is not allowed', problem(503, 'no_provider_available', false), 503, 'no_provider_available'],
    ['that was refused', problem(422, 'validation_failed', false), 422, 'validation_failed'],
    ['that somebody else refused', json(502, 'Bad gateway'), 502, 'unexpected_answer'],
    ['that is to wait for an hour', after(3600, problem(429, 'concurrency_limited', true)), 429, 'concurrency_limited'],
  ] as const)('%s is sent once', async (_, answer, status, code) => {
    const world = await start(answer)
    const error = await failure(world.tutti.generateMusic({ body: SONG }))
    expect({ status: error.status, code: error.code }).toEqual({ status, code })
    expect(error.idempotencyKey).toBe(keysOf(world)[0])
    expect(world.asked).toHaveLength(1)
  })

  test('is given up after three repeats, and says with which key it can go on', async () => {
    const world = await start(cut)
    const error = await failure(world.tutti.generateMusic({ body: SONG }))
    expect(world.asked).toHaveLength(4)
    expect(error).toMatchObject({ code: 'connection_failed', status: 0, retryable: true, mayHaveBeenCharged: true })
    expect(keysOf(world)).toEqual(Array(4).fill(error.idempotencyKey))
  })

  test('is repeated where its answer was cut off', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': '1000' }
    const world = await start(cutInside(202, '{"id":', headers), json(202, TASK))
    expect(await world.tutti.generateMusic({ body: SONG })).toEqual(TASK)
    expect(new Set(keysOf(world)).size).toBe(1)
  })

  test('is never repeated once it was called off', async () => {
    const world = await start(cut)
    const controller = new AbortController()
    const call = world.tutti.generateMusic({ body: SONG, signal: controller.signal })
    controller.abort(new Error('enough'))
    const error = await failure(call)
    expect(error).toMatchObject({ code: 'connection_failed', mayHaveBeenCharged: true })
    expect(error.cause).toEqual(new Error('enough'))
    expect(world.asked.length).toBeLessThan(2)
  })

  test('that ran out of time says with which key it can go on', async () => {
    const world = await start(() => {})
    const controller = new AbortController()
    const call = world.tutti.generateMusic({ body: SONG, signal: controller.signal })
    await expect.poll(() => world.asked.length).toBe(1)
    controller.abort()
    const error = await failure(call)
    expect(error.idempotencyKey).toBe(keysOf(world)[0])
    expect(error.cause).toMatchObject({ name: 'AbortError' })
  })

  test('that a page answered is not made, as far as anybody knows', async () => {
    const world = await start((response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<h1>Sign in</h1>')
    })
    const error = await failure(world.tutti.generateMusic({ body: SONG }))
    expect(error).toMatchObject({ code: 'unexpected_answer', status: 200, mayHaveBeenCharged: true })
    expect(error.idempotencyKey).toBe(keysOf(world)[0])
  })
})

describe('timed lyrics', () => {
  const LYRICS = { track_id: 'track_01JD3W8Q4T7X2M5N9P6R0S1V31', words: [], lines: [] }
  const align = ({ tutti }: Started, headers = {}) =>
    tutti.alignLyrics({ path: { track_id: LYRICS.track_id }, headers })

  test('are asked for again without a key, which would say that they may be bought again', async () => {
    const world = await start(problem(409, 'not_ready', true), cut, json(200, LYRICS))
    expect(await align(world)).toEqual(LYRICS)
    expect(keysOf(world)).toEqual([undefined, undefined, undefined])
  })

  test('that may have been charged are not asked for again', async () => {
    const may = { may_have_been_charged: true }
    const world = await start(problem(502, 'submission_unconfirmed', false, may), json(200, LYRICS))
    const error = await failure(align(world))
    expect(error).toMatchObject({ code: 'submission_unconfirmed', mayHaveBeenCharged: true, idempotencyKey: null })
    expect(world.asked).toHaveLength(1)
  })

  test('keep the key of the caller', async () => {
    const world = await start(cut, json(200, LYRICS))
    await align(world, { 'Idempotency-Key': 'again' })
    expect(keysOf(world)).toEqual(['again', 'again'])
  })

  test('may be paid for where nobody answered', async () => {
    const error = await failure(align(await start(cut)))
    expect(error).toMatchObject({ code: 'connection_failed', mayHaveBeenCharged: true, idempotencyKey: null })
  })
})

describe('what takes no key', () => {
  test('is sent once if it changes something', async () => {
    const world = await start(problem(503, 'storage_unavailable', true))
    await failure(world.tutti.createWebhookEndpoint({ body: { url: 'https://example.com/hook' } }))
    expect(world.asked).toHaveLength(1)
    expect(keysOf(world)).toEqual([undefined])
  })

  test('is repeated if it only reads', async () => {
    const world = await start(cut, problem(503, 'storage_unavailable', true), json(200, TASK))
    expect(await world.tutti.getTask({ path: { task_id: TASK.id } })).toEqual(TASK)
    expect(world.asked.map(({ path }) => path)).toEqual(Array(3).fill(`/v1/tasks/${TASK.id}`))
  })
})

test('a minute is waited for, and not a second more', async () => {
  const limited = problem(429, 'rate_limited', true)
  const world = await start(after(60, limited), json(200, TASK))
  expect(await world.tutti.getTask({ path: { task_id: TASK.id } })).toEqual(TASK)
  expect(world.pauses).toHaveLength(1)
  expect(world.pauses[0]).toBeGreaterThanOrEqual(60_000)
  await world.stop()

  const longer = await start(after(61, limited), json(200, TASK))
  const error = await failure(longer.tutti.getTask({ path: { task_id: TASK.id } }))
  expect(error).toMatchObject({ code: 'rate_limited', retryAfter: 61 })
  expect(longer.asked).toHaveLength(1)
})

test('a repeat waits as long as it is asked to, else twice as long each time, and up to a fifth longer', async () => {
  const world = await start(cut, after(7, problem(503, 'storage_unavailable', true)), cut, json(200, TASK))
  await world.tutti.getTask({ path: { task_id: TASK.id } })
  expect(world.pauses).toHaveLength(3)
  for (const [index, least] of [500, 7000, 2000].entries()) {
    expect(world.pauses[index]).toBeGreaterThanOrEqual(least)
    expect(world.pauses[index]).toBeLessThanOrEqual(least * 1.2)
  }
})

test('a file that was cut off on its way is sent again, whole and with the same key', async () => {
  const server = await startServer(cut, json(200, { object: 'upload' }))
  const tutti = createTutti({ baseUrl: server.baseUrl, key: 'a key', sleep: async () => {} })
  await tutti.uploadFile(new File([new Uint8Array(3000)], 'take1.mp3'))
  const [first, second] = server.asked
  expect(server.asked).toHaveLength(2)
  expect(first!.headers['content-type']).toMatch(/^multipart\/form-data; ?boundary=/)
  expect(second!.body).toBe(first!.body)
  expect(first!.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/)
  expect(second!.headers['idempotency-key']).toBe(first!.headers['idempotency-key'])
  await server.stop()
})

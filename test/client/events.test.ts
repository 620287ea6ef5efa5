/** Streams of events: nothing lost and nothing twice, wherever the connection breaks. */
import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createTutti, TuttiError } from '../../openapi/client/index.ts'
import { messages } from '../../openapi/client/stream.ts'
import { type Harness, KEY, SONG, startHarness } from '../harness.ts'
import { type Answer, cutInside, json, problem, startServer } from './server.ts'

const TASK = 'task_01JD3W8Q4T7X2M5N9P6R0S1V30'
const STREAM = { 'content-type': 'text/event-stream' }

/** @param last the number of the last event of the same change */
const event = (seq: number, type: string, status = 'running', last = seq) => ({
  ...{ id: `evt_${seq}`, object: 'event', type, seq, timestamp: '2026-01-01T00:00:00.000Z' },
  data: { task: { id: TASK, status, seq: last } },
})
type Spoken = ReturnType<typeof event>
const said = (...events: Spoken[]) =>
  `retry: 1\n\n${events.map((each) => `id: ${each.id}\nevent: ${each.type}\ndata: ${JSON.stringify(each)}\n\n`).join('')}`
const streamed =
  (...events: Spoken[]): Answer =>
  (response) => {
    response.writeHead(200, STREAM).end(said(...events))
  }

const all = async <Value>(values: AsyncIterable<Value>): Promise<Value[]> => {
  const kept: Value[] = []
  for await (const value of values) kept.push(value)
  return kept
}

const LAST = event(4, 'task.succeeded', 'succeeded')

describe('a stream', () => {
  let stop = async () => {}
  afterEach(() => stop())
  const start = async (...answers: Answer[]) => {
    const server = await startServer(...answers)
    stop = server.stop
    const sleep = async () => {}
    return { ...server, tutti: createTutti({ baseUrl: server.baseUrl, key: 'a key', sleep }) }
  }
  const heard = async (events: AsyncIterable<{ seq: number }>) => (await all(events)).map(({ seq }) => seq)

  test('that is cut goes on after the last event that came whole', async () => {
    const half = said(event(1, 'task.queued'), event(2, 'task.submitted'), event(3, 'task.text_ready')).slice(0, -40)
    const { tutti, asked } = await start(cutInside(200, half, STREAM), streamed(event(3, 'task.text_ready'), LAST))
    expect(await heard(tutti.events(TASK))).toEqual([1, 2, 3, 4])
    expect(asked.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, 'evt_2'])
    expect(asked.map(({ headers }) => headers.accept)).toEqual(['text/event-stream', 'text/event-stream'])
  })

  test('that is closed before the last event is opened again', async () => {
    const { tutti, asked } = await start(streamed(event(1, 'task.queued')), streamed(LAST))
    expect(await heard(tutti.events(TASK))).toEqual([1, 4])
    expect(asked).toHaveLength(2)
  })

  test('that is closed between two events of the change that ended the task is opened again', async () => {
    const { tutti, asked } = await start(streamed(event(3, 'track.ready', 'succeeded', 4)), streamed(LAST))
    expect(await heard(tutti.events(TASK))).toEqual([3, 4])
    expect(asked.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, 'evt_3'])
  })

  const [EVENTS, TOLD] = [`/v1/tasks/${TASK}/events`, `/v1/tasks/${TASK}`]

  test('that has nothing more ends', async () => {
    const ended = json(200, { id: TASK, status: 'succeeded' })
    const { tutti, asked } = await start(streamed(), ended, streamed())
    expect(await heard(tutti.events(TASK, { lastEventId: 'evt_4' }))).toEqual([])
    expect(asked.map(({ path }) => path)).toEqual([EVENTS, TOLD, EVENTS])
  })

  test('that was closed while the task ended is opened once more', async () => {
    const begun = streamed(event(1, 'task.queued'))
    const { tutti, asked } = await start(
      begun,
      streamed(),
      json(200, { id: TASK, status: 'succeeded' }),
      streamed(LAST),
    )
    expect(await heard(tutti.events(TASK))).toEqual([1, 4])
    expect(asked.map(({ path }) => path)).toEqual([EVENTS, EVENTS, TOLD, EVENTS])
    expect(asked.at(-1)!.headers['last-event-id']).toBe('evt_1')
  })

  test('that was quiet at the end, and then told something, is opened until it told the end', async () => {
    const ended = json(200, { id: TASK, status: 'succeeded' })
    const between = streamed(event(2, 'task.submitted'))
    const { tutti } = await start(streamed(), ended, between, streamed(), ended, streamed(LAST))
    expect(await heard(tutti.events(TASK))).toEqual([2, 4])
  })

  test('that is over, as the gateway says, ends', async () => {
    const { tutti, asked } = await start((response) => {
      response.writeHead(204).end()
    })
    expect(await heard(tutti.events(TASK, { lastEventId: 'evt_4' }))).toEqual([])
    expect(asked).toHaveLength(1)
  })

  test('that is refused says why', async () => {
    const { tutti, asked } = await start(problem(404, 'not_found', false))
    await expect(heard(tutti.events(TASK))).rejects.toMatchObject({ code: 'not_found' })
    expect(asked).toHaveLength(1)
  })

  test('that goes on from where it began, although nothing has happened yet', async () => {
    const begun = cutInside(200, 'id: evt_2\nretry: 1\n\n', STREAM)
    const { tutti, asked } = await start(begun, cutInside(200, 'id: evt_3\n\n', STREAM), streamed(LAST))
    expect(await heard(tutti.events(TASK))).toEqual([4])
    expect(asked.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, 'evt_2', 'evt_3'])
  })

  test('that is quiet is not given up, however often it breaks', async () => {
    const quiet = Array.from({ length: 6 }, () => cutInside(200, 'retry: 1\n\n', STREAM))
    const { tutti, asked } = await start(...quiet, streamed(LAST))
    expect(await heard(tutti.events(TASK))).toEqual([4])
    expect(asked).toHaveLength(7)
  })

  test('that says no event is given up', async () => {
    const { tutti, asked } = await start(cutInside(200, 'data: {\n\n', STREAM))
    await expect(heard(tutti.events(TASK))).rejects.toMatchObject({ code: 'connection_failed' })
    expect(asked).toHaveLength(1)
  })

  test('that breaks before it says anything is given up', async () => {
    const { tutti, asked } = await start(cutInside(200, ': nobody\n\n', STREAM))
    const error = await heard(tutti.events(TASK)).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(TuttiError)
    expect(error).toMatchObject({ code: 'connection_failed', mayHaveBeenCharged: false })
    expect(asked).toHaveLength(4)
  })

  test('ends with its reader', async () => {
    let closed = false
    const { tutti } = await start((response) => {
      response.writeHead(200, STREAM).write(said(event(1, 'task.queued')))
      response.on('close', () => {
        closed = true
      })
    })
    for await (const { seq } of tutti.allEvents()) {
      expect(seq).toBe(1)
      break
    }
    await expect.poll(() => closed).toBe(true)
  })
})

describe('messages', () => {
  test('are the same whatever chunks they come in', async () => {
    const text =
      '\ndata: one\r\ndata:two\r\nid: 7\r\n\r\n: alive\n\nretry: 12\n\nevent: x\ndata: ünï 🎸\r\r data: no\n\nid: 8\n\n\ndata: half'
    const bytes = new TextEncoder().encode(text)
    for (let size = 1; size <= bytes.length; size++) {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.subarray(at, at + size))
          controller.close()
        },
      })
      expect(await all(messages(body))).toEqual([
        { id: '7', data: 'one\ntwo', retry: null },
        { id: '7', data: '', retry: 12 },
        { id: '7', data: 'ünï 🎸', retry: null },
        { id: '8', data: '', retry: null },
      ])
    }
  })
})

describe('through the gateway', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await startHarness()
  })
  afterAll(() => harness.stop())

  test('a task is told from its first event to its last, also from the middle', async () => {
    const tutti = createTutti({ baseUrl: harness.here, key: KEY })
    const { id } = await tutti.generateMusic({ body: SONG })
    const whole = await all(tutti.events(id))
    expect(whole.map(({ seq }) => seq)).toEqual(whole.map((_, index) => index + 1))
    expect(whole.at(-1)?.data.task.status).toBe('succeeded')
    const rest = await all(tutti.events(id, { lastEventId: whole[2]!.id }))
    expect(rest.map((each) => each.id)).toEqual(whole.slice(3).map((each) => each.id))
    expect(await all(tutti.events(id, { lastEventId: whole.at(-1)!.id }))).toEqual([])
    expect(whole).toEqual((await tutti.listTaskEvents({ path: { task_id: id } })).data)
  })
})

describe('an export', () => {
  const exporting = (text: string) =>
    createTutti({
      baseUrl: 'https://tutti.test',
      key: 'k',
      fetch: async () => new Response(text, { headers: { 'content-type': 'application/jsonl' } }),
    }).exportTasks()

  test('is every task as it comes', async () => {
    const harness = await startHarness()
    try {
      const tutti = createTutti({ baseUrl: harness.here, key: KEY })
      const made = [await tutti.generateMusic({ body: SONG }), await tutti.generateMusic({ body: SONG })]
      for (const { id } of made) await tutti.waitForTask(id)
      const ids = (await all(tutti.exportTasks({ operation: 'generateMusic' }))).map(({ id }) => id)
      expect(ids.toSorted()).toEqual(made.map(({ id }) => id).toSorted())
      expect(await all(tutti.exportTasks({ status: 'failed' }))).toEqual([])
    } finally {
      await harness.stop()
    }
  })

  test('that breaks off throws', async () => {
    const task = '{"id":"task_1","object":"task"}\n'
    expect(await all(exporting(task))).toHaveLength(1)
    for (const end of ['{"message":"upstream timed out"}\n', 'half\n', '{"id":"task_2","obj'])
      await expect(all(exporting(`${task}${end}`))).rejects.toMatchObject({ code: 'connection_failed', status: 0 })
  })

  test('that the gateway gives up throws what it said', async () => {
    const said = {
      ...{ type: '/errors/storage_unavailable', title: 'A title', status: 503, detail: 'What happened' },
      ...{ code: 'storage_unavailable', retryable: true, may_have_been_charged: false, request_id: 'req_1' },
    }
    const error = await all(exporting(`{"id":"task_1","object":"task"}\n${JSON.stringify(said)}\n`)).catch((e) => e)
    expect(error).toBeInstanceOf(TuttiError)
    expect(error).toMatchObject({ code: 'storage_unavailable', status: 503, retryable: true, requestId: 'req_1' })
    expect(error.message).toBe('storage_unavailable: What happened')
  })
})

test('the client speaks no language of one runtime', () => {
  for (const name of ['client', 'errors', 'persist', 'stream', 'webhooks'])
    expect(readFileSync(`openapi/client/${name}.ts`, 'utf8')).not.toMatch(/\b(Buffer|process|require)\b|node:/)
})

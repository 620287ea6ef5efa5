/** Events over real HTTP: lists, streams, and what a client takes back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Event, EventList } from '../../src/canonical/event.ts'
import { Task } from '../../src/canonical/task.ts'
import { type Harness, SONG, startHarness } from '../harness.ts'
import { expectProblem } from '../http/problem.ts'
import { align, make, order } from './songs.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

const STREAM = { accept: 'text/event-stream' }

/** What comes on the line until it closes, or until `enough`. */
const listen = async (path: string, headers: Record<string, string> = {}, enough = (_: readonly Event[]) => false) => {
  const answer = await harness.call(path, { headers: { ...STREAM, ...headers } })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
  const events: Event[] = []
  let text = ''
  const decoder = new TextDecoder()
  for await (const bytes of answer.body!) {
    text += decoder.decode(bytes as Uint8Array, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const field = (name: string) => fields.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
      if (field('data') === undefined) continue
      const event = Event.parse(JSON.parse(field('data')!))
      expect([field('id'), field('event')]).toEqual([event.id, event.type])
      events.push(event)
    }
    if (enough(events)) break
  }
  return events
}

describe('a stream', () => {
  test('of a task tells it to its end and closes; it goes on where a client left it', async () => {
    const { id } = await order(harness)
    const path = `/v1/tasks/${id}/events`
    const live = await listen(path)
    expect([live[0]!.type, live.at(-1)!.type]).toEqual(['task.queued', 'task.succeeded'])
    expect(live.map(({ seq }) => seq)).toEqual(live.map((_, index) => index + 1))
    const { data } = (await (await harness.call(path)).json()) as { data: Event[] }
    expect(data).toEqual(live)
    expect(await listen(path, { 'last-event-id': live[1]!.id })).toEqual(live.slice(2))
  })

  test('of a task that has ended and was told to its end is none: 204, after which no EventSource comes back', async () => {
    const { id } = await order(harness)
    const path = `/v1/tasks/${id}/events`
    const events = await listen(path)
    const listenAfter = (last: Event, method = 'GET') =>
      harness.call(path, { method, headers: { ...STREAM, 'last-event-id': last.id } })
    for (const method of ['GET', 'HEAD']) {
      const over = await listenAfter(events.at(-1)!, method)
      expect([over.status, over.headers.get('content-type'), over.headers.get('vary')]).toEqual([204, null, 'Accept'])
      expect(await over.text()).toBe('')
    }
    const one = await listenAfter(events.at(-2)!)
    expect(one.status).toBe(200)
    expect(await one.text()).toContain(events.at(-1)!.id)
    const list = await harness.call(path, { headers: { 'last-event-id': events.at(-1)!.id } })
    expect([list.status, ((await list.json()) as { data: Event[] }).data]).toEqual([200, events])
  })

  test('of lyrics that are being aligned waits for the end of that, and for nobody to ask again and again', async () => {
    const song = await make(harness, { routing: { provider: 'kie' } })
    const { upstream } = harness.upstream('kie')
    const { fetch: answering } = upstream
    let taken = () => {}
    const whenTaken = new Promise<void>((resolve) => {
      taken = resolve
    })
    upstream.fetch = async (request) => {
      const answer = await answering(request)
      if (request.method === 'POST') {
        taken()
        await new Promise((resolve) => setTimeout(resolve, 1000))
      }
      return answer
    }
    const bought = align(harness, song.tracks[0]!.id, { 'idempotency-key': 'followed' })
    await whenTaken
    const list = await harness.call('/v1/tasks?operation=alignLyrics')
    const [{ id }] = ((await list.json()) as { data: [Task] }).data
    const following = listen(`/v1/tasks/${id}/events`)
    // Whoever asked again at once would leave nobody else a turn.
    const turns = await Promise.race([
      bought.then(() => 0),
      (async () => {
        for (let turn = 1; ; turn++) {
          expect((await harness.call(`/v1/tasks/${song.id}`)).status).toBe(200)
          if (turn === 10) return turn
        }
      })(),
    ])
    Object.assign(upstream, { fetch: answering })
    expect(turns).toBe(10)
    expect((await bought).status).toBe(200)
    expect(await following).toEqual([])
  })

  test('of all tasks of a project tells what happens from now on', async () => {
    const both = listen(
      '/v1/events',
      {},
      (events) => events.filter(({ type }) => type === 'task.succeeded').length === 2,
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    const tasks = await Promise.all([make(harness), make(harness)])
    const events = await both
    expect(new Set(events.map(({ data }) => data.task.id))).toEqual(new Set(tasks.map(({ id }) => id)))
    const page = EventList.parse(await (await harness.call('/v1/events?limit=100')).json())
    expect(page.data.slice(0, events.length).reverse()).toEqual(events)
  })

  test('after an event that is none here is refused', async () => {
    const { id } = await order(harness)
    const answer = await harness.call(`/v1/tasks/${id}/events`, { headers: { ...STREAM, 'last-event-id': '7' } })
    await expectProblem(answer, { status: 422, code: 'validation_failed', pointers: ['Last-Event-ID'] })
  })

  test('of a task that is not there is not there', async () => {
    const answer = await harness.call(`/v1/tasks/task_${'0'.repeat(26)}/events`, { headers: STREAM })
    await expectProblem(answer, { status: 404, code: 'not_found' })
  })
})

describe('the audio of a track', () => {
  const audio = (id: string) => harness.call(`/v1/tracks/${id}/audio`, { redirect: 'manual' })

  test('is where we lead to, as long as the provider keeps it', async () => {
    const { tracks } = await make(harness)
    const answer = await audio(tracks[0]!.id)
    expect([answer.status, answer.headers.get('location')]).toEqual([302, tracks[0]!.audio!.url])
    const file = await fetch(tracks[0]!.audio!.url)
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'audio/wav'])
  })

  test('of a track that is not there, or failed, is not there', async () => {
    await expectProblem(await audio(`track_${'0'.repeat(25)}1`), { status: 404, code: 'not_found' })
  })
})

test('a client that waits and goes away changes nothing', async () => {
  const { accepted } = await harness.ledgers()
  const gone = new AbortController()
  const key = { 'idempotency-key': 'gone', prefer: 'wait=30' }
  const body = JSON.stringify(SONG)
  const headers = { 'content-type': 'application/json', ...key }
  const asked = harness.call('/v1/music/generations', { method: 'POST', headers, body, signal: gone.signal })
  setTimeout(() => gone.abort(), 30)
  await expect(asked).rejects.toThrow()
  const again = await harness.post('/v1/music/generations', SONG, key)
  expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true'])
  expect(((await again.json()) as Task).status).toBe('succeeded')
  expect((await harness.ledgers()).accepted).toBe(accepted + 1)
})

describe('a task that is taken back', () => {
  const cancel = (id: string) => harness.call(`/v1/tasks/${id}/cancel`, { method: 'POST' })

  test('after a provider has it goes on, and the problem says so', async () => {
    const { id } = await order(harness)
    await harness.ended(id)
    await expectProblem(await cancel(id), { status: 409, code: 'not_cancelable' })
  })

  test('before that is canceled, and nobody was asked', async () => {
    const paused = await startHarness({ settings: { paused: true } })
    try {
      const { id } = await order(paused)
      const answer = await paused.call(`/v1/tasks/${id}/cancel`, { method: 'POST' })
      expect(answer.status).toBe(200)
      expect(Task.parse(await answer.json())).toMatchObject({ status: 'canceled', billing: { charged: 'no' } })
      expect((await paused.ledgers()).accepted).toBe(0)
    } finally {
      await paused.stop()
    }
  })

  test('by a deadline that can not be read is refused with its form', async () => {
    for (const said of ['5', '5d', '9s', '25h', '0x10s', '-5m', '5 m'])
      await expectProblem(await harness.post('/v1/music/generations', SONG, { 'cancel-after': said }), {
        status: 400,
        code: 'invalid_request',
        pointers: ['Cancel-After'],
      })
    const answer = await harness.post('/v1/music/generations', SONG, { 'cancel-after': '90s' })
    const { created_at, deadline_at } = Task.parse(await answer.json())
    expect(Date.parse(deadline_at!) - Date.parse(created_at)).toBe(90_000)
  })
})

/** Where a stream of all events begins: a client that is cut off before the first event misses nothing either. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EventList } from '../../src/canonical/event.ts'
import type { Task } from '../../src/canonical/task.ts'
import { type Harness, SONG, startHarness } from '../harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness({ settings: { paused: true } })
})
afterAll(() => harness.stop())

const order = async () => ((await (await harness.post('/v1/music/generations', SONG)).json()) as Task).id
const newest = async () => EventList.parse(await (await harness.call('/v1/events?limit=1')).json()).data[0]?.id

/** So many blocks of a stream, which is left then; their fields by name. */
const blocks = async (count: number, lastId?: string): Promise<Record<string, string>[]> => {
  const headers = { accept: 'text/event-stream', ...(lastId === undefined ? {} : { 'last-event-id': lastId }) }
  const answer = await harness.call('/v1/events', { headers })
  expect(answer.status).toBe(200)
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (text.split('\n\n').length <= count) text += (await reader.read()).value ?? ''
  await reader.cancel()
  const said = text.split('\n\n').slice(0, count)
  return said.map((block) => Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2))))
}

test('a stream says first where it begins, and what comes after that is told to who comes back', async () => {
  expect(await newest()).toBeUndefined()
  const [first] = await blocks(1)
  expect(first).toEqual({ id: expect.stringMatching(/^evt_0{27}$/), retry: '3000' })
  const one = await order()
  const [again, told] = await blocks(2, first!.id)
  expect(again!.id).toBe(first!.id)
  expect(JSON.parse(told!.data!)).toMatchObject({ id: await newest(), data: { task: { id: one } } })

  const [second] = await blocks(1)
  expect(second).toEqual({ id: await newest(), retry: '3000' })
  const two = await order()
  const [, next] = await blocks(2, second!.id)
  expect(JSON.parse(next!.data!)).toMatchObject({ id: await newest(), data: { task: { id: two } } })
})

test.each([
  ['text/event-stream', true],
  ['TEXT/EVENT-STREAM, */*', true],
  ['application/json;q=0.5, text/event-stream', true],
  ['application/json, text/event-stream;q=0.5', false],
  ['application/json, text/event-stream;q=0', false],
  ['text/*', false],
  ['*/*', false],
])('accepted as %s the events are a stream: %s', async (accept, streamed) => {
  const id = await order()
  for (const path of ['/v1/events', `/v1/tasks/${id}/events`]) {
    const answer = await harness.call(path, { headers: { accept } })
    expect(answer.headers.get('content-type')).toBe(streamed ? 'text/event-stream' : 'application/json')
    expect(answer.headers.get('vary')).toBe('Accept')
    await answer.body!.cancel()
  }
})

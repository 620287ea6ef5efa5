/** Waiting for a task: the gateway holds the answer, or says when to look again. */
import { afterEach, expect, test } from 'vitest'
import { createTutti, type Task } from '../../openapi/client/index.ts'
import { type Answer, json, problem, startServer } from './server.ts'

const ID = 'task_01JD3W8Q4T7X2M5N9P6R0S1V30'
const task = (seq: number, status = 'running') => ({ id: ID, object: 'task', status, seq })
const HELD = { 'preference-applied': 'wait=30' }

let stop = async () => {}
afterEach(() => stop())

const start = async (...answers: Answer[]) => {
  const server = await startServer(...answers)
  stop = server.stop
  const pauses: number[] = []
  const sleep = async (milliseconds: number) => {
    pauses.push(milliseconds)
  }
  return { ...server, pauses, tutti: createTutti({ baseUrl: server.baseUrl, key: 'a key', sleep }) }
}

test('every change is told once, and nothing is asked while an answer is held', async () => {
  const { tutti, asked, pauses } = await start(
    json(200, task(1, 'queued')),
    json(200, task(3), HELD),
    json(200, task(3), HELD),
    json(200, task(5, 'failed'), HELD),
  )
  const seen: Task[] = []
  expect(await tutti.waitForTask(ID, { onProgress: (each) => seen.push(each) })).toEqual(task(5, 'failed'))
  expect(seen.map(({ seq }) => seq)).toEqual([1, 3, 5])
  expect(asked.map(({ headers }) => headers.prefer)).toEqual([undefined, 'wait=30', 'wait=30', 'wait=30'])
  expect(pauses).toEqual([])
})

test('where nothing is held, it looks again when it was told to', async () => {
  const { tutti, pauses } = await start(
    json(200, task(1), { 'retry-after': '2' }),
    json(200, task(1), { 'retry-after': '2' }),
    json(200, task(1)),
    json(200, task(2, 'succeeded')),
  )
  await tutti.waitForTask(ID)
  expect(pauses).toHaveLength(2)
  expect(pauses[0]).toBeGreaterThanOrEqual(2000)
  expect(pauses[1]).toBeGreaterThanOrEqual(5000)
})

test('a task that is not there is an error', async () => {
  const { tutti } = await start(problem(404, 'not_found', false))
  await expect(tutti.waitForTask(ID)).rejects.toMatchObject({ name: 'TuttiError', code: 'not_found' })
})

test('it can be called off, which cancels nothing', async () => {
  const { tutti, asked } = await start(json(200, task(1)), () => {})
  const controller = new AbortController()
  const wait = tutti.waitForTask(ID, { signal: controller.signal })
  await expect.poll(() => asked.length).toBe(2)
  controller.abort(new Error('enough'))
  await expect(wait).rejects.toThrow('enough')
  expect(asked.map(({ method }) => method)).toEqual(['GET', 'GET'])
})

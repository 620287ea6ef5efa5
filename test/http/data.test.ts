/** Tasks deleted and exported over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Task } from '../../src/canonical/task.ts'
import { DeletedTask } from '../../src/canonical/tombstone.ts'
import { type Harness, SONG, startHarness } from '../harness.ts'
import { expectProblem } from './problem.ts'

const CREATE = '/v1/music/generations'
const OTHER = 'tutti_test_other0000000000000000000'
const READER = 'tutti_test_reader000000000000000000'
const LINES = { accept: 'application/jsonl' }

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
  await harness.addKey(OTHER, 'other')
  await harness.addKey(READER, 'default', { scopes: ['read'] })
})
afterAll(() => harness.stop())

const song = async (headers: Record<string, string> = {}) => {
  const { id } = (await (await harness.post(CREATE, SONG, headers)).json()) as Task
  return harness.ended(id)
}
const remove = (id: string, key?: string) =>
  harness.call(`/v1/tasks/${id}`, { method: 'DELETE', ...(key ? { key } : {}) })
const linesOf = async (answer: Response): Promise<Task[]> =>
  (await answer.text())
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

describe('deleting a task', () => {
  test('answers its tombstone, and is over', async () => {
    const task = await song({ 'idempotency-key': 'one' })
    const answer = await remove(task.id)
    const stone = (await answer.json()) as DeletedTask
    expect([answer.status, DeletedTask.parse(stone)]).toEqual([200, stone])
    expect(stone).toMatchObject({ id: task.id, billing: task.billing, project: 'default', key: null })
    expect(await (await harness.call(`/v1/tasks/${task.id}/tombstone`)).json()).toEqual(stone)
    await expectProblem(await remove(task.id), { status: 404, code: 'not_found' })
    for (const path of [
      `/v1/tasks/${task.id}`,
      `/v1/tasks/${task.id}/events`,
      `/v1/tracks/${task.tracks[0]!.id}`,
      `/v1/tracks/${task.tracks[0]!.id}/audio`,
      `/v1/tracks/${task.tracks[0]!.id}/timestamped-lyrics`,
      `/v1/tracks/${task.tracks[0]!.id}/waveform`,
    ])
      await expectProblem(await harness.call(path), { status: 410, code: 'task_deleted' })
    await expectProblem(await harness.post(CREATE, SONG, { 'idempotency-key': 'one' }), {
      status: 410,
      code: 'task_deleted',
    })
  })

  test('takes the scope create, and no body', async () => {
    const task = await song()
    await expectProblem(await remove(task.id, READER), { status: 403, code: 'insufficient_scope' })
    await expectProblem(await remove(task.id, OTHER), { status: 404, code: 'not_found' })
    const body = harness.call(`/v1/tasks/${task.id}`, {
      method: 'DELETE',
      body: '{"why":"x"}',
      headers: { 'content-type': 'application/json' },
    })
    await expectProblem(await body, { status: 422, code: 'validation_failed' })
    expect((await harness.call(`/v1/tasks/${task.id}`, { key: READER })).status).toBe(200)
    await expectProblem(await harness.call(`/v1/tasks/${task.id}/tombstone`), { status: 404, code: 'not_found' })
  })

  test('waits for its end', async () => {
    const { id } = (await (await harness.post(CREATE, SONG)).json()) as Task
    const answer = await remove(id)
    expect(answer.headers.get('retry-after')).not.toBeNull()
    await expectProblem(answer, { status: 409, code: 'task_not_ended', retryable: true })
    await harness.ended(id)
    expect((await remove(id)).status).toBe(200)
  })

  test('holds over a restart', async () => {
    const task = await song()
    await remove(task.id)
    await harness.restart()
    await expectProblem(await harness.call(`/v1/tasks/${task.id}`), { status: 410, code: 'task_deleted' })
  })
})

describe('an export', () => {
  test('is the whole list, a task a line, in its order', async () => {
    for (let each = 0; each < 3; each++) await song()
    await harness.ended(((await (await harness.post('/v1/sounds', { description: 'Rain' })).json()) as Task).id)
    const { data } = (await (await harness.call('/v1/tasks?limit=100')).json()) as { data: Task[] }
    const answer = await harness.call('/v1/tasks', { headers: LINES })
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('etag')]).toEqual([
      200,
      'application/jsonl',
      null,
    ])
    const lines = await linesOf(answer)
    expect(lines.map(({ id }) => id)).toEqual(data.map(({ id }) => id))
    for (const line of lines) expect(Task.parse(line)).toEqual(line)
    expect(lines.length).toBeGreaterThan(3)
  })

  test('is filtered and begun as the list is', async () => {
    const of = async (query: string, headers: Record<string, string> = LINES) =>
      linesOf(await harness.call(`/v1/tasks${query}`, { headers }))
    const all = await of('')
    for (const accept of ['application/x-ndjson, */*;q=0.1', 'application/jsonl;q=0.5, application/x-ndjson']) {
      const answer = await harness.call('/v1/tasks', { headers: { accept } })
      expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
      expect(await linesOf(answer)).toEqual(all)
    }
    expect((await of('?operation=generateMusic&status=succeeded')).map(({ id }) => id)).toEqual(
      all
        .filter(({ operation, status }) => operation === 'generateMusic' && status === 'succeeded')
        .map(({ id }) => id),
    )
    const refused = { accept: 'application/json, application/x-ndjson;q=0' }
    expect((await harness.call('/v1/tasks', { headers: refused })).headers.get('content-type')).toBe('application/json')
    expect(await of('?operation=createVideo')).toEqual([])
    const { next_cursor } = (await (await harness.call('/v1/tasks?limit=2')).json()) as { next_cursor: string }
    const cursor = encodeURIComponent(next_cursor)
    expect((await of(`?cursor=${cursor}`)).map(({ id }) => id)).toEqual(all.slice(2).map(({ id }) => id))
    expect((await of('?limit=2')).map(({ id }) => id)).toEqual(all.slice(0, 2).map(({ id }) => id))
    await expectProblem(await harness.call('/v1/tasks?cursor=x', { headers: LINES }), {
      status: 422,
      code: 'validation_failed',
    })
  })

  test('is of one project, and empty where that has nothing', async () => {
    const answer = await harness.call('/v1/tasks', { headers: LINES, key: OTHER })
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  })
})

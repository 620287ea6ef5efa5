/** What the surface promises beside its bodies: headers, replays, waiting, paging, and what it tells of providers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as z from 'zod'
import { catalogue } from '../../src/canonical/catalogue.ts'
import { Compose, Describe } from '../../src/canonical/generateMusic.ts'
import type { CapabilityList, CreditsList, ProviderList } from '../../src/canonical/provider.ts'
import type { Task, TaskList as TaskListSchema } from '../../src/canonical/task.ts'
import { adapters } from '../../src/registry.ts'
import { type Harness, KEY, SONG, startHarness } from '../harness.ts'
import { expectProblem } from './problem.ts'

const CREATE = '/v1/music/generations'
type TaskList = z.infer<typeof TaskListSchema>
const read = async <Body>(answer: Response | Promise<Response>): Promise<Body> => (await (await answer).json()) as Body

let harness: Harness
/** Keeps what it is given and sends nothing: tasks stand still. */
let paused: Harness
beforeAll(async () => {
  harness = await startHarness()
  paused = await startHarness({ settings: { paused: true } })
})
afterAll(async () => {
  await harness.stop()
  await paused.stop()
})

describe('a create', () => {
  test('answers 202 with the task, where it is, and when to look again', async () => {
    const answer = await paused.post(CREATE, SONG)
    const task = await read<Task>(answer)
    expect(answer.status).toBe(202)
    expect(catalogue.generateMusic.result.parse(task)).toEqual(task)
    expect(answer.headers.get('location')).toBe(`/v1/tasks/${task.id}`)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(answer.headers.get('etag')).toMatch(/^"[^"]+"$/)
    expect(answer.headers.get('request-id')).toMatch(/^req_[0-9A-Z]{26}$/)
    expect(answer.headers.get('idempotency-replayed')).toBeNull()
    expect(task).toMatchObject({
      status: 'queued',
      stage: 'accepted',
      seq: 1,
      request: SONG,
      links: { self: `/v1/tasks/${task.id}` },
    })
    expect(await read(paused.call(answer.headers.get('location')!))).toEqual(task)
  })

  test('repeated with its key answers the same task: 202 while it runs, 200 once it has ended, marked as replayed', async () => {
    const key = { 'idempotency-key': 'same-song' }
    const first = await paused.post(CREATE, SONG, key)
    const shuffled = Object.fromEntries(Object.entries(SONG).toReversed())
    const again = await paused.post(CREATE, shuffled, key)
    expect([first.status, again.status]).toEqual([202, 202])
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(await read(again)).toEqual(await read(first))

    const { id } = await read<Task>(harness.post(CREATE, SONG, key))
    const done = await harness.ended(id)
    const later = await harness.post(CREATE, SONG, key)
    expect(later.status).toBe(200)
    expect(later.headers.get('idempotency-replayed')).toBe('true')
    expect(await read(later)).toEqual(done)
    expect((await harness.ledgers()).accepted).toBe(1)
  })

  test('sent many times at once with one key is one task', async () => {
    const key = { 'idempotency-key': 'at-once' }
    const answers = await Promise.all(Array.from({ length: 20 }, () => paused.post(CREATE, SONG, key)))
    const tasks = await Promise.all(answers.map((each) => read<Task>(each)))
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(1)
    expect(answers.filter((each) => each.headers.get('idempotency-replayed') === null)).toHaveLength(1)
  })

  test('with a used key and another body is refused and names the task', async () => {
    const key = { 'idempotency-key': 'one-song' }
    const { id } = await read<Task>(paused.post(CREATE, SONG, key))
    const other = await paused.post(CREATE, { ...SONG, title: 'Another' }, key)
    const problem = await expectProblem(other, { status: 422, code: 'idempotency_key_reused' })
    expect(problem.task_id).toBe(id)
  })

  test('that waits answers 200 with the finished task', async () => {
    const answer = await harness.post(CREATE, SONG, { prefer: 'wait=20' })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('preference-applied')).toBe('wait=20')
    expect(answer.headers.get('retry-after')).toBeNull()
    const task = await read<Task>(answer)
    expect(task.status).toBe('succeeded')
    expect(answer.headers.get('tutti-provider')).toBe(task.provider)
  })

  test('that waits too short for its end answers 202', async () => {
    const answer = await paused.post(CREATE, SONG, { prefer: 'wait=1' })
    expect(answer.status).toBe(202)
    expect(answer.headers.get('preference-applied')).toBe('wait=1')
  })

  test('over the bound of the queue is 429, and creates nothing', async () => {
    const full = await startHarness({ settings: { paused: true, queueLimit: 2 } })
    const first = await full.post(CREATE, SONG, { 'idempotency-key': 'first' })
    await full.post(CREATE, SONG)
    const refused = await full.post(CREATE, SONG)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    await expectProblem(refused, { status: 429, code: 'concurrency_limited', retryable: true })
    const replayed = await full.post(CREATE, SONG, { 'idempotency-key': 'first' })
    expect((await read<Task>(replayed)).id).toBe((await read<Task>(first)).id)
    expect((await read<TaskList>(full.call('/v1/tasks'))).data).toHaveLength(2)
    await full.stop()
  })
})

describe('a task', () => {
  test('in a page that has not changed is 304 too, until it does', async () => {
    const look = (tag: string) => paused.call('/v1/tasks?limit=3', { headers: { 'if-none-match': tag } })
    await paused.post(CREATE, SONG)
    const tag = (await look('"none"')).headers.get('etag')!
    const same = await look(tag)
    expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', tag])
    expect(same.headers.get('request-id')).toMatch(/^req_/)
    await paused.post(CREATE, SONG)
    expect((await look(tag)).status).toBe(200)
  })

  test('that has not changed is 304 for its ETag, weak or in a list, and 200 for any other', async () => {
    const { id } = await read<Task>(paused.post(CREATE, SONG))
    const look = (tag: string) => paused.call(`/v1/tasks/${id}`, { headers: { 'if-none-match': tag } })
    const etag = (await look('"none"')).headers.get('etag')!
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const same = await look(tag)
      expect(same.status).toBe(304)
      expect(same.headers.get('etag')).toBe(etag)
      expect(await same.text()).toBe('')
    }
    expect((await look('"other"')).status).toBe(200)
    expect((await look('"*"')).status).toBe(200)
  })

  test('that is waited for is answered once its seq has changed, until it ends', async () => {
    const slow = await startHarness({ pace: 0.006 })
    let task = await read<Task>(slow.post(CREATE, SONG))
    const seen: Task[] = [task]
    while (task.status === 'queued' || task.status === 'running') {
      const before: Task = task
      const answer = await slow.call(`/v1/tasks/${task.id}`, { headers: { prefer: 'wait=20' } })
      expect(answer.headers.get('preference-applied')).toBe('wait=20')
      task = await read<Task>(answer)
      expect(task.seq).toBeGreaterThan(before.seq)
      expect(answer.headers.get('retry-after') === null).toBe(task.status === 'succeeded')
      seen.push(task)
    }
    const stages = seen.map(({ stage }) => stage)
    expect(task.status).toBe('succeeded')
    expect(stages.length).toBeGreaterThan(2)
    // A seq is a state: reading it again after the end changes nothing.
    const after = await slow.call(`/v1/tasks/${task.id}`, { headers: { prefer: 'wait=20' } })
    expect(await read(after)).toEqual(task)
    await slow.stop()
  })

  test('and its tracks are the same wherever they are read', async () => {
    const { id } = await read<Task>(harness.post(CREATE, SONG))
    const task = await harness.ended(id)
    for (const track of task.tracks) expect(await read(harness.call(`/v1/tracks/${track.id}`))).toEqual(track)
    const { data } = await read<TaskList>(harness.call('/v1/tasks?limit=100'))
    expect(data.find((each) => each.id === id)).toEqual(task)
    const missing = `track_${id.slice('task_'.length, -1)}3`
    await expectProblem(await harness.call(`/v1/tracks/${missing}`), { status: 404, code: 'not_found' })
  })
})

describe('the list', () => {
  test('is walked by its cursors without gaps or doubles while new tasks arrive', async () => {
    const list = await startHarness({ settings: { paused: true } })
    const create = async () =>
      (await read<Task>(list.inProcess(CREATE, { method: 'POST', body: JSON.stringify(SONG), headers }))).id
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
    // At once: many of them share a millisecond.
    const made = await Promise.all(Array.from({ length: 23 }, create))
    const walked: Task[] = []
    let next: string | null = '/v1/tasks?limit=5'
    while (next !== null) {
      const answer: Response = await list.call(next)
      const page = await read<TaskList>(answer)
      walked.push(...page.data)
      expect(page.has_more).toBe(page.next_cursor !== null)
      const link = answer.headers.get('link')
      expect(link === null).toBe(!page.has_more)
      next = page.next_cursor === null ? null : `/v1/tasks?limit=5&cursor=${encodeURIComponent(page.next_cursor)}`
      if (next !== null) expect(/^<([^>]+)>; rel="next"$/.exec(link!)![1]).toBe(next)
      await new Promise((resolve) => setTimeout(resolve, 2))
      await create()
    }
    expect(walked.map(({ id }) => id).toSorted()).toEqual(made.toSorted())
    const places = walked.map(({ created_at, id }) => `${created_at} ${id}`)
    expect(places).toEqual(places.toSorted().toReversed())
    expect((await read<TaskList>(list.call('/v1/tasks'))).data).toHaveLength(20)
    await list.stop()
  })

  test('is filtered by status and operation, and keeps the filter from page to page', async () => {
    const { id } = await read<Task>(harness.post(CREATE, SONG))
    const { tracks } = await harness.ended(id)
    await harness.post(`/v1/tracks/${tracks[0]!.id}/timestamped-lyrics`, '')
    const of = async (query: string) => (await read<TaskList>(harness.call(`/v1/tasks?${query}`))).data
    const calls = await of('operation=alignLyrics')
    expect(calls.map((each) => [each.operation, each.status, each.request])).toEqual([
      ['alignLyrics', 'succeeded', { track_id: tracks[0]!.id }],
    ])
    expect((await of('operation=generateMusic')).every((each) => each.operation === 'generateMusic')).toBe(true)
    expect(await of('status=canceled')).toEqual([])
    expect((await of('status=succeeded&operation=generateMusic&limit=1')).map((each) => each.id)).toEqual([id])
    const page = await harness.call('/v1/tasks?status=succeeded&operation=generateMusic&limit=1')
    expect(page.headers.get('link')).toContain('status=succeeded&operation=generateMusic&limit=1&cursor=')
  })
})

describe('attempts', () => {
  test('are those of the task, and of nobody else', async () => {
    await harness.fault('kie', 'no_credits')
    const { id } = await read<Task>(harness.post(CREATE, SONG))
    const { attempts } = await harness.ended(id)
    await harness.fault('kie', null)
    expect(attempts.map(({ provider, state }) => [provider, state])).toEqual([
      ['kie', 'refused'],
      ['apibox', 'accepted'],
    ])
    expect(await read(harness.call(`/v1/tasks/${id}/attempts`))).toEqual({ data: attempts })
    await expectProblem(await paused.call(`/v1/tasks/${id}/attempts`), { status: 404, code: 'not_found' })
  })
})

describe('providers', () => {
  test('are listed in order, and one without a key says so', async () => {
    const some = await startHarness({ only: ['apibox'] })
    const { data } = await read<z.infer<typeof ProviderList>>(some.call('/v1/providers'))
    expect(data.map(({ id, state }) => [id, state])).toEqual([
      ['kie', 'not_configured'],
      ['apibox', 'healthy'],
      ['udioapi', 'not_configured'],
    ])
    for (const { operations } of data) {
      expect(operations).toEqual(expect.arrayContaining(['generateMusic', 'alignLyrics', 'getCredits', 'importTrack']))
      expect(operations.filter((id) => !(id in catalogue))).toEqual([])
    }
    for (const each of data) expect(await read(some.call(`/v1/providers/${each.id}`))).toEqual(each)
    await expectProblem(await some.call('/v1/providers/nobody'), { status: 404, code: 'not_found' })
    const credits = await read<z.infer<typeof CreditsList>>(some.call('/v1/credits'))
    expect(credits.data.map(({ provider }) => provider)).toEqual(['apibox'])
    await some.stop()
  })

  test('tell their credits, and one that is down is an entry with an error and not an error of all', async () => {
    const credits = async () => (await read<z.infer<typeof CreditsList>>(harness.call('/v1/credits'))).data
    const well = await credits()
    expect(well.map(({ provider, error }) => [provider, error])).toEqual([
      ['kie', null],
      ['apibox', null],
      ['udioapi', null],
    ])
    for (const { remaining } of well) expect(remaining).toBeGreaterThan(0)
    const down = async (fault: 'refused' | 'broken' | 'unauthorized', code: string) => {
      await harness.fault('apibox', fault)
      const answer = await harness.call('/v1/credits')
      expect(answer.status).toBe(200)
      const { data } = await read<z.infer<typeof CreditsList>>(answer)
      expect(data[1]).toEqual({ ...well[1], remaining: null, usd: null, error: code })
      expect([data[0], data[2]]).toEqual([well[0], well[2]])
      await harness.fault('apibox', null)
    }
    await down('refused', 'provider_unavailable')
    await down('broken', 'provider_protocol')
    await down('unauthorized', 'provider_auth_failed')
    expect(await credits()).toEqual(well)
  })

  test('answer for every canonical field of a song, with unsupported where they have no row', async () => {
    const { data } = await read<z.infer<typeof CapabilityList>>(harness.call('/v1/capabilities'))
    expect(catalogue.listCapabilities.result.parse({ data })).toEqual({ data })
    const inner = new Set(['mode', 'callback_url', 'persona_kind'])
    const canonical = [...new Set([...Object.keys(Compose.shape), ...Object.keys(Describe.shape)])].filter(
      (field) => !inner.has(field),
    )
    const songs = data.filter(({ operation }) => operation === 'generateMusic')
    expect(songs.map(({ provider }) => provider)).toEqual(adapters.map(({ id }) => id))
    for (const { fields } of songs) expect(Object.keys(fields).toSorted()).toEqual(canonical.toSorted())
    const missing = songs.map(({ provider, fields }) => [
      provider,
      Object.keys(fields).filter((field) => fields[field] === 'unsupported'),
    ])
    expect(Object.fromEntries(missing)).toMatchObject({
      kie: ['bitrate', 'sample_rate'],
      udioapi: ['bitrate', 'sample_rate', 'persona_id'],
    })
  })
})

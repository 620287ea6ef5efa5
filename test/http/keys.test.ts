/** Projects and keys over HTTP: whose things are whose, what a key may do, and what it is told when it may not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogue, type Operation, type OperationId, scopeOf } from '../../src/canonical/catalogue.ts'
import { type CreateKeyRequest, type Key, KeyWithSecret, OwnKey, SCOPES } from '../../src/canonical/key.ts'
import type { Task } from '../../src/canonical/task.ts'
import { type Harness, KEY, SONG, startHarness } from '../harness.ts'
import { expectProblem } from './problem.ts'

const CREATE = '/v1/music/generations'
const ID = '01JD3W8Q4T7X2M5N9P6R0S1V30'
const operations = Object.entries(catalogue) as [OperationId, Operation][]
const read = async <Body>(answer: Response | Promise<Response>): Promise<Body> => (await (await answer).json()) as Body

let harness: Harness
/** Keeps what it is given and sends nothing: tasks stand still. */
let paused: Harness
beforeAll(async () => {
  harness = await startHarness()
  paused = await startHarness({ settings: { paused: true } })
  for (const each of [harness, paused])
    for (const id of ['north', 'south']) expect((await each.post('/v1/projects', { id })).status).toBe(200)
})
afterAll(async () => {
  await harness.stop()
  await paused.stop()
})

const makeKey = async (request: Partial<CreateKeyRequest> = {}, on = harness): Promise<KeyWithSecret> => {
  const answer = await on.post('/v1/keys', { name: 'test', project: 'north', ...request })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  return read(answer)
}
const as =
  (key: string, on = harness) =>
  (path: string, method = 'GET', body?: unknown) =>
    on.call(path, {
      key,
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })

describe('a project', () => {
  test('is made by the bootstrap key, once', async () => {
    const made = await harness.post('/v1/projects', { id: 'east', description: 'Sunrise' })
    expect(await read(made)).toMatchObject({ id: 'east', object: 'project', description: 'Sunrise' })
    const again = await harness.post('/v1/projects', { id: 'east' })
    await expectProblem(again, {
      status: 422,
      code: 'validation_failed',
      pointers: ['/id'],
      entries: ['project_exists'],
    })
    const { data } = await read<{ data: { id: string }[] }>(harness.call('/v1/projects'))
    expect(data.map(({ id }) => id).toSorted()).toEqual(['default', 'east', 'north', 'south'])
  })

  test('is seen, and administered, by its own keys only', async () => {
    const { key } = await makeKey({ scopes: [...SCOPES] })
    const north = as(key)
    expect((await read<{ data: { id: string }[] }>(north('/v1/projects'))).data.map(({ id }) => id)).toEqual(['north'])
    await expectProblem(await north('/v1/projects', 'POST', { id: 'west' }), {
      status: 403,
      code: 'insufficient_scope',
    })
    for (const project of ['south', 'nowhere', 'default']) {
      const wanted = { status: 422, code: 'validation_failed', entries: ['project_unknown'] }
      await expectProblem(await north('/v1/keys', 'POST', { name: 'x', project }), {
        ...wanted,
        pointers: ['/project'],
      })
      await expectProblem(await north(`/v1/keys?project=${project}`), { ...wanted, pointers: ['project'] })
    }
    const foreign = await makeKey({ project: 'south' })
    for (const [path, method] of [
      [`/v1/keys/${foreign.id}/rotate`, 'POST'],
      [`/v1/keys/${foreign.id}`, 'DELETE'],
      [`/v1/keys/key_${ID}`, 'DELETE'],
    ] as const)
      await expectProblem(await north(path, method), { status: 404, code: 'not_found' })
    expect((await as(foreign.key)('/v1/key')).status).toBe(200)
    const mine = await read<{ data: Key[] }>(north('/v1/keys'))
    expect(new Set(mine.data.map(({ project }) => project))).toEqual(new Set(['north']))
    const all = await read<{ data: Key[] }>(harness.call('/v1/keys?limit=100'))
    expect(all.data.map(({ id }) => id)).toContain(foreign.id)
    const south = await read<{ data: Key[] }>(harness.call('/v1/keys?project=south'))
    expect(south.data.map(({ id }) => id)).toEqual([foreign.id])
  })

  test('and keys are told a page at a time, the newest first, each once', async () => {
    const ids = ['page-a', 'page-b', 'page-c']
    for (const id of ids) await harness.post('/v1/projects', { id })
    const made: string[] = []
    for (let count = 0; count < 5; count++) made.unshift((await makeKey({ project: 'page-a' })).id)
    type Page = { data: { id: string; created_at: string }[]; has_more: boolean; next_cursor: string | null }
    const walk = async (path: string) => {
      const pages: Page[] = []
      for (let next: string | null = path; next !== null; ) {
        const answer: Response = await harness.call(next)
        const page = await read<Page>(answer)
        expect(page.has_more).toBe(page.next_cursor !== null)
        pages.push(page)
        const link = answer.headers.get('link')
        expect(link === null).toBe(!page.has_more)
        next = link && /^<(.*)>; rel="next"$/.exec(link)![1]!
      }
      return pages
    }
    const keys = await walk('/v1/keys?project=page-a&limit=2')
    expect(keys.map(({ data }) => data.length)).toEqual([2, 2, 1])
    const listed = keys.flatMap(({ data }) => data)
    expect(listed.map(({ id }) => id).toSorted()).toEqual(made.toSorted())
    const times = listed.map(({ created_at }) => created_at)
    expect(times).toEqual(times.toSorted().toReversed())
    const projects = (await walk('/v1/projects?limit=2')).flatMap(({ data }) => data.map(({ id }) => id))
    expect(new Set(projects).size).toBe(projects.length)
    expect(projects).toEqual(expect.arrayContaining([...ids, 'north', 'south', 'default']))
    const inside = as((await makeKey({ project: 'page-a', scopes: ['keys'] })).key)
    expect(await read(inside('/v1/projects?limit=1'))).toMatchObject({ data: [{ id: 'page-a' }], has_more: false })
    for (const path of ['/v1/keys?cursor=MQ==', '/v1/projects?cursor=no', `/v1/keys?cursor=${btoa('1 task_x')}`])
      await expectProblem(await harness.call(path), { status: 422, code: 'validation_failed', pointers: ['cursor'] })
    await expectProblem(await harness.call('/v1/keys?limit=0'), { status: 422, code: 'validation_failed' })
  })

  test('has tasks, tracks, endpoints and Idempotency-Keys of its own', async () => {
    const [north, south] = [await makeKey(), await makeKey({ project: 'south' })].map(({ key }) => as(key))
    const task = await read<Task>(north!(CREATE, 'POST', SONG))
    expect((await north!(`/v1/tasks/${task.id}`)).status).toBe(200)
    const endpoint = await read<{ id: string }>(
      north!('/v1/webhook-endpoints', 'POST', { url: 'https://example.com/hooks' }),
    )
    for (const path of [`/v1/tasks/${task.id}`, `/v1/webhook-endpoints/${endpoint.id}`]) {
      await expectProblem(await south!(path), { status: 404, code: 'not_found' })
      await expectProblem(await harness.call(path), { status: 404, code: 'not_found' })
    }
    await expectProblem(await south!(`/v1/tasks/${task.id}/cancel`, 'POST'), { status: 404, code: 'not_found' })
    for (const list of ['/v1/tasks', '/v1/events', '/v1/webhook-endpoints'])
      expect((await read<{ data: unknown[] }>(south!(list))).data).toEqual([])
  })
})

describe('a key', () => {
  test('is shown once, works at once, and says what it is', async () => {
    const made = await makeKey({ name: 'Studio', providers: ['kie'], limits: { usd_per_day: 5 } })
    expect(KeyWithSecret.parse(made)).toEqual(made)
    expect(made.key).toMatch(/^tutti_test_[0-9A-Za-z]{36}$/)
    const own = await read<OwnKey>(as(made.key)('/v1/key'))
    expect(OwnKey.parse(own)).toEqual(own)
    const { key, ...shown } = made
    expect(own).toMatchObject({ ...shown, last_used_at: own.last_used_at })
    expect(own.usage).toMatchObject({
      requests: null,
      concurrent_tasks: 0,
      day: { spent_usd: 0 },
      month: { spent_usd: 0 },
    })
    const listed = await (await harness.call('/v1/keys?limit=100')).text()
    expect(listed).toContain(made.id)
    for (const text of [key, key.slice(11, 41)]) expect(listed).not.toContain(text)
    expect(harness.logged.join('\n')).not.toContain(key)
  })

  test.each(operations)(
    'without the scope of %s is refused there, and nowhere else told more',
    async (id, operation) => {
      const scope = scopeOf(operation)
      if (scope === null) return
      const { key } = await makeKey({ scopes: SCOPES.filter((each) => each !== scope) })
      const path = operation.path.replace(/\{(\w+)_id\}/g, (_, name) => `${name === 'endpoint' ? 'whk' : name}_${ID}`)
      const answer = await as(key)(path, operation.method.toUpperCase(), operation.method === 'get' ? undefined : {})
      const problem = await expectProblem(answer, { status: 403, code: 'insufficient_scope' })
      expect(problem.errors).toEqual([
        { pointer: 'Authorization', code: 'scope_missing', detail: `This needs a key with the scope ${scope}` },
      ])
      // With it alone the request gets further, wherever it then ends.
      const allowed = await makeKey({ scopes: [scope] })
      const further = await as(allowed.key)(
        path,
        operation.method.toUpperCase(),
        operation.method === 'get' ? undefined : {},
      )
      if (id === 'createProject') await expectProblem(further, { status: 422, code: 'validation_failed' })
      else expect([further.status, id]).not.toEqual([403, id])
    },
  )

  test('needs a scope for the figures, too', async () => {
    const { key } = await makeKey({ scopes: ['create', 'read', 'webhooks', 'keys'] })
    await expectProblem(await as(key)('/metrics'), { status: 403, code: 'insufficient_scope' })
    const able = await makeKey({ scopes: ['providers'] })
    expect((await as(able.key)('/metrics')).status).toBe(200)
  })

  test('is held to its operations and providers', async () => {
    const { key } = await makeKey({ operations: ['generateMusic'], providers: ['udioapi'] })
    const held = as(key)
    await expectProblem(await held('/v1/lyrics', 'POST', { description: 'rain' }), {
      status: 403,
      code: 'insufficient_scope',
      entries: ['operation_forbidden'],
    })
    const named = { ...SONG, routing: { provider: 'kie' } }
    await expectProblem(await held(CREATE, 'POST', named), {
      status: 403,
      code: 'insufficient_scope',
      entries: ['provider_forbidden'],
    })
    const { id } = await read<Task>(held(CREATE, 'POST', SONG))
    let task = await read<Task>(held(`/v1/tasks/${id}`))
    while (task.status === 'queued' || task.status === 'running')
      task = await read<Task>(harness.call(`/v1/tasks/${id}`, { key, headers: { prefer: 'wait=5' } }))
    expect(task.attempts.map(({ provider }) => provider)).toEqual(['udioapi'])
    const unknown = await harness.post('/v1/keys', { name: 'x', providers: ['kie', 'nobody'] })
    await expectProblem(unknown, { status: 422, code: 'validation_failed', pointers: ['/providers/1'] })
  })

  test('gives no more than it has, neither new nor by a rotation', async () => {
    const own = await makeKey({ scopes: ['keys', 'read'], providers: ['kie'] })
    const more = await makeKey({ scopes: ['create'] })
    const by = as(own.key)
    const wanted = { status: 403, code: 'insufficient_scope', entries: ['beyond_own_rights'] }
    const all = await by('/v1/keys', 'POST', { name: 'x', providers: ['kie'] })
    await expectProblem(all, { ...wanted, pointers: ['/scopes'] })
    await expectProblem(await by('/v1/keys', 'POST', { name: 'x', scopes: ['read'] }), {
      ...wanted,
      pointers: ['/providers'],
    })
    expect((await by(`/v1/keys/${more.id}/rotate`, 'POST')).status).toBe(403)
    expect((await as(more.key)('/v1/key')).status).toBe(200)
    const less = { scopes: ['read'], providers: ['kie'], limits: { usd_per_day: 0.5 } }
    const fine = await by('/v1/keys', 'POST', { name: 'x', ...less })
    expect(await read(fine)).toMatchObject({ project: 'north', scopes: ['read'] })
  })

  test('that is held to limits gives no other of the same, neither new nor by a rotation', async () => {
    const limits = { requests_per_minute: 50, concurrent_tasks: 2, usd_per_day: 1 }
    const rights = { scopes: ['keys', 'read', 'create'] as const, limits }
    const both = await harness.post('/v1/keys', { name: 'x', project: 'north', ...rights })
    await expectProblem(both, {
      status: 422,
      code: 'validation_failed',
      pointers: ['/limits'],
      entries: ['limits_invalid'],
    })
    expect((await makeKey({ scopes: ['keys'], limits: {} })).scopes).toEqual(['keys'])

    // There are keys that have both all the same: they were given before this was refused.
    const key = `tutti_test_both_${'0'.repeat(24)}`
    await harness.addKey(key, 'north', rights)
    const by = as(key)
    const wanted = { status: 403, code: 'insufficient_scope', entries: ['limits_multiplied'] }
    for (const given of [rights, { scopes: ['read'], limits }, { scopes: ['read'], limits: { usd_per_day: 0.1 } }])
      await expectProblem(await by('/v1/keys', 'POST', { name: 'x', ...given }), wanted)
    const same = await makeKey({ scopes: ['read'], limits })
    await expectProblem(await by(`/v1/keys/${same.id}/rotate`, 'POST'), wanted)
    expect((await as(same.key)('/v1/key')).status).toBe(200)

    const { id } = await read<OwnKey>(by('/v1/key'))
    const rotated = await read<KeyWithSecret>(by(`/v1/keys/${id}/rotate`, 'POST'))
    expect(rotated).toMatchObject({ id, limits })
    await expectProblem(await as(rotated.key)('/v1/keys', 'POST', { name: 'x', scopes: ['read'], limits }), wanted)
    expect((await by(`/v1/keys/${same.id}`, 'DELETE')).status).toBe(200)
  })

  test('that is revoked is refused with the next request, and its tasks are carried to their end', async () => {
    const { key, id } = await makeKey()
    const { id: task } = await read<Task>(as(key)(CREATE, 'POST', SONG))
    expect(await read(harness.call(`/v1/keys/${id}`, { method: 'DELETE' }))).toMatchObject({ id, status: 'revoked' })
    const refused = await as(key)(`/v1/tasks/${task}`)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer')
    const problem = await expectProblem(refused, { status: 401, code: 'invalid_api_key', entries: ['key_revoked'] })
    expect(JSON.stringify(problem)).not.toContain(id)
    const north = await makeKey()
    for (;;) {
      const seen = await read<Task>(
        harness.call(`/v1/tasks/${task}`, { key: north.key, headers: { prefer: 'wait=5' } }),
      )
      if (seen.status === 'succeeded') break
      expect(['queued', 'running']).toContain(seen.status)
    }
  })

  test('that is revoked is told nothing more on a stream that is open', async () => {
    await paused.post('/v1/projects', { id: 'stream' })
    const { key, id } = await makeKey({ project: 'stream' }, paused)
    const open = await paused.call('/v1/events', { key, headers: { accept: 'text/event-stream' } })
    const stream = open.body!.pipeThrough(new TextDecoderStream()).getReader()
    let said = ''
    const until = async (word: string | null) => {
      for (;;) {
        const { done, value } = await stream.read()
        if (done) return
        said += value
        if (word !== null && said.includes(word)) return
      }
    }
    await until('retry')
    const first = await read<Task>(as(key, paused)(CREATE, 'POST', SONG))
    await until(first.id)
    const other = await makeKey({ project: 'stream' }, paused)
    await paused.call(`/v1/keys/${id}`, { method: 'DELETE' })
    const second = await read<Task>(as(other.key, paused)(CREATE, 'POST', SONG))
    await until(null)
    expect(said).not.toContain(second.id)
  })

  test('that is rotated is taken with both secrets for the overlap', async () => {
    const first = await makeKey()
    const second = await read<KeyWithSecret>(harness.post(`/v1/keys/${first.id}/rotate`, {}))
    for (const key of [first.key, second.key]) expect((await as(key)('/v1/key')).status).toBe(200)
    const third = await read<KeyWithSecret>(harness.post(`/v1/keys/${first.id}/rotate`, { overlap_seconds: 0 }))
    await expectProblem(await as(first.key)('/v1/key'), { status: 401, code: 'invalid_api_key' })
    const old = await expectProblem(await as(second.key)('/v1/key'), { status: 401, code: 'invalid_api_key' })
    expect(old.detail).toBe('This secret was replaced: send the one that rotating the key gave')
    expect((await as(third.key)('/v1/key')).status).toBe(200)
  })

  test.each([
    ['is of another installation', `tutti_test_${'0'.repeat(30)}000000`, 'key_malformed'],
    ['is too short', 'tutti', 'key_malformed'],
    ['nobody knows', 'tutti_test_0000000000000000000000000000', 'key_unknown'],
  ])('that %s is refused with the reason and nothing more', async (_, key, reason) => {
    const problem = await expectProblem(await as(key)('/v1/tasks'), { status: 401, code: 'invalid_api_key' })
    expect(problem.errors!.map(({ code }) => code)).toEqual([reason])
    expect(JSON.stringify(problem)).not.toContain(key)
  })

  test('survives a restart, with what it is and what it has spent', async () => {
    const own = await startHarness()
    await own.post('/v1/projects', { id: 'north' })
    const { key } = await makeKey({ limits: { usd_per_day: 5 } }, own)
    const { id } = await read<Task>(as(key, own)(CREATE, 'POST', SONG))
    for (;;) {
      const task = await read<Task>(own.call(`/v1/tasks/${id}`, { key, headers: { prefer: 'wait=5' } }))
      if (task.status === 'succeeded') break
      expect(['queued', 'running']).toContain(task.status)
    }
    const before = await read<OwnKey>(as(key, own)('/v1/key'))
    expect(before.usage.day!.spent_usd).toBeGreaterThan(0)
    await own.restart()
    const after = await read<OwnKey>(as(key, own)('/v1/key'))
    expect(after.usage).toEqual(before.usage)
    await own.stop()
  })
})

describe('the bootstrap key', () => {
  test('works in the project default, without limits', async () => {
    const own = await read<OwnKey>(harness.call('/v1/key'))
    expect(own).toMatchObject({
      project: 'default',
      scopes: [...SCOPES],
      hint: '',
      usage: { requests: null, day: null },
    })
    expect(JSON.stringify(own)).not.toContain(KEY)
  })
})

describe('a limit', () => {
  test('of requests is told with every answer, and over it is 429', async () => {
    const { key } = await makeKey({ scopes: ['read'], limits: { requests_per_minute: 3 } })
    const by = as(key)
    const first = await by('/v1/tasks')
    expect(first.headers.get('ratelimit-policy')).toBe('"requests";q=3;w=60')
    expect(first.headers.get('ratelimit')).toBe('"requests";r=2;t=60')
    // What is refused for another reason was asked for, too.
    expect((await by(CREATE, 'POST', SONG)).headers.get('ratelimit')).toMatch(/^"requests";r=1;t=\d+$/)
    const own = await read<OwnKey>(by('/v1/key'))
    expect(own.usage.requests).toMatchObject({ remaining: 0 })
    const refused = await by('/v1/tasks')
    expect(refused.headers.get('ratelimit')).toMatch(/^"requests";r=0;t=\d+$/)
    const t = Number(/t=(\d+)/.exec(refused.headers.get('ratelimit')!)![1])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(t)
    await expectProblem(refused, { status: 429, code: 'rate_limited', retryable: true })
    expect((await harness.call('/v1/tasks')).headers.get('ratelimit')).toBeNull()
  })

  test('of tasks at once is 429, and creates nothing', async () => {
    const { key } = await makeKey({ limits: { concurrent_tasks: 2 } }, paused)
    const by = as(key, paused)
    const all = await Promise.all(Array.from({ length: 6 }, () => by(CREATE, 'POST', SONG)))
    expect(all.map(({ status }) => status).toSorted()).toEqual([202, 202, 429, 429, 429, 429])
    const refused = all.find(({ status }) => status === 429)!
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    await expectProblem(refused, { status: 429, code: 'concurrency_limited', retryable: true })
    const { data } = await read<{ data: Task[] }>(by('/v1/tasks'))
    expect(data).toHaveLength(2)
    expect((await by(`/v1/tasks/${data[0]!.id}/cancel`, 'POST')).status).toBe(200)
    expect((await by(CREATE, 'POST', SONG)).status).toBe(202)
  })

  test('of money is 402 with what is left and until when, and its state is told to the key', async () => {
    const { key } = await makeKey({ project: 'south', limits: { usd_per_day: 0.1 } }, paused)
    const by = as(key, paused)
    expect((await by(CREATE, 'POST', SONG)).status).toBe(202)
    const own = await read<OwnKey>(by('/v1/key'))
    const reserved = own.usage.day!.reserved_usd
    expect(reserved).toBeGreaterThan(0.05)
    expect(own.usage).toMatchObject({ concurrent_tasks: 1, day: { spent_usd: 0 }, month: { reserved_usd: reserved } })
    const refused = await by(CREATE, 'POST', SONG)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    const problem = await expectProblem(refused, { status: 402, code: 'spend_limit_reached', entries: ['usd_per_day'] })
    expect(problem.may_have_been_charged).toBe(false)
    expect((await read<{ data: Task[] }>(by('/v1/tasks'))).data).toHaveLength(1)
  })

  test('of money holds over failing providers: what was bought is never more than it', async () => {
    const strict = await startHarness({ callbacks: false })
    await strict.post('/v1/projects', { id: 'north' })
    const limit = 0.3
    const { key } = await makeKey({ limits: { usd_per_day: limit } }, strict)
    // Whether it was bought is not known, and the task asks the next one all the same.
    await strict.fault('kie', 'broken')
    const song = { ...SONG, failover: { on_ambiguous: 'resubmit' } }
    const by = as(key, strict)
    const answers = await Promise.all(Array.from({ length: 12 }, () => by(CREATE, 'POST', song)))
    const tasks = await Promise.all(answers.filter(({ status }) => status === 202).map((each) => read<Task>(each)))
    expect(tasks.length).toBeLessThan(12)
    let spent = 0
    for (const { id } of tasks)
      for (;;) {
        const task = await read<Task>(strict.call(`/v1/tasks/${id}`, { key, headers: { prefer: 'wait=5' } }))
        if (task.status === 'queued' || task.status === 'running') continue
        spent += task.billing.usd ?? 0
        break
      }
    const { usage } = await read<OwnKey>(by('/v1/key'))
    expect(usage.day!.spent_usd).toBeCloseTo(spent, 6)
    expect(usage.day!.reserved_usd).toBe(0)
    expect(spent).toBeGreaterThan(0)
    expect(spent).toBeLessThanOrEqual(limit)
    await strict.stop()
  })
})

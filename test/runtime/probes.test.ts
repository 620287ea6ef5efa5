/** Six probes that a well-known gateway of the same kind fails: what a client is most likely to lose money by. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { catalogue } from '../../src/canonical/catalogue.ts'
import { Task } from '../../src/canonical/task.ts'
import { listenUpstream } from '../../src/platform/node/upstreams.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { freePort, type HarnessOptions, SONG, startHarness } from '../harness.ts'
import { expectProblem } from '../http/problem.ts'
import { start as startServer } from './server.ts'
import { align, make, order, PROVIDERS, type Song } from './songs.ts'

const SONGS = '/v1/music/generations'
const ended: (() => Promise<unknown>)[] = []
afterAll(async () => {
  await Promise.all(ended.map((end) => end()))
})

/** A gateway of the test's own, and every paid request that reached an upstream of it, in order. */
const start = async (options: HarnessOptions = {}) => {
  const harness = await startHarness(options)
  ended.push(harness.stop)
  const asked: string[] = []
  for (const provider of PROVIDERS) {
    const { upstream } = harness.upstream(provider)
    const { fetch } = upstream
    upstream.fetch = (request) => {
      if (request.method === 'POST') asked.push(provider)
      return fetch(request)
    }
  }
  return { harness, asked }
}

/** The provider first, and after it others that could be asked. */
const from = (provider: string) => ({
  routing: { order: [provider, ...PROVIDERS.filter((each) => each !== provider)] },
})

/** What a song of which nobody knows whether it was bought has to say. */
const UNCONFIRMED = {
  status: 'failed',
  billing: { charged: 'unknown' },
  error: { code: 'submission_unconfirmed', may_have_been_charged: true, retryable: false },
} as const

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 10_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it never came to be')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A server that answers everything with 500 and this body, and counts how often it was asked. */
const failing = async (body: string, type: string) => {
  const seen: string[] = []
  const listening = await listenUpstream(
    async (request) => {
      seen.push(request.method)
      await request.text()
      return new Response(body, { status: 500, headers: { 'content-type': type } })
    },
    0,
    () => false,
  )
  ended.push(listening.close)
  return { origin: `http://127.0.0.1:${listening.port}`, seen }
}

describe.concurrent('1: an upstream that answers 500 to a create', () => {
  test.each(PROVIDERS)('%s, in its own words, is asked exactly once, and nobody else is', async (provider) => {
    const { harness, asked } = await start({ settings: { reconcileWindow: 300 } })
    await harness.fault(provider, 'server_error')
    expect(await make(harness, from(provider))).toMatchObject({ ...UNCONFIRMED, attempts: [{ state: 'unknown' }] })
    expect(asked).toEqual([provider])
  })

  test.each([
    ['no body', '', 'text/plain'],
    ['foreign JSON', '{"error":{"message":"Internal Server Error"}}', 'application/json'],
    ['a page', '<html><body><h1>500</h1></body></html>', 'text/html'],
  ])('with %s is asked exactly once, and nobody else is', async (_, body, type) => {
    const { origin, seen } = await failing(body, type)
    const { harness, asked } = await start({ origins: { kie: origin }, settings: { reconcileWindow: 300 } })
    expect(await make(harness, from('kie'))).toMatchObject({ ...UNCONFIRMED, attempts: [{ state: 'unknown' }] })
    expect([seen, asked]).toEqual([['POST'], []])
  })
})

describe.concurrent('2: a create that takes longer than we wait, with other providers at hand', () => {
  const settings = { submitTimeout: 300, reconcileWindow: 8000 }

  test.each(['kie', 'apibox'])('%s takes the song after all: one task, one song, paid once', async (provider) => {
    const { harness, asked } = await start({ settings })
    await harness.fault(provider, 'slow', 1)
    const task = await order(harness, from(provider))
    expect(await harness.ended(task.id)).toMatchObject({
      id: task.id,
      status: 'succeeded',
      provider,
      billing: { charged: 'yes' },
      attempts: [{ state: 'accepted' }],
    })
    expect(asked).toEqual([provider])
    expect((await harness.ledgers()).accepted).toBe(1)
  })

  test.each(PROVIDERS)('%s takes it when nobody can tell us any more: still one, and we say so', async (provider) => {
    const { harness, asked } = await start({ settings, callbacks: false })
    await harness.fault(provider, 'slow', 1)
    const key = { 'idempotency-key': 'slow' }
    const first = await harness.post(SONGS, { ...SONG, ...from(provider) }, key)
    expect(first.status).toBe(202)
    const { id } = (await first.json()) as Song
    expect(await harness.ended(id)).toMatchObject(UNCONFIRMED)
    await until(async () => (await harness.ledgers()).accepted > 0)
    const again = await harness.post(SONGS, { ...SONG, ...from(provider) }, key)
    expect(((await again.json()) as Song).id).toBe(id)
    expect(asked).toEqual([provider])
    expect((await harness.ledgers()).accepted).toBe(1)
  })
})

describe.concurrent('3: a page under 502 from the first provider', () => {
  test.each(PROVIDERS)('%s leaves the song parked, then failed in our words, and never elsewhere', async (provider) => {
    const { harness, asked } = await start({ settings: { reconcileWindow: 600 } })
    await harness.fault(provider, 'broken')
    const { id } = await order(harness, from(provider))
    const read = async () => Task.parse(await (await harness.call(`/v1/tasks/${id}`)).json())
    await until(async () => (await read()).stage === 'reconciling')
    expect((await read()).status).toBe('running')
    const task = Task.parse(await harness.ended(id))
    expect(task).toMatchObject({ ...UNCONFIRMED, provider, error: { ...UNCONFIRMED.error, provider } })
    expect(task.stages.map(({ stage }) => stage)).toEqual(['accepted', 'submitting', 'reconciling'])
    expect(JSON.stringify(task)).not.toMatch(/<html|Bad Gateway/)
    expect(asked).toEqual([provider])
    expect((await harness.ledgers()).accepted).toBe(0)
  })

  test.each(PROVIDERS)(
    '%s answers a call so: the client gets a typed problem, and it is asked once',
    async (provider) => {
      const { harness, asked } = await start()
      const { tracks } = await make(harness, from(provider))
      asked.length = 0
      await harness.fault(provider, 'broken')
      const wanted = { status: 503, code: 'submission_unconfirmed', charged: true }
      const problem = await expectProblem(await align(harness, tracks[0]!.id), wanted)
      expect(problem.provider).toBe(provider)
      expect(JSON.stringify(problem)).not.toMatch(/<html|Bad Gateway/)
      expect(asked).toEqual([provider])
    },
  )
})

describe.concurrent('4: the same Idempotency-Key', () => {
  const key = { 'idempotency-key': 'the-same' }
  const faults: readonly (readonly [string, Fault | null])[] = [
    ['at once', null],
    ['after two seconds', 'slow'],
    ['by hanging up', 'answer_lost'],
  ]

  test.each(faults)('fifty times in parallel is one create, where the upstream answers %s', async (_, fault) => {
    const { harness, asked } = await start()
    if (fault !== null) await harness.fault('kie', fault, 1)
    const answers = await Promise.all(Array.from({ length: 50 }, () => harness.post(SONGS, SONG, key)))
    for (const { status } of answers) expect([200, 202]).toContain(status)
    const tasks = (await Promise.all(answers.map((answer) => answer.json()))) as Song[]
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(1)
    const replayed = answers.filter((answer) => answer.headers.get('idempotency-replayed') === 'true')
    expect(replayed).toHaveLength(49)
    expect((await harness.ended(tasks[0]!.id)).status).toBe('succeeded')
    expect(asked).toEqual(['kie'])
    expect((await harness.ledgers()).accepted).toBe(1)
  })

  test('twice is one create, also after the song has ended; with other words it is refused', async () => {
    const { harness, asked } = await start()
    const { id } = (await (await harness.post(SONGS, SONG, key)).json()) as Song
    const done = await harness.ended(id)
    const again = await harness.post(SONGS, SONG, key)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(await again.json()).toEqual(done)
    const other = await harness.post(SONGS, { ...SONG, title: 'Another' }, key)
    await expectProblem(other, { status: 422, code: 'idempotency_key_reused' })
    expect(asked).toEqual(['kie'])
  })
})

test('5: an unknown field is refused with its place, and nobody is asked', async () => {
  const { harness, asked } = await start()
  const wanted = { status: 422, code: 'validation_failed', entries: ['unknown_field'] }
  const beside = [
    [{ ...SONG, negative_tagz: 'x' }, '/negative_tagz'],
    [{ ...SONG, routing: { providr: 'kie' } }, '/routing/providr'],
    [{ ...SONG, customMode: true, model: 'auto' }, '/customMode'],
  ] as const
  for (const [body, pointer] of beside)
    await expectProblem(await harness.post(SONGS, body), { ...wanted, pointers: [pointer] })
  expect(asked).toEqual([])
  expect((await (await harness.call('/v1/tasks')).json()) as { data: unknown[] }).toMatchObject({ data: [] })
})

test('6: the document and the health of a started server can be asked for without a key', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tutti-probes-'))
  const port = await freePort()
  const server = await startServer({ PORT: String(port), TUTTI_DATA_DIR: dataDir })
  ended.push(async () => {
    await server.kill('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true })
  })
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`)
    expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 200, 'application/json'])
    return (await answer.json()) as Record<string, unknown>
  }
  expect(await get('/healthz')).toEqual({ status: 'ok' })
  expect(await get('/readyz')).toEqual({ status: 'ready' })
  const document = await get('/openapi.json')
  expect(document.openapi).toMatch(/^3\.1\./)
  const paths = Object.values(catalogue).map(({ path }) => path)
  expect(Object.keys(document.paths as object)).toEqual(expect.arrayContaining(paths))
})

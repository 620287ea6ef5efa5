/** Traces: what a collector is told of requests and submissions, and whom nobody tells. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { otlpExporter } from '../../src/platform/otlp.ts'
import { readTelemetry, type Telemetry } from '../../src/platform/telemetry.ts'
import { createTracer, type EndedSpan, readTraceparent } from '../../src/platform/tracing.ts'
import { type HarnessOptions, SONG, startHarness } from '../harness.ts'
import { align } from '../runtime/songs.ts'

const closing: (() => unknown)[] = []
afterAll(async () => {
  await Promise.all(closing.map((close) => close()))
})

const wrong = (name: string, detail: string): never => {
  throw new Error(`${name} ${detail}`)
}
const telemetry = (env: Readonly<Record<string, string | undefined>>) => readTelemetry(env, '1.2.3', wrong)

interface Sent {
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status?: { readonly code: number }
  readonly facts: Readonly<Record<string, unknown>>
}
interface Wire {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly (Omit<Sent, 'facts'> & { attributes: Attribute[] })[] }[]
  }[]
}
interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}
const factsOf = (attributes: readonly Attribute[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

/** A collector that takes what comes, or says this status instead. */
const startCollector = async () => {
  const requests: { path: string; headers: Readonly<Record<string, unknown>>; body: Wire }[] = []
  const statuses: number[] = []
  const server: Server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => {
      text += chunk
    })
    request.on('end', () => {
      const status = statuses.shift() ?? 200
      if (status === 200)
        requests.push({ path: request.url!, headers: request.headers, body: JSON.parse(text) as Wire })
      response.writeHead(status).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const spans = (): Sent[] =>
    requests.flatMap(({ body }) =>
      body.resourceSpans.flatMap(({ scopeSpans }) =>
        scopeSpans.flatMap((scope) =>
          scope.spans.map(({ attributes, ...span }) => ({ ...span, facts: factsOf(attributes) })),
        ),
      ),
    )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, statuses, spans }
}

const start = async (env: Record<string, string>, options: HarnessOptions = {}) => {
  const harness = await startHarness({ ...options, telemetry: telemetry(env) })
  closing.push(harness.stop)
  return harness
}
/** What is left is sent when the gateway stops. */
const told = async (harness: Awaited<ReturnType<typeof start>>) => harness.restart()

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const above = (flags = '01') => ({ traceparent: `00-${TRACE}-${PARENT}-${flags}`, tracestate: 'vendor=canary-state' })

describe('a collector', () => {
  test('is told of a request and its submissions, in the trace of the client, with ids and nothing of what was asked', async () => {
    const collector = await startCollector()
    const harness = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a%20b',
      OTEL_SERVICE_NAME: 'music',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test',
    })
    const upstreamHeaders: string[] = []
    for (const provider of ['kie', 'apibox', 'udioapi']) {
      const { upstream } = harness.upstream(provider)
      const { fetch } = upstream
      upstream.fetch = (request) => {
        upstreamHeaders.push(...request.headers.keys())
        return fetch(request)
      }
    }
    await harness.fault('kie', 'no_credits', 1)
    const song = { ...SONG, title: 'canary-title', lyrics: 'canary-lyrics', routing: { order: ['kie', 'apibox'] } }
    const answer = await harness.post('/v1/music/generations', song, above())
    await harness.call('/v1/tasks?status=canary-query')
    const { id } = (await answer.json()) as { id: string }
    const task = await harness.ended(id)
    await align(harness, task.tracks[0]!.id)
    await harness.call('/v1/tasks/canary-nothing', { headers: above('00') })
    await harness.call('/healthz')
    await told(harness)

    const [{ path, headers, body }] = collector.requests as [(typeof collector.requests)[0]]
    expect(path).toBe('/v1/traces')
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-tenant': 'a b' })
    expect(factsOf(body.resourceSpans[0]!.resource.attributes)).toEqual({
      'service.name': 'music',
      'service.version': '1.2.3',
      'deployment.environment': 'test',
    })
    const spans = collector.spans()
    const create = spans.find(({ name }) => name === 'POST /v1/music/generations')!
    expect(create).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, kind: 2 })
    expect(create.facts).toEqual({
      'http.request.method': 'POST',
      'http.route': '/v1/music/generations',
      'tutti.operation': 'generateMusic',
      'http.response.status_code': '202',
      'tutti.request_id': answer.headers.get('request-id'),
    })
    const submits = spans.filter(({ name }) => name === 'submit generateMusic')
    expect(submits.map(({ traceId, parentSpanId }) => [traceId, parentSpanId])).toEqual([
      [TRACE, create.spanId],
      [TRACE, create.spanId],
    ])
    expect(submits.map(({ facts }) => facts)).toEqual(
      task.attempts.map((attempt) => ({
        'tutti.task_id': id,
        'tutti.attempt_id': attempt.id,
        'tutti.provider': attempt.provider,
        'tutti.credential': expect.stringMatching(new RegExp(`^${attempt.provider}-`)),
        'tutti.outcome': attempt.state,
        ...(attempt.error === null ? {} : { 'error.type': attempt.error.code }),
      })),
    )
    expect(submits.map(({ status }) => status?.code ?? null)).toEqual([2, null])
    const words = spans.find(({ name }) => name === 'submit alignLyrics')!
    const asked = spans.find(({ name }) => name === 'POST /v1/tracks/{track_id}/timestamped-lyrics')!
    expect([words.traceId, words.parentSpanId]).toEqual([asked.traceId, asked.spanId])
    for (const span of spans) {
      expect(span.traceId).toMatch(/^[0-9a-f]{32}$/)
      expect(span.spanId).toMatch(/^[0-9a-f]{16}$/)
      expect(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano)).toBe(true)
    }
    // The client did not want that one traced, and probes say nothing.
    expect(spans.filter(({ facts }) => facts['http.response.status_code'] === '404')).toEqual([])
    expect(spans.map(({ name }) => name).join()).not.toContain('healthz')
    expect(JSON.stringify(collector.requests)).not.toMatch(/canary|sandbox-|tutti_test|\/cb\//)
    expect(upstreamHeaders).toContain('authorization')
    for (const name of ['traceparent', 'tracestate']) expect(upstreamHeaders).not.toContain(name)
  })

  test('that refuses or is not there fails no request', async () => {
    const collector = await startCollector()
    collector.statuses.push(503)
    const harness = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
    expect((await harness.call('/v1/tasks')).status).toBe(200)
    await told(harness)
    expect(collector.spans()).toEqual([])
    expect(harness.logged.filter((line) => line.includes('traces.'))).toEqual([
      JSON.stringify({ level: 'warn', event: 'traces.refused', status: 503 }),
    ])
    const nobody = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
    expect((await nobody.call('/v1/tasks')).status).toBe(200)
    await told(nobody)
    expect(nobody.logged.filter((line) => line.includes('traces.unreachable'))).toHaveLength(1)
  })
})

describe('an exporter', () => {
  /** Whose time is told by hand, and whose collector says these statuses, or nothing at all (null). */
  const exporter = (statuses: (number | null)[]) => {
    const bodies: Wire[] = []
    const due: { act: () => unknown; milliseconds: number }[] = []
    const logged: string[] = []
    const made = otlpExporter(
      { url: 'http://collector', headers: {}, timeout: 1, resource: {} },
      async (_url, _headers, body) => {
        const status = statuses.length === 0 ? 200 : statuses.shift()!
        if (status === null) throw new Error('nobody')
        if (status === 200) bodies.push(JSON.parse(body) as Wire)
        return status
      },
      (act, milliseconds) => due.push({ act, milliseconds }),
      (_, event, facts) => logged.push(`${event} ${JSON.stringify(facts)}`),
    )
    const keep = (id: string) =>
      made.keep({
        trace: TRACE,
        id,
        parent: null,
        name: 'x',
        kind: 'client',
        begun: 1,
        ended: 2,
        facts: {},
        failed: false,
      })
    const ids = () => bodies.map(({ resourceSpans: [one] }) => one!.scopeSpans[0]!.spans.map(({ spanId }) => spanId))
    const tick = async () => {
      const { act, milliseconds } = due.shift()!
      await act()
      return milliseconds
    }
    return { keep, ids, tick, due, logged, flush: made.flush }
  }

  test('sends what was not taken again, ever later, in its order; and says so once', async () => {
    const { keep, ids, tick, due, logged } = exporter([503, null, null, null, null])
    keep('a')
    const waits = [await tick(), await tick()]
    keep('b')
    for (let more = 0; more < 4; more++) waits.push(await tick())
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000])
    expect(ids()).toEqual([['a', 'b']])
    expect(due).toEqual([])
    expect(logged).toEqual(['traces.refused {"status":503}', 'traces.resumed {"dropped":0}'])
  })

  test('told to flush waits for the batch that is under way, and sends what came meanwhile after it', async () => {
    const due: (() => unknown)[] = []
    const answers: (() => void)[] = []
    const sent: string[] = []
    const { keep, flush } = otlpExporter(
      { url: 'http://collector', headers: {}, timeout: 1, resource: {} },
      (_url, _headers, body) => {
        const spans = (JSON.parse(body) as Wire).resourceSpans[0]!.scopeSpans[0]!.spans
        return new Promise((resolve) => {
          answers.push(() => {
            sent.push(spans.map(({ spanId }) => spanId).join(''))
            resolve(200)
          })
        })
      },
      (act) => due.push(act),
      () => {},
    )
    const span = { trace: TRACE, parent: null, name: 'x', kind: 'client', begun: 1, ended: 2, facts: {} } as const
    keep({ ...span, id: 'a', failed: false })
    void due.shift()!()
    await expect.poll(() => answers.length).toBe(1)
    let flushed = false
    const flushing = flush().then(() => {
      flushed = true
    })
    keep({ ...span, id: 'b', failed: false })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect([flushed, answers.length]).toEqual([false, 1])
    answers[0]!()
    await expect.poll(() => answers.length).toBe(2)
    expect(flushed).toBe(false)
    answers[1]!()
    await flushing
    expect(sent).toEqual(['a', 'b'])
  })

  test('gives up what is refused for good', async () => {
    const { keep, ids, tick, logged } = exporter([400])
    keep('a')
    await tick()
    keep('b')
    await tick()
    expect(ids()).toEqual([['b']])
    expect(logged.at(-1)).toBe('traces.resumed {"dropped":1}')
  })

  test('loses nothing that a collector takes as fast as it comes, and waits for no timer while whole batches wait', async () => {
    const { keep, ids, tick, due, logged } = exporter([])
    const names = Array.from({ length: 5000 }, (_, index) => String(index))
    for (const [index, name] of names.entries()) {
      keep(name)
      if (index % 500 === 499) await new Promise(setImmediate)
    }
    expect(ids().flat().length).toBeGreaterThan(5000 - 512)
    while (due.length > 0) expect(await tick()).toBe(5_000)
    expect(ids().flat()).toEqual(names)
    expect(logged).toEqual([])
  })

  test('that has failed waits for its timer, however many batches wait', async () => {
    const { keep, ids, tick } = exporter([503])
    for (let index = 0; index < 512; index++) keep(String(index))
    await new Promise(setImmediate)
    for (let index = 0; index < 1000; index++) keep(String(index))
    await new Promise(setImmediate)
    expect(ids()).toEqual([])
    // The timer of what was less than a batch was set before that.
    expect([await tick(), ids().length]).toEqual([5_000, 2])
  })

  test('says once that it loses something, and how much once there is room again', async () => {
    const { keep, ids, logged } = exporter([])
    for (const lost of [52, 1]) {
      logged.length = 0
      for (let index = 0; index < 2048 + lost; index++) keep(String(index))
      await new Promise(setImmediate)
      expect(logged).toEqual(['traces.dropped {"dropped":1}', `traces.resumed {"dropped":${lost}}`])
    }
    expect(ids()).toHaveLength(8)
  })

  test('counts what gave way to a batch that was not taken', async () => {
    const { keep, tick, logged, flush } = exporter([503])
    for (let index = 0; index < 512; index++) keep(String(index))
    // The batch is under way by now, and its answer is not there yet.
    await Promise.resolve()
    for (let index = 0; index < 2048; index++) keep(String(index))
    await tick()
    await flush()
    expect(logged).toEqual([
      'traces.refused {"status":503}',
      'traces.dropped {"dropped":512}',
      'traces.resumed {"dropped":512}',
    ])
  })

  test('keeps no more than it may while nobody takes anything, and loses the newest', async () => {
    const { keep, ids, tick, flush } = exporter([null])
    for (let index = 0; index < 3000; index++) keep(String(index))
    await tick()
    await flush()
    expect(ids().flat()).toEqual(Array.from({ length: 2048 }, (_, index) => String(index)))
    expect(ids().map(({ length }) => length)).toEqual([512, 512, 512, 512])
  })
})

describe('a tracer', () => {
  const begun = (sampling: Telemetry['sampling'], parent: string | null) => {
    const spans: EndedSpan[] = []
    const bytes = (count: number) => crypto.getRandomValues(new Uint8Array(count))
    const tracer = createTracer(
      bytes,
      () => 1,
      sampling,
      (span) => spans.push(span),
    )
    const span = tracer.begin('x', 'server', parent, {})
    span.end({}, false)
    return { context: span.context, kept: spans.length === 1 }
  }
  const parent = (flags: string) => `00-${TRACE}-${PARENT}-${flags}`

  test.each([
    ['parentbased_always_on', undefined, null, true],
    ['parentbased_always_on', undefined, parent('00'), false],
    ['parentbased_always_off', undefined, null, false],
    ['parentbased_always_off', undefined, parent('01'), true],
    ['always_off', undefined, parent('01'), false],
    ['always_on', undefined, parent('00'), true],
    ['traceidratio', '0', parent('01'), false],
    ['parentbased_traceidratio', '0', parent('01'), true],
    ['parentbased_traceidratio', '0', null, false],
  ])('%s with %s under %s', (OTEL_TRACES_SAMPLER, ratio, above, kept) => {
    const { sampling } = telemetry({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_TRACES_SAMPLER,
      ...(ratio === undefined ? {} : { OTEL_TRACES_SAMPLER_ARG: ratio }),
    })!
    const span = begun(sampling, above)
    expect(span.kept).toBe(kept)
    // Whatever is done on its behalf is decided alike.
    expect(readTraceparent(span.context)!.sampled).toBe(kept)
    if (above !== null) expect(span.context).toContain(TRACE)
  })

  test('keeps the share of traces that it was told to', () => {
    const kept = Array.from({ length: 2000 }, () => begun({ byParent: true, ratio: 0.25 }, null).kept).filter(Boolean)
    expect(kept.length).toBeGreaterThan(380)
    expect(kept.length).toBeLessThan(620)
  })

  test.each([
    '',
    'x',
    `00-${TRACE}-${PARENT}`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${PARENT}-01-more`,
    `ff-${TRACE}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01\n`,
  ])('begins anew under what is no traceparent: %j', (header) => {
    expect(readTraceparent(header)).toBeNull()
  })
  test('takes versions that are not known yet', () => {
    expect(readTraceparent(`cc-${TRACE}-${PARENT}-01-more`)).toEqual({ trace: TRACE, span: PARENT, sampled: true })
  })
})

describe('the variables', () => {
  const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example/base/' }
  test('name the collector: a base that traces stand under, or the place itself', () => {
    expect(telemetry(ENDPOINT)!.collector.url).toBe('https://otel.example/base/v1/traces')
    const own = { ...ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example/in' }
    expect(telemetry(own)!.collector.url).toBe('https://traces.example/in')
    expect(telemetry(ENDPOINT)!.collector.resource).toEqual({ 'service.name': 'tutti', 'service.version': '1.2.3' })
  })
  test.each([
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
    { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' },
    { ...ENDPOINT, OTEL_SDK_DISABLED: 'true' },
  ])('turn it off: %j', (env) => {
    expect(telemetry(env)).toBeNull()
  })
  test.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://user:hidden-word@otel.example'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'hidden-word'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'x=%hidden-word'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', 'soon'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '0.5'],
    ['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', '2592000000'],
    ['OTEL_TRACES_EXPORTER', 'zipkin'],
    ['OTEL_TRACES_SAMPLER', 'some'],
  ])('stop the start with their name, and no secret: %s=%s', (name, value) => {
    expect(() => telemetry({ ...ENDPOINT, [name]: value })).toThrow(new RegExp(`^${name} (?!.*hidden-word)`))
  })
  test('stop the start where the ratio is none', () => {
    const env = { ...ENDPOINT, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' }
    expect(() => telemetry(env)).toThrow(/^OTEL_TRACES_SAMPLER_ARG /)
  })
})

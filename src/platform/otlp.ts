/** Spans as OTLP over HTTP in JSON (https://opentelemetry.io/docs/specs/otlp): batched, bounded, and never waited for by a request. */
import type { Facts, Log } from '../engine/ports.ts'
import type { EndedSpan } from './tracing.ts'

export interface Collector {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** How long it may take to answer, in milliseconds. */
  readonly timeout: number
  /** What spans are said to be of. */
  readonly resource: Readonly<Record<string, string>>
}

/** Posts a text and answers the status. It throws where nobody answered. */
export type Post = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  timeout: number,
) => Promise<number>

export interface Exporter {
  readonly keep: (span: EndedSpan) => void
  /** Sends what there is, what is under way included, however that ends. */
  readonly flush: () => Promise<void>
}

const BATCH = 512
const QUEUE = 2048
/** Until what is less than a batch is sent, in milliseconds; doubled with each batch that did not get through. */
const PAUSE = 5_000
const LONGEST_PAUSE = 60_000

const KINDS = { server: 2, client: 3 } as const
const ERROR = 2

const anyValue = (value: string | number | boolean) => {
  if (typeof value === 'string') return { stringValue: value }
  return typeof value === 'boolean' ? { boolValue: value } : { intValue: String(value) }
}

const attributes = (facts: Facts) =>
  Object.entries(facts).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [{ key, value: anyValue(value) }],
  )

const nanoseconds = (at: number) => String(BigInt(Math.round(at * 1000)) * 1000n)

const spanOf = ({ trace, id, parent, name, kind, begun, ended, facts, failed }: EndedSpan) => ({
  traceId: trace,
  spanId: id,
  ...(parent === null ? {} : { parentSpanId: parent }),
  name,
  kind: KINDS[kind],
  startTimeUnixNano: nanoseconds(begun),
  endTimeUnixNano: nanoseconds(ended),
  attributes: attributes(facts),
  ...(failed ? { status: { code: ERROR } } : {}),
})

/** One ExportTraceServiceRequest. */
export const otlpJson = (spans: readonly EndedSpan[], resource: Collector['resource']): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributes(resource) },
        scopeSpans: [{ scope: { name: 'tutti' }, spans: spans.map(spanOf) }],
      },
    ],
  })

/** What a collector may take later (OTLP, section Retryable Response Codes). */
const isPassing = (status: number) => [429, 502, 503, 504].includes(status)

/** @param later calls back once after so many milliseconds, unless the process ends before */
export const otlpExporter = (
  { url, headers, timeout, resource }: Collector,
  post: Post,
  later: (act: () => void, milliseconds: number) => void,
  log: Log,
): Exporter => {
  let queue: EndedSpan[] = []
  let dropped = 0
  let failures = 0
  let waiting = false
  let draining = false
  let last = Promise.resolve(true)

  /** The first that is lost is told at once, how many there were once there is room again. */
  const lose = (count: number) => {
    if (count > 0 && dropped === 0) log('warn', 'traces.dropped', { dropped: count })
    dropped += count
  }

  /** Not while whole batches wait: more may be lost then, and each batch that got through would say it again. */
  const tell = () => {
    if (failures === 0 && (dropped === 0 || queue.length >= BATCH)) return
    log('info', 'traces.resumed', { dropped })
    dropped = 0
  }

  /** Whether the batch is done with: taken, or refused for good. */
  const send = async (batch: readonly EndedSpan[]): Promise<boolean> => {
    try {
      const sent = { ...headers, 'content-type': 'application/json' }
      const status = await post(url, sent, otlpJson(batch, resource), timeout)
      if (status >= 200 && status < 300) {
        tell()
        failures = 0
        return true
      }
      if (failures++ === 0) log('warn', 'traces.refused', { status })
      if (isPassing(status)) return false
      lose(batch.length)
      return true
    } catch (error) {
      if (failures++ === 0) log('warn', 'traces.unreachable', { message: (error as Error).name })
      return false
    }
  }

  const next = async (): Promise<boolean> => {
    const batch = queue.slice(0, BATCH)
    queue = queue.slice(BATCH)
    if (batch.length === 0) return true
    const done = await send(batch)
    if (!done) {
      const all = [...batch, ...queue]
      queue = all.slice(0, QUEUE)
      lose(all.length - queue.length)
    }
    return done
  }

  /** One after the other: who flushes waits for the batch that is under way. */
  const deliver = (): Promise<boolean> => {
    last = last.then(next)
    return last
  }

  /** Batch after batch, as long as whole ones wait and are taken. */
  const drain = async () => {
    if (draining) return
    draining = true
    while ((await deliver()) && queue.length >= BATCH);
    draining = false
    if (queue.length > 0) schedule()
  }

  const schedule = () => {
    if (waiting || draining) return
    waiting = true
    later(
      () => {
        waiting = false
        return drain()
      },
      Math.min(PAUSE * 2 ** failures, LONGEST_PAUSE),
    )
  }

  return {
    keep: (span) => {
      if (queue.length >= QUEUE) lose(1)
      else queue.push(span)
      // What comes faster than a timer would send it is not kept waiting, unless nobody takes it.
      if (queue.length >= BATCH && failures === 0) void drain()
      else schedule()
    },
    flush: async () => {
      await last
      while (queue.length > 0 && (await deliver()));
    },
  }
}

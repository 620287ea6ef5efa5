/** Traces on Node: a tracer over fetch, and a last word before the process ends. */
import type { Log, Tracer } from '../../engine/ports.ts'
import { otlpExporter, type Post } from '../otlp.ts'
import type { Telemetry } from '../telemetry.ts'
import { createTracer } from '../tracing.ts'

/** What is left is sent for so long at the end. */
const LAST_WORD = 3_000

const post: Post = async (url, headers, body, timeout) => {
  const signal = AbortSignal.timeout(timeout)
  // A collector that leads elsewhere is not followed: the headers may hold its key.
  const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal })
  await answer.body?.cancel()
  return answer.status
}

const later = (act: () => void, milliseconds: number) => {
  setTimeout(act, milliseconds).unref()
}

export interface Tracing {
  readonly tracer: Tracer
  readonly close: () => Promise<void>
}

/** Traces are another matter than identity: their ids are random, and that is all. */
export const openTracing = ({ collector, sampling }: Telemetry, log: Log): Tracing => {
  const exporter = otlpExporter(collector, post, later, log)
  const bytes = (count: number) => crypto.getRandomValues(new Uint8Array(count))
  const now = () => performance.timeOrigin + performance.now()
  return {
    tracer: createTracer(bytes, now, sampling, exporter.keep),
    close: () => Promise.race([exporter.flush(), new Promise<void>((resolve) => later(resolve, LAST_WORD))]),
  }
}

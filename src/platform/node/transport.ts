/** The transport over undici: a connection of its own for each paid create, a pool for everything else. */
import { type buildConnector, Client, type Dispatcher, Pool } from 'undici'
import type { Transport, UpstreamAnswer, UpstreamRequest } from '../../engine/ports.ts'
import { retryAfterSeconds } from '../../engine/retry-after.ts'
import type { ProxyOf } from '../proxy.ts'
import { connector } from './tunnel.ts'

/** A provider's answer is untrusted: more than this is not read. */
const LARGEST_ANSWER = 4 * 1024 * 1024
const CONNECT_TIMEOUT = 10_000
/** Connections to one provider: 10,000 tasks in flight are read 475 times a second, and an answer may take a second. */
const POOL = 512
/**
 * HTTP/1.1 alone: over HTTP/2 undici sends a request again by itself (REFUSED_STREAM, GOAWAY). Its own times, of five
 * minutes each, would cut below ours.
 */
const WAY = { allowH2: false, headersTimeout: 0, bodyTimeout: 0 } as const

const codeOf = (error: unknown): string => {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } }
  // An abort has a number in place of a code.
  const said = [code, cause?.code].find((each) => typeof each === 'string')
  return said ?? (error instanceof Error ? error.name : 'unknown')
}

const isTls = (code: string) => /^(ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code)

const notSent = (code: string): UpstreamAnswer => ({
  kind: 'not_sent',
  reason: isTls(code) ? 'tls' : 'connect',
  detail: code,
})

const headerOf = ({ headers }: Dispatcher.ResponseData, name: string): string | null => {
  const value = headers[name]
  return (Array.isArray(value) ? value[0] : value) ?? null
}

const tooLarge = () => Object.assign(new Error('too large'), { code: 'ANSWER_TOO_LARGE' })

/** The text of a body, without a mark of its byte order: in one go where its announced length is small, else counted as it comes. */
const textOf = async ({ body, headers }: Dispatcher.ResponseData): Promise<string> => {
  const length = Number(headers['content-length'] ?? Number.NaN)
  if (length <= LARGEST_ANSWER) return body.text()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > LARGEST_ANSWER) throw tooLarge()
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

/** The limit of the whole is a timer of its own, cleared at the end. */
const ask = async (dispatcher: Client | Pool, request: UpstreamRequest): Promise<UpstreamAnswer> => {
  const { method, url, headers, body, timeoutMs } = request
  const { pathname, search } = new URL(url)
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), timeoutMs)
  try {
    const path = `${pathname}${search}`
    const answer = await dispatcher.request({ method, path, headers, body, signal: limit.signal })
    const text = await textOf(answer)
    return {
      kind: 'answered',
      status: answer.statusCode,
      retryAfter: retryAfterSeconds(headerOf(answer, 'retry-after'), headerOf(answer, 'date'), Date.now()),
      body: text,
    }
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Whether the connector ever yielded a socket is the only sound witness of "not sent" (measured: error codes are not).
 * Through a proxy it yields none before the tunnel stands: a proxy that says no, or nothing, has passed nothing on.
 */
const fresh = async (request: UpstreamRequest, proxyOf: ProxyOf): Promise<UpstreamAnswer> => {
  let connected = false
  const connect = connector(proxyOf(new URL(request.url)), Math.min(CONNECT_TIMEOUT, request.timeoutMs))
  const client = new Client(new URL(request.url).origin, {
    ...WAY,
    pipelining: 0,
    connect: (options, callback) =>
      connect(options, (...result: Parameters<typeof callback>) => {
        if (result[0] === null) connected = true
        callback(...result)
      }),
  })
  try {
    return await ask(client, request)
  } catch (error) {
    return connected ? { kind: 'lost', detail: codeOf(error) } : notSent(codeOf(error))
  } finally {
    client.destroy().catch(() => undefined)
  }
}

/** Over a pool the witness is the same connector: an error that it did not hand back itself may come of a request that was read. */
const witnessed =
  (connect: buildConnector.connector, unconnected: WeakSet<Error>): buildConnector.connector =>
  (options, callback) =>
    connect(options, (...result: Parameters<typeof callback>) => {
      if (result[0] !== null) unconnected.add(result[0])
      callback(...result)
    })

export const undiciTransport = (
  proxyOf: ProxyOf = () => null,
): { transport: Transport; close: () => Promise<void> } => {
  const pools = new Map<string, Pool>()
  const unconnected = new WeakSet<Error>()
  const poolOf = (url: string): Pool => {
    const { origin } = new URL(url)
    const known = pools.get(origin)
    if (known !== undefined) return known
    const connect = witnessed(connector(proxyOf(new URL(origin)), CONNECT_TIMEOUT), unconnected)
    const pool = new Pool(origin, { ...WAY, connections: POOL, connect })
    pools.set(origin, pool)
    return pool
  }
  const pooled = async (request: UpstreamRequest): Promise<UpstreamAnswer> => {
    try {
      return await ask(poolOf(request.url), request)
    } catch (error) {
      const code = codeOf(error)
      return unconnected.has(error as Error) ? notSent(code) : { kind: 'lost', detail: code }
    }
  }
  return {
    transport: (request) => (request.connection === 'fresh' ? fresh(request, proxyOf) : pooled(request)),
    close: async () => {
      await Promise.allSettled([...pools.values()].map((pool) => pool.destroy()))
    },
  }
}

/** Loopback inside workerd, where nobody can listen: who listens is asked in an object of its own, and everybody fetches. */
import { DurableObject, env, exports } from 'cloudflare:workers'
import type { Row, Sql, Statement, Value } from '../../src/engine/ports.ts'
import type { Listener } from '../../src/platform/node/upstreams.ts'
import type { Env } from '../../src/platform/workers/settings.ts'
import { objectRows, objectSql } from '../../src/platform/workers/sql.ts'
import { STUDIO_SCHEMA } from '../../src/sandbox/studio.ts'

export type Answers = (request: Request) => Response | Promise<Response>

/** By port. Tests, the Worker and its objects share one isolate, and so this. */
const listening = new Map<number, Answers>()

const OBJECTS = env.LOOPBACK

/** What the object of a port has: a life of its own, that no request ends, and storage. */
export class LoopbackObject extends DurableObject<object> {
  private studio: Sql | undefined

  async fetch(request: Request): Promise<Response> {
    const answers = listening.get(Number(new URL(request.url).port))
    if (answers === undefined) throw new Error('connection refused')
    return answers(request)
  }

  private sql(): Sql {
    if (this.studio === undefined) {
      const rows = objectRows(this.ctx.storage, STUDIO_SCHEMA)
      // What was bought is counted before anything was.
      rows.write('SELECT 1')
      this.studio = objectSql(this.ctx.storage, rows)
    }
    return this.studio
  }

  read(text: string, params: readonly Value[]) {
    return this.sql().read(text, params)
  }

  commit(statements: readonly Statement[]) {
    return this.sql().commit(statements)
  }
}

interface Callable {
  readonly fetch: (request: Request) => Promise<Response>
  readonly read: (text: string, params: readonly Value[]) => Promise<readonly Row[]>
  readonly commit: (statements: readonly Statement[]) => Promise<void>
}
const at = (name: string) => OBJECTS.getByName(name) as unknown as Callable

/** A database of this name. */
export const openSql = (name: string): Sql => ({
  read: (text, params) => at(name).read(text, params),
  commit: (statements) => at(name).commit(statements),
})

/** Installations of Tutti by port: they are asked through the entry of the Worker, which chooses among them. */
const gateways = new Map<number, () => Env>()
export const gatewayAt = (url: string): Env | undefined => gateways.get(Number(new URL(url).port))?.()
export const serveGateway = (port: number, env: () => Env) => {
  gateways.set(port, env)
  return { close: () => void gateways.delete(port) }
}

const self = exports.default
globalThis.fetch = async (input, init) => {
  const request = new Request(input, init)
  const { hostname, port } = new URL(request.url)
  // Tests are offline.
  if (hostname !== '127.0.0.1' || !(listening.has(Number(port)) || gateways.has(Number(port))))
    throw new TypeError('Network connection lost.')
  if (gateways.has(Number(port))) return self.fetch(request)
  request.signal.throwIfAborted()
  const aborted = new Promise<never>((_, reject) => {
    request.signal.addEventListener('abort', () => reject(request.signal.reason))
  })
  return Promise.race([at(port).fetch(request), aborted])
}

let last = 20_000
export const freePort = async (): Promise<number> => {
  last += 1
  return last
}

/** As in src/platform/node/upstreams.ts. */
export const listenUpstream = async (
  fetch: Answers,
  port = 0,
  _isCut: (error: unknown) => boolean = () => true,
): Promise<Listener> => {
  const bound = port === 0 ? await freePort() : port
  listening.set(bound, fetch)
  return {
    port: bound,
    open: async (open) => void (open ? listening.set(bound, fetch) : listening.delete(bound)),
    close: async () => void listening.delete(bound),
  }
}

export const postJson = async (url: string, body: string): Promise<void> => {
  const answer = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } }).catch(
    () => null,
  )
  await answer?.body?.cancel()
}

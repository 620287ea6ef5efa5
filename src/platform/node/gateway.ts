/** The gateway in one Node process: ports carried out, tasks taken up, requests served, and a quiet end. */
import type { Server } from 'node:http'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { type Held, recognize } from '../../engine/credentials.ts'
import { createEngine, type Engine } from '../../engine/engine.ts'
import { type KeyAdmin, keyAdmin } from '../../engine/keys/admin.ts'
import { type Keyring, keyring } from '../../engine/keys/keyring.ts'
import type { Access, Entropy, Log, Outside, Settings, Sql, Timers, Tracer } from '../../engine/ports.ts'
import { MIGRATIONS } from '../../engine/store.ts'
import type { ProviderConfig } from '../config.ts'
import { secretOf } from '../credentials.ts'
import type { ProxyOf } from '../proxy.ts'
import type { Telemetry } from '../telemetry.ts'
import { unbound } from './bound.ts'
import { makeFolder } from './folder.ts'
import { fingerprint, keyPorts, nodeEntropy, secret } from './keys.ts'
import { undiciOutside } from './outside.ts'
import { openSqlite } from './sqlite.ts'
import { openTracing } from './telemetry.ts'
import { processTimers } from './timers.ts'
import { undiciTransport } from './transport.ts'

/** How long requests under way may take once the server is told to stop, whether their clients are still there or not. */
const PATIENCE = 25_000
/** When a task whose step could not be stored is tried again. */
const STUMBLED = 5_000

export interface GatewayOptions {
  readonly dataDir: string
  /** Name of the database file in it. */
  readonly database: string
  readonly providers: readonly ProviderConfig[]
  readonly settings: Settings
  /** Makes the request handler once the engine stands. */
  readonly surface: (
    engine: Engine,
    parts: { entropy: Entropy; ready: () => boolean; keys: Keyring; admin: KeyAdmin; tracer: Tracer | undefined },
  ) => {
    fetch: (request: Request) => Response | Promise<Response>
  }
  readonly log: Log
  /** What stands between us and providers; nothing without this. Webhooks never take it: see undiciOutside. */
  readonly proxy?: ProxyOf | null
  /** Who is told of what was done; nobody without this. */
  readonly telemetry?: Telemetry | null
  /** How names of hosts that clients give are looked up, in place of DNS. */
  readonly resolve?: Outside['resolve']
}

export interface Gateway {
  readonly keys: Keyring
  readonly engine: Engine
  /**
   * Listens, and then takes up every task that has not ended: a port that is taken ends a start before anything is sent.
   * Whoever asks meanwhile waits for that.
   */
  readonly listen: (host: string, port: number) => Promise<{ readonly port: number; readonly recovered: number }>
  readonly stop: () => Promise<void>
}

/** The live database's file in the data directory. */
export const DATABASE = 'tutti.db'

export const openDatabase = (dataDir: string, database: string) => {
  makeFolder(dataDir)
  return openSqlite(join(dataDir, database), MIGRATIONS)
}

/** A key under its name, or else under its fingerprint. Neither providers nor names have a colon. */
const heldOf = ({ adapter, keys }: ProviderConfig): Held[] =>
  keys.map((given) => {
    const key = secretOf(given)
    const print = fingerprint(adapter.id, key)
    return { id: typeof given === 'string' ? print : `${adapter.id}:${given.name}`, fingerprint: print, key }
  })

const accessOf = async (sql: Sql, provider: ProviderConfig): Promise<Access> => {
  const { adapter, origin, uploadOrigin, callbackKey } = provider
  return {
    adapter,
    origin,
    ...(uploadOrigin === undefined ? {} : { uploadOrigin }),
    ...(callbackKey === undefined ? {} : { callbackKey }),
    credentials: await recognize(sql, heldOf(provider)),
  }
}

export const openGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { settings, log } = options
  const sql = openDatabase(options.dataDir, options.database)
  const entropy = nodeEntropy(await secret(sql, 'identity'))
  const ports = await keyPorts(sql, log)
  const keys = keyring(ports)
  const ids = options.providers.map(({ adapter }) => adapter.id)
  const admin = keyAdmin(ports, keys, ids, settings.livemode)
  const tracing = options.telemetry ? openTracing(options.telemetry, log) : null
  const upstream = undiciTransport(options.proxy ?? undefined)
  const clock = Date.now
  let stopping = false

  const wake = async (id: string) => {
    try {
      await engine.wake(id)
    } catch (error) {
      log('error', 'task.stumbled', { task: id, message: (error as Error).message, stack: (error as Error).stack })
      loop.timers.set(id, clock() + STUMBLED)
    }
  }
  const loop = processTimers(clock, wake)
  const timers: Timers = loop.timers
  const engine = createEngine({
    access: await Promise.all(options.providers.map((each) => accessOf(sql, each))),
    sql,
    transport: upstream.transport,
    clock,
    timers,
    entropy,
    log,
    settings,
    outside: undiciOutside(settings, options.resolve),
    ...(tracing === null ? {} : { tracer: tracing.tracer }),
  })
  const { fetch } = options.surface(engine, {
    entropy,
    ready: () => !stopping,
    keys,
    admin,
    tracer: tracing?.tracer,
  })
  let server: Server | undefined
  const recovery = Promise.withResolvers<void>()
  let recovered = false
  /** A client that goes away closes its connection, and what it asked for is bought all the same: a stop waits for both. */
  const underWay = new Set<Promise<Response>>()
  const taken = (request: Request): Response | Promise<Response> => {
    const answer = recovered ? fetch(request) : recovery.promise.then(() => fetch(request))
    if (!(answer instanceof Promise)) return answer
    underWay.add(answer)
    const settled = () => underWay.delete(answer)
    answer.then(settled, settled)
    return answer
  }

  const bind = (hostname: string, port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      server = serve({ fetch: taken, hostname, port }, ({ port: bound }) => resolve(bound)) as Server
      server.on('error', (error) => reject(unbound(error, hostname, port)))
    })

  return {
    keys,
    engine,
    listen: async (host, wanted) => {
      const port = await bind(host, wanted)
      const tasks = await engine.recover()
      recovered = true
      recovery.resolve()
      return { port, recovered: tasks }
    },
    stop: async () => {
      stopping = true
      engine.release()
      const closed = new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())))
      server?.closeIdleConnections()
      await Promise.all([
        loop.stop(PATIENCE),
        Promise.race([engine.quiet(), timers.sleep(PATIENCE)]),
        Promise.race([closed, timers.sleep(PATIENCE)]),
        Promise.race([Promise.allSettled(underWay), timers.sleep(PATIENCE)]),
      ])
      await upstream.close()
      await tracing?.close()
      sql.close()
    },
  }
}

/** The gateway in one Node process: ports carried out, tasks taken up, requests served, and a quiet end. */
import { mkdirSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { createEngine, type Engine } from '../../engine/engine.ts'
import { type KeyAdmin, keyAdmin } from '../../engine/keys/admin.ts'
import { type Keyring, keyring } from '../../engine/keys/keyring.ts'
import type { Access, Entropy, Log, Outside, Settings, Timers } from '../../engine/ports.ts'
import { MIGRATIONS } from '../../engine/store.ts'
import type { ProviderConfig } from '../config.ts'
import { fingerprint, keyPorts, nodeEntropy, secret } from './keys.ts'
import { undiciOutside } from './outside.ts'
import { openSqlite } from './sqlite.ts'
import { processTimers } from './timers.ts'
import { undiciTransport } from './transport.ts'

/** How long requests under way may take once the server is told to stop. */
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
    parts: { entropy: Entropy; ready: () => boolean; keys: Keyring; admin: KeyAdmin },
  ) => {
    fetch: (request: Request) => Response | Promise<Response>
  }
  readonly log: Log
  /** How names of hosts that clients give are looked up, in place of DNS. */
  readonly resolve?: Outside['resolve']
}

export interface Gateway {
  readonly keys: Keyring
  readonly engine: Engine
  readonly recovered: number
  readonly listen: (host: string, port: number) => Promise<number>
  readonly stop: () => Promise<void>
}

/** The live database's file in the data directory. */
export const DATABASE = 'tutti.db'

export const openDatabase = (dataDir: string, database: string) => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  return openSqlite(join(dataDir, database), MIGRATIONS)
}

const accessOf = (providers: readonly ProviderConfig[]): Access[] =>
  providers.map(({ adapter, origin, uploadOrigin, callbackKey, keys }) => ({
    adapter,
    origin,
    ...(uploadOrigin === undefined ? {} : { uploadOrigin }),
    ...(callbackKey === undefined ? {} : { callbackKey }),
    credentials: keys.map((key) => ({ id: fingerprint(adapter.id, key), key })),
  }))

export const openGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { settings, log } = options
  const sql = openDatabase(options.dataDir, options.database)
  const entropy = nodeEntropy(await secret(sql, 'identity'))
  const ports = await keyPorts(sql, log)
  const keys = keyring(ports)
  const ids = options.providers.map(({ adapter }) => adapter.id)
  const admin = keyAdmin(ports, keys, ids, settings.livemode)
  const upstream = undiciTransport()
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
    access: accessOf(options.providers),
    sql,
    transport: upstream.transport,
    clock,
    timers,
    entropy,
    log,
    settings,
    outside: undiciOutside(settings, options.resolve),
  })
  const recovered = await engine.recover()
  const { fetch } = options.surface(engine, { entropy, ready: () => !stopping, keys, admin })
  let server: Server | undefined

  return {
    keys,
    engine,
    recovered,
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server = serve({ fetch, hostname: host, port }, ({ port: bound }) => resolve(bound)) as Server
        server.on('error', reject)
      }),
    stop: async () => {
      stopping = true
      engine.release()
      const closed = new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())))
      server?.closeIdleConnections()
      await Promise.all([
        loop.stop(PATIENCE),
        Promise.race([engine.quiet(), timers.sleep(PATIENCE)]),
        Promise.race([closed, timers.sleep(PATIENCE)]),
      ])
      await upstream.close()
      sql.close()
    },
  }
}

/** A whole gateway in the test's own process: real SQLite, real HTTP to simulated upstreams, time running fast. */
import { randomInt } from 'node:crypto'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SCOPES } from '../src/canonical/key.ts'
import type { Task } from '../src/canonical/task.ts'
import type { Adapter } from '../src/contract/adapter.ts'
import type { Mirror } from '../src/contract/mirror.ts'
import { randomId } from '../src/engine/ids.ts'
import { type ClientKey, keyReader, storeKey, storeProject } from '../src/engine/keys/rows.ts'
import type { Settings } from '../src/engine/ports.ts'
import { createApp, type Surface } from '../src/http/app.ts'
import type { Docs } from '../src/http/docs/serve.ts'
import type { ProviderKey } from '../src/platform/credentials.ts'
import { openDatabase, openGateway } from '../src/platform/node/gateway.ts'
import { keyPorts, nodeEntropy } from '../src/platform/node/keys.ts'
import { openSqlite } from '../src/platform/node/sqlite.ts'
import { listenUpstream, postJson } from '../src/platform/node/upstreams.ts'
import type { ProxyOf } from '../src/platform/proxy.ts'
import type { Telemetry } from '../src/platform/telemetry.ts'
import { adapters, mirrors } from '../src/registry.ts'
import type { Fault } from '../src/sandbox/faults.ts'
import { simulate } from '../src/sandbox/simulate.ts'
import { STUDIO_SCHEMA } from '../src/sandbox/studio.ts'
import { lawful, unjudged, unwatch, watch } from './law/watch.ts'

/** A song that takes 75 s takes 150 ms. */
const PACE = 0.002
export const KEY = 'tutti_test_harness000000000000000000'

/** What these tests run on: `workers` in test/workers/harness.ts. */
export const RUNTIME: 'node' | 'workers' = 'node'
/**
 * What is wrong with a provider that provably took nothing, and is not asked any more. Workers never know that of a
 * connection that was refused: there that is an outcome which nobody knows.
 */
export const DOWN: Fault = 'refused'

/** A key that may do everything in its project. */
const UNLIMITED: Omit<ClientKey, 'id' | 'project' | 'hash' | 'created_at'> = {
  name: 'test',
  hint: '',
  former_hash: null,
  former_until: null,
  scopes: SCOPES,
  operations: null,
  providers: null,
  limits: {},
  expires_at: null,
  revoked_at: null,
  last_used_at: null,
}

export interface HarnessOptions {
  readonly settings?: Partial<Settings>
  /** Providers that get a key; all without this. */
  readonly only?: readonly string[]
  /** A database to begin with: a copy of it is used. */
  readonly database?: string
  /** The keys of providers, asked for at each start; those that simulated upstreams come with without this. */
  readonly keys?: () => Readonly<Record<string, readonly ProviderKey[]>>
  /** Whether callbacks can reach the gateway. */
  readonly callbacks?: boolean
  readonly pace?: number
  /** Where a provider is reached in place of its simulated upstream. */
  readonly origins?: Readonly<Record<string, string>>
  /** Whether the gateway takes itself for the real one: keys of the sandbox are refused. */
  readonly livemode?: boolean
  /** Providers beside those of the registry, and what their simulated upstreams are made of. */
  readonly also?: Beside
  /** Who is told of what was done. */
  readonly telemetry?: Telemetry | null
  /** What stands between the gateway and providers. */
  readonly proxy?: ProxyOf | null
  /** What names of hosts lead to, in place of DNS: nobody without this. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>
  /** Pages of the documentation; none without this. */
  readonly docs?: Docs
  /** What browsers are told; nothing of other origins without this. */
  readonly browsers?: Pick<Surface, 'origins' | 'https'>
}

export interface Beside {
  readonly adapters: readonly Adapter[]
  readonly mirrors: Readonly<Record<string, Mirror>>
}
const NOBODY: Beside = { adapters: [], mirrors: {} }

/** Simulated upstreams on loopback, what they were asked for, and what they posted to callback URLs. */
export const startUpstreams = async (dataDir: string, pace: number, also: Beside = NOBODY) => {
  const posted: { url: string; body: string }[] = []
  let gate = Promise.resolve()
  const studio = openSqlite(join(dataDir, 'studio.db'), STUDIO_SCHEMA)
  const simulated = await simulate({
    adapters: [...adapters, ...also.adapters],
    mirrors: { ...(await mirrors()), ...also.mirrors },
    listen: listenUpstream,
    port: 0,
    sql: studio,
    clock: Date.now,
    entropy: nodeEntropy('studio'),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref()),
    post: async (url, body) => {
      await gate
      posted.push({ url, body })
      await postJson(url, body)
    },
    pace,
  })
  return {
    simulated,
    posted,
    /** Keeps callbacks back until the answered function is called. */
    holdCallbacks: (): (() => void) => {
      let release = () => {}
      gate = new Promise((resolve) => {
        release = resolve
      })
      return release
    },
    /** Every song that any of them accepted. */
    jobs: async (): Promise<{ provider: string; title: string }[]> => {
      const rows = await studio.read('SELECT provider, body FROM jobs', [])
      return rows.map(({ provider, body }) => {
        const { request } = JSON.parse(body as string) as { request: { title: string } }
        return { provider: provider as string, title: request.title }
      })
    },
    close: async () => {
      await Promise.all(simulated.map(({ close }) => close()))
      studio.close()
    },
  }
}

/** A port of loopback that was free a moment ago, below those that connections are given: none of them takes it meanwhile. */
export const freePort = async (): Promise<number> => {
  const probe = await listenUpstream(
    async () => new Response(),
    randomInt(10_000, 32_000),
    () => false,
  )
  await probe.close()
  return probe.port
}

export const startHarness = async (options: HarnessOptions = {}) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tutti-'))
  if (options.database !== undefined) copyFileSync(options.database, join(dataDir, 'tutti.db'))
  const pace = options.pace ?? PACE
  const upstreams = await startUpstreams(dataDir, pace, options.also)
  const { simulated, posted } = upstreams
  const providers = () =>
    simulated.map((each) => ({
      ...each,
      origin: options.origins?.[each.adapter.id] ?? each.origin,
      keys:
        options.only === undefined || options.only.includes(each.adapter.id)
          ? (options.keys?.()[each.adapter.id] ?? each.keys)
          : [],
    }))
  const logged: string[] = []
  let here = ''
  let handle: (request: Request) => Response | Promise<Response> = () => new Response(null, { status: 503 })
  const open = async () => {
    const settings: Settings = {
      livemode: options.livemode ?? false,
      publicUrl: options.callbacks === false ? null : here,
      pollScale: pace,
      submitTimeout: 2000,
      readTimeout: 2000,
      reconcileWindow: 3000,
      taskTimeout: 60_000,
      stallAfter: 30_000,
      queueLimit: 10_000,
      paused: false,
      userAgent: 'Tutti/test',
      localUrls: true,
      ...options.settings,
    }
    const gateway = await openGateway({
      dataDir,
      database: 'tutti.db',
      providers: providers(),
      settings,
      proxy: options.proxy ?? null,
      telemetry: options.telemetry ?? null,
      resolve: options.resolve ?? (async () => []),
      log: (level, event, facts) => logged.push(JSON.stringify({ level, event, ...facts })),
      surface: (engine, { entropy, ready, keys, admin, tracer }) => {
        const app = createApp({
          engine,
          authenticate: keys.authenticate(options.livemode ?? false),
          admin,
          document: '{}',
          docs: options.docs,
          ...options.browsers,
          tracer,
          entropy,
          ready,
          log: (level, event, facts) => logged.push(JSON.stringify({ level, event, ...facts })),
        })
        handle = (request) => app.fetch(request)
        return { fetch: (request) => handle(request) }
      },
    })
    await gateway.keys.replaceBootstrap(KEY)
    return gateway
  }
  // The callback URL has to be known before the engine is made: the port is taken first and kept.
  const port = await freePort()
  here = `http://127.0.0.1:${port}`
  let gateway = await open()
  await gateway.listen('127.0.0.1', port)
  watch(here)

  const call = (path: string, init: RequestInit & { key?: string | null } = {}) => {
    const { key = KEY, headers, ...rest } = init
    return fetch(`${here}${path}`, {
      ...rest,
      headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...(headers as Record<string, string>) },
    })
  }

  return {
    here,
    dataDir,
    logged,
    call,
    /** What the upstreams posted to callback URLs. */
    posted,
    /** Asks the gateway without a socket: quicker where thousands of requests are sent. */
    inProcess: async (path: string, init: RequestInit = {}) => {
      const request = new Request(`${here}${path}`, init)
      const asked = { method: request.method, path: new URL(request.url).pathname }
      return lawful(asked, await handle(request))
    },
    /** The same, and nobody judges the answer. */
    ask: async (request: Request) => handle(request),
    /** Asks over a socket, and nobody judges the answer. */
    raw: (request: Request) => unjudged(request),
    upstream: (id: string) => simulated.find(({ adapter }) => adapter.id === id)!,
    /** Sums of what the upstreams say was bought. */
    ledgers: async () => {
      const all = await Promise.all(
        simulated.map(async ({ upstream }) => [upstream.id, await upstream.ledger()] as const),
      )
      return { by: Object.fromEntries(all), accepted: all.reduce((sum, [, { accepted }]) => sum + accepted, 0) }
    },
    fault: async (id: string, fault: Fault | null, count: number | null = null) => {
      const chosen = simulated.find(({ adapter }) => adapter.id === id)!
      chosen.upstream.faults.set(fault, count)
      await chosen.open(fault !== 'refused')
    },
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      call(path, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
    /** A task once it has ended. */
    ended: async (id: string): Promise<Task> => {
      const deadline = Date.now() + 20_000
      for (;;) {
        const task = (await (await call(`/v1/tasks/${id}`, { headers: { prefer: 'wait=5' } })).json()) as Task
        if (['succeeded', 'failed', 'canceled'].includes(task.status)) return task
        if (Date.now() > deadline) throw new Error(`${id} has not ended: ${JSON.stringify(task)}`)
      }
    },
    /** Makes a project, and the given text its key. */
    addKey: async (text: string, project: string, rights: Partial<ClientKey> = {}) => {
      const sql = openDatabase(dataDir, 'tutti.db')
      const ports = await keyPorts(sql, () => {})
      const hash = await ports.hashOf(text)
      const id = randomId(nodeEntropy('keys'), 'key')
      const key: ClientKey = { ...UNLIMITED, id, project, hash, created_at: Date.now(), ...rights }
      const known = await keyReader(sql).project(project)
      const now = Date.now()
      await sql.commit([...(known === null ? [storeProject(project, null, now)] : []), storeKey(key)])
      sql.close()
    },
    /** Stops the gateway and starts it again on the same files. */
    restart: async () => {
      await gateway.stop()
      gateway = await open()
      await gateway.listen('127.0.0.1', port)
      // Connections to the old one are still in the client's pool: each is found out by whoever takes it.
      const look = async () => (await fetch(`${here}/healthz`)).arrayBuffer()
      await Promise.allSettled(Array.from({ length: 16 }, look))
    },
    stop: async () => {
      await gateway.stop()
      unwatch(here)
      await upstreams.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
export type Harness = Awaited<ReturnType<typeof startHarness>>

/** A song for tests. */
export const SONG = {
  mode: 'compose',
  title: 'Rain on the Wire',
  style: 'indie folk',
  lyrics: '[Verse]\nRain on the wire\nhome by the light',
} as const

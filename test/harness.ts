/** A whole gateway in the test's own process: real SQLite, real HTTP to simulated upstreams, time running fast. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Settings } from '../src/engine/ports.ts'
import { createApp } from '../src/http/app.ts'
import { openGateway } from '../src/platform/node/gateway.ts'
import { nodeEntropy } from '../src/platform/node/keys.ts'
import { openSqlite } from '../src/platform/node/sqlite.ts'
import { listenUpstream, postJson } from '../src/platform/node/upstreams.ts'
import { adapters, mirrors } from '../src/registry.ts'
import type { Fault } from '../src/sandbox/faults.ts'
import { simulate } from '../src/sandbox/simulate.ts'
import { STUDIO_SCHEMA } from '../src/sandbox/studio.ts'

/** A song that takes 75 s takes 150 ms. */
const PACE = 0.002
export const KEY = 'tutti_test_harness000000000000000000'

export interface HarnessOptions {
  readonly settings?: Partial<Settings>
  /** Providers that get a key; all without this. */
  readonly only?: readonly string[]
  /** Whether callbacks can reach the gateway. */
  readonly callbacks?: boolean
  readonly pace?: number
}

export const startHarness = async (options: HarnessOptions = {}) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tutti-'))
  const pace = options.pace ?? PACE
  const studio = openSqlite(join(dataDir, 'studio.db'), STUDIO_SCHEMA)
  const simulated = await simulate({
    adapters,
    mirrors: await mirrors(),
    listen: listenUpstream,
    port: 0,
    sql: studio,
    clock: Date.now,
    entropy: nodeEntropy('studio'),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref()),
    post: postJson,
    pace,
  })
  const providers = simulated.map((each) => ({
    ...each,
    keys: options.only === undefined || options.only.includes(each.adapter.id) ? each.keys : [],
  }))
  const logged: string[] = []
  let here = ''
  const open = async () => {
    const settings: Settings = {
      livemode: false,
      publicUrl: options.callbacks === false ? null : here,
      pollScale: pace,
      submitTimeout: 2000,
      readTimeout: 2000,
      reconcileWindow: 3000,
      taskTimeout: 60_000,
      queueLimit: 10_000,
      paused: false,
      userAgent: 'Tutti/test',
      ...options.settings,
    }
    const gateway = await openGateway({
      dataDir,
      database: 'tutti.db',
      providers,
      settings,
      log: (level, event, facts) => logged.push(JSON.stringify({ level, event, ...facts })),
      surface: (engine, { entropy, ready, keys }) =>
        createApp({
          engine,
          authenticate: keys.authenticate(false),
          document: '{}',
          entropy,
          ready,
          log: (level, event, facts) => logged.push(JSON.stringify({ level, event, ...facts })),
        }),
    })
    await gateway.keys.replaceBootstrap(KEY)
    return gateway
  }
  // The callback URL has to be known before the engine is made: the port is taken first and kept.
  const probe = await listenUpstream(async () => new Response(), 0, () => false)
  await probe.close()
  here = `http://127.0.0.1:${probe.port}`
  let gateway = await open()
  await gateway.listen('127.0.0.1', probe.port)

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
    upstream: (id: string) => simulated.find(({ adapter }) => adapter.id === id)!,
    /** Sums of what the upstreams say was bought. */
    ledgers: async () => {
      const all = await Promise.all(simulated.map(async ({ upstream }) => [upstream.id, await upstream.ledger()] as const))
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
    /** Stops the gateway and starts it again on the same files. */
    restart: async () => {
      await gateway.stop()
      gateway = await open()
      await gateway.listen('127.0.0.1', probe.port)
    },
    stop: async () => {
      await gateway.stop()
      await Promise.all(simulated.map(({ close }) => close()))
      studio.close()
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

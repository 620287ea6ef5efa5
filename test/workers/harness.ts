/** test/harness.ts inside workerd: the Worker with all its objects, asked through its own entry, and simulated upstreams. */
import { runInDurableObject } from 'cloudflare:test'
import type { DurableObjectNamespace, DurableObjectStub } from '@cloudflare/workers-types'
import { SCOPES } from '../../src/canonical/key.ts'
import type { Task } from '../../src/canonical/task.ts'
import type { Adapter } from '../../src/contract/adapter.ts'
import { randomId } from '../../src/engine/ids.ts'
import { type ClientKey, keyReader, storeKey, storeProject } from '../../src/engine/keys/rows.ts'
import type { Settings, Sql } from '../../src/engine/ports.ts'
import type { ProviderKey } from '../../src/platform/credentials.ts'
import { SANDBOX_KEY } from '../../src/platform/welcome.ts'
import type { HealthApi } from '../../src/platform/workers/health-object.ts'
import type { LimitsApi } from '../../src/platform/workers/limits-object.ts'
import { healthOf, limitsOf, ONLY, stemOf, taskAt } from '../../src/platform/workers/objects.ts'
import type { Remote } from '../../src/platform/workers/remote.ts'
import { sha256, webEntropy } from '../../src/platform/workers/secrets.ts'
import { type Env, NOWHERE } from '../../src/platform/workers/settings.ts'
import type { TaskApi } from '../../src/platform/workers/task-object.ts'
import { adapters, mirrors } from '../../src/registry.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { simulate } from '../../src/sandbox/simulate.ts'
import type { Beside, Harness, HarnessOptions } from '../harness.ts'
import { unjudged, unwatch, watch } from '../law/watch.ts'
import { bindings, install } from './installations.ts'
import { freePort, listenUpstream, openSql, postJson, serveGateway } from './loopback.ts'

export type { Beside, Harness, HarnessOptions } from '../harness.ts'
export { freePort } from './loopback.ts'

/** A song that takes 75 s takes 150 ms. */
const PACE = 0.002
export const KEY = SANDBOX_KEY
const LIVE_KEY = 'key_of_the_harness_000000000000000000'

export const RUNTIME: 'node' | 'workers' = 'workers'
export const DOWN: Fault = 'maintenance'

const NOBODY: Beside = { adapters: [], mirrors: {} }

/** What every object and every copy of the Worker has said, while somebody listens. */
const listeners = new Set<(line: string) => void>()
const said = console.log
console.log = (...words: unknown[]) => {
  const [line] = words
  if (typeof line !== 'string' || !line.startsWith('{"at":')) return said(...words)
  for (const listener of listeners) listener(line)
}

/** Settings as the variables that an operator sets. */
const VARIABLES: { readonly [K in keyof Settings]?: readonly [name: string, unit: string] } = {
  submitTimeout: ['TUTTI_SUBMIT_TIMEOUT', 'ms'],
  readTimeout: ['TUTTI_READ_TIMEOUT', 'ms'],
  reconcileWindow: ['TUTTI_RECONCILE_WINDOW', 'ms'],
  taskTimeout: ['TUTTI_TASK_TIMEOUT', 'ms'],
  stallAfter: ['TUTTI_STALL_AFTER', 'ms'],
  retention: ['TUTTI_RETENTION', 'ms'],
  queueLimit: ['TUTTI_QUEUE_LIMIT', ''],
  pollScale: ['TUTTI_POLL_SCALE', ''],
  userAgent: ['TUTTI_USER_AGENT', ''],
  publicUrl: ['TUTTI_PUBLIC_URL', ''],
  paused: ['TUTTI_PAUSED', ''],
  localUrls: ['TUTTI_ALLOW_LOCAL_URLS', ''],
}
const variablesOf = (settings: Partial<Settings>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) => {
      if (value === undefined || value === null) return []
      const known = VARIABLES[key as keyof Settings]
      if (known === undefined) throw new Error(`No variable sets ${key}`)
      return [[known[0], `${typeof value === 'boolean' ? Number(value) : value}${known[1]}`]]
    }),
  )

const written = (key: ProviderKey) => (typeof key === 'string' ? key : `${key.name}:${key.key}`)
const variable = ({ id }: Adapter, what: string) => `${id.toUpperCase().replaceAll('-', '_')}_${what}`

export const startUpstreams = async (name: string, pace: number, also: Beside = NOBODY) => {
  const posted: { url: string; body: string }[] = []
  let gate = Promise.resolve()
  const studio = openSql(`studio ${name}`)
  const simulated = await simulate({
    adapters: [...adapters, ...also.adapters],
    mirrors: { ...(await mirrors()), ...also.mirrors },
    listen: listenUpstream,
    port: 0,
    sql: studio,
    clock: Date.now,
    entropy: webEntropy('studio'),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
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
    holdCallbacks: (): (() => void) => {
      let release = () => {}
      gate = new Promise((resolve) => {
        release = resolve
      })
      return release
    },
    jobs: async (): Promise<{ provider: string; title: string }[]> => {
      const rows = await studio.read('SELECT provider, body FROM jobs', [])
      return rows.map(({ provider, body }) => {
        const { request } = JSON.parse(body as string) as { request: { title: string } }
        return { provider: provider as string, title: request.title }
      })
    },
    close: async () => {
      await Promise.all(simulated.map(({ close }) => close()))
    },
  }
}

/** Ends the life of an object at once, whatever it is doing: it stands up again when it is next asked, or by its alarm. */
export const crash = async (object: DurableObjectStub): Promise<void> => {
  const ended = runInDurableObject(object as never, (_, state) => state.abort('the object was ended by a test'))
  await ended.catch(() => undefined)
}

/** Objects of an installation, for tests that only Workers have. */
export interface Objects {
  readonly taskAt: (id: string) => DurableObjectStub
  /** What the objects are bound to. */
  readonly bound: () => { -readonly [Name in keyof Env]: Env[Name] }
  /** Those that all tasks share. */
  readonly shared: () => DurableObjectStub[]
  readonly health: (region: string) => Remote<HealthApi>
  readonly task: (id: string) => Remote<TaskApi>
}

export const startHarness = async (options: HarnessOptions = {}): Promise<Harness & { readonly objects: Objects }> => {
  const unknown = (['telemetry', 'proxy', 'docs'] as const).find((name) => options[name] != null)
  if (unknown !== undefined) throw new Error(`Workers have no ${unknown}`)
  const pace = options.pace ?? PACE
  const port = await freePort()
  const here = `http://127.0.0.1:${port}`
  const upstreams = await startUpstreams(here, pace, options.also)
  const { simulated, posted } = upstreams
  const logged: string[] = []
  const listener = (line: string) => void logged.push(line)
  listeners.add(listener)

  const { livemode = false, routing, submitTimeout, readTimeout, reconcileWindow, ...settings } = options.settings ?? {}
  const { origins } = options.browsers ?? {}
  const publicUrl = options.browsers?.https ? here.replace('http:', 'https:') : here
  const variables = (): Record<string, string> => ({
    ...variablesOf({
      ...(options.callbacks === false ? {} : { publicUrl }),
      pollScale: pace,
      submitTimeout: 2000,
      readTimeout: 2000,
      reconcileWindow: 3000,
      taskTimeout: 60_000,
      stallAfter: 30_000,
      queueLimit: 10_000,
      userAgent: 'Tutti/test',
      localUrls: true,
      ...settings,
    }),
    ...(routing === undefined ? {} : { TUTTI_ROUTING: JSON.stringify(routing) }),
    ...(origins === undefined ? {} : { TUTTI_CORS_ORIGINS: typeof origins === 'string' ? origins : origins.join() }),
    TUTTI_API_KEY: LIVE_KEY,
    ...Object.fromEntries(
      simulated.flatMap(({ adapter, origin, keys }) => {
        const given = options.only?.includes(adapter.id) === false ? [] : (options.keys?.()[adapter.id] ?? keys)
        return [
          [variable(adapter, 'BASE_URL'), options.origins?.[adapter.id] ?? origin],
          [variable(adapter, 'UPLOAD_BASE_URL'), options.origins?.[adapter.id] ?? origin],
          [variable(adapter, 'API_KEY'), given.map(written).join()],
        ]
      }),
    ),
  })
  const installed = install(variables(), {
    livemode: options.livemode ?? livemode,
    also: options.also?.adapters ?? [],
    times: {
      ...(submitTimeout === undefined ? {} : { submitTimeout }),
      ...(readTimeout === undefined ? {} : { readTimeout }),
      ...(reconcileWindow === undefined ? {} : { reconcileWindow }),
    },
  })
  const gateway = serveGateway(port, () => installed.env)
  const limits = () => limitsOf<LimitsApi>(installed.env)

  const call = (path: string, init: RequestInit & { key?: string | null } = {}) => {
    const { key = KEY, headers, ...rest } = init
    return fetch(`${here}${path}`, {
      ...rest,
      headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...(headers as Record<string, string>) },
    })
  }
  // The first request starts the Worker.
  const ready = async () => {
    const answer = await fetch(`${here}/healthz`)
    if (!answer.ok) throw new Error(`The Worker did not start: ${await answer.text()} ${logged.join('\n')}`)
  }
  await ready()
  watch(here)

  return {
    objects: {
      taskAt: (id) => installed.env.TASKS.getByName(stemOf(id)),
      bound: () => installed.env,
      task: (id) => taskAt<TaskApi>(installed.env, id),
      health: (region) => healthOf<HealthApi>(installed.env, region),
      shared: () => {
        const { LIMITS, HEALTH, WEBHOOKS } = installed.env
        return [LIMITS.getByName(ONLY), HEALTH.getByName(NOWHERE), WEBHOOKS.getByName(ONLY)]
      },
    },
    here,
    dataDir: '',
    logged,
    call,
    posted,
    inProcess: (path, init) => fetch(`${here}${path}`, init),
    ask: unjudged,
    raw: unjudged,
    upstream: (id) => simulated.find(({ adapter }) => adapter.id === id)!,
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
    post: (path, body, headers = {}) =>
      call(path, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
    ended: async (id) => {
      const deadline = Date.now() + 20_000
      for (;;) {
        const task = (await (await call(`/v1/tasks/${id}`, { headers: { prefer: 'wait=5' } })).json()) as Task
        if (['succeeded', 'failed', 'canceled'].includes(task.status)) return task
        if (Date.now() > deadline) throw new Error(`${id} has not ended: ${JSON.stringify(task)}`)
      }
    },
    addKey: async (text, project, rights = {}) => {
      const sql: Sql = { read: limits().read, commit: limits().commit }
      const hash = await sha256(`${(await limits().installation()).pepper} ${text}`)
      const now = Date.now()
      const id = randomId(webEntropy('keys'), 'key')
      const key: ClientKey = { ...UNLIMITED, id, project, hash, created_at: now, ...rights }
      const known = await keyReader(sql).project(project)
      await sql.commit([...(known === null ? [storeProject(project, null, now)] : []), storeKey(key)])
    },
    /** Every object loses its memory, and the Worker starts anew with what is configured now. */
    restart: async () => {
      await Promise.all(
        installed.objects().map(({ binding, id }) => {
          const objects = bindings[binding] as DurableObjectNamespace
          return crash(objects.get(objects.idFromString(id)))
        }),
      )
      installed.start(variables())
      await ready()
    },
    stop: async () => {
      listeners.delete(listener)
      unwatch(here)
      gateway.close()
      await upstreams.close()
    },
  }
}

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

/** A song for tests. */
export const SONG = {
  mode: 'compose',
  title: 'Rain on the Wire',
  style: 'indie folk',
  lyrics: '[Verse]\nRain on the wire\nhome by the light',
} as const

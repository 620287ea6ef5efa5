/** A world of its own for each test: a clock that is moved by hand, providers that answer from a script, real SQLite. */
import { createHmac } from 'node:crypto'
import { expect } from 'vitest'
import type { GenerateMusicRequest } from '../../src/canonical/generateMusic.ts'
import type { TaskOperation } from '../../src/canonical/operations.ts'
import type { Adapter } from '../../src/contract/adapter.ts'
import type { Form, TaskForm } from '../../src/contract/operations.ts'
import { createEngine, type Engine } from '../../src/engine/engine.ts'
import type {
  Entropy,
  Outside,
  Row,
  Settings,
  Sql,
  Timers,
  Transport,
  UpstreamAnswer,
  UpstreamRequest,
  Value,
} from '../../src/engine/ports.ts'
import { MIGRATIONS } from '../../src/engine/store.ts'
import { openSqlite } from '../../src/platform/node/sqlite.ts'
import { byDefault, type Scripted } from './answers.ts'
import { echo, echoThree, echoTwo } from './echo.ts'

export * from './answers.ts'

export const START = Date.UTC(2026, 0, 1)
export const SECOND = 1000
export const MINUTE = 60_000
export const DAY = 86_400_000

type Provider = 'echo' | 'echo-two' | 'echo-three'
/** Songs have short names; every other form is called as it is, and its record `… poll`. */
export type Place = `${Provider} ${'submit' | 'poll' | 'words' | 'credits' | Form | `${TaskForm} poll`}`
/** The last answer of a list is repeated. */
export type Script = { readonly [At in Place]?: readonly Scripted[] }

const PLACES: Readonly<Record<string, string>> = { '/songs': 'submit', '/songs/one': 'poll' }
const placeOf = (path: string) => PLACES[path] ?? path.slice(1).replace('/one', ' poll')

export interface Sent {
  readonly at: number
  readonly place: Place
  readonly key: string
  readonly url: URL
  readonly body: Readonly<Record<string, unknown>>
  readonly connection: UpstreamRequest['connection']
}

const seededEntropy = (): Entropy => {
  let counter = 0
  const hash = (text: string) => createHmac('sha256', 'seed').update(text).digest()
  return {
    bytes: (count) => {
      counter += 1
      return Uint8Array.from({ length: count }, (_, index) => hash(`${counter} ${index >> 5}`)[index & 31]!)
    },
    digest: hash,
    fraction: () => {
      counter += 1
      return hash(`fraction ${counter}`).readUInt32BE(0) / 2 ** 32
    },
  }
}

const immediate = () => new Promise<void>((resolve) => setImmediate(resolve))

export interface WorldOptions {
  readonly script?: Script
  readonly settings?: Partial<Settings>
  /** Keys of each provider; one each without this. */
  readonly keys?: { readonly [Id in Provider]?: readonly string[] }
  readonly providers?: readonly Adapter[]
  /** What providers sign their callbacks with. */
  readonly callbackKeys?: { readonly [id: string]: string }
  readonly file?: string
  /** How those are reached whom clients name; nobody without this. */
  readonly outside?: Outside
}

export const openWorld = (options: WorldOptions = {}) => {
  const store = openSqlite(options.file ?? ':memory:', MIGRATIONS)
  const entropy = seededEntropy()
  const script = new Map<Place, Scripted[]>()
  const sent: Sent[] = []
  const logged: string[] = []
  const waiting: { place: Place; resolve: (answer: UpstreamAnswer) => void }[] = []
  let now = START
  let settings: Settings = {
    livemode: true,
    publicUrl: 'https://tutti.example',
    pollScale: 1,
    submitTimeout: MINUTE,
    readTimeout: 20 * SECOND,
    reconcileWindow: 30 * MINUTE,
    taskTimeout: 60 * MINUTE,
    stallAfter: 15 * MINUTE,
    queueLimit: 10_000,
    paused: false,
    userAgent: 'Tutti/test',
    localUrls: false,
    ...options.settings,
  }
  let keys = options.keys ?? {}

  const setScript = (lines: Script) => {
    for (const [place, answers] of Object.entries(lines)) script.set(place as Place, [...answers])
  }
  setScript(options.script ?? {})

  const next = (place: Place): Scripted => {
    const answers = script.get(place) ?? []
    return (answers.length > 1 ? answers.shift() : answers[0]) ?? byDefault(place.slice(place.indexOf(' ') + 1))
  }

  const transport: Transport = async ({ url: address, body, headers, connection }) => {
    const url = new URL(address)
    const place = `${url.hostname.replace('.test', '')} ${placeOf(url.pathname)}` as Place
    sent.push({
      at: now,
      place,
      key: headers.authorization!.replace('Bearer ', ''),
      url,
      body: body === null ? {} : JSON.parse(body),
      connection,
    })
    const said = next(place)
    if (said.kind === 'thrown') throw new Error('the transport broke')
    return said.kind === 'held' ? new Promise((resolve) => waiting.push({ place, resolve })) : said
  }

  const forever = <Result>() => new Promise<Result>(() => {})
  const busy = { commits: 0 }

  /** One process: it dies by itself, its storage and its clock live on. */
  const boot = () => {
    const alive = { yes: true }
    const due = new Map<string, { at: number; order: number }>()
    const sleepers: { at: number; resolve: () => void }[] = []
    let order = 0
    let refusals = 0
    let doubts = 0
    const sql: Sql = {
      read: (text, params) => (alive.yes ? store.read(text, params) : forever()),
      commit: async (statements) => {
        if (!alive.yes) return forever()
        busy.commits += 1
        try {
          if (refusals > 0) {
            refusals -= 1
            throw new Error('disk full')
          }
          await store.commit(statements)
          if (doubts > 0) {
            doubts -= 1
            throw new Error('I/O error after the commit')
          }
        } finally {
          busy.commits -= 1
        }
        if (!alive.yes) return forever()
      },
    }
    const timers: Timers = {
      set: (id, at) => {
        if (at === null) due.delete(id)
        else due.set(id, { at, order: order++ })
      },
      sleep: (milliseconds) => new Promise((resolve) => sleepers.push({ at: now + milliseconds, resolve })),
    }
    const engine: Engine = createEngine({
      access: (options.providers ?? [echo, echoTwo, echoThree]).map((adapter) => ({
        adapter,
        origin: adapter.origins.api,
        ...(options.callbackKeys?.[adapter.id] ? { callbackKey: options.callbackKeys[adapter.id] } : {}),
        credentials: (keys[adapter.id as 'echo'] ?? [`${adapter.id}-key`]).map((key) => ({ id: `${key}-id`, key })),
      })),
      sql,
      transport: (request) => (alive.yes ? transport(request) : forever()),
      clock: () => now,
      timers,
      entropy,
      log: (level, event, facts) => logged.push(JSON.stringify({ level, event, ...facts })),
      settings,
      ...(options.outside ? { outside: options.outside } : {}),
    })
    const refuse = (count: number) => {
      refusals = count
    }
    const doubt = (count: number) => {
      doubts = count
    }
    return { alive, due, sleepers, engine, refuse, doubt }
  }
  let process = boot()

  /** Until nothing more happens at this moment. */
  const settle = async () => {
    do await immediate()
    while (busy.commits > 0)
    await immediate()
    if (busy.commits > 0) await settle()
  }

  const fire = async () => {
    for (;;) {
      const { due, sleepers, engine, alive } = process
      const [first] = [...due]
        .filter(([, { at }]) => at <= now)
        .sort(([, a], [, b]) => a.at - b.at || a.order - b.order)
      const sleeper = sleepers.findIndex(({ at }) => at <= now)
      if (first === undefined && sleeper < 0) return
      if (sleeper >= 0) sleepers.splice(sleeper, 1)[0]!.resolve()
      if (first !== undefined) {
        due.delete(first[0])
        engine.wake(first[0]).catch(() => {
          if (alive.yes) due.set(first[0], { at: now + 5 * SECOND, order: 0 })
        })
      }
      await settle()
    }
  }

  const world = {
    sent,
    rows: (text: string, params: readonly Value[] = []) => store.read(text, params) as readonly Row[],
    logged,
    store,
    now: () => now,
    script: setScript,
    get engine() {
      return process.engine
    },
    settle,
    /** How often a place was called. */
    count: (place: Place) => sent.filter((each) => each.place === place).length,
    timesOf: (place: Place) => sent.filter((each) => each.place === place).map(({ at }) => at - START),
    callbackOf: (index = -1) => {
      const ring = sent.filter(({ place }) => place.endsWith('submit')).at(index)!.body.ring as string
      const [provider, token] = new URL(ring).pathname.split('/').slice(2) as [string, string]
      return { ring, provider, token }
    },
    /** Answers the oldest request that is held. */
    release: async (said: UpstreamAnswer) => {
      waiting.shift()!.resolve(said)
      await settle()
    },
    /** Moves the clock, ringing every timer on its way at its own time. */
    advance: async (milliseconds: number) => {
      const until = now + milliseconds
      await settle()
      for (;;) {
        await fire()
        const times = [...process.due.values(), ...process.sleepers].map(({ at }) => at)
        const soonest = Math.min(...times)
        if (soonest > until) break
        now = Math.max(now, soonest)
      }
      now = until
      await settle()
    },
    /** The clock is set back, and the process sees it: whoever waits is woken. */
    setBack: async (milliseconds: number, seen = true) => {
      now -= milliseconds
      if (seen) for (const [id, { order }] of process.due) process.due.set(id, { at: now, order })
      await settle()
    },
    /** The process is gone in this instant; another one starts over the same storage. */
    restart: async (change: { settings?: Partial<Settings>; keys?: WorldOptions['keys'] } = {}) => {
      process.alive.yes = false
      waiting.length = 0
      await settle()
      settings = { ...settings, ...change.settings }
      keys = change.keys ?? keys
      process = boot()
      const recovered = await process.engine.recover()
      await settle()
      return recovered
    },
    /** The next commits fail. */
    refuseCommits: (count: number) => process.refuse(count),
    /** The next commits are stored and reported as failed. */
    doubtCommits: (count: number) => process.doubt(count),
    timerOf: (id: string) => process.due.get(id)?.at,
    create: async (
      request: Partial<GenerateMusicRequest> & Record<string, unknown> = {},
      idempotencyKey: string | null = null,
      project = 'default',
    ) => (await process.engine.generateMusic({ project, idempotencyKey }, { ...SONG, ...request } as never, 0)).task,
    /** Any operation; `subject` is the track or voice that its path names. */
    ask: async (
      operation: TaskOperation,
      request: Record<string, unknown> = {},
      subject: string | null = null,
      { key = null as string | null, project = 'default' } = {},
    ) => (await process.engine.create(operation, { project, idempotencyKey: key }, request, subject, 0)).task,
    /** The same, carried to its end. */
    carryOut: async (
      operation: TaskOperation,
      request: Record<string, unknown> = {},
      subject: string | null = null,
    ) => {
      const { id } = await world.ask(operation, request, subject)
      await world.advance(MINUTE)
      return world.task(id)
    },
    /** What a place was sent last. */
    said: (place: Place) => sent.findLast((each) => each.place === place)?.body,
    /** Everything but the records that were read. */
    bought: () => sent.map(({ place }) => place).filter((place) => !place.endsWith('poll')),
    task: async (id: string, project = 'default') => (await process.engine.getTask(project, id, 0)).task,
  }
  return world
}
export type TestWorld = ReturnType<typeof openWorld>

export const SONG = {
  mode: 'compose',
  title: 'Rain on the Wire',
  style: 'indie folk',
  lyrics: '[Verse]\nRain on the wire',
} as const satisfies GenerateMusicRequest

/** A finished song and the ids of its tracks. */
export const finishedSong = async (world: TestWorld, request: Record<string, unknown> = {}) => {
  const { id } = await world.create(request)
  await world.advance(MINUTE)
  const task = await world.task(id)
  return { task, tracks: task.tracks.map((track) => track.id) }
}

/** What is said of a faulty field, before anything is stored or sent. */
export const fault = (pointer: string, code: string) => ({
  code: 'validation_failed',
  involved: { errors: expect.arrayContaining([expect.objectContaining({ pointer, code })]) },
})

/** Webhooks over real SQLite and real sockets, with a clock that jumps to whatever is due next. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import type { EventType } from '../../src/canonical/event-types.ts'
import type { Task } from '../../src/canonical/task.ts'
import { eventsOf } from '../../src/engine/events.ts'
import { createMeter } from '../../src/engine/meter.ts'
import type { Outside, Settings, Sql, Timers, World } from '../../src/engine/ports.ts'
import type { TaskState } from '../../src/engine/state.ts'
import { MIGRATIONS, reader } from '../../src/engine/store.ts'
import { FORGET } from '../../src/engine/webhooks/sweep.ts'
import { webhooks } from '../../src/engine/webhooks/webhooks.ts'
import { nodeEntropy } from '../../src/platform/node/keys.ts'
import { undiciOutside } from '../../src/platform/node/outside.ts'
import { openSqlite } from '../../src/platform/node/sqlite.ts'

export const START = Date.UTC(2026, 10, 21)
export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

export interface WebhookWorldOptions {
  readonly file?: string
  readonly outside?: Outside
  /** Milliseconds that a receiver may really take. */
  readonly patience?: number
  readonly localUrls?: boolean
  readonly now?: number
}

export const openWebhookWorld = (options: WebhookWorldOptions = {}) => {
  const { patience = 250, localUrls = true } = options
  const store = openSqlite(options.file ?? ':memory:', MIGRATIONS)
  const real = options.outside ?? undiciOutside({ localUrls })
  const entropy = nodeEntropy('webhooks')
  const logged: string[] = []
  /** Commits of these words wait until then. */
  const held: { words: RegExp | null; until: Promise<void> } = { words: null, until: Promise.resolve() }
  let now = options.now ?? START
  let busy = 0
  const counted = async <Result>(work: Promise<Result>): Promise<Result> => {
    busy += 1
    try {
      return await work
    } finally {
      busy -= 1
    }
  }

  /** One process: it dies by itself, its storage and its clock live on. */
  const boot = () => {
    const alive = { yes: true }
    const forever = <Result>() => new Promise<Result>(() => {})
    const due = new Map<string, number>()
    const faults = { reads: 0, commits: 0 }
    const sql: Sql = {
      read: (text, params) => (alive.yes ? store.read(text, params) : forever()),
      commit: (statements) => {
        if (!alive.yes) return forever()
        if (faults.commits > 0) {
          faults.commits -= 1
          return Promise.reject(new Error('disk full'))
        }
        const kept = statements.some(({ sql }) => held.words?.test(sql)) ? held.until : Promise.resolve()
        return counted(kept.then(() => store.commit(statements)))
      },
    }
    const timers: Timers = {
      set: (id, at) => {
        if (at === null) due.delete(id)
        else if (alive.yes) due.set(id, at)
      },
      sleep: () => forever(),
    }
    const outside: Outside = {
      // What a process that is gone has sent, it hears nothing of.
      post: async (message) => {
        if (!alive.yes) return forever()
        const receipt = await counted(real.post({ ...message, timeoutMs: Math.min(message.timeoutMs, patience) }))
        return alive.yes ? receipt : forever()
      },
      resolve: real.resolve,
      ...(real.places === undefined ? {} : { places: real.places }),
    }
    const world = {
      sql,
      clock: () => now,
      timers,
      entropy,
      outside,
      log: (...line: unknown[]) => logged.push(JSON.stringify(line)),
      settings: { localUrls, userAgent: 'Tutti/test' } as Settings,
    } as unknown as World
    const hooks = webhooks(world, (task) => task as unknown as Task, createMeter(), reader(sql))
    return { alive, due, faults, hooks, sql }
  }
  let process = boot()

  const settle = async () => {
    do {
      await process.hooks.dispatcher.idle()
      await turn()
      await turn()
    } while (busy > 0)
  }

  const world = {
    logged,
    store,
    now: () => now,
    get hooks() {
      return process.hooks
    },
    get api() {
      return process.hooks.api
    },
    settle,

    /** Jumps from one due moment to the next, up to this one; what is due within one `grain` is due together. */
    advance: async (until: number, onJump: (now: number) => void | Promise<void> = () => undefined, grain = 1) => {
      const { alive, hooks, due } = process
      for (;;) {
        if (alive.yes) await settle()
        const soonest = Math.min(...due.values())
        if (!alive.yes || soonest > until) break
        if (soonest > now) {
          now = Math.min(Math.ceil(soonest / grain) * grain, until)
          await onJump(now)
        }
        for (const [name, at] of [...due]) {
          if (at > now) continue
          due.delete(name)
          const ring = name === FORGET ? hooks.sweep.wake : hooks.dispatcher.wake
          await ring().catch(() => due.set(name, now + 5 * SECOND))
        }
      }
      now = Math.max(now, until)
    },

    /** The process is gone in this instant; another one starts over the same storage. */
    restart: async () => {
      process.alive.yes = false
      while (busy > 0) await turn()
      process = boot()
      await process.hooks.start()
    },
    /** Commits with these words wait until the answered function is called. */
    holdCommits: (words: RegExp): (() => void) => {
      let release = () => {}
      held.words = words
      held.until = new Promise((resolve) => {
        release = resolve
      })
      return release
    },
    refuseCommits: (count: number) => {
      process.faults.commits = count
    },

    /** A task changes: what is to be told is stored. */
    change: async (task: TaskState, types: readonly EventType[]): Promise<void> => {
      await process.sql.commit(process.hooks.outbox.of(task, eventsOf(task, types)))
      process.hooks.outbox.stored(task)
    },
    close: () => {
      process.alive.yes = false
      store.close()
    },
  }
  return world
}
export type WebhookWorld = ReturnType<typeof openWebhookWorld>

const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** A task as far as webhooks know of it. */
export const taskAt = (number: number, seq: number, more: Record<string, unknown> = {}): TaskState => {
  let rest = number
  let tail = ''
  for (let index = 0; index < 24; index++) {
    tail = LETTERS[rest % 32] + tail
    rest = Math.floor(rest / 32)
  }
  return {
    kind: 'work',
    id: `task_7${tail}0`,
    object: 'task',
    project: 'default',
    operation: 'generateMusic',
    status: 'running',
    stage: 'submitted',
    seq,
    updated_at: START,
    request: {},
    words: `Verse ${number} of ${seq} – Ünïcode`,
    links: { self: '/' },
    ...more,
  } as unknown as TaskState
}

export interface Heard {
  readonly at: number
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** Whether it was answered with success. */
  readonly taken: boolean
}

/** Answers a message; true where it was taken. */
export type Behaviour = (response: ServerResponse, heard: Omit<Heard, 'taken'>) => boolean

export const take: Behaviour = (response) => {
  response.writeHead(204).end()
  return true
}
export const answer =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, headers).end('no')
    return status >= 200 && status < 300
  }

/** A receiver on loopback that keeps what it hears. */
export const openReceiver = async (clock: () => number, behave: Behaviour = take) => {
  const heard: Heard[] = []
  const receiver = { behave }
  let connections = 0
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('error', () => undefined)
    request.on('end', () => {
      const { url = '', headers } = request
      const each = { at: clock(), path: url, headers, body: Buffer.concat(chunks).toString('utf8') }
      heard.push({ ...each, taken: receiver.behave(response, each) })
    })
  }
  const listen = (port: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer(serve)
      server.on('connection', () => {
        connections += 1
      })
      server.on('error', reject)
      server.listen(port, '127.0.0.1', () => resolve(server))
    })
  let server: Server | null = await listen(0)
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server?.closeAllConnections()
    await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)))
    server = null
  }
  return {
    port,
    url: `http://127.0.0.1:${port}/hook`,
    heard,
    connections: () => connections,
    behave: (next: Behaviour) => {
      receiver.behave = next
    },
    close,
    reopen: async () => {
      server ??= await listen(port)
    },
  }
}
export type Receiver = Awaited<ReturnType<typeof openReceiver>>

/** Judged by the library of the standard, at the moment it was heard; throws where it is not signed right. */
export const verified = (secret: string, { headers, body, at }: Pick<Heard, 'headers' | 'body' | 'at'>): unknown => {
  const { now } = Date
  Date.now = () => at
  try {
    return new Webhook(secret).verify(body, headers as Record<string, string>)
  } finally {
    Date.now = now
  }
}

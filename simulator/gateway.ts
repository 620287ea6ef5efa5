/** The process under test: the real engine over fake ports. It dies at any moment and starts again over what is stored. */
import { hash } from 'node:crypto'
import { createEngine, type Engine } from '../src/engine/engine.ts'
import type { Entropy, Settings, Timers, Transport } from '../src/engine/ports.ts'
import type { Agenda } from './agenda.ts'
import type { Faults } from './faults.ts'
import type { Judge } from './judge.ts'
import { FAKES } from './providers.ts'
import type { Random } from './random.ts'
import type { Alive, Storage } from './storage.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const START = Date.UTC(2026, 0, 1)
/** As the real process waits before it tries again what it stumbled over. */
const STUMBLED = 5 * SECOND

/** Nobody listens. */
export const DOWN = new Error('connection refused')
/** Whoever listened has died before the answer. */
export const CUT = new Error('connection reset')

export const PUBLIC_URL = 'https://gateway.test'

interface Parts {
  readonly agenda: Agenda
  readonly random: Random
  readonly faults: Faults
  readonly judge: Judge
  readonly storage: () => Storage
  readonly transport: (alive: Alive) => Transport
  /** A process has died, or its clock has jumped. */
  readonly broken: (what: 'crash' | 'clock') => void
}

interface Life {
  readonly alive: Alive
  /** As the real timers do once they see that the clock was set back. */
  readonly wakeAll: () => void
  readonly engine: Engine
  readonly waiting: Set<(error: Error) => void>
}

/** Keyed as in a real installation: clients can not guess ids, and a run can be repeated. */
export const seededEntropy = (seed: string, random: Random): Entropy => ({
  bytes: random.bytes,
  digest: (text) => hash('sha256', `${seed} ${text}`, 'buffer'),
  fraction: random.fraction,
})

export type Gateway = ReturnType<typeof gateway>

export const gateway = (parts: Parts, entropy: Entropy) => {
  const { agenda, random, faults, judge } = parts
  const settings: Settings = {
    livemode: true,
    publicUrl: faults.hit('run', 'no public URL') ? null : PUBLIC_URL,
    pollScale: 1,
    submitTimeout: MINUTE,
    readTimeout: 20 * SECOND,
    reconcileWindow: 30 * MINUTE,
    taskTimeout: 60 * MINUTE,
    stallAfter: 10 * MINUTE,
    queueLimit: random.pick([5, 50, 10_000]),
    paused: false,
    userAgent: 'Tutti/simulator',
    localUrls: false,
  }
  const keys = FAKES.flatMap((fake) => fake.keys)
  let missing: string | null = null
  /** Nothing is sent until it is started again. */
  let paused = false
  let offset = 0
  let life: Life | null = null
  let serving = false
  /** Since when this process serves. */
  let since = 0
  let crashes = 0
  /** Whatever a wait of the engine may grow by: time without a process, and what the clock was moved. */
  let disturbed = 0
  /** Since when keys have been missing, ever. */
  const unreachable = new Set<string>()

  const clock = () => START + agenda.now() + offset

  const timersOf = (alive: Alive, wake: (id: string) => void) => {
    const wanted = new Map<string, number>()
    const arm = (id: string, at: number): void =>
      agenda.after(at - clock(), () => {
        if (!alive.yes || wanted.get(id) !== at) return
        if (clock() < at) return arm(id, at)
        wanted.delete(id)
        wake(id)
      })
    const timers: Timers = {
      set: (id, at) => {
        if (!alive.yes) return
        if (at === null) wanted.delete(id)
        else if (wanted.get(id) !== at) {
          wanted.set(id, at)
          arm(id, at)
        }
      },
      sleep: (milliseconds) =>
        new Promise((resolve) => agenda.after(milliseconds, () => (alive.yes ? resolve() : undefined))),
    }
    const wakeAll = () => {
      for (const id of wanted.keys()) timers.set(id, clock())
    }
    return { timers, wakeAll }
  }

  const begin = (): Life => {
    const alive: Alive = { yes: true, recovering: true }
    const { timers, wakeAll } = timersOf(alive, (id) => {
      engine.wake(id).catch((error) => {
        judge.note(() => `${id} stumbled: ${(error as Error).message}`)
        timers.set(id, clock() + STUMBLED)
      })
    })
    const engine: Engine = createEngine({
      access: FAKES.map(({ adapter, keys: own }) => ({
        adapter,
        origin: adapter.origins.api,
        credentials: own.filter((key) => key !== missing).map((key) => ({ id: `${key}-id`, key })),
      })),
      sql: parts.storage().port(alive),
      transport: parts.transport(alive),
      clock,
      timers,
      entropy,
      log: (_, event, facts) => judge.note(() => `  ${event} ${JSON.stringify(facts)}`),
      settings: { ...settings, paused },
    })
    return { alive, wakeAll, engine, waiting: new Set() }
  }

  const start = () => {
    const own = begin()
    life = own
    own.engine.recover().then(
      () => {
        if (!own.alive.yes) return
        own.alive.recovering = false
        serving = true
        since = agenda.now()
        judge.note(() => 'serving')
      },
      // A process that can not take up its tasks does not start.
      (error) => crash(`can not start: ${(error as Error).message}`),
    )
  }

  const crash = (why: string): void => {
    if (life === null) return
    judge.note(() => `-- the process dies: ${why}`)
    const { alive, waiting } = life
    alive.yes = false
    life = null
    serving = false
    crashes += 1
    for (const cut of waiting) cut(CUT)
    parts.broken('crash')
    const long = faults.hit('run', 'long downtime')
    const down = long ? random.between(5 * MINUTE, 120 * MINUTE) : random.between(100, 10 * SECOND)
    disturbed += down
    if (faults.hit('run', 'key removed between runs')) {
      missing = missing === null ? random.pick(keys) : null
      if (missing !== null) unreachable.add(`${missing}-id`)
    }
    agenda.after(down, start)
  }

  /** Starts it again for a while, so that it sends nothing. */
  const pause = (milliseconds: number) => {
    if (paused) return
    faults.count('run', 'paused for a while')
    paused = true
    disturbed += milliseconds
    crash('it is paused')
    agenda.after(milliseconds, () => {
      paused = false
      crash('it goes on')
    })
  }

  /** Moves the clock of the machine. */
  const jump = (milliseconds: number) => {
    judge.note(() => `-- the clock jumps by ${milliseconds} ms`)
    offset += milliseconds
    disturbed += Math.abs(milliseconds)
    parts.broken('clock')
    const own = life
    if (own !== null && milliseconds < -MINUTE) agenda.after(MINUTE, own.wakeAll)
  }

  return {
    settings,
    start,
    crash,
    pause,
    jump,
    clock,
    ahead: () => offset,
    serving: () => serving,
    since: () => since,
    crashes: () => crashes,
    disturbed: () => disturbed,
    unreachable: unreachable as ReadonlySet<string>,
    /** One request to the process. @throws DOWN, CUT, or what the engine says */
    ask: <Result>(what: (engine: Engine) => Promise<Result>): Promise<Result> => {
      const own = life
      if (!serving || own === null) return Promise.reject(DOWN)
      return new Promise((resolve, reject) => {
        own.waiting.add(reject)
        const done = () => own.waiting.delete(reject)
        what(own.engine).then(
          (result) => {
            if (done()) resolve(result)
          },
          (error) => {
            if (done()) reject(error)
          },
        )
      })
    },
  }
}

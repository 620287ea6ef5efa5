/**
 * The hub: what all tasks share. How the providers' keys do, what the keys of clients may still have, and who is told of a
 * change. In one process it stands beside the tasks; where every task is an object of its own, it is one more that they ask.
 */
import type { Task } from '../canonical/task.ts'
import type { Sort } from '../canonical/words.ts'
import { type Admission, admissions } from './admit.ts'
import { creditBook } from './credits.ts'
import { GatewayError } from './errors.ts'
import type { NewEvent } from './events.ts'
import { type Asked, finder } from './finder.ts'
import type { OperationClass } from './health.ts'
import { type Accounts, accounts } from './keys/accounts.ts'
import { spendingOf } from './keys/spending.ts'
import { rateWindows } from './limits.ts'
import { standingFigures, taskFigures } from './measured.ts'
import { createMeter } from './meter.ts'
import type { Outcome, Reading } from './outcome.ts'
import type { Statement, World } from './ports.ts'
import type { Account, Candidate, Pin, TaskState, WorkTask } from './state.ts'
import type { Reader } from './store.ts'
import { type Strategies, strategies } from './strategy.ts'
import { watcher } from './watch.ts'
import { forgetTask } from './webhooks/rows.ts'
import { webhooks } from './webhooks/webhooks.ts'

type Maybe<Value> = Value | Promise<Value>

/** Who hears of every change of a task. */
export interface Changes {
  /** A task is about to be stored, and takes its place. @returns gives it back where it was not */
  readonly begin: (task: TaskState) => () => void
  /** What else is to be stored in the commit of a change; null stands for a task that is not there. */
  readonly of: (before: TaskState | null, after: TaskState | null, events: readonly NewEvent[]) => readonly Statement[]
  /** What is to be stored in the commit that deletes a task: of who is told of it, and not of what it cost. */
  readonly gone: (id: string) => readonly Statement[]
  /** It is stored. */
  readonly stored: (before: TaskState | null, after: TaskState | null) => void
  /** A stored task is taken up after a start. */
  readonly adopt: (task: TaskState) => void
}

/** A task that wants to be taken. */
export interface Entry {
  readonly id: string
  readonly project: string
  readonly account: Account | undefined
  readonly material: WorkTask['material']
  readonly request: WorkTask['request']
  readonly candidates: readonly Candidate[]
  /** Whether it waits in the queue of its project. */
  readonly queued: boolean
}

/** What came of a paid request; null where it was not sent. */
export interface Said {
  readonly kind: Exclude<OperationClass, 'reads'>
  readonly outcome: Outcome<unknown> | null
  /** Its price. */
  readonly credits: number | null
}

/** What tasks ask of the hub. Requests begun are to be told the end of. */
export interface Hub {
  readonly strategies: Strategies
  readonly changes: Changes
  /** What strategies go by is as new as it has to be. */
  readonly refresh: (sort?: Sort) => Maybe<void>
  /** Candidates that a task can pay for. @throws GatewayError concurrency_limited, spend_limit_reached */
  readonly enter: (entry: Entry) => Maybe<readonly Candidate[]>
  /** Whom a task is sent to now: where somebody is, the request counts as begun. */
  readonly admit: (task: WorkTask) => Maybe<Admission>
  /** @throws GatewayError provider_pinned_unavailable where only this one could be asked, and waiting may not help */
  readonly refusePinned: (pin: Candidate) => Maybe<void>
  /** @throws GatewayError provider_pinned_unavailable where a call can not be made at once */
  readonly requireReady: (pin: Pin, credits: number | null) => Promise<void>
  /** A call is about to be sent. */
  readonly begin: (pin: Pin) => Maybe<void>
  /** What came of a request that was begun. @returns whether the same provider may be asked once more */
  readonly done: (pin: Pin, said: Said) => Maybe<boolean>
  readonly reads: {
    /** Until when reads wait where too many of them failed; null where they do not. */
    readonly pause: (asked: Asked) => number | null
    readonly begin: (asked: Asked) => void
    readonly read: (asked: Asked, reading: Reading<unknown>) => void
  }
}

const queues = () => {
  const queued = new Map<string, number>()
  const isQueued = (task: TaskState | null) => (task?.status === 'queued' ? 1 : 0)
  const count = (project: string, change: number) => {
    const left = (queued.get(project) ?? 0) + change
    left > 0 ? queued.set(project, left) : queued.delete(project)
  }
  return {
    count,
    changed: (before: TaskState | null, after: TaskState | null) => {
      const change = isQueued(after) - isQueued(before)
      if (change !== 0) count((after ?? before)!.project, change)
    },
    of: (project: string): number => queued.get(project) ?? 0,
    all: (): number => [...queued.values()].reduce((sum, each) => sum + each, 0),
  }
}

const changesFor = (
  queue: ReturnType<typeof queues>,
  ledger: Accounts,
  hooks: ReturnType<typeof webhooks>,
  noticed: (before: WorkTask, after: WorkTask) => void,
): Changes => {
  /** Tasks that have their place before they are stored. */
  const placed = new Set<string>()
  return {
    begin: (task) => {
      // Many creates at once stay under the limits too.
      const place = task.status === 'queued' ? 1 : 0
      queue.count(task.project, place)
      placed.add(task.id)
      const giveBack = ledger.begin(task)
      return () => {
        placed.delete(task.id)
        queue.count(task.project, -place)
        giveBack()
      }
    },
    of: (before, after, events) => [
      ...spendingOf(before, after),
      ...(after === null ? [] : hooks.outbox.of(after, events)),
    ],
    gone: forgetTask,
    stored: (before, after) => {
      if (before !== null || after === null || !placed.delete(after.id)) queue.changed(before, after)
      ledger.stored(before, after)
      if (after === null) return
      hooks.outbox.stored(after)
      if (before?.kind === 'work' && after.kind === 'work') noticed(before, after)
    },
    adopt: (task) => {
      queue.changed(null, task)
      ledger.adopt(task)
      hooks.outbox.stored(task)
    },
  }
}

export const createHub = (world: World, read: Pick<Reader, 'reconciling'>, present: (task: TaskState) => Task) => {
  const { access, clock, settings } = world
  const find = finder(access)
  const hooks = webhooks(world, present)
  const watch = watcher(world, ({ access: { adapter }, credential }, was, { state, why }) => {
    void hooks.providerChanged({ provider: adapter.id, credential: credential.id, state, was: was.state, why })
  })
  const book = creditBook(world, watch)
  const meter = createMeter()
  const counted = taskFigures(meter)
  const queue = queues()
  standingFigures(meter, { read, queued: queue.all, watch, book }, access)
  const ledger = accounts(world)
  const admitting = admissions(world, watch, book, rateWindows(clock, settings.pollScale), ledger)

  const hub: Hub = {
    strategies: strategies(settings, watch, book),
    changes: changesFor(queue, ledger, hooks, (before, after) => {
      watch.noticed(before, after)
      counted(before, after)
    }),
    refresh: () => undefined,
    enter: ({ account, id, project, candidates, queued, ...task }) => {
      if (queued && queue.of(project) >= settings.queueLimit)
        throw new GatewayError(
          'concurrency_limited',
          `${settings.queueLimit} tasks of this project are waiting to be submitted: wait until some of them are`,
          {},
          10,
        )
      return ledger.enter(account, id, task, candidates)
    },
    admit: (task) => {
      const admitted = admitting.admit(task)
      if (admitted.kind === 'go') watch.begin(find(admitted.candidate)!, 'creates')
      return admitted
    },
    refusePinned: admitting.refusePinned,
    requireReady: (pin, credits) => admitting.requireReady(find(pin)!, credits),
    begin: (pin) => watch.begin(find(pin)!, 'calls'),
    done: (pin, { kind, outcome, credits }) => {
      const asked = find(pin)!
      watch.done(asked, kind, outcome, credits)
      if (kind === 'creates' && outcome?.class === 'accepted') book.spend(asked.credential.id, credits)
      return watch.mayRetry(pin.provider)
    },
    reads: { pause: watch.pause, begin: (asked) => watch.begin(asked, 'reads'), read: watch.read },
  }
  return { ...hub, watch, book, meter, hooks, ledger }
}

/** A hub with all that is told of it: in the place where it stands itself. */
export type OwnHub = ReturnType<typeof createHub>

/**
 * The hub: what all tasks share. How the providers' keys do (`standing.ts`), what is left of every limit (`quotas.ts`), and who is
 * told of a change (`webhooks/`). In one process the three stand beside each other (`own-hub.ts`); where every task is an object of
 * its own, each is one more that they ask.
 */
import type { Sort } from '../canonical/words.ts'
import type { Admission, Maybe } from './admit.ts'
import type { NewEvent } from './events.ts'
import type { Asked } from './finder.ts'
import type { OperationClass } from './health.ts'
import type { Outcome, Reading } from './outcome.ts'
import type { Statement } from './ports.ts'
import type { Account, Candidate, Pin, TaskState, WorkTask } from './state.ts'
import type { Strategies } from './strategy.ts'

/** Who hears of every change of a task. */
export interface Changes {
  /** A task is about to be stored, and takes its place. @returns gives it back where it was not */
  readonly begin: (task: TaskState) => () => void
  /** Where homes are many: takes the id of a task for this one. It conflicts where another has it. */
  readonly claim?: (task: TaskState) => Promise<void>
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
  readonly refusePinned: (pin: Candidate, credits: number | null) => Maybe<void>
  /**
   * A call is about to be stored and sent: it counts as begun.
   * @throws GatewayError provider_pinned_unavailable where it can not be made at once
   */
  readonly begin: (pin: Pin, credits: number | null) => Promise<void>
  /** What came of a request that was begun. @returns whether the same provider may be asked once more */
  readonly done: (pin: Pin, said: Said) => Maybe<boolean>
  readonly reads: {
    /** Until when reads wait where too many of them failed; null where they do not. */
    readonly pause: (asked: Asked) => number | null
    readonly begin: (asked: Asked) => void
    readonly read: (asked: Asked, reading: Reading<unknown>) => void
  }
}

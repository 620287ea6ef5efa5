/** What objects ask of each other. What clients ask stands in the objects themselves. */

import type { Limiter } from '../../engine/admit.ts'
import type { NewEvent } from '../../engine/events.ts'
import type { Entry, Hub } from '../../engine/hub.ts'
import type { Reading } from '../../engine/outcome.ts'
import type { Candidate, EventType, Pin, TaskState } from '../../engine/state.ts'
import type { Reader } from '../../engine/store.ts'
import type { ProviderNews } from '../../engine/webhooks/provider-news.ts'
import type { History } from './settings.ts'

/** A change of a task, told by the object it lives in. Told again, it is taken once. */
export type Report =
  | { readonly before: TaskState | null; readonly after: TaskState | null; readonly events: readonly NewEvent[] }
  | { readonly gone: string; readonly subject: string | null }

/** What strategies go by, of each provider. */
export interface Facts {
  readonly latency: Readonly<Record<string, number | null>>
  readonly balance: Readonly<Record<string, number | null>>
}

/** What this installation is keyed with, and what the keys of providers were called before. */
export interface Installation {
  readonly identity: string
  readonly pepper: string
  readonly history: History
}

/** Who is told of changes. */
interface Told {
  readonly report: (reports: readonly Report[]) => Promise<void> | void
}

/** Of keys and limits, by tasks and by those who judge providers. */
export interface LimitsForTasks extends Told, Limiter {
  readonly installation: () => Installation
  readonly enter: (entry: Entry) => Promise<readonly Candidate[]>
  /** A region is there. */
  readonly arrive: (region: string) => void
}

/** Of the providers' health in one region, by its tasks. */
export interface HealthForTasks extends Told, Pick<Hub, 'admit' | 'refusePinned' | 'begin' | 'done'> {
  readonly facts: () => Facts
  /** A read that failed at a provider. */
  readonly heard: (pin: Pin, reading: Reading<unknown>) => void
}

/** Of webhooks, by tasks and by those who judge providers. */
export interface WebhooksForTasks extends Told {
  readonly providerChanged: (news: ProviderNews) => Promise<void>
}

/** Of a task, by others. */
export interface TaskForOthers
  extends Pick<Reader, 'task' | 'tombstone' | 'alignments' | 'recoveries' | 'alignment' | 'lastAbout'> {
  /** A copy of a task about something that was made here; null takes it away again. */
  readonly keepCopy: (id: string, task: TaskState | null) => Promise<void>
  /** A task that another object has made for this one; false where it was made before. */
  readonly keep: (task: TaskState, types: readonly EventType[]) => Promise<boolean>
  /** Resolves when a task is not any more as it was at this event, or has ended, or after so many milliseconds. */
  readonly changedSince: (id: string, seq: number, milliseconds: number) => Promise<void>
  /** Takes the id of a call, which names this object, for the home of its track. @returns false where another home has it */
  readonly claim: (id: string, home: string) => Promise<boolean>
  /** Whether a call of another name is here, will be in a moment, or was until it was deleted. */
  readonly holds: (id: string) => Promise<boolean>
  /** A call of this name is not at that home any more, and never comes back. */
  readonly release: (id: string, home: string) => Promise<void>
}

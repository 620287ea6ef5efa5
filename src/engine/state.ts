/** A task as it is stored: what its next step depends on, in canonical words. Times are milliseconds since the epoch. */
import type { TaskError } from '../canonical/error.ts'
import type { EventType } from '../canonical/event.ts'
import type { Alignment } from '../canonical/lyrics.ts'
import type { CallOperation, TaskOperation } from '../canonical/operations.ts'
import type { Warning } from '../canonical/task.ts'
import type { AttemptState, Charged, ChosenBy, Model, PersonaKind, Stage, TaskStatus } from '../canonical/words.ts'
import type { Form } from '../contract/operations.ts'
import type { TrackReport } from '../contract/shapes.ts'

/** A provider, one of its credentials and the form to ask in. */
export interface Candidate {
  readonly provider: string
  readonly credential: string
  readonly form: Form
  readonly model: Model | null
  /** Why it has its place; of an attempt, why it was made there. */
  readonly chosen_by?: ChosenBy
}

export interface Attempt extends Candidate {
  readonly id: string
  readonly state: AttemptState
  readonly provider_task_id: string | null
  readonly charged: Charged
  readonly credits: number | null
  readonly usd: number | null
  readonly error: TaskError | null
  readonly warnings: readonly Warning[]
  /** Hash of the secret in this attempt's callback URL. */
  readonly token: string
  readonly created_at: number
  readonly updated_at: number
}

/** What an attempt says of its money: what is free was not charged, whatever became of it. */
export const chargedFor = ({ credits }: Pick<Attempt, 'credits'>, charged: Charged): Charged =>
  credits === 0 ? 'no' : charged

export interface TrackState extends TrackReport {
  readonly created_at: number
  /** Absent where it was read at the provider. */
  readonly verified?: false
}

/** What the timer of a task is for. */
export type Next = 'submit' | 'poll' | 'expire'

/** Where something made at a provider lies: only this credential reaches it. */
export interface Pin {
  readonly provider: string
  readonly credential: string
}

/** A track as its own provider knows it. */
export interface NativeTrack extends Pin {
  /** In which form it was made: not every form takes tracks of all. */
  readonly form: Form
  readonly provider_task_id: string
  readonly provider_track_id: string
  readonly track_index: number
  /** Null where it is not known: imported tracks. */
  readonly model: Model | null
}

/** What a request speaks of, looked up when it was accepted. */
export interface Material {
  readonly track?: NativeTrack
  readonly audio_urls?: readonly string[]
  /** How long the longest of them is, where they are tracks that say so: rules are read over it. */
  readonly source_seconds?: number
  readonly persona?: Pin & { readonly id: string; readonly kind: PersonaKind }
  readonly stems?: Pin & { readonly provider_task_id: string; readonly provider_stem_id?: string }
  readonly phrase?: Pin & { readonly provider_task_id: string }
  /** The provider's ids of all tracks of the task that a recovery is about, in their order. */
  readonly siblings?: readonly string[]
  /** Said to the provider beside what the client sent. */
  readonly fields?: Readonly<Record<string, unknown>>
}

/** A validated request: of which schema, `operation` tells. */
export type Request = Readonly<Record<string, unknown>>

/** Whose task it is, with the limits it was taken under. */
export interface Account {
  readonly key: string
  readonly concurrent_tasks?: number
  readonly usd_per_day?: number
  readonly usd_per_month?: number
}

interface Common {
  readonly id: string
  readonly project: string
  readonly fingerprint: string
  readonly livemode: boolean
  readonly created_at: number
  readonly updated_at: number
  readonly status: TaskStatus
  readonly stage: Stage
  readonly stages: readonly { readonly stage: Stage; readonly at: number }[]
  /** Number of events so far. */
  readonly seq: number
  /** Number of commits so far: every commit names the one it builds on. */
  readonly version: number
  readonly request: Request
  /** The track or voice it is about. */
  readonly subject: string | null
  readonly attempts: readonly Attempt[]
  readonly error: TaskError | null
  readonly next: Next | null
  readonly next_at: number | null
  /** Whose limits it counts for; absent for the bootstrap key, and for what costs nothing more. */
  readonly account?: Account
  /** The `traceparent` of the request that made it, where requests are traced. */
  readonly trace?: string
}

/** Carried out in minutes: submitted, polled, ended. */
export interface WorkTask extends Common {
  readonly kind: 'work'
  readonly operation: TaskOperation | 'importTrack'
  readonly material: Material
  /** Still to be tried, best first. */
  readonly candidates: readonly Candidate[]
  readonly tracks: readonly TrackState[]
  /** Where the first of them stands in the provider's task: not at 0 where a later one was imported alone. */
  readonly track_offset: number
  /** What was made, where that is no track: the report of the form. */
  readonly result: unknown
  /** The task whose late result this one keeps: it had failed, or had gone on. */
  readonly salvaged_from?: string
  /** Polls since the last news, which set the pace. */
  readonly polls: number
  /** A callback has rung for the attempt under way: it is trusted to ring again. */
  readonly rung?: boolean
  /** When the provider accepted, and since when it says that it knows no such task. */
  readonly accepted_at: number | null
  readonly absent_since: number | null
  /** It was said that there was no news for too long. */
  readonly stalled?: boolean
  /** The client key whose secret signs what its `webhook` is told. */
  readonly signer?: string
  /** Nothing is sent any more from then on. */
  readonly deadline_at?: number | null
}

/** Waited for: one attempt, one answer. */
export interface CallTask extends Common {
  readonly kind: 'call'
  readonly operation: Exclude<CallOperation, 'importTrack'>
  /** What was bought: kept for good. */
  readonly result: unknown
}

/** Timestamped lyrics, which are bought once. */
export interface LyricsTask extends CallTask {
  readonly operation: 'alignLyrics'
  readonly result: Alignment | null
}

export type TaskState = WorkTask | CallTask

export type { EventType }

export const ended = (task: Pick<TaskState, 'status'>): boolean =>
  task.status === 'succeeded' || task.status === 'failed' || task.status === 'canceled'

/** The attempt under way or the last one. */
export const currentAttempt = (task: TaskState): Attempt | undefined => task.attempts.at(-1)

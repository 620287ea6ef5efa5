/** A task as it is stored: what its next step depends on, in canonical words. Times are milliseconds since the epoch. */
import type { TaskError } from '../canonical/error.ts'
import type { GenerateMusicRequest } from '../canonical/generateMusic.ts'
import type { Alignment } from '../canonical/lyrics.ts'
import type { Warning } from '../canonical/task.ts'
import type { AttemptState, Charged, Model, Stage, TaskStatus } from '../canonical/words.ts'
import type { TrackReport } from '../contract/shapes.ts'

/** A provider and one of its credentials, ready to be asked. */
export interface Candidate {
  readonly provider: string
  readonly credential: string
  readonly model: Model | null
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

export interface TrackState extends TrackReport {
  readonly created_at: number
}

/** What the timer of a task is for. */
export type Next = 'submit' | 'poll' | 'expire'

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
  readonly attempts: readonly Attempt[]
  readonly error: TaskError | null
  readonly next: Next | null
  readonly next_at: number | null
}

export interface MusicTask extends Common {
  readonly operation: 'generateMusic'
  readonly request: GenerateMusicRequest
  /** Still to be tried, best first. */
  readonly candidates: readonly Candidate[]
  readonly tracks: readonly TrackState[]
  /** Polls since the last news, which set the pace. */
  readonly polls: number
  /** When the provider accepted, and since when it says that it knows no such task. */
  readonly accepted_at: number | null
  readonly absent_since: number | null
}

export interface LyricsTask extends Common {
  readonly operation: 'alignLyrics'
  readonly request: { readonly track_id: string }
  /** What was bought: kept for good, so that it is never bought again. */
  readonly result: Alignment | null
}

export type TaskState = MusicTask | LyricsTask

/** The event types of the catalogue that a task can cause. */
export type EventType =
  | 'task.queued'
  | 'task.submitted'
  | 'task.reconciling'
  | 'task.failed_over'
  | 'task.text_ready'
  | 'task.first_ready'
  | 'task.succeeded'
  | 'task.failed'
  | 'track.ready'

export const ended = (task: Pick<TaskState, 'status'>): boolean =>
  task.status === 'succeeded' || task.status === 'failed' || task.status === 'canceled'

/** The attempt under way or the last one. */
export const currentAttempt = (task: TaskState): Attempt | undefined => task.attempts.at(-1)

/** One step of a task: what changes, what is counted, and when to look again. */
import type { TaskError } from '../canonical/error.ts'
import type { Charged } from '../canonical/words.ts'
import { taskError } from './errors.ts'
import { type Attempt, currentAttempt, type EventType, type WorkTask } from './state.ts'

export const SECOND = 1000
const POLL_FIRST = 5 * SECOND
const POLL_GROWTH = 1.5
const POLL_CAP = 30 * SECOND

/** Settings a transition depends on, in milliseconds. */
export interface Pace {
  readonly pollScale: number
  readonly pollFloor: number
  readonly reconcileWindow: number
  readonly taskTimeout: number
}

/** The moment of a happening; `jitter` is between 0 and 1. */
export interface Moment {
  readonly now: number
  readonly pace: Pace
  readonly jitter: number
}

export interface Step {
  readonly task: WorkTask
  readonly events: readonly EventType[]
}

/** Nothing new. */
export const same = (task: WorkTask): Step => ({ task, events: [] })

export const moved = (
  task: WorkTask,
  { now }: Moment,
  change: Partial<WorkTask>,
  events: readonly EventType[] = [],
): Step => {
  const stage = change.stage ?? task.stage
  const stages = stage === task.stage ? task.stages : [...task.stages, { stage, at: now }]
  return {
    task: { ...task, ...change, stages, updated_at: now, seq: task.seq + events.length, version: task.version + 1 },
    events,
  }
}

export const withAttempt = (task: WorkTask, { now }: Moment, change: Partial<Attempt>): readonly Attempt[] =>
  task.attempts.map((attempt, index) =>
    index === task.attempts.length - 1 ? { ...attempt, ...change, updated_at: now } : attempt,
  )

/** The end. The same key only says it again, whatever went wrong. */
export const failed = (task: WorkTask, moment: Moment, error: TaskError, attempts = task.attempts): Step =>
  moved(
    task,
    moment,
    {
      status: 'failed',
      error: { ...error, retryable: false },
      attempts,
      next: null,
      next_at: null,
      candidates: [],
    },
    ['task.failed'],
  )

/** The end of an accepted task that went wrong at the provider. */
export const failedThere = (task: WorkTask, moment: Moment, error: TaskError, charged: Charged): Step =>
  failed(task, moment, error, withAttempt(task, moment, { charged, error }))

export const timedOut = (task: WorkTask, moment: Moment, title: string, what: string): Step => {
  const error = taskError('provider_timeout', `${title} ${what}`, { provider: currentAttempt(task)!.provider })
  return failedThere(task, moment, error, 'unknown')
}

/** The pause before the next poll: growing while nothing happens, never under the provider's published limit. */
export const pollPause = (polls: number, pace: Pace, jitter: number): number => {
  const wanted = Math.min(POLL_FIRST * POLL_GROWTH ** polls, POLL_CAP) * (0.9 + 0.2 * jitter)
  return Math.max(wanted * pace.pollScale, pace.pollFloor)
}

export const pollNext = ({ now, pace, jitter }: Moment, polls: number) => ({
  next: 'poll' as const,
  next_at: Math.ceil(now + pollPause(polls, pace, jitter)),
  polls: polls + 1,
})

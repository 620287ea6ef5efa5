/** One step of a task: what changes, what is counted, and when to look again. */
import type { Failover } from '../canonical/creation.ts'
import type { TaskError } from '../canonical/error.ts'
import type { Charged } from '../canonical/words.ts'
import { type TrackReport, trackStatus } from '../contract/shapes.ts'
import { taskError } from './errors.ts'
import { type Attempt, currentAttempt, type EventType, type TrackState, type WorkTask } from './state.ts'

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
  /** Without news for so long, a task is said to be stalled. */
  readonly stallAfter: number
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

/** Attempts of a task, where its request says nothing. */
export const MAX_ATTEMPTS = 3

export const failoverOf = (task: WorkTask): Failover => (task.request.failover ?? {}) as Failover
export const mostAttempts = (task: WorkTask): number => failoverOf(task).max_attempts ?? MAX_ATTEMPTS

/** Accepted by the word of a callback alone, which did not say how the provider calls it: it can not be read. */
export const isUnnamed = (task: WorkTask): boolean => {
  const attempt = currentAttempt(task)
  return attempt?.state === 'accepted' && attempt.provider_task_id === null
}

/** Given up after it was accepted, and the next one is not sent yet: what comes of it comes late. */
export const isGivenUp = (task: WorkTask): boolean =>
  task.next === 'submit' && currentAttempt(task)?.state === 'accepted'

/** A clock may be moved by less than this without anybody noticing, in milliseconds. */
const SLIGHT = SECOND

/** Changed last at a time that is yet to come: the clock was set back. */
export const isAhead = ({ updated_at }: Pick<WorkTask, 'updated_at'>, now: number): boolean => updated_at - now > SLIGHT

/** What was reckoned from then is reckoned from now: a pause and a window are as long as they were. What was told of when stays. */
export const putRight = (task: WorkTask, moment: Moment): Step => {
  const { now } = moment
  const past = (at: number | null | undefined) => (at == null ? null : Math.min(at, now))
  const next_at = task.next_at === null ? null : task.next_at - (task.updated_at - now)
  return moved(task, moment, {
    next_at,
    accepted_at: past(task.accepted_at),
    absent_since: past(task.absent_since),
  })
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

/** What is free was not charged, whatever became of it. */
const unpaid = (change: Partial<Attempt>): Partial<Attempt> => ({
  ...change,
  ...(change.charged === undefined ? {} : { charged: 'no' }),
  ...(change.error == null ? {} : { error: { ...change.error, may_have_been_charged: false } }),
})

export const withAttempt = (task: WorkTask, { now }: Moment, change: Partial<Attempt>): readonly Attempt[] =>
  task.attempts.map((attempt, index) =>
    index === task.attempts.length - 1
      ? { ...attempt, ...(attempt.credits === 0 ? unpaid(change) : change), updated_at: now }
      : attempt,
  )

export const OVER = { next: null, next_at: null, candidates: [] } as const

export const mayHavePaid = (attempts: readonly Attempt[]): boolean =>
  attempts.some(({ charged }) => charged === 'yes' || charged === 'unknown')

/** What may have been paid, it may have been by an attempt before the last. */
const ofAll = (error: TaskError, attempts: readonly Attempt[]): TaskError => ({
  ...error,
  may_have_been_charged: mayHavePaid(attempts),
})

/** The end. The same key only says it again, whatever went wrong. */
export const failed = (task: WorkTask, moment: Moment, error: TaskError, attempts = task.attempts): Step =>
  moved(
    task,
    moment,
    {
      status: 'failed',
      error: { ...ofAll(error, attempts), retryable: false },
      attempts,
      ...OVER,
    },
    ['task.failed'],
  )

/** Nothing is under way, and nothing more will be. Attempts that were made keep what they cost. */
export const canceled = (task: WorkTask, moment: Moment, error: TaskError | null): Step =>
  moved(task, moment, { status: 'canceled', error: error && ofAll(error, task.attempts), ...OVER }, ['task.canceled'])

/** What a client allows after a provider had accepted: by default nothing that could be paid for twice. */
const mayGoOn = (
  task: WorkTask,
  { code }: Pick<TaskError, 'code'>,
  charged: Charged,
  silent: boolean,
  now: number,
): boolean => {
  const { after_accept = 'refunded_only', on_stall = 'wait' } = failoverOf(task)
  if (task.candidates.length === 0 || task.attempts.length >= mostAttempts(task)) return false
  // Who is making it is not given up where nobody else would be asked.
  if (silent) return on_stall === 'failover' && (task.deadline_at ?? Number.POSITIVE_INFINITY) > now
  if ((code !== 'generation_failed' && code !== 'provider_timeout') || after_accept === 'never') return false
  return after_accept === 'any' || charged === 'refunded' || charged === 'no'
}

export const isReady = (track: TrackState) => trackStatus(track) === 'ready'

/** A track that is not finished by now never will be: it says so. What its provider said of it stays. */
export const closed = <Track extends TrackReport>(track: Track, why: string): Track =>
  trackStatus(track) === 'ready' || track.failure !== null ? track : { ...track, failure: why }

/** Of two songs one was finished: that is a success, and the other track says what became of it. */
const partly = (task: WorkTask, moment: Moment, error: TaskError, attempts: WorkTask['attempts']): Step => {
  const tracks = task.tracks.map((track) => closed(track, error.detail))
  return moved(task, moment, { tracks, attempts, status: 'succeeded', stage: 'complete', ...OVER }, ['task.succeeded'])
}

/**
 * An accepted task went wrong at the provider: it ends with what there is, or goes on at the next one.
 * @param silent nothing was said in time, where else the provider said that it failed
 */
export const failedThere = (
  task: WorkTask,
  moment: Moment,
  error: TaskError,
  charged: Charged,
  silent = false,
): Step => {
  const attempts = withAttempt(task, moment, { charged, error })
  if (task.tracks.some(isReady)) return partly(task, moment, error, attempts)
  if (!mayGoOn(task, error, attempts.at(-1)!.charged, silent, moment.now)) return failed(task, moment, error, attempts)
  const afresh = { tracks: [], polls: 0, accepted_at: null, absent_since: null, stalled: false, rung: false }
  return moved(task, moment, { ...afresh, status: 'queued', attempts, next: 'submit', next_at: moment.now }, [
    'task.failed_over',
  ])
}

export const timedOut = (task: WorkTask, moment: Moment, title: string, what: string): Step => {
  const error = taskError('provider_timeout', `${title} ${what}`, { provider: currentAttempt(task)!.provider })
  return failedThere(task, moment, error, 'unknown', true)
}

/** Too long without news is said once; where the client asked for it, and there is no song yet, the next provider is asked. */
export const orStalled = (step: Step, moment: Moment, title: string): Step => {
  const { task } = step
  if (task.stalled || moment.now - task.stages.at(-1)!.at < moment.pace.stallAfter) return step
  const stalled = { ...task, stalled: true, seq: task.seq + 1 }
  const events: EventType[] = [...step.events, 'task.stalled']
  const goesOn = mayGoOn(task, { code: 'provider_timeout' }, 'unknown', true, moment.now) && !task.tracks.some(isReady)
  if (!goesOn) return { task: stalled, events }
  const next = timedOut(stalled, moment, title, 'made no progress for too long')
  // Still one commit.
  return { task: { ...next.task, version: task.version }, events: [...events, ...next.events] }
}

/** The pause before the next poll: growing while nothing happens, never under the provider's published limit. */
export const pollPause = (polls: number, pace: Pick<Pace, 'pollScale' | 'pollFloor'>, jitter: number): number => {
  const wanted = Math.min(POLL_FIRST * POLL_GROWTH ** polls, POLL_CAP) * (0.9 + 0.2 * jitter)
  return Math.max(wanted * pace.pollScale, pace.pollFloor)
}

/** Whose doorbell rings is read slowly beside: from this many polls on the pause is the longest. */
export const SLOW = 5

export const pollNext = ({ now, pace, jitter }: Moment, polls: number) => ({
  next: 'poll' as const,
  next_at: Math.ceil(now + pollPause(polls, pace, jitter)),
  polls: polls + 1,
})

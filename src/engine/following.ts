/** Following: an accepted task is read until it ends, and its tracks are joined as they come. */
import { type Charged, STAGES, type Stage } from '../canonical/words.ts'
import type { Classified } from '../contract/errors.ts'
import type { Snapshot } from '../contract/shapes.ts'
import { taskError } from './errors.ts'
import { MOST_TRACKS } from './ids.ts'
import { currentAttempt, type EventType, type WorkTask } from './state.ts'
import {
  failedThere,
  isReady,
  isUnnamed,
  type Moment,
  moved,
  OVER,
  orStalled,
  pollNext,
  SECOND,
  SLOW,
  type Step,
  same,
  timedOut,
  withAttempt,
} from './step.ts'

/** A record may be invisible for a moment after it was accepted (reference: B.4). */
export const VISIBILITY_GRACE = 120 * SECOND

/** What a provider reported; `failure` is what its signals mean, `title` how it is called. */
export interface Report {
  readonly snapshot: Snapshot
  readonly failure: Classified | null
  readonly title: string
}

const rank = (stage: Stage) => STAGES.indexOf(stage)

/**
 * Tracks keep the place they were first seen at; what a report no longer says is kept. What is read is verified,
 * and a song that was finished stays one.
 */
const joinTracks = (task: WorkTask, now: number, snapshot: Snapshot): WorkTask['tracks'] => {
  const tracks = [...task.tracks]
  for (const report of snapshot.tracks) {
    const index = tracks.findIndex((each) => each.provider_track_id === report.provider_track_id)
    const known = tracks[index]
    if (known === undefined) {
      // No provider makes as many: what comes after them is noise.
      if (tracks.length < MOST_TRACKS) tracks.push({ ...report, created_at: now })
    } else if (report.failure === null || !isReady(known)) {
      const { verified: _, ...before } = known
      tracks[index] = { ...before, ...Object.fromEntries(Object.entries(report).filter(([, value]) => value !== null)) }
    }
  }
  return tracks
}

const newlyReady = (before: WorkTask['tracks'], after: WorkTask['tracks']): EventType[] =>
  after.flatMap((track, index) => {
    const was = before[index]
    return isReady(track) && (was === undefined || !isReady(was)) ? ['track.ready'] : []
  })

const STAGE_EVENT: { readonly [stage in Stage]?: EventType } = {
  text_ready: 'task.text_ready',
  first_ready: 'task.first_ready',
}

const generationFailed = (task: WorkTask, moment: Moment, { snapshot, failure, title }: Report): Step => {
  const signals = snapshot.failure
  const charged: Charged = failure?.charged ?? 'unknown'
  const words = signals?.message ?? signals?.status
  const error = taskError(
    failure?.code ?? 'generation_failed',
    `${title} accepted the task and then failed${words ? `: ${words}` : ''}`,
    {
      provider: currentAttempt(task)!.provider,
      ...(signals?.code == null ? {} : { provider_code: String(signals.code) }),
      ...(signals?.message == null ? {} : { provider_message: signals.message }),
    },
    charged,
  )
  return failedThere(task, moment, error, charged)
}

/** Of a song that ended with what there was, the tracks that were finished at last are told of too. */
const announced = ({ task, events }: Step, ready: readonly EventType[]): Step =>
  task.status === 'succeeded'
    ? { task: { ...task, seq: task.seq + ready.length }, events: [...ready, ...events] }
    : { task, events }

const overdue = (task: WorkTask, { now, pace }: Moment) => now - (task.accepted_at ?? now) >= pace.taskTimeout

export const seen = (task: WorkTask, moment: Moment, report: Report): Step => {
  const tracks = joinTracks(task, moment.now, report.snapshot)
  const { stage } = report.snapshot
  const ready = newlyReady(task.tracks, tracks)
  if (stage === 'failed') return announced(generationFailed({ ...task, tracks }, moment, report), ready)
  if (stage === 'complete')
    return moved(
      task,
      moment,
      { tracks, result: report.snapshot.result ?? null, stage, status: 'succeeded', ...OVER },
      [...ready, 'task.succeeded'],
    )
  if (overdue(task, moment))
    return announced(timedOut({ ...task, tracks }, moment, report.title, 'did not finish in time'), ready)
  const news = rank(stage) > rank(task.stage)
  const event = news ? STAGE_EVENT[stage] : undefined
  const step = moved(
    task,
    moment,
    {
      tracks,
      absent_since: null,
      ...(news ? { stage } : {}),
      ...pollNext(moment, task.rung ? SLOW : news ? 0 : task.polls),
    },
    [...(event ? [event] : []), ...ready],
  )
  return news || ready.length > 0 ? step : orStalled(step, moment, report.title)
}

export const absent = (task: WorkTask, moment: Moment, title: string): Step => {
  const since = task.absent_since ?? moment.now
  if (moment.now - since < VISIBILITY_GRACE && !overdue(task, moment))
    return moved(task, moment, { absent_since: since, ...pollNext(moment, task.polls) })
  return timedOut(task, moment, title, 'accepted the task and then said that it knows no such task')
}

/** A failed read waits as long as the provider asks, but not past the task's own time, nor less than any poll does. */
export const readFailed = (task: WorkTask, moment: Moment, retryAfter: number | null): Step => {
  const { now, pace } = moment
  if (overdue(task, moment))
    return timedOut(task, moment, currentAttempt(task)!.provider, 'could not be read until its time was over')
  const poll = pollNext(moment, task.polls)
  const left = (task.accepted_at ?? now) + pace.taskTimeout - now
  const asked = Math.ceil(now + Math.min((retryAfter ?? 0) * SECOND, left))
  const step = moved(task, moment, { ...poll, next_at: Math.max(poll.next_at, asked) })
  return orStalled(step, moment, currentAttempt(task)!.provider)
}

/**
 * A callback that does not say how the provider calls the task: where nothing else is known of the attempt, its content
 * is the only evidence there is. Its tracks are kept as unverified.
 */
export const told = (task: WorkTask, moment: Moment, report: Report): Step => {
  const attempt = currentAttempt(task)
  const open = attempt?.state === 'unknown' || attempt?.state === 'sending'
  if (attempt === undefined || !(open || isUnnamed(task))) return same(task)
  const before = task.tracks
  const accepted: WorkTask = {
    ...task,
    status: 'running',
    accepted_at: task.accepted_at ?? moment.now,
    attempts: withAttempt(task, moment, { state: 'accepted', provider_task_id: null, charged: 'yes', error: null }),
  }
  const step = seen(accepted, moment, report)
  const tracks = step.task.tracks.map((track, index) =>
    isReady(track) || index >= before.length ? { ...track, verified: false as const } : track,
  )
  // There is nothing to read: the next callback, or the end of the window, is what comes next.
  const waiting = step.task.next === 'poll'
  const window = { next: 'expire' as const, next_at: moment.now + moment.pace.reconcileWindow }
  return { ...step, task: { ...step.task, tracks, ...(waiting ? window : {}) } }
}

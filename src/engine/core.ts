/** The pure core: what a task becomes when something happens to it. No clock, no randomness, no I/O. */
import type { TaskError } from '../canonical/error.ts'
import { type Charged, STAGES, type Stage } from '../canonical/words.ts'
import type { Classified } from '../contract/errors.ts'
import { type Snapshot, trackStatus } from '../contract/shapes.ts'
import { taskError } from './errors.ts'
import type { Failure, Outcome } from './outcome.ts'
import { policy } from './policy.ts'
import { type Attempt, type Candidate, currentAttempt, type EventType, ended, type MusicTask } from './state.ts'

const SECOND = 1000
export const MAX_ATTEMPTS = 3
/** A record may be invisible for a moment after it was accepted (reference: B.4). */
export const VISIBILITY_GRACE = 120 * SECOND
const SAME_PROVIDER_DELAY = 1 * SECOND
/** Longest wait a provider may ask for before the same one is tried again within this task. */
const LONGEST_RETRY_AFTER = 10
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

export type Happening =
  | { readonly type: 'sending'; readonly attempt: Attempt }
  | { readonly type: 'nobody_left'; readonly error: TaskError }
  | {
      readonly type: 'submitted'
      readonly outcome: Outcome<{ provider_task_id: string }>
      readonly evidencePossible: boolean
    }
  | {
      readonly type: 'snapshot'
      readonly snapshot: Snapshot
      readonly failure: Classified | null
      readonly title: string
    }
  | { readonly type: 'absent'; readonly title: string }
  | { readonly type: 'read_failed'; readonly retryAfter: number | null }
  | { readonly type: 'rang'; readonly provider_task_id: string | null }
  | { readonly type: 'restarted'; readonly evidencePossible: boolean }
  | { readonly type: 'window_passed' }

export interface Step {
  readonly task: MusicTask
  readonly events: readonly EventType[]
}

const same = (task: MusicTask): Step => ({ task, events: [] })

const rank = (stage: Stage) => STAGES.indexOf(stage)

const moved = (task: MusicTask, now: number, change: Partial<MusicTask>, events: readonly EventType[] = []): Step => {
  const stage = change.stage ?? task.stage
  const stages = stage === task.stage ? task.stages : [...task.stages, { stage, at: now }]
  return {
    task: { ...task, ...change, stages, updated_at: now, seq: task.seq + events.length, version: task.version + 1 },
    events,
  }
}

const withAttempt = (task: MusicTask, now: number, change: Partial<Attempt>): readonly Attempt[] =>
  task.attempts.map((attempt, index) =>
    index === task.attempts.length - 1 ? { ...attempt, ...change, updated_at: now } : attempt,
  )

const failed = (task: MusicTask, now: number, error: TaskError, attempts = task.attempts): Step =>
  moved(task, now, { status: 'failed', error, attempts, next: null, next_at: null, candidates: [] }, ['task.failed'])

/** The pause before the next poll: growing while nothing happens, never under the provider's published limit. */
export const pollPause = (polls: number, pace: Pace, jitter: number): number => {
  const wanted = Math.min(POLL_FIRST * POLL_GROWTH ** polls, POLL_CAP) * (0.9 + 0.2 * jitter)
  return Math.max(wanted * pace.pollScale, pace.pollFloor)
}

const pollNext = (now: number, polls: number, pace: Pace, jitter: number): Partial<MusicTask> => ({
  next: 'poll',
  next_at: Math.ceil(now + pollPause(polls, pace, jitter)),
  polls: polls + 1,
})

const accept = (task: MusicTask, now: number, id: string, pace: Pace, jitter: number): Step =>
  moved(
    task,
    now,
    {
      status: 'running',
      stage: 'submitted',
      accepted_at: now,
      absent_since: null,
      candidates: [],
      attempts: withAttempt(task, now, { state: 'accepted', provider_task_id: id, charged: 'yes' }),
      ...pollNext(now, 0, pace, jitter),
    },
    ['task.submitted'],
  )

const park = (task: MusicTask, now: number, failure: TaskError, evidencePossible: boolean, pace: Pace): Step => {
  const attempts = withAttempt(task, now, { state: 'unknown', charged: 'unknown', error: failure })
  if (!evidencePossible) return failed(task, now, failure, attempts)
  return moved(
    task,
    now,
    {
      status: 'running',
      stage: 'reconciling',
      attempts,
      candidates: [],
      next: 'expire',
      next_at: now + pace.reconcileWindow,
    },
    ['task.reconciling'],
  )
}

/** Those after the one that is asked now: who was passed over for want of a key is not asked later either. */
const after = (task: MusicTask, { provider, credential }: Attempt): readonly Candidate[] =>
  task.candidates.slice(
    task.candidates.findIndex((each) => each.provider === provider && each.credential === credential) + 1,
  )

const asCandidate = ({ provider, credential, model }: Candidate): Candidate => ({ provider, credential, model })

/** A refused or unsent request may go elsewhere; where there is nobody else, the same provider gets one more try. */
const notAccepted = (task: MusicTask, now: number, state: 'refused' | 'not_sent', failure: Failure): Step => {
  const error = taskError(failure.code, failure.detail, involved(failure), 'no')
  const attempts = withAttempt(task, now, { state, error, charged: 'no' })
  const last = currentAttempt(task)!
  const { elsewhere, again } = policy[failure.code]
  if (attempts.length >= MAX_ATTEMPTS || !elsewhere) return failed(task, now, error, attempts)
  if (task.candidates.length > 0 && task.allow_fallbacks)
    return moved(task, now, { status: 'queued', attempts, next: 'submit', next_at: now }, ['task.failed_over'])
  const tried = attempts.filter((each) => each.credential === last.credential).length
  const wait = failure.retryAfter === null ? SAME_PROVIDER_DELAY : failure.retryAfter * SECOND
  const mends = failure.code === 'provider_unavailable' || failure.code === 'provider_rate_limited'
  if (again !== 'later' || !mends || tried > 1 || wait > LONGEST_RETRY_AFTER * SECOND)
    return failed(task, now, error, attempts)
  return moved(task, now, {
    status: 'queued',
    attempts,
    candidates: [asCandidate(last)],
    next: 'submit',
    next_at: Math.ceil(now + wait),
  })
}

const involved = ({ provider, provider_code, provider_message }: Failure) => ({
  ...(provider ? { provider } : {}),
  ...(provider_code ? { provider_code } : {}),
  ...(provider_message ? { provider_message } : {}),
})

const submitted = (
  task: MusicTask,
  now: number,
  said: Happening & { type: 'submitted' },
  pace: Pace,
  jitter: number,
): Step => {
  // A callback may have settled the attempt while the answer was under way.
  if (ended(task) || currentAttempt(task)?.state !== 'sending') return same(task)
  const { outcome } = said
  if (outcome.class === 'accepted') return accept(task, now, outcome.response.provider_task_id, pace, jitter)
  if (outcome.class !== 'unknown') return notAccepted(task, now, outcome.class, outcome.failure)
  const { code, detail } = outcome.failure
  return park(task, now, taskError(code, detail, involved(outcome.failure), 'unknown'), said.evidencePossible, pace)
}

/** Tracks keep the place they were first seen at; what a report no longer says is kept. */
const joinTracks = (task: MusicTask, now: number, snapshot: Snapshot): MusicTask['tracks'] => {
  const tracks = [...task.tracks]
  for (const report of snapshot.tracks) {
    const index = tracks.findIndex((each) => each.provider_track_id === report.provider_track_id)
    const known = tracks[index]
    if (known === undefined) tracks.push({ ...report, created_at: now })
    else
      tracks[index] = { ...known, ...Object.fromEntries(Object.entries(report).filter(([, value]) => value !== null)) }
  }
  return tracks
}

const newlyReady = (before: MusicTask['tracks'], after: MusicTask['tracks']): EventType[] =>
  after.flatMap((track, index) => {
    const was = before[index]
    return trackStatus(track) === 'ready' && (was === undefined || trackStatus(was) !== 'ready') ? ['track.ready'] : []
  })

const STAGE_EVENT: { readonly [stage in Stage]?: EventType } = {
  text_ready: 'task.text_ready',
  first_ready: 'task.first_ready',
}

const generationFailed = (
  task: MusicTask,
  now: number,
  said: Happening & { type: 'snapshot' },
  tracks: MusicTask['tracks'],
): Step => {
  const signals = said.snapshot.failure
  const code = said.failure?.code ?? 'generation_failed'
  const charged: Charged = said.failure?.charged ?? 'unknown'
  const words = signals?.message ?? signals?.status
  const error = taskError(
    code,
    `${said.title} accepted the task and then failed${words ? `: ${words}` : ''}`,
    {
      provider: currentAttempt(task)!.provider,
      ...(signals?.code == null ? {} : { provider_code: String(signals.code) }),
      ...(signals?.message == null ? {} : { provider_message: signals.message }),
    },
    charged,
  )
  return failed({ ...task, tracks }, now, error, withAttempt(task, now, { charged, error }))
}

const timedOut = (task: MusicTask, now: number, title: string, what: string): Step => {
  const error = taskError('provider_timeout', `${title} ${what}`, { provider: currentAttempt(task)!.provider })
  return failed(task, now, error, withAttempt(task, now, { charged: 'unknown', error }))
}

const overdue = (task: MusicTask, now: number, pace: Pace) => now - (task.accepted_at ?? now) >= pace.taskTimeout

const seen = (
  task: MusicTask,
  now: number,
  said: Happening & { type: 'snapshot' },
  pace: Pace,
  jitter: number,
): Step => {
  const tracks = joinTracks(task, now, said.snapshot)
  const { stage } = said.snapshot
  if (stage === 'failed') return generationFailed(task, now, said, tracks)
  const ready = newlyReady(task.tracks, tracks)
  if (stage === 'complete')
    return moved(task, now, { tracks, stage, status: 'succeeded', next: null, next_at: null }, [
      ...ready,
      'task.succeeded',
    ])
  if (overdue(task, now, pace)) return timedOut({ ...task, tracks }, now, said.title, 'did not finish in time')
  const news = rank(stage) > rank(task.stage)
  const event = news ? STAGE_EVENT[stage] : undefined
  return moved(
    task,
    now,
    {
      tracks,
      absent_since: null,
      ...(news ? { stage } : {}),
      ...pollNext(now, news ? 0 : task.polls, pace, jitter),
    },
    [...(event ? [event] : []), ...ready],
  )
}

const absent = (task: MusicTask, now: number, title: string, pace: Pace, jitter: number): Step => {
  const since = task.absent_since ?? now
  if (now - since < VISIBILITY_GRACE && !overdue(task, now, pace))
    return moved(task, now, { absent_since: since, ...pollNext(now, task.polls, pace, jitter) })
  return timedOut(task, now, title, 'accepted the task and then said that it knows no such task')
}

/** A failed read waits as long as the provider asks, but not past the task's own time, nor less than any poll does. */
const readFailed = (task: MusicTask, now: number, retryAfter: number | null, pace: Pace, jitter: number): Step => {
  if (overdue(task, now, pace))
    return timedOut(task, now, currentAttempt(task)!.provider, 'could not be read until its time was over')
  const poll = pollNext(now, task.polls, pace, jitter)
  const left = (task.accepted_at ?? now) + pace.taskTimeout - now
  const asked = Math.ceil(now + Math.min((retryAfter ?? 0) * SECOND, left))
  return moved(task, now, { ...poll, next_at: Math.max(poll.next_at!, asked) })
}

const rang = (task: MusicTask, now: number, id: string | null, pace: Pace, jitter: number): Step => {
  const attempt = currentAttempt(task)
  if (attempt === undefined || ended(task)) return same(task)
  if (attempt.state === 'accepted') {
    const another = id !== null && id !== attempt.provider_task_id
    // However often it rings, the reads stay under the provider's published limit.
    const soonest = Math.max(now, Math.ceil(task.updated_at + pace.pollFloor))
    const sooner = soonest < (task.next_at ?? Number.POSITIVE_INFINITY)
    return another || !sooner ? same(task) : moved(task, now, { next: 'poll', next_at: soonest })
  }
  // The attempt's own URL is evidence that the provider accepted; its task is read before anything else is believed.
  if ((attempt.state !== 'sending' && attempt.state !== 'unknown') || id === null) return same(task)
  const step = accept(task, now, id, pace, jitter)
  return { ...step, task: { ...step.task, next_at: now } }
}

/** Only a task that waits for it is sent, and only an accepted one is read: whoever is late says nothing new. */
const canHappen = (task: MusicTask, type: Happening['type']): boolean => {
  if (type === 'sending' || type === 'nobody_left') return task.next === 'submit'
  if (type === 'snapshot' || type === 'absent' || type === 'read_failed')
    return currentAttempt(task)?.state === 'accepted'
  return true
}

/**
 * What a task becomes by one happening.
 * @param jitter between 0 and 1
 * @returns the task unchanged where the happening says nothing new
 */
export const reduce = (task: MusicTask, now: number, happening: Happening, pace: Pace, jitter: number): Step => {
  if (ended(task) || !canHappen(task, happening.type)) return same(task)
  switch (happening.type) {
    case 'sending':
      return moved(task, now, {
        status: 'running',
        stage: 'submitting',
        attempts: [...task.attempts, happening.attempt],
        candidates: after(task, happening.attempt),
        next: null,
        next_at: null,
      })
    case 'nobody_left':
      return failed(task, now, happening.error)
    case 'submitted':
      return submitted(task, now, happening, pace, jitter)
    case 'snapshot':
      return seen(task, now, happening, pace, jitter)
    case 'absent':
      return absent(task, now, happening.title, pace, jitter)
    case 'read_failed':
      return readFailed(task, now, happening.retryAfter, pace, jitter)
    case 'rang':
      return rang(task, now, happening.provider_task_id, pace, jitter)
    case 'restarted':
      return currentAttempt(task)?.state === 'sending'
        ? park(task, now, interrupted(currentAttempt(task)!), happening.evidencePossible, pace)
        : same(task)
    case 'window_passed':
      return task.stage === 'reconciling' ? failed(task, now, currentAttempt(task)!.error!) : same(task)
  }
}

/** Found in `sending` at the start: the process ended in the middle of a submit. */
export const interrupted = (attempt: Pick<Attempt, 'provider'>): TaskError =>
  taskError(
    'submission_unconfirmed',
    `The server stopped while it was asking ${attempt.provider}: whether it accepted, and charged, is not known. Look at your account there before asking again.`,
    { provider: attempt.provider },
  )

/** Submitting: an attempt is sent, and what came of it is accepted, refused, not sent or unknown. */
import type { TaskError } from '../canonical/error.ts'
import { taskError } from './errors.ts'
import type { Failure, Outcome } from './outcome.ts'
import { policy } from './policy.ts'
import { type Attempt, type Candidate, chargedFor, currentAttempt, type WorkTask } from './state.ts'
import {
  failed,
  failoverOf,
  isUnnamed,
  type Moment,
  mostAttempts,
  moved,
  pollNext,
  SECOND,
  type Step,
  same,
  timedOut,
  withAttempt,
} from './step.ts'

const SAME_PROVIDER_DELAY = 1 * SECOND
/** Longest wait a provider may ask for before the same one is tried again within this task. */
const LONGEST_RETRY_AFTER = 10

const accept = (task: WorkTask, moment: Moment, id: string): Step =>
  moved(
    task,
    moment,
    {
      status: 'running',
      // A callback without a name may have told already how far it is.
      stage: isUnnamed(task) ? task.stage : 'submitted',
      accepted_at: moment.now,
      absent_since: null,
      attempts: withAttempt(task, moment, { state: 'accepted', provider_task_id: id, charged: 'yes', error: null }),
      ...pollNext(moment, 0),
    },
    currentAttempt(task)!.provider_task_id === null ? ['task.submitted'] : [],
  )

const park = (task: WorkTask, moment: Moment, failure: TaskError, evidencePossible: boolean): Step => {
  const attempts = withAttempt(task, moment, { state: 'unknown', charged: 'unknown', error: failure })
  if (!evidencePossible) return unconfirmed({ ...task, attempts }, moment, failure)
  return moved(
    task,
    moment,
    {
      status: 'running',
      stage: 'reconciling',
      attempts,
      next: 'expire',
      next_at: moment.now + moment.pace.reconcileWindow,
    },
    ['task.reconciling'],
  )
}

/** No evidence came: the task fails, or is sent again where the client wants that more than it fears to pay twice. */
const unconfirmed = (task: WorkTask, moment: Moment, failure: TaskError): Step => {
  if (failoverOf(task).on_ambiguous !== 'resubmit' || task.attempts.length >= mostAttempts(task))
    return failed(task, moment, failure)
  const last = currentAttempt(task)!
  const candidates = task.candidates.length > 0 ? task.candidates : [asCandidate(last)]
  return moved(task, moment, { status: 'queued', candidates, next: 'submit', next_at: moment.now }, [
    'task.failed_over',
  ])
}

/** All but the one that is asked now: who was passed over keeps its place. */
const others = (task: WorkTask, { provider, credential }: Attempt): readonly Candidate[] =>
  task.candidates.filter((each) => each.provider !== provider || each.credential !== credential)

const asCandidate = ({ provider, credential, form, model }: Candidate): Candidate => ({
  provider,
  credential,
  form,
  model,
})

/** A refused or unsent request may go elsewhere; where there is nobody else, the same provider may get one more try. */
const notAccepted = (
  task: WorkTask,
  moment: Moment,
  state: 'refused' | 'not_sent',
  failure: Failure,
  mayRetry: boolean,
): Step => {
  const error = taskError(failure.code, failure.detail, involved(failure), 'no')
  const attempts = withAttempt(task, moment, { state, error, charged: 'no' })
  const last = currentAttempt(task)!
  const { again } = policy[failure.code]
  const elsewhere = failure.elsewhere ?? policy[failure.code].elsewhere
  if (attempts.length >= mostAttempts(task) || !elsewhere) return failed(task, moment, error, attempts)
  if (task.candidates.length > 0)
    return moved(task, moment, { status: 'queued', attempts, next: 'submit', next_at: moment.now }, [
      'task.failed_over',
    ])
  const { code, retryAfter } = failure
  const tried = attempts.filter((each) => each.credential === last.credential).length
  const wait = retryAfter === null ? SAME_PROVIDER_DELAY : retryAfter * SECOND
  // Who was not reached may be in a moment; who shields itself from us, or is away, is not asked at once again.
  const mends =
    code === 'provider_rate_limited' ||
    (code === 'provider_unavailable' && (state === 'not_sent' || retryAfter !== null))
  if (!mayRetry || again !== 'later' || !mends || tried > 1 || wait > LONGEST_RETRY_AFTER * SECOND)
    return failed(task, moment, error, attempts)
  return moved(task, moment, {
    status: 'queued',
    attempts,
    candidates: [asCandidate(last)],
    next: 'submit',
    next_at: Math.ceil(moment.now + wait),
  })
}

const involved = ({ provider, provider_code, provider_message }: Failure) => ({
  ...(provider ? { provider } : {}),
  ...(provider_code ? { provider_code } : {}),
  ...(provider_message ? { provider_message } : {}),
})

/** The answer to a submit, or what stands for one. */
export const submitted = (
  task: WorkTask,
  moment: Moment,
  outcome: Outcome<{ provider_task_id: string }>,
  evidencePossible: boolean,
  mayRetry: boolean,
): Step => {
  // A callback may have settled the attempt while the answer was under way. What the answer itself names outweighs it: a
  // callback may have been about another task.
  const attempt = currentAttempt(task)
  const own = outcome.class === 'accepted' ? outcome.response.provider_task_id : null
  const named = own !== null && attempt?.state === 'accepted' && attempt.provider_task_id !== own
  if (attempt?.state !== 'sending' && !named) return same(task)
  if (outcome.class === 'accepted') return accept(task, moment, outcome.response.provider_task_id)
  if (outcome.class !== 'unknown') return notAccepted(task, moment, outcome.class, outcome.failure, mayRetry)
  const { code, detail } = outcome.failure
  return park(task, moment, taskError(code, detail, involved(outcome.failure), 'unknown'), evidencePossible)
}

export const sending = (task: WorkTask, moment: Moment, attempt: Attempt): Step =>
  moved(task, moment, {
    status: 'running',
    stage: 'submitting',
    attempts: [...task.attempts, attempt],
    candidates: others(task, attempt),
    next: null,
    next_at: null,
  })

/** A callback: look sooner, or learn that an attempt without an answer was accepted. */
export const rang = (task: WorkTask, moment: Moment, id: string | null): Step => {
  const attempt = currentAttempt(task)
  if (attempt === undefined) return same(task)
  if (attempt.state === 'accepted') {
    const another = id !== null && id !== attempt.provider_task_id
    // However often it rings, the reads stay under the provider's published limit.
    const last = Math.min(task.updated_at, moment.now)
    const soonest = Math.max(moment.now, Math.ceil(last + moment.pace.pollFloor))
    const sooner = soonest < (task.next_at ?? Number.POSITIVE_INFINITY)
    if (another || isUnnamed(task) || (!sooner && task.rung)) return same(task)
    return moved(task, moment, { rung: true, ...(sooner ? { next: 'poll', next_at: soonest } : {}) })
  }
  // The attempt's own URL is evidence that the provider accepted; its task is read before anything else is believed.
  if ((attempt.state !== 'sending' && attempt.state !== 'unknown') || id === null) return same(task)
  const step = accept(task, moment, id)
  return { ...step, task: { ...step.task, rung: true, next_at: moment.now } }
}

/** Found in `sending` at the start: the process ended in the middle of a submit. */
export const interrupted = (attempt: Pick<Attempt, 'provider' | 'credits'>): TaskError =>
  taskError(
    'submission_unconfirmed',
    `The server stopped while it was asking ${attempt.provider}: whether it accepted, and charged, is not known. Look at your account there before asking again.`,
    { provider: attempt.provider },
    chargedFor(attempt, 'unknown'),
  )

export const restarted = (task: WorkTask, moment: Moment, evidencePossible: boolean): Step => {
  const attempt = currentAttempt(task)
  return attempt?.state === 'sending' ? park(task, moment, interrupted(attempt), evidencePossible) : same(task)
}

/** Nobody can be asked: where somebody was, what came of that says more. */
export const nobodyLeft = (task: WorkTask, moment: Moment, error: TaskError): Step =>
  failed(task, moment, currentAttempt(task)?.error ?? error)

export const windowPassed = (task: WorkTask, moment: Moment): Step =>
  currentAttempt(task)?.state === 'unknown'
    ? unconfirmed(task, moment, currentAttempt(task)!.error!)
    : isUnnamed(task)
      ? timedOut(task, moment, currentAttempt(task)!.provider, 'told of the task and never of its end')
      : same(task)

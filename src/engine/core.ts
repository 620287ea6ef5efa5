/** The pure core: what a task becomes when something happens to it. No clock, no randomness, no I/O. */
import type { TaskError } from '../canonical/error.ts'
import { absent, type Report, readFailed, seen, told } from './following.ts'
import type { Outcome } from './outcome.ts'
import { type Attempt, currentAttempt, ended, type WorkTask } from './state.ts'
import { canceled, isAhead, isGivenUp, moved, type Pace, putRight, type Step, same } from './step.ts'
import { nobodyLeft, rang, restarted, sending, submitted, windowPassed } from './submitting.ts'

/** The id of the attempt that a callback is about: meanwhile another one may be under way. */
interface About {
  readonly attempt?: string
}

export type Happening =
  | { readonly type: 'sending'; readonly attempt: Attempt }
  | { readonly type: 'nobody_left'; readonly error: TaskError }
  | {
      readonly type: 'submitted'
      readonly outcome: Outcome<{ provider_task_id: string }>
      readonly evidencePossible: boolean
      /** False where the provider fails too often to be asked twice. */
      readonly mayRetry?: boolean
    }
  | ({ readonly type: 'snapshot' } & Report)
  | { readonly type: 'absent'; readonly title: string }
  | { readonly type: 'read_failed'; readonly retryAfter: number | null }
  | ({ readonly type: 'rang'; readonly provider_task_id: string | null } & About)
  | ({ readonly type: 'told' } & Report & About)
  | { readonly type: 'restarted'; readonly evidencePossible: boolean }
  | { readonly type: 'window_passed' }
  /** The clock is behind what the task was changed at last. */
  | { readonly type: 'set_back' }
  /** What it made will be deleted soon. */
  | { readonly type: 'expiring' }
  /** A client wants it no longer, or only until now. */
  | { readonly type: 'cancel'; readonly error: TaskError | null }

/** Only a task that waits for it is sent, and only an accepted one is read: whoever is late says nothing new. */
const canHappen = (task: WorkTask, happening: Happening): boolean => {
  const { type } = happening
  if (type === 'sending' || type === 'nobody_left' || type === 'cancel') return task.next === 'submit'
  if (type === 'snapshot' || type === 'absent' || type === 'read_failed')
    return currentAttempt(task)?.state === 'accepted'
  if (type === 'rang' || type === 'told')
    return !isGivenUp(task) && (happening.attempt ?? currentAttempt(task)?.id) === currentAttempt(task)?.id
  return true
}

/**
 * What a task becomes by one happening.
 * @param jitter between 0 and 1
 * @returns the task unchanged where the happening says nothing new
 */
export const reduce = (task: WorkTask, now: number, happening: Happening, pace: Pace, jitter: number): Step => {
  if (happening.type === 'expiring')
    return ended(task) ? moved(task, { now, pace, jitter }, {}, ['asset.expiring']) : same(task)
  if (ended(task) || !canHappen(task, happening)) return same(task)
  const moment = { now, pace, jitter }
  switch (happening.type) {
    case 'sending':
      return sending(task, moment, happening.attempt)
    case 'nobody_left':
      return nobodyLeft(task, moment, happening.error)
    case 'submitted':
      return submitted(task, moment, happening.outcome, happening.evidencePossible, happening.mayRetry ?? true)
    case 'snapshot':
      return seen(task, moment, happening)
    case 'absent':
      return absent(task, moment, happening.title)
    case 'read_failed':
      return readFailed(task, moment, happening.retryAfter)
    case 'rang':
      return rang(task, moment, happening.provider_task_id)
    case 'told':
      return told(task, moment, happening)
    case 'restarted':
      return restarted(task, moment, happening.evidencePossible)
    case 'window_passed':
      return windowPassed(task, moment)
    case 'set_back':
      return isAhead(task, now) ? putRight(task, moment) : same(task)
    case 'cancel':
      return canceled(task, moment, happening.error)
  }
}

/** Tasks on their way: submitted once, polled to their end. */
import type { Adapter, TaskBinding } from '../contract/adapter.ts'
import { classify } from '../contract/errors.ts'
import type { Form, TaskForm } from '../contract/operations.ts'
import type { Snapshot } from '../contract/shapes.ts'
import { askPaid, untilStored } from './ask.ts'
import { callbackUrl, newSecret } from './callback.ts'
import { finder } from './calls.ts'
import type { Happening } from './core.ts'
import { taskError } from './errors.ts'
import { randomId } from './ids.ts'
import type { rateWindows } from './limits.ts'
import { believable } from './links.ts'
import { judgeRead, type Reading } from './outcome.ts'
import type { Access, World } from './ports.ts'
import { attemptWarnings, type Errand } from './route.ts'
import { type Attempt, currentAttempt, ended, type Request, type WorkTask } from './state.ts'
import type { Reader } from './store.ts'
import { priceOf, submissionFor } from './submission.ts'
import type { TaskStore } from './tasks.ts'
import { send, upstreamRequest } from './upstream.ts'

/** The tables of the form that an attempt was made in: whatever it says, submit, poll and callback belong together. */
const bindingOf = (adapter: Adapter, form: Form) =>
  adapter.operations[form as TaskForm] as TaskBinding<Request> | undefined

export const work = (world: World, read: Reader, tasks: TaskStore, windows: ReturnType<typeof rateWindows>) => {
  const { access: all, clock, entropy, settings, log, timers } = world
  const busy = new Set<string>()
  /** Tasks whose timer went off while they were busy. */
  const missed = new Set<string>()

  const find = finder(all)

  const evidencePossible = settings.publicUrl !== null

  const submit = async (task: WorkTask): Promise<void> => {
    const candidate = task.candidates.find((each) => find(each) !== null)
    if (candidate === undefined) {
      const error = taskError(
        'no_provider_available',
        'No provider of this task has a key any more. Nothing was sent.',
        {},
      )
      await tasks.happen(task.id, { type: 'nobody_left', error })
      return
    }
    const { access, credential } = find(candidate)!
    const { adapter } = access
    const wait = windows.take(credential.id, adapter.limits.submits)
    if (wait > 0) return timers.set(task.id, clock() + wait)
    const { form, model } = candidate
    const binding = bindingOf(adapter, form)!
    const { secret, hash } = await newSecret(entropy)
    const now = clock()
    const attempt: Attempt = {
      ...candidate,
      id: randomId(entropy, 'att'),
      state: 'sending',
      provider_task_id: null,
      charged: 'unknown',
      ...priceOf(adapter, form, model ?? task.material.track?.model ?? null, task.request),
      error: null,
      warnings: attemptWarnings(access, candidate, task as Errand),
      token: hash,
      created_at: now,
      updated_at: now,
    }
    const { publicUrl } = settings
    const ours =
      publicUrl === null || binding.callback === undefined
        ? null
        : callbackUrl(publicUrl, adapter.id, { task: task.id, attempt: attempt.id, secret })
    const started = await tasks.happen(task.id, { type: 'sending', attempt })
    if (started === null || currentAttempt(started)?.id !== attempt.id) return
    const submission = submissionFor(adapter, candidate, task.request, task.material, ours)
    const outcome = await askPaid(world, { access, credential }, form, binding.submit, submission, 'fresh')
    if (outcome.class !== 'accepted')
      log('warn', `submit.${outcome.class}`, {
        task: task.id,
        provider: adapter.id,
        code: outcome.failure.code,
        provider_code: outcome.failure.provider_code,
      })
    await untilStored(world, task.id, () => tasks.happen(task.id, { type: 'submitted', outcome, evidencePossible }))
  }

  /** A failure in words that the provider's table does not hold is no news: the record is read again later. */
  const newsOf = ({ adapter, origin }: Access, form: Form, reading: Reading<Snapshot>): Happening => {
    if (reading.kind === 'absent') return { type: 'absent', title: adapter.title }
    if (reading.kind === 'failed') return { type: 'read_failed', retryAfter: reading.failure.retryAfter }
    const snapshot = reading.response
    if (!believable([snapshot.tracks, snapshot.result], origin)) return { type: 'read_failed', retryAfter: null }
    if (snapshot.failure === null) return { type: 'snapshot', snapshot, failure: null, title: adapter.title }
    const failure = classify(adapter.errors, { at: 'record', operation: form, ...snapshot.failure })
    if (failure === null) return { type: 'read_failed', retryAfter: null }
    return { type: 'snapshot', snapshot, failure, title: adapter.title }
  }

  const poll = async (task: WorkTask): Promise<void> => {
    const attempt = currentAttempt(task)!
    const found = find(attempt)
    if (found === null || attempt.provider_task_id === null) {
      log('error', 'poll.impossible', { task: task.id, provider: attempt.provider })
      await tasks.happen(task.id, { type: 'read_failed', retryAfter: null })
      return
    }
    const { access, credential } = found
    const { adapter } = access
    const { poll: call } = bindingOf(adapter, attempt.form)!
    const how = { timeoutMs: settings.readTimeout, connection: 'pooled', userAgent: settings.userAgent } as const
    const request = upstreamRequest(access, credential, call, { provider_task_id: attempt.provider_task_id }, how)
    const reading = judgeRead(adapter, attempt.form, call, await send(world.transport, request))
    const happening = newsOf(access, attempt.form, reading)
    if (happening.type === 'read_failed')
      log('warn', 'poll.failed', {
        task: task.id,
        provider: adapter.id,
        ...(reading.kind === 'failed'
          ? { code: reading.failure.code, provider_code: reading.failure.provider_code }
          : { code: 'provider_protocol' }),
      })
    await tasks.happen(task.id, happening)
  }

  /** The timer of a task went off: does whatever is due. */
  const wake = async (id: string): Promise<void> => {
    if (busy.has(id)) {
      missed.add(id)
      return
    }
    busy.add(id)
    try {
      const task = await read.task(id)
      if (task === null || task.kind !== 'work' || ended(task) || task.next === null) return
      if ((task.next_at ?? 0) > clock()) return timers.set(id, task.next_at)
      if (task.next === 'submit') return settings.paused ? undefined : await submit(task)
      if (task.next === 'poll') return await poll(task)
      await tasks.happen(id, { type: 'window_passed' })
    } finally {
      busy.delete(id)
      if (missed.delete(id)) timers.set(id, clock())
    }
  }

  /** After a start: whatever was being sent is unknown, everything else goes on where it was. */
  const recover = async (task: WorkTask): Promise<void> => {
    tasks.adopt(task)
    if (currentAttempt(task)?.state === 'sending') await tasks.happen(task.id, { type: 'restarted', evidencePossible })
  }

  return { wake, recover }
}

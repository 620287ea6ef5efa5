/** Tasks on their way: submitted once, polled to their end. */
import type { Adapter, TaskBinding } from '../contract/adapter.ts'
import type { Form, TaskForm } from '../contract/operations.ts'
import type { TaskReference } from '../contract/shapes.ts'
import type { Go } from './admit.ts'
import { askPaid, untilStored } from './ask.ts'
import { callbackUrl, newSecret } from './callback.ts'
import { taskError } from './errors.ts'
import { finder } from './finder.ts'
import type { Hub } from './hub.ts'
import { randomId } from './ids.ts'
import type { lateResults } from './late-results.ts'
import { judgeRead, type Outcome } from './outcome.ts'
import type { World } from './ports.ts'
import { newsOfRecord } from './record.ts'
import { attemptWarnings, type Errand } from './route.ts'
import {
  type Attempt,
  type Candidate,
  chargedFor,
  currentAttempt,
  ended,
  type Request,
  type WorkTask,
} from './state.ts'
import { isAhead, mayHavePaid } from './step.ts'
import type { Reader } from './store.ts'
import { priceOf, submissionFor } from './submission.ts'
import { dueAt, type TaskStore } from './tasks.ts'
import { send, upstreamRequest } from './upstream.ts'

/** The tables of the form that an attempt was made in: whatever it says, submit, poll and callback belong together. */
const bindingOf = (adapter: Adapter, form: Form) =>
  adapter.operations[form as TaskForm] as TaskBinding<Request> | undefined

/** What came of a request that was sent, and its price in the provider's credits. */
interface Sent {
  readonly attempt: string
  readonly outcome: Outcome<TaskReference>
  readonly credits: number | null
}

export const work = (
  world: World,
  read: Reader,
  tasks: TaskStore,
  hub: Hub,
  late: Pick<ReturnType<typeof lateResults>, 'hear'>,
) => {
  const { access: all, clock, entropy, settings, log, timers } = world
  const busy = new Set<string>()
  /** Tasks whose timer went off while they were busy. */
  const missed = new Set<string>()

  const find = finder(all)

  /** Whether a callback can tell of an attempt whose answer is lost. */
  const evidencePossible = ({ provider, form }: Candidate): boolean => {
    const adapter = all.find((each) => each.adapter.id === provider)?.adapter
    return settings.publicUrl !== null && adapter !== undefined && bindingOf(adapter, form)?.callback !== undefined
  }

  /** Stores the attempt, then asks; null where the task has gone on meanwhile. */
  const sendTo = async (task: WorkTask, { candidate, chosen_by }: Go): Promise<Sent | null> => {
    const asked = find(candidate)!
    const { access } = asked
    const { adapter } = access
    const { form, model } = candidate
    const binding = bindingOf(adapter, form)!
    const { secret, hash } = await newSecret(entropy)
    const now = clock()
    const price = priceOf(adapter, form, model ?? task.material.track?.model ?? null, task.request)
    const attempt: Attempt = {
      ...candidate,
      chosen_by,
      id: randomId(entropy, 'att'),
      state: 'sending',
      provider_task_id: null,
      charged: chargedFor(price, 'unknown'),
      ...price,
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
    if (started === null || currentAttempt(started)?.id !== attempt.id) return null
    const submission = submissionFor(adapter, candidate, task.request, task.material, ours)
    const outcome = await askPaid(world, asked, form, binding.submit, submission, 'fresh', started)
    if (outcome.class !== 'accepted')
      log('warn', `submit.${outcome.class}`, {
        task: task.id,
        provider: adapter.id,
        code: outcome.failure.code,
        provider_code: outcome.failure.provider_code,
      })
    return { attempt: attempt.id, outcome, credits: attempt.credits }
  }

  /** A nameless callback may have ended a task before its answer named it: whether that was all of it, the record says. */
  const look = async (task: WorkTask | null, { attempt, outcome }: Sent): Promise<void> => {
    if (task === null || outcome.class !== 'accepted') return
    const { provider_task_id: named } = outcome.response
    const known = task.attempts.find(({ id }) => id === attempt)?.provider_task_id
    if (known !== named) await untilStored(world, task.id, () => late.hear(task.id, attempt, named))
  }

  const submit = async (task: WorkTask): Promise<void> => {
    const admitted = await hub.admit(task)
    if (admitted.kind === 'wait') return timers.set(task.id, dueAt(task, false, clock(), admitted.at))
    if (admitted.kind === 'nobody') {
      const error = taskError(admitted.code, admitted.detail, {})
      await tasks.happen(task.id, { type: 'nobody_left', error })
      return
    }
    const done = (sent: Sent | null) =>
      hub.done(admitted.candidate, { kind: 'creates', outcome: sent?.outcome ?? null, credits: sent?.credits ?? null })
    const sent = await sendTo(task, admitted).catch(async (error) => {
      await done(null)
      throw error
    })
    const told = done(sent)
    if (sent === null) return
    const { outcome } = sent
    // What a provider has taken, or may have, is stored before anybody else is waited for.
    const open = outcome.class === 'accepted' || outcome.class === 'unknown'
    const mayRetry = open || (await told)
    const possible = evidencePossible(admitted.candidate)
    const happening = { type: 'submitted', outcome, evidencePossible: possible, mayRetry } as const
    const stored = await untilStored(world, task.id, () => tasks.happen(task.id, happening))
    await look(stored, sent)
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
    const pause = hub.reads.pause(found)
    // Whatever the reads do, the task ends in time.
    const over = (task.accepted_at ?? 0) + settings.taskTimeout
    if (pause !== null && clock() < over) return timers.set(task.id, Math.min(pause, over))
    const { poll: call } = bindingOf(adapter, attempt.form)!
    const how = { timeoutMs: settings.readTimeout, connection: 'pooled', userAgent: settings.userAgent } as const
    const request = upstreamRequest(access, credential, call, { provider_task_id: attempt.provider_task_id }, how)
    hub.reads.begin(found)
    const reading = judgeRead(adapter, attempt.form, call, await send(world.transport, request))
    hub.reads.read(found, reading)
    const happening = newsOfRecord(access, attempt.form, reading)
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

  const cancelLate = async ({ id, attempts }: WorkTask): Promise<void> => {
    const passed = 'Its deadline (Cancel-After) passed'
    const said = mayHavePaid(attempts)
      ? `${passed} after a provider had, or may have, taken it and nothing came of that. Nothing more is sent; billing says what it may have cost.`
      : `${passed} before a provider had taken it. Nothing more is sent.`
    await tasks.happen(id, { type: 'cancel', error: taskError('deadline_exceeded', said, {}) })
  }

  /** The timer of a task went off: does whatever is due. */
  const wake = async (id: string): Promise<void> => {
    if (busy.has(id)) {
      missed.add(id)
      return
    }
    busy.add(id)
    try {
      const found = await read.task(id)
      if (found?.kind !== 'work' || ended(found) || found.next === null) return
      const task = isAhead(found, clock()) ? await tasks.happen(id, { type: 'set_back' }) : found
      if (task === null || ended(task) || task.next === null) return
      const due = dueAt(task, settings.paused, clock())
      if (due === null || due > clock()) return timers.set(id, due)
      if (task.next === 'submit')
        return (task.deadline_at ?? Infinity) <= clock() ? await cancelLate(task) : await submit(task)
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
    const attempt = currentAttempt(task)
    if (attempt?.state === 'sending')
      await tasks.happen(task.id, { type: 'restarted', evidencePossible: evidencePossible(attempt) })
  }

  return { wake, recover }
}

/** Songs on their way: submitted once, polled to their end. */
import { classify } from '../contract/errors.ts'
import type { Snapshot } from '../contract/shapes.ts'
import { askPaid, untilStored } from './ask.ts'
import { callbackUrl, newSecret } from './callback.ts'
import type { Happening } from './core.ts'
import { taskError } from './errors.ts'
import { randomId } from './ids.ts'
import type { rateWindows } from './limits.ts'
import { judgeRead, type Reading } from './outcome.ts'
import type { Access, Credential, World } from './ports.ts'
import { warningsFor } from './route.ts'
import { type Attempt, currentAttempt, ended, type MusicTask } from './state.ts'
import type { Reader } from './store.ts'
import { priceOf, submissionFor } from './submission.ts'
import type { TaskStore } from './tasks.ts'
import { send, upstreamRequest } from './upstream.ts'

const OPERATION = 'generateMusic'

export const music = (world: World, read: Reader, tasks: TaskStore, windows: ReturnType<typeof rateWindows>) => {
  const { access: all, clock, entropy, settings, log, timers } = world
  const busy = new Set<string>()
  /** Tasks whose timer went off while they were busy. */
  const missed = new Set<string>()

  const find = (provider: string, credential: string): { access: Access; credential: Credential } | null => {
    const access = all.find(({ adapter }) => adapter.id === provider)
    const own = access?.credentials.find(({ id }) => id === credential)
    return access === undefined || own === undefined ? null : { access, credential: own }
  }

  const evidencePossible = settings.publicUrl !== null

  const submit = async (task: MusicTask): Promise<void> => {
    const candidate = task.candidates.find(({ provider, credential }) => find(provider, credential) !== null)
    if (candidate === undefined) {
      const error = taskError(
        'no_provider_available',
        'No provider of this task has a key any more. Nothing was sent.',
        {},
      )
      await tasks.happen(task.id, { type: 'nobody_left', error })
      return
    }
    const { access, credential } = find(candidate.provider, candidate.credential)!
    const { adapter } = access
    const wait = windows.take(credential.id, adapter.limits.submits)
    if (wait > 0) return timers.set(task.id, clock() + wait)
    const binding = adapter.operations[OPERATION]!
    const model = candidate.model!
    const { secret, hash } = await newSecret(entropy)
    const now = clock()
    const attempt: Attempt = {
      ...candidate,
      id: randomId(entropy, 'att'),
      state: 'sending',
      provider_task_id: null,
      charged: 'unknown',
      ...priceOf(adapter, OPERATION, model),
      error: null,
      warnings: warningsFor(access, task.request, model),
      token: hash,
      created_at: now,
      updated_at: now,
    }
    const { publicUrl } = settings
    const ours =
      publicUrl === null ? null : callbackUrl(publicUrl, adapter.id, { task: task.id, attempt: attempt.id, secret })
    const started = await tasks.happen(task.id, { type: 'sending', attempt })
    if (started === null || currentAttempt(started)?.id !== attempt.id) return
    const submission = submissionFor(adapter, task.request, model, ours)
    const outcome = await askPaid(world, { access, credential }, OPERATION, binding.submit, submission, 'fresh')
    if (outcome.class !== 'accepted')
      log('warn', `submit.${outcome.class}`, {
        task: task.id,
        provider: adapter.id,
        code: outcome.failure.code,
        provider_code: outcome.failure.provider_code,
      })
    await untilStored(world, task.id, () => tasks.happen(task.id, { type: 'submitted', outcome, evidencePossible }))
  }

  /** Files come over https, or over http from an upstream on loopback: any other link is none. */
  const safe = (url: string | null, origin: string): boolean =>
    url === null || (URL.canParse(url) && ['https:', new URL(origin).protocol].includes(new URL(url).protocol))

  /** A failure in words that the provider's table does not hold is no news: the record is read again later. */
  const newsOf = ({ adapter, origin }: Access, reading: Reading<Snapshot>): Happening => {
    if (reading.kind === 'absent') return { type: 'absent', title: adapter.title }
    if (reading.kind === 'failed') return { type: 'read_failed', retryAfter: reading.failure.retryAfter }
    const snapshot = reading.response
    const links = snapshot.tracks.flatMap((track) => [track.audio_url, track.stream_url, track.image_url])
    if (!links.every((url) => safe(url, origin))) return { type: 'read_failed', retryAfter: null }
    if (snapshot.failure === null) return { type: 'snapshot', snapshot, failure: null, title: adapter.title }
    const failure = classify(adapter.errors, { at: 'record', operation: OPERATION, ...snapshot.failure })
    if (failure === null) return { type: 'read_failed', retryAfter: null }
    return { type: 'snapshot', snapshot, failure, title: adapter.title }
  }

  const poll = async (task: MusicTask): Promise<void> => {
    const attempt = currentAttempt(task)!
    const found = find(attempt.provider, attempt.credential)
    if (found === null || attempt.provider_task_id === null) {
      log('error', 'poll.impossible', { task: task.id, provider: attempt.provider })
      await tasks.happen(task.id, { type: 'read_failed', retryAfter: null })
      return
    }
    const { access, credential } = found
    const { adapter } = access
    const call = adapter.operations[OPERATION]!.poll
    const how = { timeoutMs: settings.readTimeout, connection: 'pooled', userAgent: settings.userAgent } as const
    const request = upstreamRequest(access, credential, call, { provider_task_id: attempt.provider_task_id }, how)
    const reading = judgeRead(adapter, OPERATION, call, await send(world.transport, request))
    const happening = newsOf(access, reading)
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
      if (task === null || task.operation !== OPERATION || ended(task) || task.next === null) return
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
  const recover = async (task: MusicTask): Promise<void> => {
    tasks.adopt(task)
    if (currentAttempt(task)?.state === 'sending') await tasks.happen(task.id, { type: 'restarted', evidencePossible })
  }

  return { wake, recover, find }
}

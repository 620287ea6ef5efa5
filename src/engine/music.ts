/** Songs: accepted durably, submitted once, polled to their end. */

import * as z from 'zod'
import { GENERATE_MUSIC_RULES, type GenerateMusicRequest } from '../canonical/generateMusic.ts'
import type { TaskBinding } from '../contract/adapter.ts'
import { classify } from '../contract/errors.ts'
import { brokenRules } from '../contract/rules.ts'
import type { Snapshot } from '../contract/shapes.ts'
import { callbackUrl, hashOf, newSecret, readToken, sameText } from './callback.ts'
import type { Happening } from './core.ts'
import { GatewayError, taskError } from './errors.ts'
import { canonicalJson, hex, randomId, taskId } from './ids.ts'
import type { rateWindows } from './limits.ts'
import { judgePaid, judgeRead, type Outcome, type Reading } from './outcome.ts'
import type { Access, Credential, Entropy, World } from './ports.ts'
import { candidatesFor, warningsFor } from './route.ts'
import { type Attempt, currentAttempt, ended, type MusicTask, type TaskState } from './state.ts'
import type { Reader } from './store.ts'
import { priceOf, submissionFor } from './submission.ts'
import type { TaskStore } from './tasks.ts'
import { send, upstreamRequest } from './upstream.ts'

const OPERATION = 'generateMusic'
/** Between two tries to store what a provider answered. */
const STORAGE_PAUSE = 1000
export const KEY_LIFETIME = 30 * 86_400_000

/** What the engine knows of whoever asks. */
export interface Caller {
  readonly project: string
  readonly idempotencyKey: string | null
}

export interface Accepted<Task extends TaskState = TaskState> {
  readonly task: Task
  /** Whether this Idempotency-Key had made the task before. */
  readonly replayed: boolean
}

/**
 * What a stored task answers to a repeated Idempotency-Key.
 * @throws GatewayError idempotency_key_reused, idempotency_key_expired
 */
export const replay = <Task extends TaskState>(task: Task, fingerprint: string, now: number): Accepted<Task> => {
  if (now - task.created_at > KEY_LIFETIME)
    throw new GatewayError('idempotency_key_expired', 'This Idempotency-Key is older than 30 days: take a new one', {
      task_id: task.id,
    })
  if (task.fingerprint !== fingerprint)
    throw new GatewayError(
      'idempotency_key_reused',
      'This Idempotency-Key was used with another request: take a new key for a new request',
      { task_id: task.id },
    )
  return { task, replayed: true }
}

/** What a repeated key is compared by; without a key nothing can be repeated. */
export const fingerprintOf = async (entropy: Entropy, caller: Caller, request: unknown): Promise<string> =>
  caller.idempotencyKey === null ? '' : hex((await entropy.digest(canonicalJson(request))).subarray(0, 16))

const refuseForeignVoices = (request: GenerateMusicRequest) => {
  const field = (['persona_id', 'voice_id'] as const).find((each) => request[each] !== undefined)
  if (field !== undefined)
    throw new GatewayError('capability_unsupported', `${field} can not be used yet: leave it out`, {
      errors: [{ pointer: `/${field}`, code: 'unsupported', detail: 'There is no way to make one yet' }],
    })
}

const refuseBroken = (request: GenerateMusicRequest) => {
  const broken = brokenRules(GENERATE_MUSIC_RULES, request)
  if (broken.length > 0)
    throw new GatewayError('validation_failed', `${broken[0]!.field} ${broken[0]!.detail}`, {
      errors: broken.map(({ field, code, detail }) => ({ pointer: `/${field}`, code, detail })),
    })
}

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

  const create = async (caller: Caller, request: GenerateMusicRequest): Promise<Accepted<MusicTask>> => {
    const { project, idempotencyKey } = caller
    const id = await taskId(entropy, project, OPERATION, idempotencyKey)
    const fingerprint = await fingerprintOf(entropy, caller, request)
    const known = idempotencyKey === null ? null : await read.task(id)
    if (known !== null) return replay(known as MusicTask, fingerprint, clock())
    refuseForeignVoices(request)
    refuseBroken(request)
    const candidates = candidatesFor(all, request)
    if (tasks.queued(project) >= settings.queueLimit)
      throw new GatewayError(
        'concurrency_limited',
        `${settings.queueLimit} tasks of this project are waiting to be submitted: wait until some of them are`,
        {},
        10,
      )
    const now = clock()
    const task: MusicTask = {
      id,
      project,
      operation: OPERATION,
      request,
      fingerprint,
      livemode: settings.livemode,
      created_at: now,
      updated_at: now,
      status: 'queued',
      stage: 'accepted',
      stages: [{ stage: 'accepted', at: now }],
      seq: 1,
      version: 1,
      attempts: [],
      candidates,
      allow_fallbacks: request.routing?.allow_fallbacks ?? true,
      tracks: [],
      error: null,
      next: 'submit',
      next_at: now,
      polls: 0,
      accepted_at: null,
      absent_since: null,
    }
    if (await tasks.create(task)) return { task, replayed: false }
    return replay((await read.task(id)) as MusicTask, fingerprint, now)
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
    const outcome = await ask(access, credential, binding, submissionFor(adapter, task.request, model, ours))
    if (outcome.class !== 'accepted')
      log('warn', `submit.${outcome.class}`, {
        task: task.id,
        provider: adapter.id,
        code: outcome.failure.code,
        provider_code: outcome.failure.provider_code,
      })
    await remember(task.id, { type: 'submitted', outcome, evidencePossible })
  }

  /** What a provider said to a paid request is told to nobody twice: it is kept in memory until it can be stored. */
  const remember = async (id: string, happening: Happening): Promise<void> => {
    for (;;) {
      try {
        await tasks.happen(id, happening)
        return
      } catch (error) {
        log('error', 'storage.refused', { task: id, message: (error as Error).message })
        await timers.sleep(STORAGE_PAUSE)
      }
    }
  }

  const ask = async <Submission>(
    access: Access,
    credential: Credential,
    binding: TaskBinding<Submission>,
    submission: Submission,
  ): Promise<Outcome<{ provider_task_id: string }>> => {
    const how = { timeoutMs: settings.submitTimeout, connection: 'fresh', userAgent: settings.userAgent } as const
    try {
      const request = upstreamRequest(access, credential, binding.submit, submission, how)
      return judgePaid(access.adapter, OPERATION, binding.submit, await send(world.transport, request))
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      return {
        class: 'not_sent',
        failure: { code: error.code, detail: error.message, provider: access.adapter.id, retryAfter: null },
      }
    }
  }

  /** A failure in words that the provider's table does not hold is no news: the record is read again later. */
  const newsOf = ({ adapter }: Access, reading: Reading<Snapshot>): Happening => {
    if (reading.kind === 'absent') return { type: 'absent', title: adapter.title }
    if (reading.kind === 'failed') return { type: 'read_failed', retryAfter: reading.failure.retryAfter }
    const snapshot = reading.response
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
    const reading = judgeRead(adapter, OPERATION, call, await world.transport(request))
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

  /**
   * A callback is a doorbell: whoever knows the attempt's own URL makes us look, and nothing it says is believed.
   * @returns false where the URL is not one of ours
   */
  const ring = async (provider: string, tokenText: string, body: unknown): Promise<boolean> => {
    const token = readToken(tokenText)
    const task = token === null ? null : await read.task(token.task)
    const attempt = task?.attempts.find(({ id }) => id === token?.attempt)
    const hash = await hashOf(entropy, token?.secret ?? '')
    const known = attempt !== undefined && attempt.provider === provider && sameText(attempt.token, hash)
    if (!known || task === null) return false
    if (attempt.id !== currentAttempt(task)?.id) return true
    const binding = all.find(({ adapter }) => adapter.id === provider)?.adapter.operations[OPERATION]
    const said = binding === undefined ? undefined : z.safeDecode(binding.callback, body)
    if (said?.success === false) log('warn', 'callback.unknown_form', { task: task.id, provider })
    await tasks.happen(task.id, { type: 'rang', provider_task_id: said?.data?.provider_task_id ?? null })
    return true
  }

  /** After a start: whatever was being sent is unknown, everything else goes on where it was. */
  const recover = async (task: MusicTask): Promise<void> => {
    tasks.adopt(task)
    if (currentAttempt(task)?.state === 'sending') await tasks.happen(task.id, { type: 'restarted', evidencePossible })
  }

  return { create, wake, ring, recover, find }
}

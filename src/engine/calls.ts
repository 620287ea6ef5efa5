/** Paid calls: a task with one attempt that the request waits for, at the provider that made the track. */
import type { Alignment, TimestampedLyrics } from '../canonical/lyrics.ts'
import { trackStatus } from '../contract/shapes.ts'
import { askPaid, untilStored } from './ask.ts'
import { GatewayError, raise, taskError } from './errors.ts'
import { type Caller, fingerprintOf, replay } from './idempotency.ts'
import { randomId, taskId, taskOfTrack } from './ids.ts'
import type { music } from './music.ts'
import type { Outcome } from './outcome.ts'
import { policy } from './policy.ts'
import type { Access, Credential, World } from './ports.ts'
import { lookAgain } from './present.ts'
import { type Attempt, ended, type LyricsTask } from './state.ts'
import type { Reader } from './store.ts'
import { priceOf } from './submission.ts'
import { interrupted } from './submitting.ts'
import type { TaskStore } from './tasks.ts'
import { timestampedLyrics } from './timed-lyrics.ts'
import { type FoundTrack, findTrack } from './tracks.ts'

const OPERATION = 'alignLyrics'
/** Where a provider says "still processing" without a time (udioapi: 5 to 10 s). In seconds. */
const NOT_READY_PAUSE = 5

export interface Aligned {
  readonly lyrics: TimestampedLyrics
  readonly provider: string
  readonly task_id: string | null
}

export const calls = (world: World, read: Reader, tasks: TaskStore, find: ReturnType<typeof music>['find']) => {
  const { clock, entropy, settings, timers, log } = world
  const underWay = new Map<string, Promise<Alignment>>()

  const requireReady = ({ task, index, track_id }: FoundTrack) => {
    const status = trackStatus(task.tracks[index]!)
    if (status === 'ready') return
    if (ended(task))
      throw new GatewayError('lyrics_unavailable', `${track_id} was never finished`, { task_id: task.id })
    throw new GatewayError(
      'not_ready',
      'The track is not finished yet: ask again later, or send Prefer: wait=60',
      { task_id: task.id },
      lookAgain(task, clock()) ?? 1,
    )
  }

  const provider = ({ attempt }: FoundTrack): { access: Access; credential: Credential } => {
    const found = find(attempt.provider, attempt.credential)
    if (found === null)
      throw new GatewayError(
        'provider_pinned_unavailable',
        `Only ${attempt.provider}, with the key that made the track, can do this, and that key is not configured. Nothing was sent.`,
        { provider: attempt.provider },
      )
    if (found.access.adapter.operations[OPERATION] === undefined)
      throw new GatewayError('capability_unsupported', `${found.access.adapter.title} has no timestamped lyrics`, {
        provider: attempt.provider,
      })
    return found
  }

  const intent = (id: string, project: string, fingerprint: string, target: FoundTrack, access: Access): LyricsTask => {
    const now = clock()
    return {
      id,
      project,
      operation: OPERATION,
      request: { track_id: target.track_id },
      result: null,
      fingerprint,
      livemode: settings.livemode,
      created_at: now,
      updated_at: now,
      status: 'running',
      stage: 'submitting',
      stages: [{ stage: 'submitting', at: now }],
      seq: 1,
      version: 1,
      error: null,
      next: null,
      next_at: null,
      attempts: [
        {
          id: randomId(entropy, 'att'),
          provider: target.attempt.provider,
          credential: target.attempt.credential,
          model: null,
          state: 'sending',
          provider_task_id: target.attempt.provider_task_id,
          charged: 'unknown',
          ...priceOf(access.adapter, OPERATION, target.attempt.model),
          error: null,
          warnings: [],
          token: '',
          created_at: now,
          updated_at: now,
        },
      ],
    }
  }

  const end = (task: LyricsTask, change: Partial<Attempt>, status: 'succeeded' | 'failed'): LyricsTask => {
    const now = clock()
    const stage = status === 'succeeded' ? 'complete' : task.stage
    return {
      ...task,
      status,
      stage,
      stages: stage === task.stage ? task.stages : [...task.stages, { stage, at: now }],
      error: change.error ?? null,
      attempts: [{ ...task.attempts[0]!, ...change, updated_at: now }],
      updated_at: now,
      seq: task.seq + 1,
      version: task.version + 1,
    }
  }

  /** Writes down what came of a call, then says it. A refusal that may be repeated leaves no task behind. */
  const settle = async (task: LyricsTask, outcome: Outcome<Alignment>): Promise<Alignment> => {
    if (outcome.class === 'accepted') {
      const done = end(task, { state: 'accepted', charged: 'yes' }, 'succeeded')
      await untilStored(world, task.id, () => tasks.write({ ...done, result: outcome.response }))
      return outcome.response
    }
    const { code, detail, retryAfter, ...involved } = outcome.failure
    log('warn', `call.${outcome.class}`, {
      task: task.id,
      provider: involved.provider,
      code,
      provider_code: involved.provider_code,
    })
    const charged = outcome.class === 'unknown' ? 'unknown' : 'no'
    const error = taskError(code, detail, involved, charged)
    const free = charged === 'no' && policy[code].again === 'later'
    const over = end(task, { state: outcome.class, charged, error }, 'failed')
    await untilStored(world, task.id, () => (free ? tasks.discard(task) : tasks.write(over)))
    const pause = code === 'not_ready' ? Math.max(1, Math.ceil(NOT_READY_PAUSE * settings.pollScale)) : undefined
    return raise(error, task.id, retryAfter ?? pause)
  }

  const ask = (target: FoundTrack, found: ReturnType<typeof provider>): Promise<Outcome<Alignment>> => {
    const { call } = found.access.adapter.operations[OPERATION]!
    const reference = {
      provider_task_id: target.attempt.provider_task_id ?? '',
      provider_track_id: target.task.tracks[target.index]!.provider_track_id,
      track_index: target.index,
    }
    return askPaid(world, found, OPERATION, call, reference, 'pooled')
  }

  /** An unknown outcome is not repeated by chance: only a new Idempotency-Key says that a second charge is accepted. */
  const refuseRepeat = async (caller: Caller, track_id: string) => {
    if (caller.idempotencyKey !== null) return
    const last = await read.failedCall(track_id)
    if (last?.error?.code === 'submission_unconfirmed') raise(last.error, last.id)
  }

  const buy = async (caller: Caller, target: FoundTrack, id: string, fingerprint: string): Promise<Alignment> => {
    const found = provider(target)
    await refuseRepeat(caller, target.track_id)
    const task = intent(id, caller.project, fingerprint, target, found.access)
    if (!(await tasks.create(task))) {
      const stored = await read.alignment(target.track_id)
      if (stored !== null) return stored
      throw new GatewayError('not_ready', 'Another call for this track is under way', { task_id: id }, 1)
    }
    return settle(task, await ask(target, found))
  }

  /** Who waited for somebody else's call used up a key of their own too: after an unknown outcome it buys nothing more. */
  const shareFate = async (
    error: unknown,
    caller: Caller,
    target: FoundTrack,
    id: string,
    fingerprint: string,
  ): Promise<never> => {
    const unknown = error instanceof GatewayError && error.code === 'submission_unconfirmed'
    if (unknown && caller.idempotencyKey !== null) {
      const joined = intent(id, caller.project, fingerprint, target, provider(target).access)
      const said = taskError(error.code, error.message, { provider: target.attempt.provider }, 'unknown')
      await tasks.create({ ...joined, status: 'failed', attempts: [], error: said })
    }
    throw error
  }

  /** Everybody who asks for the same track while it is being bought gets the one answer. */
  const once = (caller: Caller, target: FoundTrack, id: string, fingerprint: string): Promise<Alignment> => {
    const running = underWay.get(target.track_id)
    if (running !== undefined) return running.catch((error) => shareFate(error, caller, target, id, fingerprint))
    const bought = buy(caller, target, id, fingerprint).finally(() => underWay.delete(target.track_id))
    underWay.set(target.track_id, bought)
    return bought
  }

  const attempt = async (caller: Caller, track_id: string): Promise<Aligned> => {
    const target = await findTrack(read, caller.project, track_id)
    const fingerprint = await fingerprintOf(entropy, caller, { track_id })
    const id = await taskId(entropy, clock(), caller.project, OPERATION, caller.idempotencyKey)
    const known = caller.idempotencyKey === null ? null : await read.task(id)
    if (known !== null) replay(known, fingerprint, clock())
    const answer = (alignment: Alignment, task: string | null): Aligned => ({
      lyrics: timestampedLyrics(track_id, alignment),
      provider: target.attempt.provider,
      task_id: task,
    })
    const stored = await read.alignment(track_id)
    if (stored !== null) return answer(stored, null)
    if (known?.status === 'failed') raise(known.error!, known.id)
    requireReady(target)
    return answer(await once(caller, target, id, fingerprint), id)
  }

  return {
    /** Aligns the lyrics of a track, once; waits up to `milliseconds` where something is not ready yet. */
    align: async (caller: Caller, track_id: string, milliseconds: number): Promise<Aligned> => {
      const deadline = clock() + milliseconds
      for (;;) {
        try {
          return await attempt(caller, track_id)
        } catch (error) {
          const left = deadline - clock()
          const over = left <= 0 || tasks.released()
          if (!(error instanceof GatewayError) || error.code !== 'not_ready' || over) throw error
          const pause = Math.min(NOT_READY_PAUSE * 1000 * settings.pollScale, left)
          const song = taskOfTrack(track_id)
          const task = await read.task(song)
          if (task !== null && !ended(task)) await tasks.changed(song, ({ seq }) => seq !== task.seq, left)
          else await timers.sleep(pause)
        }
      }
    },

    /** The stored alignment of a track. */
    stored: async (project: string, track_id: string): Promise<TimestampedLyrics> => {
      await findTrack(read, project, track_id)
      const alignment = await read.alignment(track_id)
      if (alignment !== null) return timestampedLyrics(track_id, alignment)
      const link = `/v1/tracks/${track_id}/timestamped-lyrics`
      throw new GatewayError('not_ready', `These lyrics were never aligned: POST ${link} buys that once`, { link }, 1)
    },

    /** A call found under way at the start: the process ended before its answer was stored. */
    recover: async (task: LyricsTask): Promise<void> => {
      const error = interrupted(task.attempts[0]!)
      await tasks.write(end(task, { state: 'unknown', charged: 'unknown', error }, 'failed'))
    },
  }
}

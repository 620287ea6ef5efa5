/** alignLyrics: bought once of the provider that made the track, then kept. */
import type { Alignment, TimestampedLyrics } from '../canonical/lyrics.ts'
import { trackStatus } from '../contract/shapes.ts'
import { untilStored } from './ask.ts'
import { type calls, NOT_READY_PAUSE, type Plan, pinned } from './calls.ts'
import { GatewayError, raise, taskError } from './errors.ts'
import { finder } from './finder.ts'
import { type Caller, earlier, fingerprintOf, idFor, ownerOf, replay, requireProvider } from './idempotency.ts'
import { taskOfTrack } from './ids.ts'
import type { World } from './ports.ts'
import { lookAgain } from './present.ts'
import { ended } from './state.ts'
import type { Reader } from './store.ts'
import type { TaskStore } from './tasks.ts'
import { timestampedLyrics } from './timed-lyrics.ts'
import { type FoundTrack, findTrack, nativeTrack } from './tracks.ts'

const OPERATION = 'alignLyrics'

export interface Aligned {
  readonly lyrics: TimestampedLyrics
  readonly provider: string
}

type Ordered = Plan<Record<string, unknown> & { provider_task_id: string }, Alignment>

export const lyricsAligner = (
  world: World,
  read: Reader,
  tasks: TaskStore,
  { make, intent }: ReturnType<typeof calls>,
) => {
  const { access: all, clock, entropy, settings, timers } = world
  const find = finder(all)
  const underWay = new Map<string, Promise<Alignment>>()

  const requireReady = ({ task, index, track_id, attempt }: FoundTrack) => {
    const status = trackStatus(task.tracks[index]!)
    if (status === 'ready') {
      if (attempt.provider_task_id !== null) return
      const detail = `Only a callback told of ${track_id}: how ${attempt.provider} calls its task, by which it would have to be asked, is not known`
      throw new GatewayError('lyrics_unavailable', detail, { task_id: task.id, provider: attempt.provider })
    }
    if (ended(task))
      throw new GatewayError('lyrics_unavailable', `${track_id} was never finished`, { task_id: task.id })
    throw new GatewayError(
      'not_ready',
      'The track is not finished yet: ask again later, or send Prefer: wait=60',
      { task_id: task.id },
      lookAgain(task, clock()) ?? 1,
    )
  }

  /** Why a track has no alignment: it failed itself, its alignment failed, or nobody has asked for it. */
  const sayWhyNot = async (target: FoundTrack): Promise<never> => {
    if (ended(target.task)) requireReady(target)
    const { track_id } = target
    const link = `/v1/tracks/${track_id}/timestamped-lyrics`
    // What may have been bought is said before anything else: whoever buys once more may pay twice.
    const unknown = await read.lastAbout(track_id, OPERATION, 'failed', 'submission_unconfirmed')
    if (unknown !== null)
      throw new GatewayError(
        'not_ready',
        `Whether these lyrics were bought is not known (submission_unconfirmed): POST ${link} with a new Idempotency-Key asks again, and may pay twice`,
        { provider: target.attempt.provider, task_id: unknown.id, retryable: false, may_have_been_charged: true },
      )
    const last = await read.lastAbout(track_id, OPERATION, 'failed')
    const error = last?.error ?? null
    if (error?.code === 'lyrics_unavailable') raise(error, last!.id)
    const why = error === null ? 'These lyrics were never aligned' : `Aligning these lyrics failed (${error.code})`
    // Reading again makes nothing: it is for another call to do that.
    throw new GatewayError('not_ready', `${why}: POST ${link} buys that once`, { link, retryable: false })
  }

  const planFor = (caller: Caller, target: FoundTrack, id: string, fingerprint: string): Ordered => {
    const { provider, credential, model, form: made, ...reference } = nativeTrack(target)
    requireProvider(caller, provider)
    const { access } = pinned(find, { provider, credential, made }, OPERATION, all)
    return {
      id,
      project: caller.project,
      operation: OPERATION,
      request: { track_id: target.track_id },
      fingerprint,
      subject: target.track_id,
      candidate: { provider, credential, form: OPERATION, model, chosen_by: 'own' },
      provider_task_id: reference.provider_task_id,
      call: access.adapter.operations[OPERATION]!.call as Ordered['call'],
      submission: reference,
      ...ownerOf(caller),
    }
  }

  /** What may have been charged is not repeated by chance: only a new Idempotency-Key says that a second charge is accepted. */
  const refuseRepeat = async (caller: Caller, track_id: string) => {
    if (caller.idempotencyKey !== null) return
    // Also where another key has bought nothing since.
    const last = await read.lastAbout(track_id, OPERATION, 'failed', 'submission_unconfirmed')
    if (last !== null) raise(last.error!, last.id)
  }

  const buy = async (caller: Caller, target: FoundTrack, id: string, fingerprint: string): Promise<Alignment> => {
    const plan = planFor(caller, target, id, fingerprint)
    await refuseRepeat(caller, target.track_id)
    return make(plan, find(plan.candidate)!, async () => {
      const stored = await read.alignment(target.track_id)
      if (stored !== null) return stored
      // The song may have been deleted in the same moment.
      await findTrack(read, caller.project, target.track_id)
      throw new GatewayError('not_ready', 'Another call for this track is under way', { task_id: id }, 1)
    })
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
      const plan = planFor(caller, target, id, fingerprint)
      const said = taskError(error.code, error.message, { provider: target.attempt.provider }, 'unknown')
      const joined = intent(plan, find(plan.candidate)!.access)
      await untilStored(world, id, () => tasks.create({ ...joined, status: 'failed', attempts: [], error: said }))
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
    const id = await idFor(entropy, clock(), caller, OPERATION)
    const known = await earlier(read, caller, id, clock())
    if (known !== null) replay(known, fingerprint, clock())
    const answer = (alignment: Alignment): Aligned => ({
      lyrics: timestampedLyrics(track_id, alignment),
      provider: target.attempt.provider,
    })
    const stored = await read.alignment(track_id)
    if (stored !== null) return answer(stored)
    if (known?.status === 'failed') raise(known.error!, known.id)
    requireReady(target)
    return answer(await once(caller, target, id, fingerprint))
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
      const target = await findTrack(read, project, track_id)
      const alignment = await read.alignment(track_id)
      return alignment === null ? sayWhyNot(target) : timestampedLyrics(track_id, alignment)
    },
  }
}

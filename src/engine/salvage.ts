/** Salvage: a result that comes after its task has failed, or has gone on, is kept as a task of its own. It was paid for. */
import type { TaskForm } from '../contract/operations.ts'
import { type Snapshot, type TrackReport, trackStatus } from '../contract/shapes.ts'
import { newTask } from './accept.ts'
import { finder } from './finder.ts'
import { MOST_TRACKS, taskId } from './ids.ts'
import { costOf } from './keys/spending.ts'
import type { Late, lateResults } from './late-results.ts'
import { believable } from './links.ts'
import { judgeRead } from './outcome.ts'
import type { World } from './ports.ts'
import { newsOfRecord } from './record.ts'
import { type Attempt, chargedFor, currentAttempt, type EventType, type WorkTask } from './state.ts'
import { closed } from './step.ts'
import type { Reader } from './store.ts'
import type { TaskStore } from './tasks.ts'
import { send, upstreamRequest } from './upstream.ts'

/** Stores a new task; false where it was stored before. */
export type Keep = (task: WorkTask, types: readonly EventType[]) => Promise<boolean>

/** What there is at the provider: a record with a song, and whether there can be more of it later. */
interface Found {
  readonly record: Snapshot | null
  readonly final: boolean
}

const UNREAD: Found = { record: null, final: false }

const isFinished = (track: TrackReport) => trackStatus(track) === 'ready'
const isReady = ({ tracks, result }: Snapshot) => result != null || tracks.some(isFinished)

/** Whether a record holds more than its task has got of this attempt: a song of which one track was finished has that one. */
const hasMore = (task: WorkTask, attempt: Attempt, { tracks, result }: Snapshot) => {
  const got = currentAttempt(task)?.id === attempt.id ? task.tracks.filter(isFinished) : []
  const had = new Set(got.map(({ provider_track_id }) => provider_track_id))
  return result != null || tracks.some((track) => isFinished(track) && !had.has(track.provider_track_id))
}

/** @param keep where what was salvaged is stored: it is a task of its own */
export const salvager = (
  world: World,
  read: Reader,
  tasks: TaskStore,
  late: ReturnType<typeof lateResults>,
  keep: Keep = tasks.create,
) => {
  const { access: all, clock, entropy, settings, log } = world
  const find = finder(all)
  let looking = false

  /** The record at the provider: the truth, where it can be read. */
  const recordOf = async (attempt: Attempt, provider_task_id: string): Promise<Found> => {
    const found = find(attempt)
    const binding = found?.access.adapter.operations[attempt.form as TaskForm]
    if (found === null || binding === undefined) return UNREAD
    const how = { timeoutMs: settings.readTimeout, connection: 'pooled', userAgent: settings.userAgent } as const
    const { adapter } = found.access
    const request = upstreamRequest(found.access, found.credential, binding.poll, { provider_task_id }, how)
    const reading = judgeRead(adapter, attempt.form, binding.poll, await send(world.transport, request))
    const news = newsOfRecord(found.access, attempt.form, reading)
    if (news.type !== 'snapshot') return UNREAD
    const { stage } = news.snapshot
    return { record: isReady(news.snapshot) ? news.snapshot : null, final: stage === 'complete' || stage === 'failed' }
  }

  const salvage = async (task: WorkTask, attempt: Attempt, provider_task_id: string | null, snapshot: Snapshot) => {
    const now = clock()
    // However often it is told: one attempt is one salvage.
    const id = await taskId(entropy, now, task.project, 'salvage', attempt.id)
    const { project, operation, request, livemode, subject, material, signer } = task
    // What was given up has been counted already; what was said to be free has not.
    const account = task.account !== undefined && costOf(attempt) === 0 ? { account: task.account } : {}
    const named = signer === undefined ? {} : { signer }
    const own = { id, project, operation, request, livemode, subject, fingerprint: '', ...named, ...account }
    const verified = provider_task_id === null ? { verified: false as const } : {}
    const kept: WorkTask = {
      ...newTask(own, now, { material, candidates: [] }),
      status: 'succeeded',
      stage: 'complete',
      stages: [{ stage: 'complete', at: now }],
      attempts: [
        {
          ...attempt,
          state: 'accepted',
          provider_task_id,
          charged: chargedFor(attempt, 'yes'),
          error: null,
          token: '',
          updated_at: now,
        },
      ],
      tracks: snapshot.tracks
        .slice(0, MOST_TRACKS)
        .map((track) => closed({ ...track, ...verified, created_at: now }, 'The provider never finished this track')),
      result: snapshot.result ?? null,
      salvaged_from: task.id,
      next: null,
      next_at: null,
      accepted_at: now,
    }
    // Whose task was deleted wants no more of it.
    const wanted = async () => (await read.task(task.id)) !== null && keep(kept, ['track.salvaged'])
    if (await tasks.inTurn(task.id, wanted))
      log('info', 'track.salvaged', { task: id, from: task.id, provider: attempt.provider, tracks: kept.tracks.length })
  }

  const lookAt = async (task: WorkTask, attempt: Attempt, waited: Late): Promise<void> => {
    const { record, final } = await recordOf(attempt, waited.provider_task_id)
    const over = final || late.isOver(waited)
    // Of two songs one may be all that ever comes.
    if (over && record !== null && hasMore(task, attempt, record))
      await salvage(task, attempt, waited.provider_task_id, record)
    else if (over && !final) log('warn', 'salvage.given_up', { task: task.id, provider: attempt.provider })
    return over ? late.forget(waited) : late.again(waited)
  }

  /** All that are due are read together: a provider that does not answer holds the others up no longer than one read. */
  const look = async (waited: Late): Promise<void> => {
    const task = await read.task(waited.task)
    const attempt = task?.attempts.find(({ id }) => id === waited.attempt)
    if (task?.kind !== 'work' || attempt === undefined) return late.forget(waited)
    try {
      await lookAt(task, attempt, waited)
    } catch (error) {
      log('error', 'salvage.stumbled', { task: task.id, provider: attempt.provider, message: (error as Error).message })
      await late.again(waited)
    }
  }

  return {
    /** Its timer went off. While it looks, the timer may go off once more: everything due is looked at once. */
    wake: async (): Promise<void> => {
      if (looking) return
      looking = true
      try {
        await Promise.all((await late.due()).map(look))
        await late.start()
      } finally {
        looking = false
      }
    },

    /** A callback told of it. `told` is what the callback itself says: all there is, where it names no task. */
    hear: async (task: WorkTask, attempt: Attempt, named: string | null, told: Snapshot | null): Promise<void> => {
      // What the attempt's own answer said outweighs a callback: it may be about another task.
      const provider_task_id = attempt.provider_task_id ?? named
      if (provider_task_id === null) {
        const access = find(attempt)?.access
        const alone = access?.adapter.operations[attempt.form as TaskForm]?.callbackNamesNoTask === true
        if (!alone || told?.stage !== 'complete' || !isReady(told)) return
        if (believable([told.tracks, told.result], access.origin)) await salvage(task, attempt, null, told)
        return
      }
      // Who rings is answered once this is stored: whatever happens then, it is looked for until it is found or a day is over.
      await late.hear(task.id, attempt.id, provider_task_id)
    },
  }
}

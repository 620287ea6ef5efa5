/** Deleting tasks: at once where their maker asks for it, and by a sweep where they are older than they may be. */
import { GatewayError } from './errors.ts'
import { sweepEvents } from './events.ts'
import { trackId } from './ids.ts'
import type { World } from './ports.ts'
import { lookAgain } from './present.ts'
import { ended, type TaskState } from './state.ts'
import { isConflict, type Reader } from './store.ts'
import type { TaskStore } from './tasks.ts'
import {
  bury,
  type DeletedBy,
  expired,
  oldest,
  sweepTombstones,
  TOMBSTONES_KEPT,
  type Tombstone,
  tombstoneOf,
  unlessAligned,
} from './tombstone.ts'

/** The name of the one timer of the sweep. */
export const SWEEP = 'retention'

const MINUTE = 60_000
/** A full batch is followed by the next after a pause, so that requests are served between them. */
const BATCH = 50
const PAUSE = 250
/** How soon the sweep looks again, where it has not left anything. */
const SOONEST = MINUTE
/** How late it does in a process of many tasks, in milliseconds. */
const LATEST = 10 * MINUTE
/** How soon it looks again where all that is due has to wait for something. */
const WAITING = 60 * MINUTE
const TOMBSTONES = 500

/** @param forgotten hears of tasks that are gone: what is remembered of them has to go as well */
export const deletions = (
  { sql, clock, timers, settings, log }: World,
  read: Reader,
  tasks: TaskStore,
  forgotten: (task: TaskState) => void,
  untold: string | null,
  latest = LATEST,
) => {
  const keep = settings.retention ?? null
  let next = Number.POSITIVE_INFINITY
  const awake = (at: number) => {
    if (at >= next) return
    next = at
    timers.set(SWEEP, at)
  }

  const refuseOpen = (task: TaskState) => {
    if (ended(task)) return
    const what = task.operation === 'alignLyrics' ? 'Its lyrics are being aligned' : 'It has not ended'
    const fix = task.status === 'queued' ? 'cancel it, or wait for its end' : 'wait for its end'
    throw new GatewayError(
      'task_not_ended',
      `${what}: ${fix}, then delete it`,
      { task_id: task.id },
      lookAgain(task, clock()) ?? 1,
    )
  }

  /** One task, and with a song the alignments of its tracks; null where it is gone already. */
  const erase = (id: string, by: DeletedBy): Promise<Tombstone | null> =>
    tasks.inTurn(id, async () => {
      for (;;) {
        const task = await read.task(id)
        if (task === null) return null
        refuseOpen(task)
        const tracks = task.kind === 'work' ? task.tracks.map((_, index) => trackId(id, index)) : []
        const about = tracks.length === 0 ? [] : await read.alignments(tracks)
        for (const each of about) refuseOpen(each)
        const stones = [task, ...about].map((each) => tombstoneOf(each, clock(), by))
        const ids = stones.map((stone) => stone.id)
        try {
          await tasks.erase(ids, [unlessAligned(id, tracks, ids), ...stones.flatMap(bury)])
        } catch (error) {
          // Lyrics of it have begun to be aligned in the same moment.
          if (isConflict(error)) continue
          throw error
        }
        for (const each of [task, ...about]) forgotten(each)
        return stones[0]!
      }
    })

  /** By the sweep: what can not go now is looked at again. */
  const tryErase = async (id: string): Promise<boolean> => {
    try {
      return (await erase(id, 'retention')) !== null
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'task_not_ended') return false
      throw error
    }
  }

  /** When the sweep has something to do again. */
  const plan = async (soonest = SOONEST): Promise<number> => {
    const { ended: first, deleted: last } = await oldest(sql)
    const now = clock()
    const due = Math.min(
      keep === null || first === null ? Number.POSITIVE_INFINITY : first + keep,
      last === null ? Number.POSITIVE_INFINITY : last + TOMBSTONES_KEPT,
    )
    return Math.max(Math.min(due, keep === null ? Number.POSITIVE_INFINITY : now + latest), now + soonest)
  }

  const restart = (at: number) => {
    next = Number.POSITIVE_INFINITY
    if (at < Number.POSITIVE_INFINITY) awake(at)
  }

  return {
    /** A task was stored: once it has ended, its time begins. */
    noticed: (task: TaskState): void => {
      if (keep !== null && ended(task)) awake(Math.max(task.updated_at + keep, clock() + SOONEST))
    },

    /** @throws GatewayError not_found, task_not_ended */
    remove: async (project: string, id: string): Promise<Tombstone> => {
      const task = await read.task(id)
      const stone = task?.project === project ? await erase(id, 'client') : null
      if (stone === null) throw new GatewayError('not_found', `There is no task ${id}, or it was deleted before`)
      log('info', 'task.deleted', { task: id })
      awake(stone.deleted_at + TOMBSTONES_KEPT)
      return stone
    },

    /** @throws GatewayError not_found */
    tombstone: async (project: string, id: string): Promise<Tombstone> => {
      const stone = await read.tombstone(id)
      if (stone?.project === project) return stone
      throw new GatewayError('not_found', `There is no task ${id} that was deleted, or it was more than 90 days ago`)
    },

    /** The only way to start: what is due by now is swept soon, and in batches. */
    start: async (): Promise<void> => restart(await plan()),

    wake: async (): Promise<void> => {
      const now = clock()
      const ids = keep === null ? [] : await expired(sql, now - keep, BATCH, untold)
      const gone = (await Promise.all(ids.map(tryErase))).filter(Boolean).length
      if (gone > 0) log('info', 'retention.swept', { tasks: gone })
      await sql.commit([sweepTombstones(now - TOMBSTONES_KEPT, TOMBSTONES), sweepEvents])
      // What is due and has to wait, for hours maybe, is not looked at every minute.
      restart(gone === BATCH ? clock() + PAUSE : await plan(ids.length === 0 ? Math.min(latest, WAITING) : SOONEST))
    },
  }
}

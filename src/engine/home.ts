/** The home of tasks: everything that is done to one task or asked of it, where it is stored. */
import type { GenerateMusicRequest } from '../canonical/generateMusic.ts'
import type { TaskOperation } from '../canonical/operations.ts'
import type { Task, Track } from '../canonical/task.ts'
import type { DeletedTask } from '../canonical/tombstone.ts'
import { acceptTasks } from './accept.ts'
import { lyricsAligner } from './alignLyrics.ts'
import { calls } from './calls.ts'
import { deletions, SWEEP } from './deletion.ts'
import { addressed, doorbell } from './doorbell.ts'
import { GatewayError } from './errors.ts'
import { eventReader } from './events.ts'
import { midiReader } from './getMidi.ts'
import { voiceReader } from './getVoice.ts'
import { deletedOr } from './gone.ts'
import type { Changes, Hub } from './hub.ts'
import type { Caller } from './idempotency.ts'
import { trackImporter } from './importTrack.ts'
import { lateResults, SALVAGE } from './late-results.ts'
import { makers } from './made.ts'
import { materials } from './material.ts'
import type { World } from './ports.ts'
import { lookAgain, presentTombstone, presentTrack, type Show, time } from './present.ts'
import { REMIND, reminders } from './reminders.ts'
import { type Keep, salvager } from './salvage.ts'
import { ended, type Request, type TaskState } from './state.ts'
import type { Reader } from './store.ts'
import { taskStore } from './tasks.ts'
import { telling } from './telling.ts'
import { type FoundTrack, findTrack, livingAudio } from './tracks.ts'
import { work } from './work.ts'

/** A task as answered; `retryAfter` in seconds is null once it has ended. */
export interface TaskAnswer {
  readonly task: Task
  readonly ended: boolean
  readonly retryAfter: number | null
  readonly replayed: boolean
  /** Changes with every change of the task. */
  readonly version: number
}

const notCancelable = (task: TaskState) =>
  new GatewayError(
    'not_cancelable',
    ended(task)
      ? `The task has ended already: it is ${task.status}`
      : 'A provider has it, or may have it, and takes nothing back: it is followed to its end, and charged as billing says',
    { task_id: task.id },
  )

const noAudio = ({ task, track_id, attempt }: FoundTrack) =>
  ended(task)
    ? new GatewayError('not_found', `${track_id} has no audio: it failed`, { provider: attempt.provider })
    : new GatewayError('not_ready', 'The audio is not final yet', { task_id: task.id }, 5)

/** Whoever hears of every change, and somebody more. */
const both = (one: Changes, two: Pick<Changes, 'of' | 'stored'>): Changes => ({
  ...one,
  of: (...change) => [...one.of(...change), ...two.of(...change)],
  stored: (...change) => {
    one.stored(...change)
    two.stored(...change)
  },
})

/** What a home stands beside. */
export interface Beside {
  readonly read: Reader
  readonly hub: Hub
  readonly show: Show
  /** Where a task is stored that is not of this home; in this one without it. */
  readonly keep?: Keep
  /** How often tasks that are too old are looked for, in milliseconds, beside when each is. */
  readonly sweepEvery?: number
  /** What holds of a task of which somebody is still to be told, in SQL, where messages are stored beside tasks. */
  readonly untold?: string
}

export type Home = ReturnType<typeof createHome>

export const createHome = (world: World, beside: Beside) => {
  const { read, hub, keep, sweepEvery, untold = null } = beside
  const { present, retention } = beside.show
  const { clock } = world
  const reminding = reminders(world, present)
  const late = lateResults(world)
  const followed = both(both(hub.changes, reminding.changes), late.changes)
  const tasks = taskStore(world, read, {
    ...followed,
    stored: (before, after) => {
      followed.stored(before, after)
      if (after !== null) forgetting.noticed(after)
    },
  })
  const works = work(world, read, tasks, hub, late)
  const lookUp = materials(world, read, retention)
  const accept = acceptTasks(world, read, tasks, lookUp, hub)
  const paid = calls(world, read, tasks, hub)
  const lyrics = lyricsAligner(world, read, tasks, paid)
  const made = makers(world, read, paid, retention, hub)
  const take = trackImporter(world, read, tasks)
  const salvage = salvager(world, read, tasks, late, keep)

  const answer = (task: TaskState, replayed = false): TaskAnswer => ({
    task: present(task),
    ended: ended(task),
    retryAfter: lookAgain(task, clock()),
    replayed,
    version: task.version,
  })

  const own = async (project: string, id: string): Promise<TaskState> => {
    const task = await read.task(id)
    if (task === null || task.project !== project)
      throw await deletedOr(read, project, id, new GatewayError('not_found', `There is no task ${id}`))
    return task
  }

  const told = telling(clock, eventReader(world.sql), tasks, own, present)
  const forgetting = deletions(world, read, tasks, told.forget, untold, sweepEvery)

  /**
   * Accepts a task, and waits for its end up to `wait` milliseconds. `subject` is what the path names; after `cancelAfter`
   * milliseconds nothing is sent any more.
   */
  const create = async (
    operation: TaskOperation,
    caller: Caller,
    request: Request,
    subject: string | null,
    wait: number,
    cancelAfter: number | null = null,
  ): Promise<TaskAnswer> => {
    const { task, replayed } = await accept(operation, caller, request, subject, cancelAfter)
    if (wait === 0) return answer(task, replayed)
    await tasks.changed(task.id, () => false, wait)
    return answer(await own(caller.project, task.id), replayed)
  }

  return {
    create,
    generateMusic: (caller: Caller, request: GenerateMusicRequest, wait: number): Promise<TaskAnswer> =>
      create('generateMusic', caller, request, null, wait),

    /** A task as it is, or as it is once something happened to it within `wait` milliseconds. */
    getTask: async (project: string, id: string, wait: number): Promise<TaskAnswer> => {
      const task = await own(project, id)
      if (wait === 0 || ended(task)) return answer(task)
      await tasks.changed(id, ({ seq }) => seq !== task.seq, wait)
      return answer(await own(project, id))
    },

    /** Ends a task that no provider has. */
    cancelTask: async (project: string, id: string): Promise<TaskAnswer> => {
      const { status } = await own(project, id)
      if (status === 'canceled') return answer(await own(project, id))
      const task = await tasks.happen(id, { type: 'cancel', error: null })
      if (task?.status === 'canceled') return answer(task)
      throw notCancelable(task ?? (await own(project, id)))
    },

    /** Deletes what a task that has ended holds, for good. What stays is its tombstone. */
    deleteTask: async (project: string, id: string): Promise<DeletedTask> =>
      presentTombstone(await forgetting.remove(project, id)),
    getTombstone: async (project: string, id: string): Promise<DeletedTask> =>
      presentTombstone(await forgetting.tombstone(project, id)),

    listTaskEvents: told.ofTask,
    followTask: told.followTask,
    getTrack: async (project: string, id: string): Promise<Track> => {
      const found = await findTrack(read, project, id)
      const audio = await livingAudio(read, found, retention)
      const track = presentTrack(found.task, found.index, retention)
      return audio === null ? track : { ...track, audio: { url: audio.url, expires_at: time(audio.expires) } }
    },

    /** Where the audio of a track is. @throws GatewayError not_ready, asset_expired */
    getTrackAudio: async (project: string, id: string): Promise<string> => {
      const found = await findTrack(read, project, id)
      const audio = await livingAudio(read, found, retention)
      if (audio === null) throw noAudio(found)
      if (audio.expires > clock()) return audio.url
      throw new GatewayError(
        'asset_expired',
        `The provider has deleted the audio of this track (it kept it until ${time(audio.expires)}). Where its provider can, recoverTrack brings it back: POST /v1/tracks/${id}/recovery`,
        { provider: found.attempt.provider },
      )
    },

    importTrack: async (caller: Caller, request: Request) => {
      const { task, replayed } = await take(caller, request)
      return { track: presentTrack(task, 0, retention), replayed }
    },

    getMidi: midiReader(read, own, clock),
    getVoice: voiceReader(read),
    checkVoice: made.checkVoice,
    createPersona: made.createPersona,
    enhanceStyle: made.enhanceStyle,
    uploadAudio: made.uploadAudio,

    alignLyrics: lyrics.align,
    getTimestampedLyrics: lyrics.stored,
    /** A provider's callback. False where the URL is not one of ours. */
    ring: doorbell(world, read, tasks, salvage),
    /** Whether it is, before anything that comes with it is read. */
    addressed: addressed(world, read),

    /** Requests that wait are answered with what there is: the end is near. */
    release: tasks.release,

    /** For whoever tells what becomes of several tasks. */
    own,
    tasks,
    told,
    lookUp,

    /** A task's timer went off. */
    wake: (id: string): Promise<void> => {
      if (id === SALVAGE) return salvage.wake()
      if (id === SWEEP) return forgetting.wake()
      return id === REMIND ? reminding.wake(tasks) : works.wake(id)
    },

    /** The only way to start: takes up every task that has not ended. */
    recover: async (): Promise<number> => {
      let count = 0
      await reminding.start()
      await late.start()
      await forgetting.start()
      for (let after = 0; ; ) {
        const batch = await read.open(after)
        for (const { task } of batch) await (task.kind === 'work' ? works.recover(task) : paid.recover(task))
        count += batch.length
        const last = batch.at(-1)
        if (last === undefined) return count
        after = last.place
      }
    },
  }
}

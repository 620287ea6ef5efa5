/** The engine: everything a client can ask for, over the ports of a platform. It names no provider. */
import type { EstimateRequest } from '../canonical/estimate.ts'
import type { GenerateMusicRequest } from '../canonical/generateMusic.ts'
import type { TaskOperation } from '../canonical/operations.ts'
import type { Task, Track } from '../canonical/task.ts'
import { acceptTasks } from './accept.ts'
import { lyricsAligner } from './alignLyrics.ts'
import { calls } from './calls.ts'
import { capabilities } from './capabilities.ts'
import { cursorOf, readCursor } from './cursor.ts'
import { doorbell } from './doorbell.ts'
import { GatewayError } from './errors.ts'
import { estimator } from './estimate.ts'
import { voiceReader } from './getVoice.ts'
import { type Changes, createHub } from './hub.ts'
import type { Caller } from './idempotency.ts'
import { trackImporter } from './importTrack.ts'
import { type ClientKey, isBootstrap } from './keys/rows.ts'
import { makers } from './made.ts'
import { materials } from './material.ts'
import type { World } from './ports.ts'
import { lookAgain, presentTask, presentTrack, type Retention, time } from './present.ts'
import { presentProvider } from './providers.ts'
import { REMIND, reminders } from './reminders.ts'
import { SALVAGE, salvager } from './salvage.ts'
import { ended, type Request, type TaskState } from './state.ts'
import { reader } from './store.ts'
import { taskStore } from './tasks.ts'
import { telling } from './telling.ts'
import { type FoundTrack, findTrack, livingAudio } from './tracks.ts'
import { DISPATCH } from './webhooks/dispatcher.ts'
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

export interface PageRequest {
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
  readonly status?: string | undefined
  readonly operation?: string | undefined
}

const DEFAULT_LIMIT = 20

const TASK_PLACE = /^(\d{1,15}) (task_[0-9A-Z]{26})$/
const EVENT_PLACE = /^event ([1-9]\d{0,14})$/
const taskPlace = (cursor: string) => {
  const [, created_at, id] = readCursor(cursor, TASK_PLACE)
  return { created_at: Number(created_at), id: id! }
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

export type Engine = ReturnType<typeof createEngine>

export const createEngine = (world: World) => {
  const { access, clock, sql } = world
  const read = reader(sql)
  const adapters = access.map(({ adapter }) => adapter)
  const retention: Retention = (provider, form) => {
    const kept = adapters.find(({ id }) => id === provider)?.retention
    if (form === 'uploadAudio' || form === 'uploadFromUrl') return kept?.uploadDays ?? 0
    return kept?.days?.[form] ?? kept?.audioDays ?? 0
  }

  const shown = new WeakMap<TaskState, Task>()
  /** A stored task never changes, a new version is a new object: each is rendered once. */
  const present = (task: TaskState): Task => {
    const known = shown.get(task) ?? presentTask(task, retention)
    shown.set(task, known)
    return known
  }

  const hub = createHub(world, read, present)
  const { hooks, book, watch, ledger } = hub
  const reminding = reminders(world, present)
  const tasks = taskStore(world, read, both(hub.changes, reminding.changes))
  const works = work(world, read, tasks, hub)
  const lookUp = materials(world, read, retention)
  const accept = acceptTasks(world, read, tasks, lookUp, hub)
  const paid = calls(world, tasks, hub)
  const lyrics = lyricsAligner(world, read, tasks, paid)
  const made = makers(world, read, paid, retention, hub)
  const take = trackImporter(world, read, tasks)
  const salvage = salvager(world, read, tasks)

  const answer = (task: TaskState, replayed = false): TaskAnswer => ({
    task: present(task),
    ended: ended(task),
    retryAfter: lookAgain(task, clock()),
    replayed,
    version: task.version,
  })

  const own = async (project: string, id: string): Promise<TaskState> => {
    const task = await read.task(id)
    if (task === null || task.project !== project) throw new GatewayError('not_found', `There is no task ${id}`)
    return task
  }

  const told = telling(world, tasks, own, present)

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
    meter: hub.meter,
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

    listTaskEvents: told.ofTask,
    followTask: told.followTask,
    followEvents: told.followAll,
    listEvents: async (project: string, { limit = DEFAULT_LIMIT, cursor }: PageRequest) => {
      const found = await told.page(
        project,
        cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(readCursor(cursor, EVENT_PLACE)[1]),
        limit + 1,
      )
      const listed = found.slice(0, limit)
      const has_more = found.length > limit
      return {
        data: listed.map(told.render),
        has_more,
        next_cursor: has_more ? cursorOf(`event ${listed.at(-1)!.place}`) : null,
      }
    },

    listTasks: async (project: string, page: PageRequest) => {
      const limit = page.limit ?? DEFAULT_LIMIT
      const after = page.cursor === undefined ? undefined : taskPlace(page.cursor)
      const found = await read.page({ ...page, project, limit: limit + 1, after })
      const listed = found.slice(0, limit)
      const has_more = found.length > limit
      return {
        data: listed.map(present),
        has_more,
        next_cursor: has_more ? cursorOf(`${listed.at(-1)!.created_at} ${listed.at(-1)!.id}`) : null,
      }
    },

    getTrack: async (project: string, id: string): Promise<Track> => {
      const found = await findTrack(read, project, id)
      const audio = await livingAudio(read, found, retention, clock())
      const track = presentTrack(found.task, found.index, retention)
      return audio === null ? track : { ...track, audio: { url: audio.url, expires_at: time(audio.expires) } }
    },

    /** Where the audio of a track is. @throws GatewayError not_ready, asset_expired */
    getTrackAudio: async (project: string, id: string): Promise<string> => {
      const found = await findTrack(read, project, id)
      const audio = await livingAudio(read, found, retention, clock())
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

    getVoice: voiceReader(read),
    /** @param providers those that the key is held to */
    estimate: (project: string, request: EstimateRequest, providers: readonly string[] | null = null) =>
      estimator(world, lookUp, hub)(project, request, providers),
    createPersona: made.createPersona,
    enhanceStyle: made.enhanceStyle,
    uploadAudio: made.uploadAudio,

    alignLyrics: lyrics.align,
    getTimestampedLyrics: lyrics.stored,
    /** What a key has under way and has spent: of the bootstrap key, which is held to nothing, nothing is counted. */
    usageOf: (key: ClientKey) =>
      isBootstrap(key) ? { concurrent_tasks: null, day: null, month: null } : ledger.usageOf(key.id),
    getCredits: async () => ({ data: await book.all() }),

    listProviders: () => ({ data: access.map((each) => presentProvider(each, watch, book)) }),

    listCapabilities: () => ({ data: capabilities(adapters) }),

    /** A provider's callback. False where the URL is not one of ours. */
    ring: doorbell(world, read, tasks, salvage),

    /** Requests that wait are answered with what there is: the end is near. */
    release: (): void => {
      tasks.release()
      hooks.dispatcher.stop()
    },

    /** Resolves once no webhook is under way any more. */
    quiet: hooks.dispatcher.idle,

    ...hooks.api,

    /** A task's timer went off. */
    wake: (id: string): Promise<void> => {
      if (id === DISPATCH) return hooks.dispatcher.wake()
      if (id === SALVAGE) return salvage.wake()
      return id === REMIND ? reminding.wake(tasks) : works.wake(id)
    },

    /** The only way to start: takes up every task that has not ended. */
    recover: async (): Promise<number> => {
      let count = 0
      await ledger.start()
      await hooks.start()
      await reminding.start()
      await salvage.start()
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

/** The engine: everything a client can ask for, over the ports of a platform. It names no provider. */
import type { EstimateRequest } from '../canonical/estimate.ts'
import type { GenerateMusicRequest } from '../canonical/generateMusic.ts'
import type { TaskOperation } from '../canonical/operations.ts'
import type { Task, Track } from '../canonical/task.ts'
import { acceptTasks } from './accept.ts'
import { lyricsAligner } from './alignLyrics.ts'
import { calls } from './calls.ts'
import { capabilities, operationsOf } from './capabilities.ts'
import { creditsOf } from './credits.ts'
import { doorbell } from './doorbell.ts'
import { GatewayError } from './errors.ts'
import { estimator } from './estimate.ts'
import { voiceReader } from './getVoice.ts'
import type { Caller } from './idempotency.ts'
import { trackImporter } from './importTrack.ts'
import { rateWindows } from './limits.ts'
import { makers } from './made.ts'
import { materials } from './material.ts'
import type { World } from './ports.ts'
import { lookAgain, presentTask, presentTrack, type Retention, time } from './present.ts'
import { salvager } from './salvage.ts'
import { ended, type Request, type TaskState } from './state.ts'
import { reader } from './store.ts'
import { taskStore } from './tasks.ts'
import { findTrack, livingAudio } from './tracks.ts'
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

const badCursor = () =>
  new GatewayError('validation_failed', 'cursor is not one that was handed out', {
    errors: [{ pointer: 'cursor', code: 'cursor_invalid', detail: 'Use next_cursor of the page before, unchanged' }],
  })

const cursorOf = (task: TaskState) => btoa(`${task.created_at} ${task.id}`)
const readCursor = (cursor: string) => {
  const match = /^[A-Za-z0-9+/]+={0,2}$/.test(cursor) && /^(\d{1,15}) (task_[0-9A-Z]{26})$/.exec(atobSafe(cursor))
  if (!match) throw badCursor()
  return { created_at: Number(match[1]), id: match[2]! }
}
const atobSafe = (text: string) => {
  try {
    return atob(text)
  } catch {
    return ''
  }
}

export type Engine = ReturnType<typeof createEngine>

export const createEngine = (world: World) => {
  const { access, clock, sql } = world
  const read = reader(sql)
  const tasks = taskStore(world, read)
  const adapters = access.map(({ adapter }) => adapter)
  const retention: Retention = (provider, form) => {
    const kept = adapters.find(({ id }) => id === provider)?.retention
    if (form === 'uploadAudio' || form === 'uploadFromUrl') return kept?.uploadDays ?? 0
    return kept?.days?.[form] ?? kept?.audioDays ?? 0
  }
  const works = work(world, read, tasks, rateWindows(clock, world.settings.pollScale))
  const lookUp = materials(world, read, retention)
  const accept = acceptTasks(world, read, tasks, lookUp)
  const paid = calls(world, tasks)
  const lyrics = lyricsAligner(world, read, tasks, paid)
  const made = makers(world, read, paid, retention)
  const take = trackImporter(world, read, tasks)

  const shown = new WeakMap<TaskState, Task>()
  /** A stored task never changes, a new version is a new object: each is rendered once. */
  const present = (task: TaskState): Task => {
    const known = shown.get(task) ?? presentTask(task, retention)
    shown.set(task, known)
    return known
  }

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

  /** Accepts a task, and waits for its end up to `wait` milliseconds. `subject` is what the path names. */
  const create = async (
    operation: TaskOperation,
    caller: Caller,
    request: Request,
    subject: string | null,
    wait: number,
  ): Promise<TaskAnswer> => {
    const { task, replayed } = await accept(operation, caller, request, subject)
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

    listTasks: async (project: string, page: PageRequest) => {
      const limit = page.limit ?? DEFAULT_LIMIT
      const after = page.cursor === undefined ? undefined : readCursor(page.cursor)
      const found = await read.page({ ...page, project, limit: limit + 1, after })
      const listed = found.slice(0, limit)
      const has_more = found.length > limit
      return {
        data: listed.map(present),
        has_more,
        next_cursor: has_more ? cursorOf(listed.at(-1)!) : null,
      }
    },

    getTrack: async (project: string, id: string): Promise<Track> => {
      const found = await findTrack(read, project, id)
      const audio = await livingAudio(read, found, retention, clock())
      const track = presentTrack(found.task, found.index, retention)
      return audio === null ? track : { ...track, audio: { url: audio.url, expires_at: time(audio.expires) } }
    },

    importTrack: async (caller: Caller, request: Request) => {
      const { task, replayed } = await take(caller, request)
      return { track: presentTrack(task, 0, retention), replayed }
    },

    getVoice: voiceReader(read),
    estimate: (project: string, request: EstimateRequest) => estimator(world, lookUp)(project, request),
    createPersona: made.createPersona,
    enhanceStyle: made.enhanceStyle,
    uploadAudio: made.uploadAudio,

    alignLyrics: lyrics.align,
    getTimestampedLyrics: lyrics.stored,
    getCredits: async () => ({ data: await creditsOf(world) }),

    listProviders: () => ({
      data: access.map(({ adapter, credentials }) => ({
        id: adapter.id,
        object: 'provider' as const,
        title: adapter.title,
        state: credentials.length > 0 ? ('configured' as const) : ('not_configured' as const),
        operations: operationsOf(adapter),
      })),
    }),

    listCapabilities: () => ({ data: capabilities(adapters) }),

    /** A provider's callback. False where the URL is not one of ours. */
    ring: doorbell(world, read, tasks, salvager(world, tasks)),

    /** Requests that wait are answered with what there is: the end is near. */
    release: tasks.release,

    /** A task's timer went off. */
    wake: works.wake,

    /** The only way to start: takes up every task that has not ended. */
    recover: async (): Promise<number> => {
      let count = 0
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

/** The one way a task changes: load, reduce, commit, then tell timers and waiters. */
import { type Happening, reduce } from './core.ts'
import { eventsOf, insertEvent, type NewEvent } from './events.ts'
import type { Accounts } from './keys/accounts.ts'
import { spendingOf } from './keys/spending.ts'
import type { Statement, World } from './ports.ts'
import { type EventType, ended, type TaskState, type WorkTask } from './state.ts'
import type { Pace } from './step.ts'
import { discardTask, insertTask, isConflict, type Reader, updateTask } from './store.ts'

/** Work on one task happens one after the other. */
const queues = () => {
  const tails = new Map<string, Promise<unknown>>()
  return async <Result>(id: string, work: () => Promise<Result>): Promise<Result> => {
    const before = tails.get(id)
    const own = before === undefined ? work() : before.then(work, work)
    tails.set(id, own)
    try {
      return await own
    } finally {
      if (tails.get(id) === own) tails.delete(id)
    }
  }
}

/** When a task is to be looked at again: one that was not sent yet also at its deadline. */
export const dueAt = (task: TaskState, paused: boolean, at = task.next_at): number | null => {
  if (task.next !== 'submit' || task.kind !== 'work') return at
  const times = [paused ? null : at, task.deadline_at ?? null].filter((each) => each !== null)
  return times.length === 0 ? null : Math.min(...times)
}

export type TaskStore = ReturnType<typeof taskStore>

/** Whatever becomes of the events of a task's change follows from the commit of that change. */
export interface Outbox {
  /** What else is to be stored in it. */
  readonly of: (task: TaskState, events: readonly NewEvent[]) => readonly Statement[]
  /** It is stored. */
  readonly stored: (task: TaskState) => void
}
const NOBODY: Outbox = { of: () => [], stored: () => undefined }

/** Who waits for news of a project's tasks waits under this name. */
const feedOf = (project: string) => `feed of ${project}`

/** @param noticed is told of every step of a task once it is stored */
export const taskStore = (
  world: World,
  read: Reader,
  accounts: Accounts,
  outbox: Outbox = NOBODY,
  noticed: (before: WorkTask, after: WorkTask) => void = () => {},
) => {
  const { sql, clock, timers, entropy, settings } = world
  const inTurn = queues()
  const waiters = new Map<string, Set<() => void>>()
  const queued = new Map<string, number>()
  /** Tasks as they were before a commit that was reported as failed and may have been stored. */
  const doubted = new Map<string, TaskState>()
  let released = false

  const paceOf = (task: WorkTask): Pace => {
    const provider = task.attempts.at(-1)?.provider
    const limit = world.access.find(({ adapter }) => adapter.id === provider)?.adapter.limits.readsPerTask
    const floor = limit === undefined ? 0 : (limit.seconds * 1000) / limit.count
    return { ...settings, pollFloor: floor * settings.pollScale }
  }

  const count = (project: string, change: number) => queued.set(project, (queued.get(project) ?? 0) + change)

  const announce = (before: TaskState | null, after: TaskState) => {
    const was = before?.status === 'queued' ? 1 : 0
    const is = after.status === 'queued' ? 1 : 0
    if (was !== is) count(after.project, is - was)
    if (before === null) accounts.adopt(after)
    else accounts.stored(before, after)
    tell(after)
  }

  const tell = (after: TaskState) => {
    timers.set(after.id, dueAt(after, settings.paused))
    outbox.stored(after)
    for (const wake of waiters.get(after.id) ?? []) wake()
    for (const wake of waiters.get(feedOf(after.project)) ?? []) wake()
  }

  /** The events of a change, with all that follows from them. */
  const told = (task: TaskState, types: readonly EventType[], body: string): Statement[] => {
    const events = eventsOf(task, types)
    return [...events.map((event) => insertEvent(task, event, body)), ...outbox.of(task, events)]
  }

  /** Resolves when somebody wakes this name, or after so many milliseconds. */
  const awaken = async (name: string, until: () => Promise<number>): Promise<void> => {
    let wake = () => {}
    const rung = new Promise<void>((resolve) => {
      wake = resolve
    })
    const own = waiters.get(name) ?? new Set()
    waiters.set(name, own.add(wake))
    try {
      // Looked at once it is sure to hear of every change.
      const left = await until()
      if (left > 0) await Promise.race([rung, timers.sleep(left)])
    } finally {
      own.delete(wake)
      if (own.size === 0) waiters.delete(name)
    }
  }

  /**
   * Commits. After a failure what is remembered is doubtful: the task is read anew, and `already` tells whether it was stored
   * all the same.
   */
  const committed = async (
    id: string,
    statements: readonly Statement[],
    already: (stored: TaskState | null, conflict: boolean) => boolean,
  ): Promise<void> => {
    try {
      await sql.commit(statements)
    } catch (error) {
      read.forget(id)
      if (!already(await read.task(id), isConflict(error))) throw error
    }
  }

  return {
    /** Queued tasks of a project. */
    queued: (project: string): number => queued.get(project) ?? 0,

    /** Queued tasks of all projects. */
    allQueued: (): number => [...queued.values()].reduce((sum, each) => sum + each, 0),

    /** Takes up a stored task after a start. */
    adopt: (task: TaskState): void => announce(null, task),

    /**
     * Stores a new task.
     * @returns false where its id is taken, or another call for the same track is under way
     */
    create: async (task: TaskState, types: readonly EventType[] = []): Promise<boolean> => {
      // Its place in the queue is taken before it is stored: many creates at once stay under the limit too.
      const place = task.status === 'queued' ? 1 : 0
      count(task.project, place)
      const giveBack = accounts.begin(task)
      try {
        const body = JSON.stringify(task)
        const statements = [insertTask(task, body), ...spendingOf(null, task), ...told(task, types, body)]
        // Stored and reported as failed, it would wait for the next start with nobody to take it up.
        await committed(task.id, statements, (it, conflict) => !conflict && JSON.stringify(it) === body)
      } catch (error) {
        count(task.project, -place)
        giveBack()
        if (isConflict(error)) return false
        throw error
      }
      accounts.stored(null, task)
      tell(read.remember(task))
      return true
    },

    /** Stores the next version of a task; it may have been stored by a commit that was reported as failed. */
    write: async (task: TaskState): Promise<void> => {
      const before = await read.task(task.id)
      const statements = [updateTask(task), ...spendingOf(before, task)]
      await committed(task.id, statements, (stored) => stored?.version === task.version)
      announce(before, read.remember(task))
    },

    /** Forgets a task that bought nothing. */
    discard: async (task: TaskState): Promise<void> => {
      const statements = [discardTask(task), ...spendingOf(task, null)]
      await committed(task.id, statements, (stored) => stored === null)
      accounts.stored(task, null)
      read.forget(task.id)
    },

    /** Lets something happen to a task. Answers it as it is then, or null where there is none. */
    happen: (id: string, happening: Happening): Promise<WorkTask | null> =>
      inTurn(id, async () => {
        const task = await read.task(id)
        if (task === null || task.kind !== 'work') return null
        const before = doubted.get(id)
        doubted.delete(id)
        if (before !== undefined && before.version !== task.version) announce(before, task)
        const step = reduce(task, clock(), happening, paceOf(task), entropy.fraction())
        if (step.task === task) return task
        const body = JSON.stringify(step.task)
        const statements = [
          updateTask(step.task, body),
          ...spendingOf(task, step.task),
          ...told(step.task, step.events, body),
        ]
        const { version } = step.task
        await committed(id, statements, (it, conflict) => !conflict && it?.version === version).catch((error) => {
          doubted.set(id, task)
          throw error
        })
        announce(task, read.remember(step.task))
        noticed(task, step.task)
        for (const type of step.events)
          world.log('info', type, { task: id, provider: step.task.attempts.at(-1)?.provider, stage: step.task.stage })
        return step.task
      }),

    /** Nobody waits any longer: whoever did gets what there is. */
    release: (): void => {
      released = true
      for (const each of waiters.values()) for (const wake of each) wake()
    },

    released: (): boolean => released,

    /** Waits until `until` holds for a task, it has ended, or the time is over. */
    changed: async (id: string, until: (task: TaskState) => boolean, milliseconds: number): Promise<void> => {
      const deadline = clock() + milliseconds
      for (let left = milliseconds; left > 0; )
        await awaken(id, async () => {
          const task = await read.task(id)
          left = deadline - clock()
          if (released || task === null || ended(task) || until(task)) left = 0
          return left
        })
    },

    /** Waits until something happens to a task of the project, `already` says that it has, or the time is over. */
    stirred: (project: string, already: () => Promise<boolean>, milliseconds: number): Promise<void> =>
      awaken(feedOf(project), async () => (released || (await already()) ? 0 : milliseconds)),
  }
}

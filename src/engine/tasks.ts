/** The one way a task changes: load, reduce, commit, then tell timers and waiters. */
import { type Happening, reduce } from './core.ts'
import { eventsOf, insertEvent } from './events.ts'
import type { Changes } from './hub.ts'
import type { Statement, World } from './ports.ts'
import { type EventType, ended, type TaskState, type WorkTask } from './state.ts'
import { isAhead, type Pace } from './step.ts'
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

/** What is next was reckoned before the clock was set back: it is looked at now. */
const nextAt = (task: TaskState, now: number): number | null =>
  task.next_at === null || !isAhead(task, now) ? task.next_at : Math.min(task.next_at, now)

/** When a task is to be looked at again: one that was not sent yet also at its deadline. */
export const dueAt = (task: TaskState, paused: boolean, now: number, at = nextAt(task, now)): number | null => {
  if (task.next !== 'submit' || task.kind !== 'work') return at
  const times = [paused ? null : at, task.deadline_at ?? null].filter((each) => each !== null)
  return times.length === 0 ? null : Math.min(...times)
}

export type TaskStore = ReturnType<typeof taskStore>

/** Who waits for news of a project's tasks waits under this name. */
const feedOf = (project: string) => `feed of ${project}`

export const taskStore = (world: World, read: Reader, changes: Changes) => {
  const { sql, clock, timers, entropy, settings } = world
  const inTurn = queues()
  const waiters = new Map<string, Set<() => void>>()
  /** Tasks as they were before a commit that was reported as failed and may have been stored. */
  const doubted = new Map<string, TaskState>()
  let released = false

  const paceOf = (task: WorkTask): Pace => {
    const provider = task.attempts.at(-1)?.provider
    const limit = world.access.find(({ adapter }) => adapter.id === provider)?.adapter.limits.readsPerTask
    const floor = limit === undefined ? 0 : (limit.seconds * 1000) / limit.count
    return { ...settings, pollFloor: floor * settings.pollScale }
  }

  const announce = (before: TaskState | null, after: TaskState) => {
    changes.stored(before, after)
    tell(after)
    if (after.seq > (before?.seq ?? 0)) for (const wake of waiters.get(feedOf(after.project)) ?? []) wake()
  }

  const tell = (after: TaskState) => {
    timers.set(after.id, dueAt(after, settings.paused, clock()))
    for (const wake of waiters.get(after.id) ?? []) wake()
  }

  /** The events of a change, with all that follows from it. */
  const told = (before: TaskState | null, task: TaskState, types: readonly EventType[], body: string): Statement[] => {
    const events = eventsOf(task, types)
    return [...events.map((event) => insertEvent(task, event, body)), ...changes.of(before, task, events)]
  }

  /** Resolves when somebody wakes this name, or after so many milliseconds. @returns whether these are over */
  const awaken = async (name: string, until: () => Promise<number>): Promise<boolean> => {
    let wake = () => {}
    const rung = new Promise<boolean>((resolve) => {
      wake = () => resolve(false)
    })
    const own = waiters.get(name) ?? new Set()
    waiters.set(name, own.add(wake))
    try {
      // Looked at once it is sure to hear of every change.
      const left = await until()
      return left <= 0 || (await Promise.race([rung, timers.sleep(left).then(() => true)]))
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
    /** Takes up a stored task after a start. */
    adopt: (task: TaskState): void => {
      changes.adopt(task)
      tell(task)
    },

    /**
     * Stores a new task.
     * @returns false where its id is taken, or another call for the same track is under way
     */
    create: async (task: TaskState, types: readonly EventType[] = []): Promise<boolean> => {
      const giveBack = changes.begin(task)
      try {
        if (changes.claim !== undefined) await changes.claim(task)
        const body = JSON.stringify(task)
        const statements = [insertTask(task, body), ...told(null, task, types, body)]
        // Stored and reported as failed, it would wait for the next start with nobody to take it up.
        await committed(task.id, statements, (it, conflict) => !conflict && JSON.stringify(it) === body)
      } catch (error) {
        giveBack()
        if (isConflict(error)) return false
        throw error
      }
      announce(null, read.remember(task))
      return true
    },

    /** Stores the next version of a task; it may have been stored by a commit that was reported as failed. */
    write: async (task: TaskState): Promise<void> => {
      const before = await read.task(task.id)
      const statements = [updateTask(task), ...changes.of(before, task, [])]
      await committed(task.id, statements, (stored) => stored?.version === task.version)
      announce(before, read.remember(task))
    },

    /** Forgets a task that bought nothing. */
    discard: async (task: TaskState): Promise<void> => {
      const statements = [discardTask(task), ...changes.of(task, null, [])]
      await committed(task.id, statements, (stored) => stored === null)
      changes.stored(task, null)
      read.forget(task.id)
    },

    /** Nothing happens to a task meanwhile. */
    inTurn,

    /** Takes tasks out of the store, all in one commit. */
    erase: async (ids: readonly string[], statements: readonly Statement[]): Promise<void> => {
      try {
        await committed(ids[0]!, [...statements, ...ids.flatMap(changes.gone)], (stored) => stored === null)
      } finally {
        for (const id of ids) {
          doubted.delete(id)
          read.forget(id)
        }
      }
      for (const id of ids) for (const wake of waiters.get(id) ?? []) wake()
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
        const statements = [updateTask(step.task, body), ...told(task, step.task, step.events, body)]
        const { version } = step.task
        await committed(id, statements, (it, conflict) => !conflict && it?.version === version).catch((error) => {
          doubted.set(id, task)
          throw error
        })
        announce(task, read.remember(step.task))
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
      // Whatever the clock says meanwhile: nobody waits for longer than he asked for after he has looked.
      for (let over = false; !over; )
        over = await awaken(id, async () => {
          const task = await read.task(id)
          if (released || task === null || ended(task) || until(task)) return 0
          return Math.min(deadline - clock(), milliseconds)
        })
    },

    /** Waits until there is an event of a task of the project, `already` says that it has, or the time is over. */
    stirred: async (project: string, already: () => Promise<boolean>, milliseconds: number): Promise<void> => {
      await awaken(feedOf(project), async () => (released || (await already()) ? 0 : milliseconds))
    },
  }
}

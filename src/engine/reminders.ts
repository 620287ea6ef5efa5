/** Reminders: three days before a provider deletes what a task has made, its owner is told. */
import type { Task } from '../canonical/task.ts'
import type { Changes } from './hub.ts'
import type { World } from './ports.ts'
import type { TaskState } from './state.ts'
import type { TaskStore } from './tasks.ts'

/** The name of their one timer. */
export const REMIND = 'reminders'

const AHEAD = 72 * 60 * 60 * 1000
const BATCH = 100

/** When the first of a task's files is deleted, in milliseconds; null where it has none. */
const firstExpiry = ({ tracks, result }: Task): number | null => {
  const times = tracks.flatMap(({ audio }) => (audio === null ? [] : [audio.expires_at]))
  JSON.stringify(result, (key, value) => {
    if (key === 'expires_at') times.push(value)
    return value
  })
  return times.length === 0 ? null : Math.min(...times.map((each) => Date.parse(each)))
}

export const reminders = ({ sql, clock, timers }: World, present: (task: TaskState) => Task) => {
  let next = Number.POSITIVE_INFINITY
  const awake = (at: number) => {
    if (at >= next) return
    next = at
    timers.set(REMIND, at)
  }
  /** Of tasks whose commit is under way. */
  const planned = new Map<string, number>()

  const start = async (): Promise<void> => {
    const [row] = await sql.read('SELECT min(at) AS at FROM reminders', [])
    next = Number.POSITIVE_INFINITY
    if (row?.at != null) awake(Math.max(row.at as number, clock()))
  }

  return {
    changes: {
      of: (_, task, events) => {
        if (task === null) return []
        if (events.some(({ type }) => type === 'asset.expiring'))
          return [{ sql: 'DELETE FROM reminders WHERE task = ?', params: [task.id] }]
        if (!events.some(({ type }) => type === 'task.succeeded' || type === 'track.salvaged')) return []
        const expiry = firstExpiry(present(task))
        if (expiry === null) return []
        // What is kept for less than that is told of at once: its end is near from the beginning.
        const at = Math.max(expiry - AHEAD, task.updated_at)
        planned.set(task.id, at)
        return [
          {
            sql: 'INSERT INTO reminders (task, at) VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at',
            params: [task.id, at],
          },
        ]
      },
      stored: (_, task) => {
        const at = task === null ? undefined : planned.get(task.id)
        if (task === null || at === undefined) return
        planned.delete(task.id)
        awake(at)
      },
    } satisfies Pick<Changes, 'of' | 'stored'>,

    start,

    wake: async (tasks: TaskStore): Promise<void> => {
      const due = await sql.read('SELECT task FROM reminders WHERE at <= ? ORDER BY at LIMIT ?', [clock(), BATCH])
      for (const { task } of due) await tasks.happen(task as string, { type: 'expiring' })
      await start()
    },
  }
}

/** Timers of a Durable Object: a table of them behind its one alarm. */
import type { DurableObjectStorage } from '@cloudflare/workers-types'
import type { Clock, Timers } from '../../engine/ports.ts'
import type { Rows } from './sql.ts'

/** When an object is woken again whatever happens to it meanwhile, in milliseconds. */
const SAFETY = 90_000
/** When something that failed is tried again. */
const STUMBLED = 5_000

/** Where they stand. */
export const TIMERS =
  'CREATE TABLE IF NOT EXISTS timers (name TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID'

/**
 * @param isIdle whether nothing is under way that an end of the object would interrupt, as far as rows tell
 * @param isUntimed whether something is that no timer tells of
 */
export const objectTimers = (
  storage: DurableObjectStorage,
  rows: Rows,
  clock: Clock,
  isIdle: () => boolean = () => false,
  isUntimed: () => boolean = () => false,
) => {
  /** When the alarm is set for, as far as this life of the object knows. */
  let armed: number | null = null
  /** While the alarm rings, when a crash would be noticed. */
  let watched: number | null = null
  /** The same for what was begun by storing something: nothing puts the alarm off beyond this. */
  let guarded: number | null = null
  /** When something was last stored or woken. */
  let stirred = Number.NEGATIVE_INFINITY

  const arm = (at: number | null) => {
    if (at === armed) return
    armed = at
    // Stored with the writes of this turn: nobody has to wait for it.
    if (at === null) void storage.deleteAlarm()
    else void storage.setAlarm(Math.max(at, clock()))
  }

  const soonest = (): number | null =>
    (rows.read('SELECT min(at) AS at FROM timers')[0]?.at as number | null | undefined) ?? null

  const rearm = () => {
    const times = [soonest(), watched, guarded].filter((each) => each !== null)
    arm(times.length === 0 ? null : Math.min(...times))
  }

  const timers: Timers = {
    set: (name, at) => {
      if (at !== null) rows.write('INSERT OR REPLACE INTO timers (name, at) VALUES (?, ?)', name, Math.ceil(at))
      else if (rows.read('SELECT 1 FROM timers WHERE name = ?', name).length > 0)
        rows.write('DELETE FROM timers WHERE name = ?', name)
      rearm()
    },
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  }

  /** When it is looked again after an alarm: what was begun may be under way still. */
  const guardedFrom = (now: number): number | null => {
    if (isIdle()) return null
    // Nothing else would tell of it, however long it takes.
    if (isUntimed()) return now + SAFETY
    return stirred + SAFETY <= now ? null : stirred + SAFETY
  }

  return {
    timers,

    /** Something is being stored: whatever comes of it, the object is looked at again. */
    guard: (): void => {
      stirred = clock()
      if (guarded !== null) return
      guarded = stirred + SAFETY
      rearm()
    },

    /** Something has come to its end: where that was all, nobody has to look. */
    calm: (): void => {
      if (guarded === null || !isIdle()) return
      guarded = null
      rearm()
    },

    /** Nothing is left here to be woken for. */
    stop: (): Promise<void> => {
      guarded = null
      armed = null
      return storage.deleteAlarm()
    },

    /** The alarm went off, perhaps not for the first time. Never throws: an alarm that does is given up in the end. */
    ring: async (wake: (name: string) => Promise<void>, stumbled: (name: string, error: Error) => void) => {
      armed = null
      guarded = null
      watched = clock() + SAFETY
      arm(watched)
      try {
        const due = rows.read('SELECT name FROM timers WHERE at <= ?', clock())
        await Promise.all(
          due.map(async (row) => {
            const name = row.name as string
            rows.write('DELETE FROM timers WHERE name = ?', name)
            try {
              await wake(name)
            } catch (error) {
              stumbled(name, error as Error)
              timers.set(name, clock() + STUMBLED)
            }
          }),
        )
        if (due.length > 0) stirred = clock()
      } finally {
        watched = null
        guarded = guardedFrom(clock())
        rearm()
      }
    },
  }
}

/** Timers of a Durable Object: a table of them behind its one alarm. */
import type { DurableObjectStorage } from '@cloudflare/workers-types'
import type { Clock, Timers } from '../../engine/ports.ts'

/** When an object is woken again whatever happens to it meanwhile, in milliseconds. */
const SAFETY = 90_000
/** When something that failed is tried again. */
const STUMBLED = 5_000

const TABLE = 'CREATE TABLE IF NOT EXISTS timers (name TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID'

export const objectTimers = (storage: DurableObjectStorage, clock: Clock) => {
  storage.sql.exec(TABLE)
  /** When the alarm is set for, as far as this life of the object knows. */
  let armed: number | null = null
  let ringing = false

  const arm = (at: number | null) => {
    if (at === armed) return
    armed = at
    // Stored with the writes of this turn: nobody has to wait for it.
    if (at === null) void storage.deleteAlarm()
    else void storage.setAlarm(Math.max(at, clock()))
  }

  const soonest = (): number | null =>
    (storage.sql.exec('SELECT min(at) AS at FROM timers').toArray()[0]?.at as number | null) ?? null

  /** While the alarm rings it stands where a crash would be noticed. */
  const rearm = () => {
    if (!ringing) arm(soonest())
  }

  const timers: Timers = {
    set: (name, at) => {
      if (at === null) storage.sql.exec('DELETE FROM timers WHERE name = ?', name)
      else storage.sql.exec('INSERT OR REPLACE INTO timers (name, at) VALUES (?, ?)', name, Math.ceil(at))
      rearm()
    },
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  }

  return {
    timers,

    /** Something is being stored: whatever comes of it, the object is looked at again. */
    guard: (): void => {
      if (armed === null) arm(clock() + SAFETY)
    },

    /** The alarm went off, perhaps not for the first time. Never throws: an alarm that does is given up in the end. */
    ring: async (wake: (name: string) => Promise<void>, stumbled: (name: string, error: Error) => void) => {
      ringing = true
      armed = null
      arm(clock() + SAFETY)
      try {
        const due = storage.sql.exec('SELECT name FROM timers WHERE at <= ?', clock()).toArray()
        await Promise.all(
          due.map(async (row) => {
            const name = row.name as string
            storage.sql.exec('DELETE FROM timers WHERE name = ?', name)
            try {
              await wake(name)
            } catch (error) {
              stumbled(name, error as Error)
              timers.set(name, clock() + STUMBLED)
            }
          }),
        )
      } finally {
        ringing = false
        rearm()
      }
    },
  }
}

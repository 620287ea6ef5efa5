/** Forgets what was told long ago: the log after a month, texts after two, in batches. It is told by nobody that time has passed. */
import type { World } from '../ports.ts'
import { DELIVERIES, PAYLOADS } from './rows.ts'

/** The timer of the sweep goes by this name: no task has it. */
export const FORGET = 'webhook log'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** A message is kept longer than what came of it, since it can be sent again. */
const AGING = [
  { ...DELIVERIES, kept: 30 * DAY },
  { ...PAYLOADS, kept: 60 * DAY },
] as const
type Aging = (typeof AGING)[number]

/** A full batch is followed by the next after a pause, so that others have their turn. */
const BATCH = 1000
const PAUSE = 250
/** How soon it looks again, where nothing is left that is old enough, and where something could not be stored. */
const SOONEST = HOUR
const STUMBLED = 5_000

const NEVER = Number.POSITIVE_INFINITY

export const logSweep = ({ sql, clock, timers, log }: World) => {
  let next = NEVER
  /** How far this sweep has come in each table; null where nothing further is old enough. */
  const begun = (): (number | null)[] => AGING.map(() => 0)
  let places = begun()

  const awake = (at: number) => {
    if (at >= next) return
    next = at
    timers.set(FORGET, at)
  }

  /** When the first of all will be old enough. */
  const due = async (): Promise<number> => {
    const oldest = await Promise.all(
      AGING.map(async ({ table, place, at, kept }) => {
        const [row] = await sql.read(`SELECT ${at} AS at FROM ${table} ORDER BY ${place} LIMIT 1`, [])
        return row === undefined ? NEVER : (row.at as number) + kept
      }),
    )
    return Math.min(...oldest)
  }

  /**
   * Rows stand in the order of their times, near enough: a batch is so many of them, and goes past those that have to stay.
   * @returns where the next batch begins; null where this one has come to what is young
   */
  const forgetBatch = async ({ table, place, at, ended, kept }: Aging, after: number): Promise<number | null> => {
    const before = clock() - kept
    const [last] = await sql.read(
      `SELECT ${place} AS place, ${at} AS at FROM ${table} WHERE ${place} > ? ORDER BY ${place} LIMIT 1 OFFSET ${BATCH - 1}`,
      [after],
    )
    const until = (last?.place as number | undefined) ?? Number.MAX_SAFE_INTEGER
    await sql.commit([
      {
        sql: `DELETE FROM ${table} WHERE ${place} > ? AND ${place} <= ? AND ${at} <= ? AND ${ended}`,
        params: [after, until, before],
      },
    ])
    return last !== undefined && (last.at as number) <= before ? until : null
  }

  const sweep = async (): Promise<number> => {
    const before = places
    places = await Promise.all(
      AGING.map(async (each, index) => {
        const after = before[index] ?? null
        return after === null ? null : forgetBatch(each, after)
      }),
    )
    if (places.some((each) => each !== null)) return clock() + PAUSE
    places = begun()
    return Math.max(await due(), clock() + SOONEST)
  }

  return {
    /** Something was stored, or is about to be: one day it is to be forgotten. */
    noticed: (): void => awake(clock() + Math.min(...AGING.map(({ kept }) => kept))),

    /** The only way to start. */
    start: async (): Promise<void> => awake(await due()),

    /** Its timer went off. */
    wake: async (): Promise<void> => {
      next = NEVER
      const at = await sweep().catch((error: Error) => {
        log('error', 'webhook.stumbled', { delivery: null, message: error.message })
        return clock() + STUMBLED
      })
      awake(at)
    },
  }
}

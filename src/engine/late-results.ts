/**
 * Results that may still come of attempts that were given up: which provider's task they are, and when it is read next. Kept over
 * restarts, until the result is found, there will be none, or a day is over.
 */
import type { Changes } from './hub.ts'
import type { Statement, World } from './ports.ts'
import type { Attempt, TaskState } from './state.ts'

/** The name of their one timer. */
export const SALVAGE = 'late results'

const MINUTE = 60_000
/** How often a late result is looked for again, and until when, in milliseconds. */
const AGAIN = { first: MINUTE / 2, most: 30 * MINUTE, until: 24 * 60 * MINUTE }
const BATCH = 50

export interface Late {
  readonly attempt: string
  readonly task: string
  readonly provider_task_id: string
  /** When its attempt was given up, or first told of after that. */
  readonly since: number
  readonly tries: number
  readonly at: number
}

/** Given up by this change, for its provider had it and said nothing in time: it may make it all the same. */
const givenUp = (before: TaskState | null, after: TaskState | null): readonly Attempt[] =>
  (after?.attempts ?? []).filter(
    ({ id, state, error, provider_task_id }) =>
      state === 'accepted' &&
      error?.code === 'provider_timeout' &&
      provider_task_id !== null &&
      before?.attempts.find((each) => each.id === id)?.error?.code !== 'provider_timeout',
  )

export const lateResults = ({ sql, clock, timers, settings }: World) => {
  let next = Number.POSITIVE_INFINITY

  const awake = (at: number) => {
    next = Math.min(next, at)
    timers.set(SALVAGE, next)
  }

  const start = async (): Promise<void> => {
    const [row] = await sql.read('SELECT min(at) AS at FROM late_results', [])
    next = Number.POSITIVE_INFINITY
    if (row?.at == null) return
    const [now, most] = [clock(), Math.ceil(AGAIN.most * settings.pollScale)]
    const at = row.at as number
    // Reckoned before the clock was set back: it does not wait for the time that was taken.
    if (at > now + most)
      await sql.commit([
        { sql: 'UPDATE late_results SET since = min(since, ?), at = min(at, ?)', params: [now, now + most] },
      ])
    awake(Math.min(Math.max(at, now), now + most))
  }

  const pause = (tries: number) => Math.ceil(Math.min(AGAIN.first * 2 ** tries, AGAIN.most) * settings.pollScale)

  const expect = (task: string, attempt: string, provider_task_id: string, since: number, at: number): Statement => ({
    sql: `INSERT INTO late_results (attempt, task, provider_task_id, since, tries, at) VALUES (?, ?, ?, ?, 0, ?)
      ON CONFLICT DO UPDATE SET since = excluded.since, tries = 0, at = excluded.at`,
    params: [attempt, task, provider_task_id, since, at],
  })

  return {
    /** What is given up is looked for from then on, whether or not somebody tells of it. */
    changes: {
      of: (before, after) =>
        givenUp(before, after).map(({ id, provider_task_id }) =>
          expect(after!.id, id, provider_task_id!, after!.updated_at, after!.updated_at + pause(0)),
        ),
      stored: (before, after) => {
        if (givenUp(before, after).length > 0) awake(after!.updated_at + pause(0))
      },
    } satisfies Pick<Changes, 'of' | 'stored'>,

    /** The only way to start. */
    start,

    /** Somebody told of one: it is looked for at once. */
    hear: async (task: string, attempt: string, provider_task_id: string): Promise<void> => {
      const now = clock()
      await sql.commit([expect(task, attempt, provider_task_id, now, now)])
      awake(now)
    },

    /** Those that are to be looked for now, the longest waiting first. */
    due: async (): Promise<readonly Late[]> => {
      next = Number.POSITIVE_INFINITY
      const rows = await sql.read('SELECT * FROM late_results WHERE at <= ? ORDER BY at LIMIT ?', [clock(), BATCH])
      return rows as unknown as readonly Late[]
    },

    isOver: ({ since }: Late): boolean => clock() - since >= AGAIN.until,

    /** It is looked for later; told of once more meanwhile, at once. */
    again: ({ attempt, tries, at }: Late) =>
      sql.commit([
        {
          sql: 'UPDATE late_results SET tries = ?, at = ? WHERE attempt = ? AND at = ?',
          params: [tries + 1, clock() + pause(tries), attempt, at],
        },
      ]),

    /** Nothing more comes of it; told of once more meanwhile, it is looked for again. */
    forget: ({ attempt, at }: Late) =>
      sql.commit([{ sql: 'DELETE FROM late_results WHERE attempt = ? AND at = ?', params: [attempt, at] }]),
  }
}

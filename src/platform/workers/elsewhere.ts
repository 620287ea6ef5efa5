/** Calls that live with the track they are about: the object of their own id says where, so that one Idempotency-Key is one purchase. */
import type { Changes } from '../../engine/hub.ts'
import { taskOfTrack } from '../../engine/ids.ts'
import { line } from '../../engine/in-line.ts'
import { CONFLICT, type Timers } from '../../engine/ports.ts'
import type { Reader } from '../../engine/store.ts'
import { taskAt } from './objects.ts'
import type { Env } from './settings.ts'
import type { Rows } from './sql.ts'

/** Where a call lives whose id names this object. */
export const ELSEWHERE =
  'CREATE TABLE IF NOT EXISTS elsewhere (id TEXT PRIMARY KEY, home TEXT NOT NULL) STRICT, WITHOUT ROWID'

/** The name of the timer. */
export const SETTLE = 'elsewhere'
/** When it is looked whether anything came of a call, in milliseconds. */
const SETTLED = 3_600_000

/**
 * @param own what is stored here
 * @param isHere whether a task has the name of this object
 * @param durable resolves once everything that was written is
 */
export const elsewhere = (
  env: Env,
  rows: Rows,
  timers: Timers,
  own: Pick<Reader, 'task' | 'tombstone'>,
  isHere: (task: string) => boolean,
  durable: () => Promise<void>,
) => {
  /** Calls of other names that are about to be stored here. What is forgotten with this life can not be stored any more either. */
  const coming = new Set<{ readonly id: string }>()

  /** Two homes that want the same id are heard one after the other. */
  const inTurn = line()

  const homeOf = (id: string): string | null =>
    (rows.read('SELECT home FROM elsewhere WHERE id = ?', id)[0]?.home as string | undefined) ?? null
  const forget = (id: string, home: string) => rows.write('DELETE FROM elsewhere WHERE id = ? AND home = ?', id, home)
  const follow = async <Answer>(id: string, ask: (home: string) => Promise<Answer | null>): Promise<Answer | null> => {
    const home = isHere(id) ? homeOf(id) : null
    return home === null ? null : ask(home)
  }

  return {
    api: {
      /** Where a task is that is not here; null where nobody has said so. */
      elsewhere: async (id: string): Promise<string | null> => homeOf(id),

      /** Of a task that is named by this object, or of a call that lives here. */
      task: async (id: string) => {
        const found = await own.task(id)
        // Of other tasks there may be copies here, and only of these are they the truth.
        if (found !== null && (isHere(id) || found.operation === 'alignLyrics')) return found
        return follow(id, (home) => taskAt(env, home).task(id))
      },
      tombstone: async (id: string) =>
        (await own.tombstone(id)) ?? follow(id, (home) => taskAt(env, home).tombstone(id)),

      /** Takes an id for a home. @returns false where another has stored it, is about to, or has buried it */
      claim: (id: string, home: string): Promise<boolean> =>
        inTurn(async () => {
          const known = homeOf(id)
          if (known !== null && known !== home && (await taskAt(env, known).holds(id))) return false
          rows.write('INSERT OR REPLACE INTO elsewhere (id, home) VALUES (?, ?)', id, home)
          // Also where it is there already: what is tried again may come to nothing again.
          timers.set(SETTLE, Date.now() + SETTLED)
          await durable()
          return true
        }),
      /** Whether a call of another name is here, will be in a moment, or was until it was deleted. */
      holds: async (id: string): Promise<boolean> =>
        [...coming].some((each) => each.id === id) ||
        (await own.task(id)) !== null ||
        (await own.tombstone(id)) !== null,
    },

    homeOf,
    forget,

    /** What became of nothing is not kept. */
    settle: (): Promise<void> =>
      inTurn(async () => {
        for (const row of rows.read('SELECT id, home FROM elsewhere')) {
          const [id, home] = [row.id as string, row.home as string]
          if (!(await taskAt(env, home).holds(id))) forget(id, home)
        }
      }),

    /** Whoever stores a call here that has another name takes that first. */
    claiming: (told: Changes): Changes => ({
      ...told,
      begin: (task) => {
        const giveBack = told.begin(task)
        if (isHere(task.id)) return giveBack
        const mark = { id: task.id }
        coming.add(mark)
        return () => {
          coming.delete(mark)
          giveBack()
        }
      },
      claim: async ({ id, subject }) => {
        if (!isHere(id) && !(await taskAt(env, id).claim(id, taskOfTrack(subject!)))) throw new Error(CONFLICT)
      },
      stored: (before, after) => {
        if (before === null) for (const mark of coming) if (mark.id === after?.id) coming.delete(mark)
        told.stored(before, after)
      },
    }),
  }
}

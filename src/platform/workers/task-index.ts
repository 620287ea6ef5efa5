/** The index of lists, in D1: which tasks and events a project has. What is in them is read from the objects themselves. */
import type { D1Database } from '@cloudflare/workers-types'
import { GatewayError } from '../../engine/errors.ts'
import type { NewEvent } from '../../engine/events.ts'
import type { TaskState } from '../../engine/state.ts'
import type { Page } from '../../engine/store.ts'
import { log } from './log.ts'
import type { Env } from './settings.ts'

/** What lists are told. */
export type Listed =
  | { readonly task: TaskState; readonly events: readonly Pick<NewEvent, 'seq' | 'type'>[] }
  | { readonly gone: string }
  /** Gone for so long that nobody goes on after it. */
  | { readonly forgotten: string }

/** Made where they are not there yet: nobody has to prepare a new database. */
const TABLES = [
  `CREATE TABLE IF NOT EXISTS tasks (
    id TEXT PRIMARY KEY, project TEXT NOT NULL, operation TEXT NOT NULL, status TEXT NOT NULL, created_at INTEGER NOT NULL,
    version INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX IF NOT EXISTS tasks_newest ON tasks (project, created_at, id)',
  `CREATE TABLE IF NOT EXISTS events (
    place INTEGER PRIMARY KEY AUTOINCREMENT, task TEXT NOT NULL, seq INTEGER NOT NULL, project TEXT NOT NULL, type TEXT NOT NULL,
    at INTEGER NOT NULL, UNIQUE (task, seq)
  ) STRICT`,
  'CREATE INDEX IF NOT EXISTS events_of_project ON events (project, place)',
]

/** Before the project of events whose task was deleted: no project is called like this. */
const GONE = 'gone '

/** The place of an event among all. */
export interface Placed {
  readonly place: number
  readonly task: string
  readonly seq: number
}

/** Databases whose tables are there. No promise is kept: one object may not wait for what another has asked for. */
const made = new WeakSet<D1Database>()
const ready = async (db: D1Database): Promise<void> => {
  if (made.has(db)) return
  await db.batch(TABLES.map((text) => db.prepare(text)))
  made.add(db)
}

/** Whoever asks for a list is told that it can not be had now: the same request can help later. */
const reached = async <Answer>(asking: Promise<Answer>): Promise<Answer> => {
  try {
    return await asking
  } catch (error) {
    log('warn', 'lists.unreachable', { message: error instanceof Error ? error.message : String(error) })
    throw new GatewayError('storage_unavailable', 'Lists could not be reached: ask again', {}, 1)
  }
}

export const listing = ({ DB: db }: Env) => {
  const rowsOf = async <Found>(text: string, params: readonly unknown[]): Promise<Found[]> => {
    await ready(db)
    const found = await db
      .prepare(text)
      .bind(...params)
      .all<Found>()
    return found.results
  }
  const all = <Found>(text: string, ...params: unknown[]): Promise<Found[]> => reached(rowsOf<Found>(text, params))
  const written = async (listed: readonly Listed[]): Promise<void> => {
    await ready(db)
    await db.batch(listed.flatMap(statements))
  }

  const statements = (listed: Listed) => {
    if ('gone' in listed)
      return [
        db.prepare('DELETE FROM tasks WHERE id = ?').bind(listed.gone),
        // Whoever heard one of them last goes on after its place.
        db
          .prepare(`UPDATE events SET project = '${GONE}' || project WHERE task = ? AND project NOT LIKE '${GONE}%'`)
          .bind(listed.gone),
      ]
    // Their places are never given again: SQLite remembers the highest.
    if ('forgotten' in listed) return [db.prepare('DELETE FROM events WHERE task = ?').bind(listed.forgotten)]
    const { id, project, operation, status, created_at, updated_at, version } = listed.task
    return [
      db
        .prepare(
          `INSERT INTO tasks (id, project, operation, status, created_at, version) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET status = excluded.status, version = excluded.version
            WHERE excluded.version > tasks.version`,
        )
        .bind(id, project, operation, status, created_at, version),
      ...listed.events.map(({ seq, type }) =>
        db
          .prepare('INSERT INTO events (task, seq, project, type, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
          .bind(id, seq, project, type, updated_at),
      ),
    ]
  }

  return {
    /** Told again, it changes nothing. */
    feed: (listed: readonly Listed[]): Promise<void> => reached(written(listed)),

    /** A page, newest first. */
    page: ({ project, limit, status, operation, after }: Page): Promise<{ id: string; created_at: number }[]> => {
      const where = ['project = ?']
      const params: unknown[] = [project]
      for (const [column, value] of Object.entries({ status, operation }))
        if (value !== undefined) {
          where.push(`${column} = ?`)
          params.push(value)
        }
      if (after !== undefined) {
        where.push('(created_at, id) < (?, ?)')
        params.push(after.created_at, after.id)
      }
      return all(
        `SELECT id, created_at FROM tasks WHERE ${where.join(' AND ')} ORDER BY created_at DESC, id DESC LIMIT ?`,
        ...params,
        limit,
      )
    },

    /** Events of a project after a place, oldest first. */
    after: (project: string, place: number, limit: number) =>
      all<Placed>(
        'SELECT place, task, seq FROM events WHERE project = ? AND place > ? ORDER BY place LIMIT ?',
        project,
        place,
        limit,
      ),
    /** Events of a project before a place, newest first. */
    before: (project: string, place: number, limit: number) =>
      all<Placed>(
        'SELECT place, task, seq FROM events WHERE project = ? AND place < ? ORDER BY place DESC LIMIT ?',
        project,
        place,
        limit,
      ),
    newest: async (project: string): Promise<number> =>
      (await all<{ place: number | null }>('SELECT max(place) AS place FROM events WHERE project = ?', project))[0]
        ?.place ?? 0,
    placeOf: async (project: string, task: string, seq: number): Promise<number | null> => {
      const text = 'SELECT place FROM events WHERE task = ? AND seq = ? AND project IN (?, ?)'
      return (await all<{ place: number }>(text, task, seq, project, `${GONE}${project}`))[0]?.place ?? null
    },
  }
}

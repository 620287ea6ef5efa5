/** The store: one SQL schema, read by id and written by statements that name the version they build on. */
import type { ErrorCode } from '../canonical/error.ts'
import type { Alignment } from '../canonical/lyrics.ts'
import type { TaskStatus } from '../canonical/words.ts'
import { CREDENTIAL_TABLES } from './credentials.ts'
import { taskOfTrack } from './ids.ts'
import { KEY_TABLES } from './keys/rows.ts'
import { ACCOUNT_TABLES } from './keys/spending.ts'
import { CONFLICT, type Row, type Sql, type Statement, type Value } from './ports.ts'
import { ended, type LyricsTask, type TaskState } from './state.ts'
import { readTombstone, TOMBSTONE_TABLES, type Tombstone } from './tombstone.ts'
import { WEBHOOK_TABLES } from './webhooks/rows.ts'

/** Applied in order; the position is the schema version. */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    // Bodies are appended by rowid; only the small index of the random ids is written all over.
    `CREATE TABLE tasks (
      id TEXT NOT NULL UNIQUE, project TEXT NOT NULL, operation TEXT NOT NULL, status TEXT NOT NULL,
      created_at INTEGER NOT NULL, version INTEGER NOT NULL, subject TEXT, body TEXT NOT NULL
    ) STRICT`,
    'CREATE INDEX tasks_newest ON tasks (project, created_at, id)',
    "CREATE INDEX tasks_open ON tasks (status) WHERE status IN ('queued', 'running')",
    // A track's lyrics are bought once: a call that runs or has succeeded keeps every other one out.
    "CREATE UNIQUE INDEX one_alignment ON tasks (subject) WHERE operation = 'alignLyrics' AND status IN ('running', 'succeeded')",
    'CREATE INDEX tasks_about ON tasks (subject, operation, created_at) WHERE subject IS NOT NULL',
    `CREATE TABLE keys (
      hash TEXT PRIMARY KEY, name TEXT NOT NULL, project TEXT NOT NULL, created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    'CREATE TABLE secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID',
  ],
  [
    `CREATE TABLE events (
      place INTEGER PRIMARY KEY, task TEXT NOT NULL, seq INTEGER NOT NULL, project TEXT NOT NULL, type TEXT NOT NULL,
      at INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT`,
    'CREATE UNIQUE INDEX events_of_task ON events (task, seq)',
    'CREATE INDEX events_of_project ON events (project, place)',
  ],
  WEBHOOK_TABLES,
  [
    'CREATE TABLE reminders (task TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID',
    'CREATE INDEX reminders_due ON reminders (at)',
    `CREATE TABLE late_results (
      attempt TEXT PRIMARY KEY, task TEXT NOT NULL, provider_task_id TEXT NOT NULL, since INTEGER NOT NULL,
      tries INTEGER NOT NULL, at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX late_results_due ON late_results (at)',
  ],
  [...KEY_TABLES, ...ACCOUNT_TABLES],
  CREDENTIAL_TABLES,
  TOMBSTONE_TABLES,
]

const endOf = (task: TaskState): number | null => (ended(task) ? task.updated_at : null)

/** What has to be there still when a task is stored: timed lyrics are deleted with their song. */
const rootOf = ({ id, operation, subject }: TaskState): string =>
  operation === 'alignLyrics' && subject !== null ? taskOfTrack(subject) : id

/**
 * A new task; it conflicts where the id is taken, or was until its task was deleted, or where another call for the same track is
 * under way.
 */
export const insertTask = (task: TaskState, body = JSON.stringify(task)): Statement => ({
  sql: `INSERT INTO tasks (id, project, operation, status, created_at, version, subject, body, ended_at)
      SELECT ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM tombstones WHERE id IN (?, ?)) ON CONFLICT DO NOTHING`,
  params: [
    task.id,
    task.project,
    task.operation,
    task.status,
    task.created_at,
    task.version,
    task.subject,
    body,
    endOf(task),
    task.id,
    rootOf(task),
  ],
  changes: 1,
})

/** The next version of a task; it conflicts where the stored one is not the one before. */
export const updateTask = (task: TaskState, body = JSON.stringify(task)): Statement => ({
  sql: `UPDATE tasks SET status = ?, ended_at = coalesce(ended_at, ?), version = ?, body = ? WHERE id = ? AND version = ?`,
  params: [task.status, endOf(task), task.version, body, task.id, task.version - 1],
  changes: 1,
})

/** Forgets a call that provably bought nothing, so that its Idempotency-Key can be used again. */
export const discardTask = (task: TaskState): Statement => ({
  sql: 'DELETE FROM tasks WHERE id = ? AND version = ?',
  params: [task.id, task.version],
  changes: 1,
})

export interface Page {
  readonly project: string
  readonly limit: number
  readonly status?: string | undefined
  readonly operation?: string | undefined
  /** Strictly older than this place. */
  readonly after?: { readonly created_at: number; readonly id: string } | undefined
}

const task = (row: Row | undefined): TaskState | null => (row === undefined ? null : JSON.parse(row.body as string))

/** Whether a failed commit means that somebody else was first. */
export const isConflict = (error: unknown): boolean => error instanceof Error && error.message === CONFLICT

/** Tasks kept in memory: those read or changed last. */
const REMEMBERED = 1000

/** Committed tasks as they are, the longest unused forgotten first. Whoever commits a task remembers it here. */
const memory = () => {
  const tasks = new Map<string, TaskState>()
  let forgotten = 0
  return {
    /** How often something was forgotten: what was read before that may be what was forgotten. */
    forgotten: () => forgotten,
    recall: (id: string): TaskState | undefined => {
      const known = tasks.get(id)
      if (known !== undefined) {
        tasks.delete(id)
        tasks.set(id, known)
      }
      return known
    },
    remember: (state: TaskState): TaskState => {
      tasks.delete(state.id)
      tasks.set(state.id, state)
      if (tasks.size > REMEMBERED) tasks.delete(tasks.keys().next().value!)
      return state
    },
    forget: (id: string): void => {
      forgotten += 1
      tasks.delete(id)
    },
  }
}

/** Tasks about one of these tracks. @param which words of SQL, never of a client */
const about = async (sql: Sql, tracks: readonly string[], which: string): Promise<TaskState[]> => {
  const marks = tracks.map(() => '?').join(', ')
  const rows = await sql.read(
    `SELECT body FROM tasks WHERE subject IN (${marks}) AND subject IS NOT NULL AND ${which}`,
    tracks,
  )
  return rows.map((row) => task(row)!)
}

/** Reads of committed state. This process is the only one that writes tasks. */
export const reader = (sql: Sql, kept = memory()) => ({
  remember: kept.remember,
  forget: kept.forget,

  task: async (id: string): Promise<TaskState | null> => {
    const known = kept.recall(id)
    if (known !== undefined) return known
    const before = kept.forgotten()
    const found = task((await sql.read('SELECT body FROM tasks WHERE id = ?', [id]))[0])
    // A commit may have been quicker than this read.
    if (found === null) return null
    return kept.recall(id) ?? (kept.forgotten() === before ? kept.remember(found) : found)
  },

  /** What is left of a task that was deleted. */
  tombstone: async (id: string): Promise<Tombstone | null> => readTombstone(sql, id),

  /** Every alignment of these tracks, whatever became of it. */
  alignments: (tracks: readonly string[]) => about(sql, tracks, "operation = 'alignLyrics'"),

  /** Every recovery of one of these tracks that brought something back. */
  recoveries: (tracks: readonly string[]) => about(sql, tracks, "operation = 'recoverTrack' AND status = 'succeeded'"),

  /** The stored alignment of a track. */
  alignment: async (track: string): Promise<Alignment | null> => {
    // The index is found by its own words only.
    const [row] = await sql.read(
      "SELECT body FROM tasks WHERE subject = ? AND operation = 'alignLyrics' AND status IN ('running', 'succeeded')",
      [track],
    )
    return (task(row) as LyricsTask | null)?.result ?? null
  },

  /** The last task of an operation about a track or voice, of one status or any, with one error or any. */
  lastAbout: async (
    subject: string,
    operation: string,
    status: TaskStatus | null = null,
    error: ErrorCode | null = null,
  ): Promise<TaskState | null> =>
    task(
      (
        await sql.read(
          // Compared to a bare ?, a column that an index has in its condition is planned anew in every call.
          `SELECT body FROM tasks WHERE subject = ? AND subject IS NOT NULL AND operation = +?
            AND (? IS NULL OR status = +?) AND (? IS NULL OR json_extract(body, '$.error.code') = ?)
            ORDER BY created_at DESC LIMIT 1`,
          [subject, operation, status, status, error, error],
        )
      )[0],
    ),

  page: async (page: Page): Promise<TaskState[]> => {
    const where = ['project = ?']
    const params: Value[] = [page.project]
    for (const column of ['status', 'operation'] as const) {
      const value = page[column]
      if (value === undefined) continue
      where.push(`${column} = ?`)
      params.push(value)
    }
    if (page.after !== undefined) {
      where.push('(created_at, id) < (?, ?)')
      params.push(page.after.created_at, page.after.id)
    }
    const rows = await sql.read(
      `SELECT body FROM tasks WHERE ${where.join(' AND ')} ORDER BY created_at DESC, id DESC LIMIT ?`,
      [...params, page.limit],
    )
    return rows.map((row) => task(row)!)
  },

  /** How many open tasks are looked for at their providers. */
  reconciling: async (): Promise<number> => {
    const [row] = await sql.read(
      "SELECT count(*) AS tasks FROM tasks WHERE status = 'running' AND json_extract(body, '$.stage') = 'reconciling'",
      [],
    )
    return row!.tasks as number
  },

  /** Tasks that have not ended, a thousand at a time. @param after the last place of the batch before; 0 begins */
  open: async (after: number): Promise<{ place: number; task: TaskState }[]> => {
    const rows = await sql.read(
      "SELECT rowid AS place, body FROM tasks WHERE status IN ('queued', 'running') AND rowid > ? ORDER BY rowid LIMIT 1000",
      [after],
    )
    return rows.map((row) => ({ place: row.place as number, task: task(row)! }))
  },
})

export type Reader = ReturnType<typeof reader>

/** Tombstones: what is kept of a task that was deleted. Nothing in them was said by its maker. */
import type { Charged, TaskStatus } from '../canonical/words.ts'
import { forgetEvents } from './events.ts'
import type { Sql, Statement } from './ports.ts'
import type { Attempt, TaskState } from './state.ts'

/** How long one is kept after the deletion: longer than an Idempotency-Key lives. */
export const TOMBSTONES_KEPT = 90 * 86_400_000

const ENDED = "status IN ('succeeded', 'failed', 'canceled')"
/** When a task ended; of those that ended before this was stored, when they were made. */
const AGE = 'coalesce(ended_at, created_at)'

/** The tables, as the next step of the schema. No task is written anew for it. */
export const TOMBSTONE_TABLES: readonly string[] = [
  'ALTER TABLE tasks ADD COLUMN ended_at INTEGER',
  `CREATE INDEX tasks_ended ON tasks (${AGE}) WHERE ${ENDED}`,
  // The id of a task follows from its Idempotency-Key: as long as it stands here, the key makes nothing new.
  `CREATE TABLE tombstones (
    id TEXT PRIMARY KEY, project TEXT NOT NULL, deleted_at INTEGER NOT NULL, places TEXT NOT NULL, body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX tombstones_oldest ON tombstones (deleted_at)',
  'CREATE INDEX late_results_of_task ON late_results (task)',
]

export type DeletedBy = 'client' | 'retention'

/** What an attempt cost, and at whom. */
type Bill = Pick<
  Attempt,
  | 'id'
  | 'provider'
  | 'credential'
  | 'model'
  | 'state'
  | 'provider_task_id'
  | 'charged'
  | 'credits'
  | 'usd'
  | 'created_at'
>

export interface Tombstone {
  readonly id: string
  readonly project: string
  readonly operation: TaskState['operation']
  readonly status: TaskStatus
  readonly livemode: boolean
  readonly created_at: number
  readonly deleted_at: number
  readonly deleted_by: DeletedBy
  /** Whose limits it counted for. */
  readonly key: string | null
  readonly attempts: readonly Bill[]
}

const billOf = (attempt: Attempt): Bill => {
  const { id, provider, credential, model, state, provider_task_id, created_at } = attempt
  const charged: Charged = attempt.charged
  return {
    id,
    provider,
    credential,
    model,
    state,
    provider_task_id,
    charged,
    credits: attempt.credits,
    usd: attempt.usd,
    created_at,
  }
}

export const tombstoneOf = (task: TaskState, now: number, by: DeletedBy): Tombstone => ({
  id: task.id,
  project: task.project,
  operation: task.operation,
  status: task.status,
  livemode: task.livemode,
  created_at: task.created_at,
  deleted_at: now,
  deleted_by: by,
  key: task.account?.key ?? null,
  attempts: task.attempts.map(billOf),
})

/** Conflicts where there is an alignment of these tracks that is not among those that are deleted with their song. */
export const unlessAligned = (id: string, tracks: readonly string[], deleted: readonly string[]): Statement => ({
  sql: `UPDATE tasks SET ended_at = ended_at WHERE id = ? AND NOT EXISTS (SELECT 1 FROM tasks AS other
    WHERE other.subject IN (SELECT value FROM json_each(?)) AND other.subject IS NOT NULL
      AND other.operation = 'alignLyrics' AND other.id NOT IN (SELECT value FROM json_each(?)))`,
  params: [id, JSON.stringify(tracks), JSON.stringify(deleted)],
  changes: 1,
})

/**
 * Deletes a task that has ended: statements about its own rows alone. The places of its events stay, so that whoever heard one of
 * them last can go on after it.
 */
export const bury = (tombstone: Tombstone): Statement[] => {
  const { id, project, deleted_at } = tombstone
  return [
    {
      sql: `INSERT INTO tombstones (id, project, deleted_at, places, body)
        VALUES (?, ?, ?, (SELECT json_group_object(seq, place) FROM events WHERE task = ?), ?) ON CONFLICT DO NOTHING`,
      params: [id, project, deleted_at, id, JSON.stringify(tombstone)],
    },
    ...forgetEvents(id),
    { sql: 'DELETE FROM reminders WHERE task = ?', params: [id] },
    { sql: 'DELETE FROM late_results WHERE task = ?', params: [id] },
    { sql: `DELETE FROM tasks WHERE id = ? AND ${ENDED}`, params: [id] },
  ]
}

export const readTombstone = async (sql: Sql, id: string): Promise<Tombstone | null> => {
  const [row] = await sql.read('SELECT body FROM tombstones WHERE id = ?', [id])
  return row === undefined ? null : JSON.parse(row.body as string)
}

/**
 * Tasks that ended before a time, the oldest first. A task whose late result is still looked for has to wait; timed lyrics go
 * with their song, so that they are never bought twice; and a voice stays as long as anything that was made for it.
 * @param untold what holds of a task of which somebody is still to be told, in SQL; null where that is not known here
 */
export const expired = async (sql: Sql, before: number, limit: number, untold: string | null): Promise<string[]> => {
  const rows = await sql.read(
    `SELECT id FROM tasks WHERE ${ENDED} AND ${AGE} <= ?
      AND NOT EXISTS (SELECT 1 FROM late_results WHERE late_results.task = tasks.id) AND NOT ${untold ?? 'FALSE'}
      AND NOT (operation = 'alignLyrics'
        AND EXISTS (SELECT 1 FROM tasks AS song WHERE song.id = 'task_' || substr(tasks.subject, 7, 25) || '0'))
      AND NOT (operation = 'startVoice' AND EXISTS (SELECT 1 FROM tasks AS later
        WHERE later.subject = 'voice_' || substr(tasks.id, 6, 25) || '1' AND later.subject IS NOT NULL))
      ORDER BY ${AGE} LIMIT ?`,
    [before, limit],
  )
  return rows.map(({ id }) => id as string)
}

/** When the first task ended that is still there, and when the first one was deleted whose tombstone is. */
export const oldest = async (sql: Sql): Promise<{ ended: number | null; deleted: number | null }> => {
  const [row] = await sql.read(
    `SELECT (SELECT min(${AGE}) FROM tasks WHERE ${ENDED}) AS ended, (SELECT min(deleted_at) FROM tombstones) AS deleted`,
    [],
  )
  return row as unknown as { ended: number | null; deleted: number | null }
}

/** Forgets the oldest tombstones. */
export const sweepTombstones = (before: number, limit: number): Statement => ({
  sql: 'DELETE FROM tombstones WHERE id IN (SELECT id FROM tombstones WHERE deleted_at <= ? ORDER BY deleted_at LIMIT ?)',
  params: [before, limit],
})

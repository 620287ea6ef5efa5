/** Copies of tasks that live in another object: what is kept of them elsewhere, never older than what is there already. */
import type { Statement } from '../../engine/ports.ts'
import type { TaskState } from '../../engine/state.ts'

/** Copies go when their task does, and never by their own age: for the sweep they end in the year 2100. */
const NEVER = Date.UTC(2100, 0)

/** @param kept what is kept of it. Whoever has to know whether it was news asks how many rows it `changes` */
export const copyTask = (
  { id, project, operation, status, created_at, version }: TaskState,
  { subject, body }: { readonly subject: string | null; readonly body: string },
): Statement => ({
  sql: `INSERT INTO tasks (id, project, operation, status, created_at, version, subject, body, ended_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, version = excluded.version, body = excluded.body
    WHERE excluded.version > tasks.version`,
  params: [id, project, operation, status, created_at, version, subject, body, NEVER],
})

export const dropCopy = (id: string): Statement => ({ sql: 'DELETE FROM tasks WHERE id = ?', params: [id] })

/** Events: what happened to a task, stored in the same commit as the change itself, with the task as it was then. */

import { ALPHABET } from '../canonical/id.ts'
import type { Row, Sql, Statement } from './ports.ts'
import type { EventType, TaskState } from './state.ts'

/** One event of a task. `place` is its place in the feed of all tasks, `seq` in that of its own. */
export interface StoredEvent {
  readonly place: number
  readonly id: string
  readonly seq: number
  readonly type: EventType
  readonly project: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The task as it was. */
  readonly task: () => TaskState
}

/** An event of a task that is about to be stored. */
export interface NewEvent {
  readonly id: string
  readonly seq: number
  readonly type: EventType
}

/** The id of an event follows from its task and its number there: whoever tells it again calls it the same. */
export const eventId = (task: string, seq: number): string =>
  `evt_${task.slice('task_'.length, -1)}${ALPHABET[seq >> 5]}${ALPHABET[seq & 31]}`

/** The last events of a task, as its `seq` numbers them. */
export const eventsOf = (task: TaskState, types: readonly EventType[]): NewEvent[] =>
  types.map((type, index) => {
    const seq = task.seq - types.length + index + 1
    return { id: eventId(task.id, seq), seq, type }
  })

/** How every task begins, which can be told of what became of it: this event needs no copy of the task. */
const FIRST: EventType = 'task.queued'
const asQueued = (task: TaskState): TaskState => ({
  ...task,
  status: 'queued',
  stage: 'accepted',
  stages: task.stages.slice(0, 1),
  seq: 1,
  updated_at: task.created_at,
  attempts: [],
  result: null,
  error: null,
  ...(task.kind === 'work' ? { tracks: [], stalled: false } : {}),
})

/** @param body the task as JSON */
export const insertEvent = (task: TaskState, { seq, type }: NewEvent, body: string): Statement => ({
  sql: 'INSERT INTO events (task, seq, project, type, at, body) VALUES (?, ?, ?, ?, ?, ?)',
  params: [task.id, seq, task.project, type, task.updated_at, type === FIRST ? '' : body],
  changes: 1,
})

/**
 * Forgets the events of a task. The place of the newest of all is never given again, as it would be if its row were gone: that
 * row stays, empty and in no feed, until another is the newest.
 */
export const forgetEvents = (task: string): Statement[] => [
  { sql: 'DELETE FROM events WHERE task = ? AND place < (SELECT max(place) FROM events)', params: [task] },
  { sql: "UPDATE events SET project = '', body = '' WHERE task = ?", params: [task] },
]
export const sweepEvents: Statement = {
  sql: "DELETE FROM events WHERE project = '' AND place < (SELECT max(place) FROM events)",
  params: [],
}

const event = (row: Row): StoredEvent => {
  const [task, seq] = [row.task as string, row.seq as number]
  return {
    place: row.place as number,
    id: eventId(task, seq),
    seq,
    type: row.type as EventType,
    project: row.project as string,
    at: row.at as number,
    task: () => {
      const state = JSON.parse(row.body as string) as TaskState
      return row.type === FIRST ? asQueued(state) : state
    },
  }
}

const COLUMNS = `place, task, seq, project, type, at,
  CASE body WHEN '' THEN (SELECT body FROM tasks WHERE id = task) ELSE body END AS body`

/** The task and number that an event's id is made of. */
export const readEventId = (id: string): { task: string; seq: number } | null => {
  const match = /^evt_([0-9A-HJKMNP-TV-Z]{25})([0-9A-HJKMNP-TV-Z])([0-9A-HJKMNP-TV-Z])$/.exec(id)
  if (match === null) return null
  const [, stem, high, low] = match
  return { task: `task_${stem}0`, seq: ALPHABET.indexOf(high!) * 32 + ALPHABET.indexOf(low!) }
}

export type EventReader = ReturnType<typeof eventReader>

/** Reads of stored events, oldest first. */
export const eventReader = (sql: Sql) => ({
  /** Those of a task after the one with this number. */
  ofTask: async (task: string, after: number, limit: number): Promise<StoredEvent[]> =>
    (
      await sql.read(
        `SELECT ${COLUMNS} FROM events WHERE task = ? AND seq > ? AND project <> '' ORDER BY seq LIMIT ?`,
        [task, after, limit],
      )
    ).map(event),

  /** Those of a project after a place. */
  ofProject: async (project: string, after: number, limit: number): Promise<StoredEvent[]> =>
    (
      await sql.read(`SELECT ${COLUMNS} FROM events WHERE project = ? AND place > ? ORDER BY place LIMIT ?`, [
        project,
        after,
        limit,
      ])
    ).map(event),

  byId: async (id: string): Promise<StoredEvent | null> => {
    const known = readEventId(id)
    if (known === null) return null
    const [row] = await sql.read(`SELECT ${COLUMNS} FROM events WHERE task = ? AND seq = ? AND project <> ''`, [
      known.task,
      known.seq,
    ])
    return row === undefined ? null : event(row)
  },

  /** The place of an event of a project, also after it was deleted; null where there was none. */
  placeOf: async (project: string, id: string): Promise<number | null> => {
    const known = readEventId(id)
    if (known === null) return null
    const [row] = await sql.read(
      `SELECT place FROM events WHERE task = ? AND seq = ? AND project = ?
        UNION ALL SELECT json_extract(places, ?) FROM tombstones WHERE id = ? AND project = ?`,
      [known.task, known.seq, project, `$."${known.seq}"`, known.task, project],
    )
    return (row?.place as number | null | undefined) ?? null
  },

  /** Those of a project before a place, newest first. */
  before: async (project: string, place: number, limit: number): Promise<StoredEvent[]> =>
    (
      await sql.read(`SELECT ${COLUMNS} FROM events WHERE project = ? AND place < ? ORDER BY place DESC LIMIT ?`, [
        project,
        place,
        limit,
      ])
    ).map(event),

  /** The place of the newest event of a project; 0 where there is none. */
  newest: async (project: string): Promise<number> => {
    const [row] = await sql.read('SELECT max(place) AS place FROM events WHERE project = ?', [project])
    return (row?.place as number | null) ?? 0
  },
})

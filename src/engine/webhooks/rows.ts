/** Webhooks in SQL: endpoints, messages, and the deliveries of each, in the order of their task. */
import type { DeliveryAttempt, DeliveryStatus } from '../../canonical/webhook.ts'
import type { Row, Sql, Statement, Value } from '../ports.ts'
import { time } from '../present.ts'
import { LONGEST_PAUSE, SLIGHT } from './schedule.ts'

const OPEN = "status IN ('pending', 'failed')"

/** The tables, as the next step of the schema. */
export const WEBHOOK_TABLES: readonly string[] = [
  `CREATE TABLE webhook_endpoints (
    id TEXT PRIMARY KEY, project TEXT NOT NULL, url TEXT NOT NULL, description TEXT, events TEXT,
    disabled TEXT, failing_since INTEGER, secrets TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
  // One text for each event, whoever is told of it and however often.
  'CREATE TABLE webhook_payloads (event TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT',
  // A lane is what has to arrive in order. Only the first of a lane has a time; the others wait for it to end.
  `CREATE TABLE webhook_deliveries (
    place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, project TEXT NOT NULL, endpoint TEXT, signer TEXT, task TEXT,
    event TEXT NOT NULL, type TEXT NOT NULL, seq INTEGER, lane TEXT NOT NULL, url TEXT NOT NULL, host TEXT NOT NULL,
    status TEXT NOT NULL, attempts TEXT NOT NULL, ended TEXT, next_at INTEGER, redelivery_of TEXT, created_at INTEGER NOT NULL
  ) STRICT`,
  `CREATE INDEX deliveries_due ON webhook_deliveries (host, next_at) WHERE ${OPEN} AND next_at IS NOT NULL`,
  `CREATE INDEX deliveries_in_lane ON webhook_deliveries (lane, seq) WHERE ${OPEN}`,
  'CREATE INDEX deliveries_of_project ON webhook_deliveries (project)',
  'CREATE INDEX deliveries_of_task ON webhook_deliveries (task) WHERE task IS NOT NULL',
  'CREATE INDEX deliveries_of_endpoint ON webhook_deliveries (endpoint) WHERE endpoint IS NOT NULL',
]

/** Of a task in a query of tasks: somebody is still to be told of it. */
export const UNTOLD = `EXISTS (SELECT 1 FROM webhook_deliveries WHERE webhook_deliveries.task = tasks.id AND webhook_deliveries.${OPEN})`

export interface Delivery {
  readonly place: number
  readonly id: string
  readonly project: string
  /** The endpoint it goes to; null where the request of the task named the URL. */
  readonly endpoint: string | null
  /** The client key whose secret signs it, where there is no endpoint. */
  readonly signer: string | null
  readonly task: string | null
  readonly event: string
  readonly type: string
  readonly seq: number | null
  readonly lane: string
  readonly url: string
  readonly host: string
  readonly status: DeliveryStatus
  readonly attempts: readonly DeliveryAttempt[]
  /** Why it was given up before its last attempt. */
  readonly ended: string | null
  readonly next_at: number | null
  readonly redelivery_of: string | null
  readonly created_at: number
}

export type NewDelivery = Omit<Delivery, 'place' | 'status' | 'attempts' | 'ended' | 'next_at'>

const delivery = (row: Row): Delivery =>
  ({ ...row, attempts: JSON.parse(row.attempts as string) }) as unknown as Delivery

/** The text of an event is stored once. */
export const insertPayload = (event: string, at: number, body: string): Statement => ({
  sql: 'INSERT INTO webhook_payloads (event, at, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  params: [event, at, body],
})

/** A delivery that is due at once where nothing of its lane is under way, and else behind it. */
export const insertDelivery = (each: NewDelivery): Statement => ({
  sql: `INSERT INTO webhook_deliveries
      (id, project, endpoint, signer, task, event, type, seq, lane, url, host, status, attempts, redelivery_of, created_at, next_at)
    SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', '[]', ?, ?,
      CASE WHEN EXISTS (SELECT 1 FROM webhook_deliveries WHERE lane = ? AND ${OPEN}) THEN NULL ELSE ? END`,
  params: [
    each.id,
    each.project,
    each.endpoint,
    each.signer,
    each.task,
    each.event,
    each.type,
    each.seq,
    each.lane,
    each.url,
    each.host,
    each.redelivery_of,
    each.created_at,
    each.lane,
    each.created_at,
  ],
  changes: 1,
})

/** The same for a message that was told before. It conflicts where its text is gone: with its task goes the URL of a request. */
export const insertRedelivery = (each: NewDelivery): Statement => {
  const { sql, params } = insertDelivery(each)
  return {
    sql: `${sql} WHERE EXISTS (SELECT 1 FROM webhook_payloads WHERE event = ?)`,
    params: [...params, each.event],
    changes: 1,
  }
}

/** What became of an attempt. One that was given up meanwhile is not taken up again, and keeps what it knows. */
export const updateDelivery = (
  place: number,
  status: DeliveryStatus,
  attempts: readonly DeliveryAttempt[],
  next_at: number | null,
  ended: string | null,
): Statement => ({
  ...(status === 'failed'
    ? {
        sql: `UPDATE webhook_deliveries SET attempts = ?, ended = coalesce(ended, ?), next_at = iif(${OPEN}, ?, NULL),
          status = iif(${OPEN}, ?, status) WHERE place = ?`,
        params: [JSON.stringify(attempts), ended, next_at, status, place],
      }
    : {
        sql: 'UPDATE webhook_deliveries SET attempts = ?, ended = ?, next_at = NULL, status = ? WHERE place = ?',
        params: [JSON.stringify(attempts), ended, status, place],
      }),
})

/** The next of a lane is due. */
export const releaseLane = (lane: string, at: number): Statement => ({
  sql: `UPDATE webhook_deliveries SET next_at = ? WHERE next_at IS NULL AND place =
      (SELECT place FROM webhook_deliveries WHERE lane = ? AND ${OPEN} ORDER BY seq, place LIMIT 1)`,
  params: [at, lane],
})

/**
 * Due at a time that was reckoned before the clock was set back: nothing waits before its first attempt, nor for longer than the
 * longest pause, and no attempt was made later than now.
 */
const AHEAD = `${OPEN} AND next_at > ? AND
  (attempts = '[]' OR next_at > ? OR json_extract(attempts, '$[#-1].at') > ?)`
const ahead = (now: number): Value[] => [now + SLIGHT, now + LONGEST_PAUSE, time(now + SLIGHT)]

/** It does not wait for the time that was taken. */
export const putRight = (now: number): Statement => ({
  sql: `UPDATE webhook_deliveries SET next_at = ? WHERE ${AHEAD}`,
  params: [now, ...ahead(now)],
})

/** Everything an endpoint was still to be told is given up, and can be sent again by hand. */
export const giveUpEndpoint = (endpoint: string, ended: string): Statement => ({
  sql: `UPDATE webhook_deliveries SET status = 'dead', next_at = NULL, ended = ? WHERE endpoint = ? AND ${OPEN}`,
  params: [ended, endpoint],
})

/** The same for one lane: the URL that a request named has said that it is gone. */
export const giveUpLane = (lane: string, ended: string): Statement => ({
  sql: `UPDATE webhook_deliveries SET status = 'dead', next_at = NULL, ended = ? WHERE lane = ? AND ${OPEN}`,
  params: [ended, lane],
})

/**
 * The same for a task that is deleted, with the text of its messages. The log stays: of a URL that came with the request, only
 * its host. Rows are kept because deliveries under way know them by their place.
 */
export const forgetTask = (task: string): Statement[] => {
  const events = `evt_${task.slice('task_'.length, -1)}`
  return [
    {
      sql: `UPDATE webhook_deliveries SET url = iif(endpoint IS NULL, 'https://' || host || '/', url),
        ended = iif(${OPEN}, 'task_deleted', ended), next_at = NULL, status = iif(${OPEN}, 'dead', status) WHERE task = ?`,
      params: [task],
    },
    { sql: 'DELETE FROM webhook_payloads WHERE event >= ? AND event < ?', params: [events, `${events}~`] },
  ]
}

/** An endpoint has moved: so does what it is still to be told. */
export const moveEndpoint = (endpoint: string, url: string, host: string): Statement => ({
  sql: `UPDATE webhook_deliveries SET url = ?, host = ? WHERE endpoint = ? AND ${OPEN}`,
  params: [url, host, endpoint],
})

/** What is forgotten by its age: which rows, and by which column they are that old. */
export const DELIVERIES = {
  table: 'webhook_deliveries',
  place: 'place',
  at: 'created_at',
  ended: `NOT (${OPEN})`,
} as const
export const PAYLOADS = { table: 'webhook_payloads', place: 'rowid', at: 'at', ended: 'true' } as const

export interface DeliveryPage {
  readonly project: string
  readonly limit: number
  readonly endpoint?: string | undefined
  readonly task?: string | undefined
  readonly status?: string | undefined
  /** Strictly older than this place. */
  readonly after?: number | undefined
}

export const deliveryReader = (sql: Sql) => ({
  /** Hosts that something is due at, and when. */
  hosts: async (): Promise<{ host: string; soonest: number }[]> =>
    (await sql.read(
      `SELECT host, min(next_at) AS soonest FROM webhook_deliveries WHERE ${OPEN} AND next_at IS NOT NULL GROUP BY host`,
      [],
    )) as unknown as { host: string; soonest: number }[],

  /** Whether something is due at a time that was reckoned before the clock was set back. */
  isAhead: async (now: number): Promise<boolean> =>
    (await sql.read(`SELECT 1 FROM webhook_deliveries WHERE ${AHEAD} LIMIT 1`, ahead(now))).length > 0,

  /** What is next at a host, soonest first, whether it is due already or not. */
  next: async (host: string, limit: number): Promise<(Delivery & { next_at: number })[]> =>
    (
      await sql.read(
        `SELECT * FROM webhook_deliveries WHERE host = ? AND ${OPEN} AND next_at IS NOT NULL ORDER BY next_at LIMIT ?`,
        [host, limit],
      )
    ).map(delivery) as (Delivery & { next_at: number })[],

  payload: async (event: string): Promise<string | null> =>
    ((await sql.read('SELECT body FROM webhook_payloads WHERE event = ?', [event]))[0]?.body as string) ?? null,

  one: async (id: string): Promise<Delivery | null> => {
    const [row] = await sql.read('SELECT * FROM webhook_deliveries WHERE id = ?', [id])
    return row === undefined ? null : delivery(row)
  },

  page: async (page: DeliveryPage): Promise<Delivery[]> => {
    const where = ['project = ?']
    const params: Value[] = [page.project]
    for (const column of ['endpoint', 'task', 'status'] as const) {
      const value = page[column]
      if (value === undefined) continue
      where.push(`${column} = ?`)
      params.push(value)
    }
    if (page.after !== undefined) {
      where.push('place < ?')
      params.push(page.after)
    }
    const rows = await sql.read(
      `SELECT * FROM webhook_deliveries WHERE ${where.join(' AND ')} ORDER BY place DESC LIMIT ?`,
      [...params, page.limit],
    )
    return rows.map(delivery)
  },
})

/** Projects and keys in SQL. A key's secret is stored as a keyed hash, and the one before it for as long as it is taken. */
import type { LimitedOperation, Scope } from '../../canonical/key.ts'
import type { Place } from '../cursor.ts'
import type { Row, Sql, Statement } from '../ports.ts'

/** The bootstrap key is one, and nobody else's id. */
export const BOOTSTRAP = `key_${'0'.repeat(26)}`

/** The tables, as the next step of the schema. */
export const KEY_TABLES: readonly string[] = [
  'CREATE TABLE projects (id TEXT PRIMARY KEY, description TEXT, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID',
  "INSERT INTO projects VALUES ('default', NULL, unixepoch() * 1000)",
  'ALTER TABLE keys RENAME TO former_keys',
  `CREATE TABLE keys (
    id TEXT PRIMARY KEY, project TEXT NOT NULL, name TEXT NOT NULL, hint TEXT NOT NULL, hash TEXT NOT NULL UNIQUE,
    former_hash TEXT UNIQUE, former_until INTEGER, scopes TEXT NOT NULL, operations TEXT, providers TEXT, limits TEXT NOT NULL,
    expires_at INTEGER, revoked_at INTEGER, last_used_at INTEGER, created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX keys_of_project ON keys (project, created_at)',
  `INSERT INTO keys (id, project, name, hint, hash, scopes, limits, created_at)
    SELECT '${BOOTSTRAP}', project, name, '', hash, '[]', '{}', created_at FROM former_keys WHERE name = 'bootstrap' LIMIT 1`,
  'DROP TABLE former_keys',
]

export interface Limits {
  readonly requests_per_minute?: number
  readonly concurrent_tasks?: number
  readonly usd_per_day?: number
  readonly usd_per_month?: number
}

/** A key as it is stored. Null stands for all. */
export interface ClientKey {
  readonly id: string
  readonly project: string
  readonly name: string
  readonly hint: string
  readonly hash: string
  readonly former_hash: string | null
  readonly former_until: number | null
  readonly scopes: readonly Scope[]
  readonly operations: readonly LimitedOperation[] | null
  readonly providers: readonly string[] | null
  readonly limits: Limits
  readonly expires_at: number | null
  readonly revoked_at: number | null
  readonly last_used_at: number | null
  readonly created_at: number
}

export const isBootstrap = ({ id }: Pick<ClientKey, 'id'>): boolean => id === BOOTSTRAP

const list = <Value>(text: unknown): Value[] | null => (text === null ? null : JSON.parse(text as string))

const keyOf = (row: Row): ClientKey => ({
  ...(row as unknown as ClientKey),
  scopes: list<Scope>(row.scopes)!,
  operations: list(row.operations),
  providers: list(row.providers),
  limits: JSON.parse(row.limits as string),
})

export const storeKey = (key: ClientKey): Statement => ({
  sql: `INSERT OR REPLACE INTO keys (id, project, name, hint, hash, former_hash, former_until, scopes, operations, providers, limits,
      expires_at, revoked_at, last_used_at, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  params: [
    key.id,
    key.project,
    key.name,
    key.hint,
    key.hash,
    key.former_hash,
    key.former_until,
    JSON.stringify(key.scopes),
    key.operations && JSON.stringify(key.operations),
    key.providers && JSON.stringify(key.providers),
    JSON.stringify(key.limits),
    key.expires_at,
    key.revoked_at,
    key.last_used_at,
    key.created_at,
  ],
})

/** A new secret; it conflicts where somebody else has just made one, or ended the key. */
export const rotateSecret = (key: ClientKey, hint: string, hash: string, until: number): Statement => ({
  sql: `UPDATE keys SET hint = ?, hash = ?, former_hash = ?, former_until = ?
    WHERE id = ? AND hash = ? AND revoked_at IS NULL`,
  params: [hint, hash, key.hash, until, key.id, key.hash],
  changes: 1,
})

export const revoke = (id: string, now: number): Statement => ({
  sql: 'UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL',
  params: [now, id],
})

export const markUsed = (id: string, now: number): Statement => ({
  sql: 'UPDATE keys SET last_used_at = max(coalesce(last_used_at, 0), ?) WHERE id = ?',
  params: [now, id],
})

/** A new project; it conflicts where its id is taken. */
export const storeProject = (id: string, description: string | null, now: number): Statement => ({
  sql: 'INSERT INTO projects (id, description, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  params: [id, description, now],
  changes: 1,
})

export interface StoredProject {
  readonly id: string
  readonly description: string | null
  readonly created_at: number
}

/** Before all there is: the list begins after it. */
const FIRST: Place = { created_at: Number.MAX_SAFE_INTEGER, id: '' }

export const keyReader = (sql: Sql) => {
  const one = async (where: string, value: string): Promise<ClientKey | null> => {
    const [row] = await sql.read(`SELECT * FROM keys WHERE ${where} = ?`, [value])
    return row === undefined ? null : keyOf(row)
  }
  return {
    byId: (id: string) => one('id', id),
    byHash: async (hash: string) => (await one('hash', hash)) ?? one('former_hash', hash),

    /** The newest first, without the bootstrap key; of all projects where none is named. */
    keys: async (project: string | null, limit: number, after: Place = FIRST): Promise<ClientKey[]> => {
      const rows = await sql.read(
        `SELECT * FROM keys WHERE id != ? AND (? IS NULL OR project = ?) AND (created_at, id) < (?, ?)
          ORDER BY created_at DESC, id DESC LIMIT ?`,
        [BOOTSTRAP, project, project, after.created_at, after.id, limit],
      )
      return rows.map(keyOf)
    },

    /** Keys of a project that may still be sent. */
    living: async (project: string, now: number): Promise<number> => {
      const [row] = await sql.read(
        `SELECT count(*) AS keys FROM keys WHERE project = ? AND id != ? AND revoked_at IS NULL
          AND (expires_at IS NULL OR expires_at > ?)`,
        [project, BOOTSTRAP, now],
      )
      return row!.keys as number
    },

    projects: async (limit: number, after: Place = FIRST): Promise<StoredProject[]> =>
      (await sql.read(
        'SELECT * FROM projects WHERE (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?',
        [after.created_at, after.id, limit],
      )) as unknown as StoredProject[],

    project: async (id: string): Promise<StoredProject | null> =>
      ((await sql.read('SELECT * FROM projects WHERE id = ?', [id]))[0] as unknown as StoredProject | undefined) ??
      null,
  }
}

/** SQL in a Durable Object: a commit is one transaction without anything awaited inside, and durable before it is told of. */
import type { DurableObjectStorage } from '@cloudflare/workers-types'
import { GatewayError } from '../../engine/errors.ts'
import { CONFLICT, type Row, type Sql, type Statement, type Value } from '../../engine/ports.ts'

/** The rows of an object. Its tables are made with the first of them: whoever only looks leaves nothing behind. */
export interface Rows {
  readonly read: (sql: string, ...params: readonly Value[]) => Row[]
  readonly write: (sql: string, ...params: readonly Value[]) => void
  /** All of it or nothing. */
  readonly together: (work: () => void) => void
  /** Gives everything back, the tables as well. */
  readonly drop: () => Promise<void>
}

const VERSION = 'CREATE TABLE schema_version (version INTEGER NOT NULL)'

/**
 * @param others tables beside the schema, as statements that do nothing where they are there
 * @param begun writes the first rows, once the tables were made
 */
export const objectRows = (
  storage: DurableObjectStorage,
  migrations: readonly (readonly string[])[],
  others: readonly string[] = [],
  begun: (write: (sql: string, ...params: readonly Value[]) => void) => void = () => undefined,
): Rows => {
  const { sql } = storage
  const exec = (text: string, ...params: readonly Value[]) => sql.exec(text, ...params).toArray() as Row[]
  const isMade = () => exec("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'").length > 0

  const migrate = (at: number) => {
    for (const statements of migrations.slice(at)) for (const statement of statements) exec(statement)
    for (const statement of others) exec(statement)
    exec('DELETE FROM schema_version')
    exec('INSERT INTO schema_version (version) VALUES (?)', migrations.length)
  }

  let made = isMade()
  if (made) {
    const at = exec('SELECT version FROM schema_version')[0]!.version as number
    if (at > migrations.length)
      throw new Error(
        `This object was written by a newer version of Tutti (schema ${at}; this one knows ${migrations.length}): deploy that one again`,
      )
    if (at < migrations.length) storage.transactionSync(() => migrate(at))
  }

  return {
    read: (text, ...params) => (made ? exec(text, ...params) : []),
    write: (text, ...params) => {
      if (!made) {
        exec(VERSION)
        migrate(0)
        made = true
        begun(exec)
      }
      exec(text, ...params)
    },
    together: (work) => {
      try {
        storage.transactionSync(work)
      } catch (error) {
        made = isMade()
        throw error
      }
    },
    drop: () => {
      made = false
      return storage.deleteAll()
    },
  }
}

/** Somebody else was first, or the disk refused: the same request can help later. */
const refusal = (error: unknown): unknown => {
  const message = error instanceof Error ? error.message : String(error)
  return message === CONFLICT ? error : new GatewayError('storage_unavailable', `Nothing was stored: ${message}`)
}

/** @param committing is told in the turn of each commit, before anything of it is durable */
export const objectSql = (storage: DurableObjectStorage, rows: Rows, committing: () => void = () => {}): Sql => {
  const run = ({ sql, params, changes }: Statement) => {
    rows.write(sql, ...params)
    if (changes !== undefined && rows.read('SELECT changes() AS changed')[0]?.changed !== changes)
      throw new Error(CONFLICT)
  }
  return {
    read: (text, params) => rows.read(text, ...params),
    commit: async (statements) => {
      try {
        rows.together(() => statements.forEach(run))
        committing()
        await storage.sync()
      } catch (error) {
        throw refusal(error)
      }
    },
  }
}

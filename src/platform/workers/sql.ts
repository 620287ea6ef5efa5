/** SQL in a Durable Object: a commit is one transaction without anything awaited inside, and durable before it is told of. */
import type { DurableObjectStorage } from '@cloudflare/workers-types'
import { GatewayError } from '../../engine/errors.ts'
import { CONFLICT, type Row, type Sql, type Statement } from '../../engine/ports.ts'

/** Brings the object up to the newest schema. */
const migrate = (storage: DurableObjectStorage, migrations: readonly (readonly string[])[]) => {
  const { sql } = storage
  sql.exec('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)')
  const at = (sql.exec('SELECT version FROM schema_version').toArray()[0]?.version as number | undefined) ?? 0
  if (at > migrations.length)
    throw new Error(
      `This object was written by a newer version of Tutti (schema ${at}; this one knows ${migrations.length})`,
    )
  if (at === migrations.length) return
  storage.transactionSync(() => {
    for (const statements of migrations.slice(at)) for (const statement of statements) sql.exec(statement)
    sql.exec('DELETE FROM schema_version')
    sql.exec('INSERT INTO schema_version (version) VALUES (?)', migrations.length)
  })
}

/** Somebody else was first, or the disk refused: the same request can help later. */
const refusal = (error: unknown): unknown => {
  const message = error instanceof Error ? error.message : String(error)
  return message === CONFLICT ? error : new GatewayError('storage_unavailable', `Nothing was stored: ${message}`)
}

/** @param committing is told in the turn of each commit, before anything of it is durable */
export const objectSql = (
  storage: DurableObjectStorage,
  migrations: readonly (readonly string[])[],
  committing: () => void = () => {},
): Sql => {
  migrate(storage, migrations)

  const run = ({ sql, params, changes }: Statement) => {
    storage.sql.exec(sql, ...params)
    if (changes === undefined) return
    const [row] = storage.sql.exec('SELECT changes() AS changed').toArray()
    if (row?.changed !== changes) throw new Error(CONFLICT)
  }

  return {
    read: (sql, params) => storage.sql.exec(sql, ...params).toArray() as Row[],
    commit: async (statements) => {
      try {
        storage.transactionSync(() => {
          for (const statement of statements) run(statement)
        })
        committing()
        await storage.sync()
      } catch (error) {
        throw refusal(error)
      }
    },
  }
}

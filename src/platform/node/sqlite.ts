/** The SQL port over node:sqlite: WAL, synchronous=FULL, and one fsync for all commits that are waiting. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { GatewayError } from '../../engine/errors.ts'
import { CONFLICT, type Row, type Sql, type Statement, type Value } from '../../engine/ports.ts'
import { makePrivate } from './folder.ts'

interface Waiting {
  readonly statements: readonly Statement[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export interface SqliteStore extends Sql {
  readonly close: () => void
}

/** Pages of the log between two checkpoints: 8 MB. */
const LOG_PAGES = 2000

/**
 * Gives the log its full length at once, by a transaction too big for the cache that is rolled back: overwriting a file
 * syncs in about half the time of lengthening it.
 */
const lengthenLog = (database: DatabaseSync) => {
  database.exec(`PRAGMA cache_size = 10; BEGIN IMMEDIATE; CREATE TABLE room (bytes BLOB);
    INSERT INTO room VALUES (zeroblob(${LOG_PAGES * 4096})); ROLLBACK; PRAGMA cache_size = -8000`)
}

const schemaOf = (database: DatabaseSync) =>
  (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version

/** A newer Tutti may have written what this one does not understand: it is not touched. */
const refuseNewer = (database: DatabaseSync, file: string, known: number) => {
  const schema = schemaOf(database)
  if (schema <= known) return
  database.close()
  throw new Error(
    `${file} was written by a newer Tutti: its schema is ${schema}, this one knows ${known}. Nothing was changed. Start the newer version again, or put back the copy from before the update: with the process stopped, remove ${file}-wal and ${file}-shm, and put the copy there, with its own -wal where it has one`,
  )
}

/** Brings a database up to the newest schema, one transaction a step. */
const migrate = (database: DatabaseSync, migrations: readonly (readonly string[])[]) => {
  const at = schemaOf(database)
  for (const [index, statements] of migrations.entries()) {
    if (index < at) continue
    database.exec('BEGIN IMMEDIATE')
    for (const statement of statements) database.exec(statement)
    database.exec(`PRAGMA user_version = ${index + 1}`)
    database.exec('COMMIT')
  }
}

/**
 * Opens a database file, making it where there is none.
 * Commits that arrive in one turn of the event loop share a transaction; each has a savepoint of its own, so that one
 * that fails takes nobody with it. Reads see committed state only: they never run inside that transaction.
 */
export const openSqlite = (file: string, migrations: readonly (readonly string[])[]): SqliteStore => {
  if (file !== ':memory:') makePrivate(file)
  const database = new DatabaseSync(file, { timeout: 5000 })
  refuseNewer(database, file, migrations.length)
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${LOG_PAGES}`)
  migrate(database, migrations)
  lengthenLog(database)

  const prepared = new Map<string, StatementSync>()
  const statement = (sql: string): StatementSync => {
    const known = prepared.get(sql) ?? database.prepare(sql)
    prepared.set(sql, known)
    return known
  }
  const begin = database.prepare('BEGIN IMMEDIATE')
  const savepoint = database.prepare('SAVEPOINT one')
  const release = database.prepare('RELEASE one')
  const undo = database.prepare('ROLLBACK TO one')
  const commit = database.prepare('COMMIT')

  let waiting: Waiting[] = []
  let closed = false

  const run = ({ sql, params, changes }: Statement) => {
    const done = statement(sql).run(...(params as SQLInputValue[]))
    if (changes !== undefined && done.changes !== changes) throw new Error(CONFLICT)
  }

  /** A disk that refuses is no fault of whoever asked: the same request can help later. */
  const refusal = (error: unknown): unknown => {
    const message = error instanceof Error ? error.message : String(error)
    return message === CONFLICT ? error : new GatewayError('storage_unavailable', `Nothing was stored: ${message}`)
  }

  /** Why one commit of a group failed, or null. */
  const attempt = ({ statements }: Waiting): unknown => {
    savepoint.run()
    try {
      for (const each of statements) run(each)
      release.run()
      return null
    } catch (error) {
      undo.run()
      release.run()
      return error
    }
  }

  const flush = () => {
    const group = waiting
    waiting = []
    if (group.length === 0) return
    try {
      begin.run()
      const failures = group.map(attempt)
      commit.run()
      for (const [index, { resolve, reject }] of group.entries())
        failures[index] === null ? resolve() : reject(refusal(failures[index]))
    } catch (error) {
      // The disk refused the whole group: nobody is told that anything was stored.
      if (database.isTransaction) database.exec('ROLLBACK')
      for (const { reject } of group) reject(refusal(error))
    }
  }

  return {
    read: (sql: string, params: readonly Value[]) =>
      statement(sql).all(...(params as SQLInputValue[])) as unknown as Row[],
    commit: (statements) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(refusal(new Error('the database is closed')))
        if (waiting.push({ statements, resolve, reject }) === 1) setImmediate(flush)
      }),
    close: () => {
      flush()
      closed = true
      database.close()
    },
  }
}

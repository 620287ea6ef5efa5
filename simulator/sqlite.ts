/** SQLite of Node, in memory. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { Row } from '../src/engine/ports.ts'
import { MIGRATIONS } from '../src/engine/store.ts'
import type { Database } from './storage.ts'

export const openSqlite = (): Database => {
  const database = new DatabaseSync(':memory:')
  for (const migration of MIGRATIONS) for (const statement of migration) database.exec(statement)
  const prepared = new Map<string, StatementSync>()
  const statement = (sql: string): StatementSync => {
    const known = prepared.get(sql) ?? database.prepare(sql)
    prepared.set(sql, known)
    return known
  }
  return {
    read: (sql, params) => statement(sql).all(...(params as SQLInputValue[])) as unknown as Row[],
    run: (sql, params) => Number(statement(sql).run(...(params as SQLInputValue[])).changes),
    together: (work) => {
      statement('BEGIN IMMEDIATE').run()
      try {
        work()
        statement('COMMIT').run()
      } catch (error) {
        statement('ROLLBACK').run()
        throw error
      }
    },
    close: () => database.close(),
  }
}

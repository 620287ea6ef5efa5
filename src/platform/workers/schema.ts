/** Of the one schema what the object of a task needs: it holds a few rows, and there are many objects. */
import { MIGRATIONS } from '../../engine/store.ts'

const TABLES = new Set(['tasks', 'events', 'reminders', 'late_results', 'tombstones'])

/** Any statement of the schema, and the one table that it is about. */
const STATEMENT = /^\s*\w+ (?:TABLE |INTO |FROM )?(\w+)/
const INDEX = /^\s*CREATE (UNIQUE )?INDEX \w+\s+ON (\w+)/

/** Indexes that only make reads quicker are left out: every table is read in one page. */
const isNeeded = (statement: string): boolean => {
  const [, unique, indexed] = INDEX.exec(statement) ?? []
  if (indexed !== undefined) return unique !== undefined && TABLES.has(indexed)
  return TABLES.has(STATEMENT.exec(statement)![1]!)
}

export const taskSchema = (): string[][] => MIGRATIONS.map((statements) => statements.filter(isNeeded))

/**
 * Writes a small database of today's schema into test/fixtures/databases, for test/runtime/migrations.test.ts: run
 * `node test/runtime/database-fixture.ts` before a migration is added, so that what is there today is brought over then.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { MIGRATIONS } from '../../src/engine/store.ts'
import { type Harness, SONG, startHarness } from '../harness.ts'
import { align, make } from './songs.ts'

export const FIXTURES = join(import.meta.dirname, '../fixtures/databases')
export const fixtureOf = (schema: number) => join(FIXTURES, `schema-${schema}.db`)

/** The song in every fixture, and its Idempotency-Key. */
export const FIRST = { ...SONG, metadata: { note: 'first' } }
export const FIRST_KEY = 'first-song'

/** A finished song with timed words, and a task that failed. */
const play = async (harness: Harness) => {
  const first = await harness.post('/v1/music/generations', FIRST, { 'idempotency-key': FIRST_KEY })
  const song = await harness.ended(((await first.json()) as { id: string }).id)
  await align(harness, song.tracks[0]!.id)
  for (const provider of ['kie', 'apibox', 'udioapi']) await harness.fault(provider, 'no_credits')
  await make(harness)
  await harness.post('/v1/webhook-endpoints', { url: 'https://hooks.example.com/tutti' })
  await harness.post('/v1/projects', { id: 'radio-nord' })
  await harness.post('/v1/keys', { project: 'radio-nord', name: 'Studio', scopes: ['create', 'read'] })
}

const names = (database: DatabaseSync, sql: string) =>
  database
    .prepare(sql)
    .all()
    .map(({ name }) => name as string)

/** Rows of a table of another database, but for the columns that one of them lacks or numbers itself. */
const copy = (to: DatabaseSync, from: DatabaseSync, table: string, where = '') => {
  const columns = (database: DatabaseSync) => names(database, `SELECT name FROM pragma_table_info('${table}')`)
  const theirs = columns(from)
  const shared = columns(to).filter((column) => theirs.includes(column) && column !== 'place')
  const rows = from.prepare(`SELECT ${shared.join(', ')} FROM ${table} ${where}`).all()
  const insert = to.prepare(
    `INSERT OR IGNORE INTO ${table} (${shared.join(', ')}) VALUES (${shared.map(() => '?').join(', ')})`,
  )
  for (const row of rows) insert.run(...Object.values(row))
}

/** A file of one schema with what two databases hold: all of one, and the tasks of the other. */
export const writeFixture = (schema: number, played: string, waiting: string) => {
  const file = fixtureOf(schema)
  const to = new DatabaseSync(file)
  to.exec('PRAGMA page_size = 1024')
  for (const statement of MIGRATIONS.slice(0, schema).flat()) to.exec(statement)
  to.exec(`PRAGMA user_version = ${schema}`)
  const from = new DatabaseSync(played)
  const theirs = names(from, "SELECT name FROM sqlite_schema WHERE type = 'table'")
  const tables = names(to, "SELECT name FROM sqlite_schema WHERE type = 'table'").filter((table) =>
    theirs.includes(table),
  )
  for (const table of tables) copy(to, from, table)
  const other = new DatabaseSync(waiting)
  for (const table of ['tasks', 'events'].filter((each) => tables.includes(each))) copy(to, other, table)
  to.exec('VACUUM')
  for (const database of [to, from, other]) database.close()
}

if (import.meta.main) {
  const file = fixtureOf(MIGRATIONS.length)
  if (existsSync(file)) throw new Error(`${file} is there already: a schema that was published does not change`)
  const harness = await startHarness()
  const paused = await startHarness({ settings: { paused: true } })
  await play(harness)
  await paused.post('/v1/music/generations', { ...SONG, title: 'Still waiting' })
  writeFixture(MIGRATIONS.length, join(harness.dataDir, 'tutti.db'), join(paused.dataDir, 'tutti.db'))
  await Promise.all([harness.stop(), paused.stop()])
}

/** Databases of every schema there was: brought over, whole, and served; and one from the future, left alone. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import type * as z from 'zod'
import { catalogue } from '../../src/canonical/catalogue.ts'
import type { TaskList } from '../../src/canonical/task.ts'
import { MIGRATIONS } from '../../src/engine/store.ts'
import { SONG, startHarness } from '../harness.ts'
import { FIRST, FIRST_KEY, FIXTURES, fixtureOf } from './database-fixture.ts'
import { run, start } from './server.ts'
import type { Song } from './songs.ts'

const root = mkdtempSync(join(tmpdir(), 'tutti-migrations-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const NEWEST = MIGRATIONS.length
const past = Array.from({ length: NEWEST - 1 }, (_, index) => index + 1)

const look = <Found>(file: string, read: (database: DatabaseSync) => Found): Found => {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return read(database)
  } finally {
    database.close()
  }
}
const schemaOf = (database: DatabaseSync) => database.prepare('PRAGMA user_version').get()!.user_version
/** Tables and indexes with their columns, in whatever order they came to be. */
const shapeOf = (database: DatabaseSync) =>
  database
    .prepare(
      `SELECT s.type || ' ' || s.name || ' ' || coalesce(c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk, '') AS line
        FROM sqlite_schema s LEFT JOIN pragma_table_info(s.name) c WHERE s.name NOT LIKE 'sqlite_%' ORDER BY line`,
    )
    .all()
    .map(({ line }) => line)

test('there is a database of every schema there was, as it was', () => {
  for (const schema of past) {
    expect(existsSync(fixtureOf(schema)), `node test/runtime/database-fixture.ts at schema ${schema}`).toBe(true)
    expect(look(fixtureOf(schema), schemaOf)).toBe(schema)
  }
  expect(readdirSync(FIXTURES).filter((name) => name.endsWith('.db')).length).toBeGreaterThanOrEqual(past.length)
})

describe.each(past)('a database of schema %i', (schema) => {
  test('is brought over once, whole, and its tasks are served, replayed and carried on', async () => {
    const rows = (database: DatabaseSync) =>
      database.prepare('SELECT count(*) AS rows FROM tasks').get()!.rows as number
    const before = look(fixtureOf(schema), rows)
    expect(before).toBeGreaterThan(2)
    const harness = await startHarness({ database: fixtureOf(schema) })
    const file = join(harness.dataDir, 'tutti.db')
    const { data } = (await (await harness.call('/v1/tasks?limit=100')).json()) as z.infer<typeof TaskList>
    expect(data).toHaveLength(before)
    for (const task of data) {
      const answer = (await (await harness.call(`/v1/tasks/${task.id}`)).json()) as Song
      expect(catalogue.getTask.result.parse(answer)).toEqual(answer)
      expect((await harness.call(`/v1/tasks/${task.id}/events`)).status).toBe(200)
    }
    const song = data.find(({ operation, status }) => operation === 'generateMusic' && status === 'succeeded')!
    const track = song.tracks[0]!.id
    expect((await harness.call(`/v1/tracks/${track}/timestamped-lyrics`)).status).toBe(200)
    expect((await harness.call(`/v1/tracks/${track}`)).status).toBe(200)
    // The same key is the same task: nothing is bought again.
    const again = await harness.post('/v1/music/generations', FIRST, { 'idempotency-key': FIRST_KEY })
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true'])
    // The key it was made with is found again: a follow-up is not refused.
    expect((await harness.call(`/v1/tracks/${track}/wav`, { method: 'POST' })).status).toBe(202)
    const waiting = data.find(({ request }) => (request as { title?: string }).title === 'Still waiting')!
    expect(await harness.ended(waiting.id)).toMatchObject({ status: 'succeeded' })
    await harness.restart()
    expect((await harness.call(`/v1/tasks/${waiting.id}`)).status).toBe(200)
    const { found, wanted } = look(file, (database) => ({
      found: {
        schema: schemaOf(database),
        shape: shapeOf(database),
        whole: database.prepare('PRAGMA integrity_check').all(),
      },
      wanted: NEWEST,
    }))
    const fresh = new DatabaseSync(':memory:')
    for (const statement of MIGRATIONS.flat()) fresh.exec(statement)
    expect(found).toEqual({ schema: wanted, shape: shapeOf(fresh), whole: [{ integrity_check: 'ok' }] })
    fresh.close()
    await harness.stop()
  })
})

test('a database of a newer schema is left as it is, and the start says which file, which versions, and what to do', async () => {
  const dataDir = mkdtempSync(join(root, 'data-'))
  const file = join(dataDir, 'tutti.db')
  copyFileSync(fixtureOf(past.at(-1)!), file)
  const database = new DatabaseSync(file)
  database.exec(`PRAGMA user_version = ${NEWEST + 2}`)
  database.close()
  const before = readFileSync(file)
  const server = run({ TUTTI_DATA_DIR: dataDir, TUTTI_SANDBOX: '0', PORT: '0' })
  expect((await server.ended).code).toBe(1)
  const { stdout, stderr } = server.said()
  expect(stdout).toBe('')
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr).toContain(file)
  expect(stderr).toContain(`its schema is ${NEWEST + 2}, this one knows ${NEWEST}`)
  expect(stderr).toContain('Start the newer version again')
  expect(stderr).toContain(`remove ${file}-wal and ${file}-shm`)
  expect(readFileSync(file).equals(before)).toBe(true)
  expect(readdirSync(dataDir)).toEqual(['tutti.db', 'tutti.lock'])
})

describe('a copy from before', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/deploy.md'), 'utf8')
  /** What the guide says to run, with folders of ours. */
  const steps = (dataDir: string, backups: string) =>
    /^cd \/var\/lib\/tutti\n[^`]+/m.exec(guide)![0].replace('/var/lib/tutti', dataDir).replace('/backups', backups)

  // While the process runs its log holds what the file does not: that is how a copy comes with its own.
  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'that was made after %s is put back after a kill by the steps of the guide: whole, and what it was',
    async (signal) => {
      const [dataDir, backups] = [mkdtempSync(join(root, 'data-')), mkdtempSync(join(root, 'copy-'))]
      const file = join(dataDir, 'tutti.db')
      const key = 'migrations-test-key-0000000000000'
      /** A gateway that keeps so many songs and is ended. */
      const keep = async (songs: number, end: NodeJS.Signals) => {
        const server = await start({
          TUTTI_DATA_DIR: dataDir,
          PORT: '0',
          TUTTI_API_KEY: key,
          TUTTI_PAUSED: '1',
          KIE_BASE_URL: 'http://127.0.0.1:9',
          KIE_API_KEY: 'a-provider-key',
        })
        const here = / at (http:\/\/\S+)\n/.exec(server.said().stdout)![1]!
        const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
        for (let song = 0; song < songs; song++) {
          const body = JSON.stringify({ ...SONG, lyrics: 'x'.repeat(2000), title: `Song ${song}` })
          const answer = await fetch(`${here}/v1/music/generations`, { method: 'POST', body, headers })
          expect(answer.status).toBe(202)
        }
        const { data } = (await (await fetch(`${here}/v1/tasks?limit=100`, { headers })).json()) as z.infer<
          typeof TaskList
        >
        await server.kill(end)
        return data.length
      }
      expect(await keep(20, signal)).toBe(20)
      const copied = readdirSync(dataDir).filter((name) => /^tutti\.db(-wal)?$/.test(name))
      expect(copied).toHaveLength(signal === 'SIGKILL' ? 2 : 1)
      for (const name of copied) copyFileSync(join(dataDir, name), join(backups, name))
      expect(await keep(40, 'SIGKILL')).toBe(60)
      expect(readdirSync(dataDir)).toContain('tutti.db-wal')
      execFileSync('sh', ['-ec', steps(dataDir, backups)])
      expect(await keep(0, 'SIGTERM')).toBe(20)
      expect(look(file, (database) => database.prepare('PRAGMA integrity_check').all())).toEqual([
        { integrity_check: 'ok' },
      ])
    },
    30_000,
  )
})

/** The studio's database: what an older one holds is still there. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { nodeEntropy } from '../../src/platform/node/keys.ts'
import { openSqlite } from '../../src/platform/node/sqlite.ts'
import { createStudio, STUDIO_SCHEMA, snapshotAt } from '../../src/sandbox/studio.ts'
import { uploadShelf } from '../../src/sandbox/uploads.ts'

it('keeps songs that were made before there were other forms', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-studio-'))
  const file = join(folder, 'studio.db')
  const old = openSqlite(file, STUDIO_SCHEMA.slice(0, 1))
  const request = { mode: 'compose', title: 'Harbour', style: 'folk', lyrics: 'Rain', model: 'v5' }
  const body = { id: 'a', request, created_at: 0, tracks: ['x-1', 'x-2'], ending: null }
  await old.commit([
    { sql: 'INSERT INTO jobs VALUES (?, ?, ?, ?, ?)', params: ['a', 'kie', 12, 0, JSON.stringify(body)] },
  ])
  old.close()
  const sql = openSqlite(file, STUDIO_SCHEMA)
  const studio = createStudio({ provider: 'kie', sql, clock: () => 1e9, entropy: nodeEntropy('studio'), pace: 1 })
  const job = await studio.maker('x-2')
  expect(job).toMatchObject({ id: 'a', form: 'generateMusic', made: ['x-1', 'x-2'] })
  expect(snapshotAt(job!, studio.stage(job!), { at: (name) => name })).toMatchObject({
    stage: 'complete',
    tracks: [{ provider_track_id: 'x-1', title: 'Harbour', audio_url: 'x-1.wav' }, { provider_track_id: 'x-2' }],
  })
  expect(await studio.ledger()).toEqual({ accepted: 1, purchases: 0, alignments: 0, credits: 12, refunded: 0 })
  sql.close()
  rmSync(folder, { recursive: true, force: true })
})

it('keeps files that were left before they were kept in pieces, for as long as new ones', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-studio-'))
  const file = join(folder, 'studio.db')
  const old = openSqlite(file, STUDIO_SCHEMA.slice(0, 3))
  await old.commit([
    { sql: 'INSERT INTO uploads VALUES (?, ?, ?, ?, ?)', params: ['a', 'kie', 'audio/mpeg', btoa('old'), null] },
  ])
  old.close()
  const sql = openSqlite(file, STUDIO_SCHEMA)
  const entropy = nodeEntropy('studio')
  const at = (clock: () => number) =>
    uploadShelf({ provider: 'kie', sql, entropy, clock, days: 3 }, (name) => name).serve('a')
  const answer = await at(Date.now)
  expect([answer!.headers.get('content-type'), await answer!.text()]).toEqual(['audio/mpeg', 'old'])
  expect(await at(() => Date.now() + 4 * 86_400_000)).toBeNull()
  sql.close()
  rmSync(folder, { recursive: true, force: true })
})

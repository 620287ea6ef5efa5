/** Files that are left at a simulated upstream: as large as the gateway takes them, and for as long as they are kept. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sql } from '../../src/engine/ports.ts'
import { nodeEntropy } from '../../src/platform/node/keys.ts'
import { openSqlite, type SqliteStore } from '../../src/platform/node/sqlite.ts'
import { STUDIO_SCHEMA } from '../../src/sandbox/studio.ts'
import { uploadShelf } from '../../src/sandbox/uploads.ts'

const DAY = 86_400_000
/** What a value in the database of an object may hold. */
const LARGEST_VALUE = 2_000_000

const folder = mkdtempSync(join(tmpdir(), 'tutti-uploads-'))
let store: SqliteStore
let now = 1_800_000_000_000
let largest = 0
beforeAll(() => {
  store = openSqlite(join(folder, 'studio.db'), STUDIO_SCHEMA)
})
afterAll(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const shelf = () => {
  const sql: Sql = {
    read: store.read,
    commit: (statements) => {
      for (const { params } of statements)
        for (const value of params) if (typeof value === 'string') largest = Math.max(largest, value.length)
      return store.commit(statements)
    },
  }
  const world = { provider: 'kie', sql, entropy: nodeEntropy('studio'), clock: () => now, days: 3 }
  return uploadShelf(world, (file) => file)
}
const idOf = ({ url }: { url: string }) => url.split('.')[0]!
const rows = async (table: 'uploads' | 'upload_pieces') =>
  (await store.read(`SELECT count(*) AS many FROM ${table}`, []))[0]!.many

it('come back as they were, and are kept in pieces that the database of an object takes', async () => {
  const { keep, serve } = shelf()
  const bytes = Buffer.alloc(10 * 1024 * 1024, 'a song, over and over; ')
  const kept = await keep({ content_base64: bytes.toString('base64'), folder: 'x', file_name: 'long.mp3' })
  expect(kept.size_bytes).toBe(bytes.length)
  const answer = await serve(idOf(kept))
  expect(Buffer.from(await answer!.arrayBuffer()).equals(bytes)).toBe(true)
  expect(largest).toBeLessThan(LARGEST_VALUE)
})

it('leave nothing of a longer one of the same name', async () => {
  const { keep, serve } = shelf()
  const place = { folder: 'x', file_name: 'long.mp3' }
  const kept = await keep({ content_base64: btoa('short'), ...place })
  expect(await (await serve(idOf(kept)))!.text()).toBe('short')
})

it('are gone after the days of the provider, whoever asks for them', async () => {
  const { keep, link, serve } = shelf()
  const kept = await keep({ content_base64: btoa('asked for'), folder: 'x' })
  const linked = await link({ url: 'https://cdn.example.com/a.mp3', folder: 'x' })
  now += 3 * DAY - 1
  expect((await serve(idOf(kept)))!.status).toBe(200)
  now += 1
  expect([await serve(idOf(kept)), await serve(idOf(linked))]).toEqual([null, null])
  expect([await rows('uploads'), await rows('upload_pieces')]).toEqual([0, 0])
})

it('are swept by the next one, where nobody asks for them', async () => {
  const { keep } = shelf()
  await keep({ content_base64: btoa('forgotten'), folder: 'x' })
  now += 3 * DAY
  await keep({ content_base64: btoa('new'), folder: 'x' })
  expect([await rows('uploads'), await rows('upload_pieces')]).toEqual([1, 1])
})

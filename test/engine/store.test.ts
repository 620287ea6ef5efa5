/** The SQL port over real SQLite, and the windows that keep to published limits. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { rateWindows } from '../../src/engine/limits.ts'
import { CONFLICT, type Row } from '../../src/engine/ports.ts'
import { MIGRATIONS } from '../../src/engine/store.ts'
import { openSqlite } from '../../src/platform/node/sqlite.ts'
import { MINUTE, openWorld } from './world.ts'

const SCHEMA = [['CREATE TABLE notes (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT']]
const add = (name: string, text = 'x') => ({
  sql: 'INSERT INTO notes (name, text) VALUES (?, ?)',
  params: [name, text],
})
const change = (name: string, text: string) => ({
  sql: 'UPDATE notes SET text = ? WHERE name = ?',
  params: [text, name],
  changes: 1,
})
const rows = (store: ReturnType<typeof openSqlite>, sql: string) => store.read(sql, []) as readonly Row[]
const names = (store: ReturnType<typeof openSqlite>) =>
  rows(store, 'SELECT name FROM notes ORDER BY name').map(({ name }) => name)

const folders: string[] = []
const file = () => {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-engine-'))
  folders.push(folder)
  return join(folder, 'test.db')
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

describe('a commit', () => {
  it('that fails takes none of its neighbours with it, and leaves nothing of itself', async () => {
    const store = openSqlite(':memory:', SCHEMA)
    const all = await Promise.allSettled([
      store.commit([add('a')]),
      store.commit([add('lost'), change('nobody', 'y')]),
      store.commit([add('b')]),
      store.commit([add('gone'), add('a')]),
      store.commit([{ sql: 'INSERT INTO nowhere VALUES (1)', params: [] }]),
      store.commit([add('c')]),
    ])
    expect(all.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ])
    expect(all[1]).toMatchObject({ reason: { message: CONFLICT } })
    expect(names(store)).toEqual(['a', 'b', 'c'])
  })

  it('sees what those before it in its group did', async () => {
    const store = openSqlite(':memory:', SCHEMA)
    await Promise.all([store.commit([add('a')]), store.commit([change('a', 'y')])])
    expect(store.read('SELECT text FROM notes', [])).toEqual([{ text: 'y' }])
  })

  it('is not seen before its promise resolves', async () => {
    const store = openSqlite(':memory:', SCHEMA)
    const commit = store.commit([add('a')])
    expect(names(store)).toEqual([])
    await Promise.resolve()
    expect(names(store)).toEqual([])
    await commit
    expect(names(store)).toEqual(['a'])
  })

  it('is in the file when it is opened again, also the last one before closing', async () => {
    const path = file()
    const store = openSqlite(path, SCHEMA)
    await store.commit([add('a')])
    const last = store.commit([add('b')])
    store.close()
    await last
    const again = openSqlite(path, SCHEMA)
    expect(names(again)).toEqual(['a', 'b'])
    again.close()
  })

  it('after closing is refused', async () => {
    const store = openSqlite(':memory:', SCHEMA)
    store.close()
    await expect(store.commit([add('a')])).rejects.toThrow('closed')
  })

  it('that breaks a rule of the schema is refused, and the next one works', async () => {
    const store = openSqlite(':memory:', [...SCHEMA, ['CREATE TABLE more (x INTEGER CHECK (x < 5) ) STRICT']])
    const bad = store.commit([{ sql: 'INSERT INTO more VALUES (?)', params: [9] }])
    await expect(bad).rejects.toThrow()
    await store.commit([add('a')])
    expect(names(store)).toEqual(['a'])
  })
})

describe('migrations', () => {
  it('are applied once, whoever opens the file', async () => {
    const path = file()
    for (let time = 0; time < 3; time++) openSqlite(path, MIGRATIONS).close()
    const grown = openSqlite(path, [...MIGRATIONS, ...SCHEMA])
    await grown.commit([add('a')])
    grown.close()
    const again = openSqlite(path, [...MIGRATIONS, ...SCHEMA])
    expect(names(again)).toEqual(['a'])
    again.close()
  })

  it('refuse a file of a newer version', () => {
    const path = file()
    openSqlite(path, [...MIGRATIONS, ...SCHEMA]).close()
    expect(() => openSqlite(path, MIGRATIONS)).toThrow('newer version')
  })
})

describe('the engine', () => {
  it('finds its tasks in the file again', async () => {
    const path = file()
    const world = openWorld({ file: path })
    const { id } = await world.create()
    await world.advance(MINUTE)
    const before = await world.task(id)
    world.store.close()
    const again = openWorld({ file: path })
    expect(await again.task(id)).toEqual(before)
    expect(await again.engine.recover()).toBe(0)
    again.store.close()
  })

  it('takes up every open task, however many there are', async () => {
    const world = openWorld({ settings: { paused: true } })
    await Promise.all(Array.from({ length: 2100 }, () => world.create()))
    expect(await world.restart()).toBe(2100)
  })
})

describe('a rate window', () => {
  it('is exact to the millisecond', () => {
    let now = 0
    const { take } = rateWindows(() => now, 1)
    const rate = { count: 2, seconds: 10 }
    expect([take('a', rate), take('a', rate), take('a', rate)]).toEqual([0, 0, 10_000])
    now = 9999
    expect(take('a', rate)).toBe(1)
    now = 10_000
    expect([take('a', rate), take('a', rate), take('a', rate)]).toEqual([0, 0, 10_000])
  })

  it('is no longer than it is published, also once the clock is set back', () => {
    let now = 7_200_000
    const { take } = rateWindows(() => now, 1)
    const rate = { count: 2, seconds: 10 }
    expect([take('a', rate), take('a', rate)]).toEqual([0, 0])
    now = 0
    expect(take('a', rate)).toBe(10_000)
    now = 10_000
    expect(take('a', rate)).toBe(0)
  })

  it('is one for each credential, none where nothing is published, and scaled', () => {
    const { take } = rateWindows(() => 0, 0.5)
    const rate = { count: 1, seconds: 10 }
    expect([take('a', rate), take('b', rate), take('a', rate), take('a', undefined)]).toEqual([0, 0, 5000, 0])
  })

  it('never lets more through in any window, and no less than it may', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3000), { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (pauses, count) => {
        let now = 0
        const { take } = rateWindows(() => now, 1)
        const taken: number[] = []
        for (const pause of pauses) {
          now += pause
          const wait = take('a', { count, seconds: 4 })
          const inside = taken.filter((time) => time > now - 4000).length
          expect(wait === 0).toBe(inside < count)
          if (wait === 0) taken.push(now)
          else expect(now + wait).toBe(taken.at(-count)! + 4000)
        }
      }),
      { seed: 20_261_121 },
    )
  })
})

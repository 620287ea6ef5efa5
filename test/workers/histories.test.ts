/** The same engine in the same world ends in the same state over the SQL of Node and of a Durable Object. */

import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import histories from 'virtual:histories'
import { describe, expect, it } from 'vitest'
import { run } from '../../simulator/run.ts'
import type { Database } from '../../simulator/storage.ts'
import { MIGRATIONS } from '../../src/engine/store.ts'
import { sha256 } from '../../src/platform/workers/secrets.ts'
import { objectRows } from '../../src/platform/workers/sql.ts'

const opened = (storage: Parameters<typeof objectRows>[0]): Database => {
  const rows = objectRows(storage, MIGRATIONS)
  // The tables are made with the first write.
  rows.write('SELECT 1')
  return {
    read: (sql, params) => rows.read(sql, ...params),
    run: (sql, params) => {
      rows.write(sql, ...params)
      return rows.read('SELECT changes() AS changed')[0]!.changed as number
    },
    together: rows.together,
    close: () => undefined,
  }
}

/** A turn of the event loop waits for the disk here: as many turns of promises as nothing needs are quicker. */
const drained = async (): Promise<void> => {
  for (let turn = 0; turn < 1000; turn++) await null
}

describe('a history that the simulator has recorded', () => {
  it.each(histories)('ends in workerd as it does in Node: $seed', async ({ seed, tasks, state }) => {
    const object = env.STUDIO.getByName(seed)
    const ended = await runInDurableObject(object, (_, { storage }) =>
      run(seed, tasks, new Map(), opened(storage), { keepState: true, drained }),
    )
    expect(ended.complaint).toBeNull()
    expect(await sha256(ended.state!)).toBe(state)
  })
})

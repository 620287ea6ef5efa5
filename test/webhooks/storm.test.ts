/** Receivers that fail three times in ten, in every way: each delivery arrives or is given up, in order, signed, unchanged. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { faultsOf, storm } from './storm.ts'

test('nothing is lost, invented, changed or out of order', { timeout: 120_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tutti-webhooks-'))
  const all = await storm({ tasks: 80, receivers: 8, file: join(directory, 'storm.db') })
  expect(faultsOf(all).slice(0, 10)).toEqual([])
  expect(all.rows).toHaveLength(2560)
  expect(Object.keys(all.failed).sort()).toEqual(
    ['error', 'halfway', 'late', 'nonsense', 'redirect', 'reset', 'silence', 'throttled'].sort(),
  )
  const errors = new Set(all.rows.flatMap(({ attempts }) => attempts.map(({ error }) => error)))
  expect([...errors].map(String).sort()).toEqual(
    ['null', 'protocol', 'redirect', 'refused', 'reset', 'status', 'timeout'].sort(),
  )
  // Nothing reaches who is never there. That nearly all else arrives is for the machine to say: its time-outs are real.
  const dead = all.rows.filter(({ status }) => status === 'dead')
  expect(dead.filter(({ url }) => url === all.neverOpen.url)).toHaveLength(320)
  expect(dead.length).toBeLessThan(340)
  await all.close()
  rmSync(directory, { recursive: true, force: true })
})

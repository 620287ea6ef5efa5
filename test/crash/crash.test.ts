/** The crash run, small: a real server on real files, killed ten times. `npm run crash` kills it as often as told. */
import { expect, test } from 'vitest'
import { crashRun } from './run.ts'

test('kill -9 under load and at the start: nothing promised is lost, nothing is bought twice', async () => {
  const { figures, faults } = await crashRun({ kills: 10, seconds: 20, seed: 7, built: null, tell: () => {} })
  expect(Object.entries(faults).filter(([, all]) => all.length > 0)).toEqual([])
  expect(figures.Kills).toBeGreaterThan(0)
  expect(figures['Songs succeeded']).toBeGreaterThan(0)
}, 90_000)

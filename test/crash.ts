/**
 * Kills the built server at random moments under load, as often as told, and counts what was lost or bought twice:
 * npm run crash -- --kills 1000 [--seconds 900] [--seed 1] [--dist dist]
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { crashRun } from './crash/run.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '3600' },
    seed: { type: 'string', default: '20261121' },
    dist: { type: 'string', default: join(import.meta.dirname, '../dist') },
  },
})

const { figures, faults } = await crashRun({
  kills: Number(values.kills),
  seconds: Number(values.seconds),
  seed: Number(values.seed),
  built: values.dist,
  tell: (line) => process.stdout.write(`${line}\n`),
})
const found = Object.fromEntries(Object.entries(faults).map(([what, all]) => [what, all.length]))
for (const [what, count] of Object.entries({ ...figures, ...found })) process.stdout.write(`${what}: ${count}\n`)
for (const [what, all] of Object.entries(faults))
  for (const each of all.slice(0, 20)) process.stderr.write(`${what}: ${each}\n`)
process.exit(Object.values(found).some((count) => count > 0) ? 1 : 0)

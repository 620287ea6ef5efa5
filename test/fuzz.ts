/**
 * Fuzzes the whole API from its document: npm run fuzz -- --requests 200000 [--seed 1] [--lanes 4]
 * What is found is told with its seed and index: the same seed with index + 1 requests asks the same again.
 */
import { parseArgs } from 'node:util'
import { fuzz } from './fuzz/run.ts'

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '20261121' },
    lanes: { type: 'string', default: '4' },
    enough: { type: 'string', default: '10' },
  },
})
const seed = Number(values.seed)
const { faults, internal, counts, ids, sent, seconds, unreached, untaken } = await fuzz({
  seed,
  requests: Number(values.requests),
  lanes: Number(values.lanes),
  enough: Number(values.enough),
  tell: (line) => process.stdout.write(`${line}\n`),
})
const figures = {
  'requests, seed': `${sent}, ${seed}`,
  seconds: `${seconds.toFixed(0)} (${(sent / seconds).toFixed(0)} a second)`,
  'answers by status': JSON.stringify(counts),
  'ids learned': ids,
  'operations never asked': unreached.join(' ') || 'none',
  'operations never taken': untaken.join(' ') || 'none',
  'errors in the log': internal.length,
  faults: faults.length,
}
for (const [what, figure] of Object.entries(figures)) process.stdout.write(`${what}: ${figure}\n`)
for (const line of internal.slice(0, 20)) process.stderr.write(`${line}\n`)
for (const { index } of faults)
  process.stderr.write(`again: npm run fuzz -- --seed ${seed} --requests ${index + 1} --lanes ${values.lanes}\n`)
process.exit(faults.length + internal.length > 0 ? 1 : 0)

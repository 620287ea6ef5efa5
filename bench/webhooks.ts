/**
 * Webhooks in bulk: deliveries to receivers of which three in ten attempts fail in every way, over real sockets and real
 * SQLite, with a clock that jumps. Says what it saw and ends with 1 where anything was lost, changed or out of order.
 * npm run bench:webhooks, or with another number of deliveries: npm run bench:webhooks -- 10000
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { faultsOf, storm } from '../test/webhooks/storm.ts'

const wanted = Number(process.argv[2] ?? 100_000)
const RECEIVERS = 25
const EVENTS_PER_TASK = 4

const directory = mkdtempSync(join(tmpdir(), 'tutti-webhooks-'))
const started = performance.now()
const all = await storm({
  tasks: Math.ceil(wanted / RECEIVERS / EVENTS_PER_TASK),
  receivers: RECEIVERS,
  file: join(directory, 'storm.db'),
  grain: 900_000,
  say: (line) => process.stderr.write(`${line}\n`),
})
const seconds = (performance.now() - started) / 1000
const faults = faultsOf(all)
const count = (status: string) => all.rows.filter((each) => each.status === status).length
const attempts = all.rows.reduce((sum, each) => sum + each.attempts.length, 0)
const errors = Object.entries(
  Object.groupBy(
    all.rows.flatMap((each) => each.attempts.map(({ error }) => error ?? 'none')),
    (error) => error,
  ),
).map(([error, each]) => `${error} ${each!.length}`)

console.log(`deliveries  ${all.rows.length}: ${count('succeeded')} succeeded, ${count('dead')} given up`)
console.log(`attempts    ${attempts}: ${errors.join(', ')}`)
console.log(
  `time        ${seconds.toFixed(1)} s, ${(attempts / seconds).toFixed(0)} attempts a second, time-outs included`,
)
console.log(`faults      ${faults.length}`)
for (const fault of faults.slice(0, 20)) console.log(fault)
await all.close()
rmSync(directory, { recursive: true, force: true })
process.exitCode = faults.length === 0 ? 0 : 1

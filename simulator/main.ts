/**
 * Simulates the engine through a world in which everything goes wrong that can:
 * npm run simulate -- [--tasks 20000] [--seed 1] [--per 40] [--threads 1] [--seconds 600] [--json] [--record file]
 * npm run simulate -- --replay 1/17 [--trace] [--bug "a callback is believed"]
 * npm run simulate:bugs -- [--bug "part of a name"] [--seeds 200]
 */
import { parseArgs } from 'node:util'
import { BUGS } from './bugs.ts'
import { plant } from './plant.ts'
import { recorded } from './record.ts'
import { type Summary, simulate } from './simulate.ts'

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '200' },
    per: { type: 'string', default: '40' },
    threads: { type: 'string', default: '1' },
    seconds: { type: 'string', default: 'Infinity' },
    json: { type: 'boolean', default: false },
    record: { type: 'string' },
    replay: { type: 'string' },
    trace: { type: 'boolean', default: false },
    bugs: { type: 'boolean', default: false },
    bug: { type: 'string' },
  },
})
const per = Number(values.per)
const threads = Number(values.threads)
const print = (text: string) => process.stdout.write(`${text}\n`)

const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0)

const linesOf = ({
  seeds,
  figures,
  faults,
  unseen,
  failures,
  seconds,
  processor,
}: Summary): Record<string, string | number> => ({
  Tasks: figures.tasks,
  Seeds: seeds,
  'Faults that happened': sum(faults.values()),
  'Kinds of fault': faults.size,
  'Kinds that never happened': unseen.length === 0 ? 0 : unseen.join(', '),
  Crashes: figures.crashes,
  'Paid requests': figures.calls,
  'Accepted by providers': figures.accepted,
  'Attempts after the first': figures.failovers,
  'Sent again because the client allows it': figures.resubmitted,
  'Accepted twice because the client allows it': figures.paidTwice,
  'Late results kept': figures.salvaged,
  'Broken promises': failures.length,
  Seconds: Number(seconds.toFixed(1)),
  'Tasks a second': Math.round(figures.tasks / seconds),
  'Tasks a second of processor time': Math.round(figures.tasks / processor),
})

const replay = async (seed: string) => {
  const found = BUGS.find(({ name }) => name === values.bug)
  if (values.bug !== undefined && found === undefined) throw new Error(`There is no bug "${values.bug}"`)
  if (found !== undefined) plant(found)
  const { run } = await import('./run.ts')
  const { openSqlite } = await import('./sqlite.ts')
  const { complaint, figures } = await run(seed, per, new Map(), openSqlite(), { trace: values.trace ? print : null })
  print(JSON.stringify(figures))
  print(complaint ?? 'No promise was broken.')
  return complaint === null
}

const hunt = async (): Promise<boolean> => {
  let escaped = 0
  const chosen = BUGS.filter(({ name }) => name.includes(values.bug ?? ''))
  for (const { name } of chosen) {
    const found = await simulate({
      name: values.seed,
      seeds: Number(values.seeds),
      tasks: per,
      threads: 1,
      bug: name,
      hunting: true,
    })
    const [first] = found.failures
    if (first === undefined) escaped += 1
    const cost = `${found.seeds} seeds, ${found.figures.tasks} tasks, ${found.seconds.toFixed(1)} s`
    print(
      `${first === undefined ? 'ESCAPED' : 'caught '} | ${name} | ${cost} | ${first?.complaint.split('\n')[0] ?? ''}`,
    )
  }
  print(`${chosen.length} bugs, ${chosen.length - escaped} caught`)
  return escaped === 0
}

const all = async (): Promise<boolean> => {
  const seeds = Math.ceil(Number(values.tasks) / per)
  let told = performance.now()
  const progress = (done: number, tasks: number) => {
    if (performance.now() - told < 10_000) return
    told = performance.now()
    process.stderr.write(`${done} seeds, ${tasks} tasks\n`)
  }
  const wanted = { name: values.seed, seeds, tasks: per, threads, seconds: Number(values.seconds) }
  const { record } = values
  const summary = await (record === undefined ? simulate(wanted, progress) : recorded(record, wanted, progress))
  if (values.json) print(JSON.stringify({ ...summary, faults: Object.fromEntries(summary.faults) }))
  else for (const [what, count] of Object.entries(linesOf(summary))) print(`${what}: ${count}`)
  for (const { seed, complaint } of summary.failures.slice(0, 10)) process.stderr.write(`${seed}: ${complaint}\n`)
  const [first] = summary.failures
  if (first !== undefined)
    process.stderr.write(`See it again: npm run simulate -- --replay ${first.seed} --per ${per} --trace\n`)
  return first === undefined
}

const well = await (values.replay !== undefined ? replay(values.replay) : values.bugs ? hunt() : all())
process.exitCode = well ? 0 : 1

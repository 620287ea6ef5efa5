/** What a few runs leave behind, told as JSON: the same seeds have to end in the same state on every runtime. */
import { hash } from 'node:crypto'
import { run } from './run.ts'
import { openSqlite } from './sqlite.ts'

const SEEDS = 12
const TASKS = 10

const histories: { seed: string; tasks: number; state: string }[] = []
for (let number = 1; number <= SEEDS; number++) {
  const seed = `history ${number}`
  const { state, complaint } = await run(seed, TASKS, new Map(), openSqlite(), { keepState: true })
  if (complaint !== null) throw new Error(`${seed}: ${complaint}`)
  histories.push({ seed, tasks: TASKS, state: hash('sha256', state!) })
}
process.stdout.write(JSON.stringify(histories))

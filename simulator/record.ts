/** A simulation that is longer than a sitting: done in parts, each added to a file that the next start goes on from. */
import { hash } from 'node:crypto'
import { globSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { FAULTS } from './faults.ts'
import { type Summary, simulate, type Wanted } from './simulate.ts'

/** Seeds of one part: what a stop in the middle of it loses. */
const PART = 500

type Figures = Summary['figures']

interface Recorded extends Omit<Summary, 'faults' | 'unseen'> {
  readonly name: string
  readonly tasksOfSeed: number
  /** Of all that was simulated: parts of different code are not one simulation. */
  readonly code: string
  readonly faults: Readonly<Record<string, number>>
}

const root = new URL('..', import.meta.url).pathname
const codeNow = () => {
  const files = globSync('{src/canonical,src/contract,src/engine,adapters,simulator}/**/*.ts', { cwd: root }).sort()
  return hash('sha256', files.map((file) => `${file}\n${readFileSync(`${root}${file}`, 'utf8')}`).join('\n'))
}

const added = <Counts extends Readonly<Record<string, number>> | Figures>(a: Counts | undefined, b: Counts): Counts => {
  const sums: Record<string, number> = { ...a }
  for (const [name, count] of Object.entries(b)) sums[name] = (sums[name] ?? 0) + count
  return sums as Counts
}

const read = (file: string): Recorded | null => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Recorded
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const summaryOf = ({ faults, ...rest }: Recorded): Summary => ({
  ...rest,
  faults: new Map(Object.entries(faults)),
  unseen: FAULTS.filter((fault) => !(fault in faults)),
})

/** @throws Error where the file is of another simulation, or of other code */
export const recorded = async (
  file: string,
  wanted: Wanted,
  progress: (seeds: number, tasks: number) => void,
): Promise<Summary> => {
  const code = codeNow()
  const { name, tasks: tasksOfSeed, seconds = Number.POSITIVE_INFINITY } = wanted
  const until = performance.now() + seconds * 1000
  let all = read(file)
  if (all !== null && (all.name !== name || all.tasksOfSeed !== tasksOfSeed || all.code !== code))
    throw new Error(`${file} is of another seed, of other --per or of other code: name another file`)
  while ((all?.seeds ?? 0) < wanted.seeds && performance.now() < until) {
    const [before, first]: [Recorded | null, number] = [all, (all?.seeds ?? 0) + 1]
    const seeds = Math.min(PART, wanted.seeds - first + 1)
    const { faults, figures, ...part } = await simulate(
      { ...wanted, seconds: Number.POSITIVE_INFINITY, first, seeds },
      (done, made) => progress((before?.seeds ?? 0) + done, (before?.figures.tasks ?? 0) + made),
    )
    all = {
      name,
      tasksOfSeed,
      code,
      seeds: first - 1 + part.seeds,
      figures: added(before?.figures, figures),
      faults: added(before?.faults, Object.fromEntries(faults)),
      failures: [...(before?.failures ?? []), ...part.failures],
      seconds: (before?.seconds ?? 0) + part.seconds,
      processor: (before?.processor ?? 0) + part.processor,
    }
    writeFileSync(`${file}.new`, JSON.stringify(all))
    renameSync(`${file}.new`, file)
  }
  if (all === null) throw new Error('Nothing was simulated: --tasks and --seconds are to be more than 0')
  return summaryOf(all)
}

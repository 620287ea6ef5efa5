/** Many runs, shared among threads, and the sum of what they say. */
import { Worker } from 'node:worker_threads'
import { FAULTS } from './faults.ts'
import type { Figures } from './run.ts'
import type { Share, Told } from './worker.ts'

export interface Wanted {
  readonly name: string
  readonly seeds: number
  /** The number of the first of them: 1 without it. */
  readonly first?: number
  /** Of each seed. */
  readonly tasks: number
  readonly threads: number
  readonly bug?: string | null
  readonly hunting?: boolean
  readonly seconds?: number
}

export interface Summary {
  readonly seeds: number
  readonly figures: Figures
  readonly faults: ReadonlyMap<string, number>
  /** Kinds of fault that never happened. */
  readonly unseen: readonly string[]
  readonly failures: readonly { readonly number: number; readonly seed: string; readonly complaint: string }[]
  readonly seconds: number
  /** Of processor time, in all threads. */
  readonly processor: number
}

const inThread = (share: Share, heard: (told: Told) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: share })
    worker.on('message', heard)
    worker.on('error', reject)
    worker.on('exit', () => resolve())
  })

export const simulate = async (
  { name, seeds, first = 1, tasks, threads, bug = null, hunting = false, seconds = Number.POSITIVE_INFINITY }: Wanted,
  progress: (seeds: number, tasks: number) => void = () => {},
): Promise<Summary> => {
  const since = performance.now()
  const before = process.cpuUsage()
  const figures: Record<string, number> = {}
  const faults = new Map<string, number>()
  const failures: { number: number; seed: string; complaint: string }[] = []
  let done = 0
  const heard = (told: Told) => {
    if (told.type === 'over') {
      for (const [fault, count] of told.counts) faults.set(fault, (faults.get(fault) ?? 0) + count)
      return
    }
    const { number, result } = told
    done += 1
    for (const [figure, count] of Object.entries(result.figures)) figures[figure] = (figures[figure] ?? 0) + count
    if (result.complaint !== null) failures.push({ number, seed: result.seed, complaint: result.complaint })
    progress(done, figures.tasks ?? 0)
  }
  const count = Math.min(threads, seeds)
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      inThread(
        { name, first: first + index, last: first + seeds - 1, stride: count, tasks, bug, hunting, seconds },
        heard,
      ),
    ),
  )
  const { user, system } = process.cpuUsage(before)
  return {
    seeds: done,
    figures: figures as unknown as Figures,
    faults,
    unseen: FAULTS.filter((fault) => !faults.has(fault)),
    failures: failures.sort((a, b) => a.number - b.number),
    seconds: (performance.now() - since) / 1000,
    processor: (user + system) / 1e6,
  }
}

/** One thread of a simulation: runs its share of the seeds, and tells of each. */
import { parentPort, workerData } from 'node:worker_threads'
import { BUGS } from './bugs.ts'
import { plant } from './plant.ts'
import type { Result } from './run.ts'

export interface Share {
  /** Seeds are `name/1`, `name/2` …: every `stride`th from `first` to `last`. */
  readonly name: string
  readonly first: number
  readonly last: number
  readonly stride: number
  readonly tasks: number
  readonly bug: string | null
  /** Ends at the first complaint. */
  readonly hunting: boolean
  /** Begins no run after so many seconds. */
  readonly seconds: number
}

export type Told =
  | { readonly type: 'run'; readonly number: number; readonly result: Result }
  | { readonly type: 'over'; readonly counts: ReadonlyMap<string, number> }

export const work = async (share: Share, tell: (told: Told) => void): Promise<void> => {
  const bug = BUGS.find(({ name }) => name === share.bug)
  if (bug !== undefined) plant(bug)
  const { run } = await import('./run.ts')
  const { openSqlite } = await import('./sqlite.ts')
  const counts = new Map<string, number>()
  const until = performance.now() + share.seconds * 1000
  for (let number = share.first; number <= share.last; number += share.stride) {
    const result = await run(`${share.name}/${number}`, share.tasks, counts, openSqlite())
    tell({ type: 'run', number, result })
    if ((share.hunting && result.complaint !== null) || performance.now() > until) break
  }
  tell({ type: 'over', counts })
}

if (parentPort !== null) await work(workerData as Share, (told) => parentPort!.postMessage(told))

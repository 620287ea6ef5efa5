/** What is left at the end of the crash run: what the gateway says, what the upstreams sold, what clients were promised. */
import type * as z from 'zod'
import type { Task, TaskList } from '../../src/canonical/task.ts'
import { lyricsPath } from '../runtime/songs.ts'
import type { Load } from './load.ts'
import type { CrashWorld } from './world.ts'

/** One upstream's own account, which no kill reaches. */
export interface Account {
  readonly provider: string
  readonly accepted: number
  readonly alignments: number
  readonly credits: number
}

export interface Evidence {
  readonly tasks: readonly Task[]
  /** Title to task: the markers of the songs that clients hold an answer for. */
  readonly promised: ReadonlyMap<string, string>
  readonly unanswered: readonly string[]
  /** Answers that took back an earlier one, or that should not be. */
  readonly broken: readonly string[]
  /** Tracks whose alignment was answered, and those of them that can no longer be read. */
  readonly aligned: number
  readonly alignmentsGone: readonly string[]
  /** Every song that an upstream accepted. */
  readonly sold: readonly { readonly provider: string; readonly title: string }[]
  /** How often each alignment was bought, by who was asked in which words. */
  readonly alignments: ReadonlyMap<string, number>
  readonly accounts: readonly Account[]
  /** Errors that the servers logged. */
  readonly logged: readonly string[]
  /** What SQLite finds wrong with the file. */
  readonly damage: readonly string[]
}

/** How long every task may take to end after the last start, in milliseconds. */
const PATIENCE = 60_000

const allTasks = async ({ call }: CrashWorld): Promise<Task[]> => {
  const tasks: Task[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page = (await (await call(`/v1/tasks?limit=100${query}`)).json()) as z.infer<typeof TaskList>
    tasks.push(...page.data)
    cursor = page.next_cursor
  }
  return tasks
}

const isQuiet = async ({ call }: CrashWorld): Promise<boolean> => {
  const open = ['queued', 'running'].map(async (status) => {
    const page = (await (await call(`/v1/tasks?status=${status}&limit=1`)).json()) as z.infer<typeof TaskList>
    return page.data.length
  })
  return (await Promise.all(open)).every((count) => count === 0)
}

/** Waits until every task has ended, or for as long as that may take. */
export const settle = async (world: CrashWorld): Promise<void> => {
  const deadline = Date.now() + PATIENCE
  while (!(await isQuiet(world)) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100))
}

/** Reads everything while the server runs; the rest is known once it is gone. */
export const gather = async (world: CrashWorld, load: Load): Promise<Omit<Evidence, 'logged' | 'damage'>> => {
  const alignmentsGone: string[] = []
  for (const track of load.aligned) if ((await world.call(lyricsPath(track))).status !== 200) alignmentsGone.push(track)
  const accounts = world.upstreams.simulated.map(async ({ adapter, upstream }) => ({
    provider: adapter.id,
    ...(await upstream.ledger()),
  }))
  return {
    tasks: await allTasks(world),
    promised: load.promised,
    unanswered: [...load.unanswered],
    broken: load.broken,
    aligned: load.aligned.size,
    alignmentsGone,
    sold: await world.upstreams.jobs(),
    alignments: world.alignments,
    accounts: await Promise.all(accounts),
  }
}

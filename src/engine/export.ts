/** Export: the tasks of a list, however many, read a page at a time as somebody takes them. */
import type { Task } from '../canonical/task.ts'
import type { TaskState } from './state.ts'
import type { Page, Reader } from './store.ts'

/** Tasks read at once: few enough that nobody waits for them. */
const BATCH = 50

/** Where a list begins, of what, and how many at most. */
export type Wanted = Omit<Page, 'limit'> & { readonly limit?: number | undefined }

/** Pages of tasks, in the order of the list. Nothing is read before it is asked for, and no task is remembered. */
export async function* taskPages(
  read: Pick<Reader, 'page'>,
  present: (task: TaskState) => Task,
  { limit = Number.POSITIVE_INFINITY, ...wanted }: Wanted,
): AsyncGenerator<readonly Task[], void, void> {
  let { after } = wanted
  for (let left = limit; left > 0; ) {
    const size = Math.min(BATCH, left)
    const found = await read.page({ ...wanted, after, limit: size })
    if (found.length > 0) yield found.map(present)
    if (found.length < size) return
    left -= found.length
    after = found.at(-1)!
  }
}

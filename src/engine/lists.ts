/** Lists: the tasks and events of a project, a page at a time or as they come. */
import type { Task } from '../canonical/task.ts'
import { cursorOf, readCursor } from './cursor.ts'
import { taskPages } from './export.ts'
import type { TaskState } from './state.ts'
import type { Reader } from './store.ts'
import type { telling } from './telling.ts'

export interface PageRequest {
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
  readonly status?: string | undefined
  readonly operation?: string | undefined
}

const DEFAULT_LIMIT = 20

const TASK_PLACE = /^(\d{1,15}) (task_[0-9A-Z]{26})$/
const EVENT_PLACE = /^event ([1-9]\d{0,14})$/
const taskPlace = (cursor: string) => {
  const [, created_at, id] = readCursor(cursor, TASK_PLACE)
  return { created_at: Number(created_at), id: id! }
}

export type Lists = ReturnType<typeof createLists>

export const createLists = (
  read: Pick<Reader, 'page'>,
  told: ReturnType<typeof telling>,
  present: (task: TaskState) => Task,
) => ({
  followEvents: told.followAll,
  listEvents: async (project: string, { limit = DEFAULT_LIMIT, cursor }: PageRequest) => {
    const found = await told.page(
      project,
      cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(readCursor(cursor, EVENT_PLACE)[1]),
      limit + 1,
    )
    const listed = found.slice(0, limit)
    const has_more = found.length > limit
    return {
      data: listed.map(told.render),
      has_more,
      next_cursor: has_more ? cursorOf(`event ${listed.at(-1)!.place}`) : null,
    }
  },

  /** The tasks of a list in pages, as many as there are. @throws GatewayError validation_failed, before the first */
  exportTasks: (project: string, { cursor, ...page }: PageRequest) =>
    taskPages(read, present, { ...page, project, after: cursor === undefined ? undefined : taskPlace(cursor) }),

  listTasks: async (project: string, page: PageRequest) => {
    const limit = page.limit ?? DEFAULT_LIMIT
    const after = page.cursor === undefined ? undefined : taskPlace(page.cursor)
    const found = await read.page({ ...page, project, limit: limit + 1, after })
    const listed = found.slice(0, limit)
    const has_more = found.length > limit
    return {
      data: listed.map(present),
      has_more,
      next_cursor: has_more ? cursorOf(`${listed.at(-1)!.created_at} ${listed.at(-1)!.id}`) : null,
    }
  },
})

/** Lists: the tasks and events of a project, a page at a time or as they come. */
import type { Task } from '../canonical/task.ts'
import { DEFAULT_LIMIT, pageOf, placeOf, readCursor, readPlace } from './cursor.ts'
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

const EVENT_PLACE = /^event ([1-9]\d{0,14})$/
const taskPlace = (cursor: string) => readPlace(cursor, /task_[0-9A-Z]{26}/)

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
    return pageOf(found, limit, told.render, ({ place }) => `event ${place}`)
  },

  /** The tasks of a list in pages, as many as there are. @throws GatewayError validation_failed, before the first */
  exportTasks: (project: string, { cursor, ...page }: PageRequest) =>
    taskPages(read, present, { ...page, project, after: cursor === undefined ? undefined : taskPlace(cursor) }),

  listTasks: async (project: string, page: PageRequest) => {
    const limit = page.limit ?? DEFAULT_LIMIT
    const after = page.cursor === undefined ? undefined : taskPlace(page.cursor)
    const found = await read.page({ ...page, project, limit: limit + 1, after })
    return pageOf(found, limit, present, placeOf)
  },
})

/** What is said of a task that was deleted, or of something it had made. */
import { GatewayError } from './errors.ts'
import { taskOfOwn } from './ids.ts'
import { faulty } from './links.ts'
import { time } from './present.ts'
import type { Reader } from './store.ts'
import type { Tombstone } from './tombstone.ts'

type Stones = Pick<Reader, 'tombstone'>

export const deleted = ({ id, deleted_at, deleted_by }: Pick<Tombstone, 'id' | 'deleted_at' | 'deleted_by'>) =>
  new GatewayError(
    'task_deleted',
    `${id} was deleted at ${time(deleted_at)}, ${deleted_by === 'client' ? 'by request' : 'when it was as old as tasks may become here'}, with what it had made. GET /v1/tasks/${id}/tombstone says what it cost`,
    { task_id: id },
  )

const stoneOf = async (read: Stones, project: string, task: string): Promise<Tombstone | null> => {
  const found = await read.tombstone(task)
  return found?.project === project ? found : null
}

/** Why a task is not there: it was deleted, or `otherwise`. */
export const deletedOr = async (
  read: Stones,
  project: string,
  task: string,
  otherwise: GatewayError,
): Promise<GatewayError> => {
  const found = await stoneOf(read, project, task)
  return found === null ? otherwise : deleted(found)
}

/** The same for what a body names: a track, an upload, a persona or a voice. */
export const unknownIn = async (
  read: Stones,
  project: string,
  id: string,
  pointer: string,
  what: 'track' | 'upload' | 'persona' | 'voice',
): Promise<GatewayError> =>
  (await stoneOf(read, project, taskOfOwn(id))) === null
    ? faulty(pointer, `${what}_unknown`, `there is no ${what} ${id}`)
    : faulty(pointer, `${what}_deleted`, `the task that made ${id} was deleted`)

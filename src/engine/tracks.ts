/** Finding a track: its id names its task and its place. */
import { GatewayError } from './errors.ts'
import { indexOfTrack, taskOfTrack } from './ids.ts'
import { type Attempt, currentAttempt, type MusicTask } from './state.ts'
import type { Reader } from './store.ts'

export interface FoundTrack {
  readonly track_id: string
  readonly index: number
  readonly task: MusicTask
  /** The attempt that made it. */
  readonly attempt: Attempt
}

/** @throws GatewayError not_found, also for a track of another project */
export const findTrack = async (read: Reader, project: string, track_id: string): Promise<FoundTrack> => {
  const task = await read.task(taskOfTrack(track_id))
  const index = indexOfTrack(track_id)
  const attempt = task === null ? undefined : currentAttempt(task)
  if (task?.operation !== 'generateMusic' || task.project !== project || !(index in task.tracks) || !attempt)
    throw new GatewayError('not_found', `There is no track ${track_id}`)
  return { track_id, index, task, attempt }
}

/** getMidi: the notes that a task has found, and the title of their song. */
import type { MidiReport, MidiResult } from '../canonical/createMidi.ts'
import { GatewayError } from './errors.ts'
import type { Clock } from './ports.ts'
import { lookAgain } from './present.ts'
import { ended, type TaskState } from './state.ts'
import type { Reader } from './store.ts'
import { lookUpTrack } from './tracks.ts'

export interface Notes {
  readonly midi: MidiResult
  /** Null where the song has none, or is no longer there. */
  readonly title: string | null
}

/** @throws GatewayError not_found for what makes no notes, or made none; not_ready */
export const midiReader =
  (read: Reader, own: (project: string, id: string) => Promise<TaskState>, clock: Clock) =>
  async (project: string, id: string): Promise<Notes> => {
    const task = await own(project, id)
    if (task.operation !== 'createMidi' && task.operation !== 'transcribeStems')
      throw new GatewayError(
        'not_found',
        `${id} is a ${task.operation} task: only createMidi and transcribeStems make notes`,
      )
    if (!ended(task))
      throw new GatewayError('not_ready', 'The notes are not there yet', { task_id: id }, lookAgain(task, clock()) ?? 1)
    if (task.status !== 'succeeded' || task.result === null)
      throw new GatewayError(
        'not_found',
        `${id} has no notes: it ${task.status === 'canceled' ? 'was canceled' : 'failed'}`,
      )
    const track = task.subject === null ? null : await lookUpTrack(read, project, task.subject)
    return {
      midi: { object: 'midi', ...(task.result as MidiReport) },
      title: track?.task.tracks[track.index]?.title ?? null,
    }
  }

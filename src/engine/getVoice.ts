/** getVoice: a custom voice, read from the tasks that make it. */
import type { Voice } from '../canonical/voice.ts'
import { GatewayError } from './errors.ts'
import { taskOfOwn } from './ids.ts'
import { currentAttempt, ended, type TaskState } from './state.ts'
import type { Reader } from './store.ts'

const statusOf = (begun: TaskState, confirmed: TaskState | null): Voice['status'] => {
  if (confirmed !== null && !ended(confirmed)) return 'processing'
  if (confirmed?.status === 'succeeded') return 'ready'
  if (!ended(begun)) return 'preparing'
  if (begun.status !== 'succeeded') return 'failed'
  // A recording that was refused can be sent again: the phrase is still there.
  return 'awaiting_recording'
}

export const voiceReader =
  (read: Reader) =>
  async (project: string, id: string): Promise<Voice> => {
    const begun = await read.task(taskOfOwn(id))
    if (begun?.operation !== 'startVoice' || begun.project !== project)
      throw new GatewayError('not_found', `There is no voice ${id}`)
    const confirmed =
      (await read.lastAbout(id, 'confirmVoice', 'succeeded')) ?? (await read.lastAbout(id, 'confirmVoice'))
    return {
      id,
      object: 'voice',
      status: statusOf(begun, confirmed),
      provider: currentAttempt(begun)?.provider ?? null,
      phrase: (begun.result as { phrase: string } | null)?.phrase ?? null,
      start_task_id: begun.id,
      confirm_task_id: confirmed?.id ?? null,
      created_at: new Date(begun.created_at).toISOString(),
    }
  }

/** getVoice: a custom voice, read from the tasks that make it. */
import type { AvailabilityReport } from '../canonical/checkVoice.ts'
import type { Voice } from '../canonical/voice.ts'
import { GatewayError } from './errors.ts'
import { deletedOr } from './gone.ts'
import { taskOfOwn } from './ids.ts'
import { currentAttempt, ended, type TaskState } from './state.ts'
import type { Reader } from './store.ts'

/** @throws GatewayError task_deleted; not_found, also for a voice of another project */
export const voiceBegun = async (read: Reader, project: string, voice: string): Promise<TaskState> => {
  const task = await read.task(taskOfOwn(voice))
  if (task?.operation === 'startVoice' && task.project === project) return task
  const unknown = new GatewayError('not_found', `There is no voice ${voice}`)
  throw await deletedOr(read, project, taskOfOwn(voice), unknown)
}

/** The task that the phrase to sing is of, or is to come of. Where renewing failed, the phrase before is still there. */
export const phraseTask = async (read: Reader, voice: string, begun: TaskState): Promise<TaskState> => {
  const renewed = await read.lastAbout(voice, 'renewPhrase')
  if (renewed === null) return begun
  if (!ended(renewed)) return renewed
  return (await read.lastAbout(voice, 'renewPhrase', 'succeeded')) ?? begun
}

const statusOf = (phrase: TaskState, confirmed: TaskState | null): Voice['status'] => {
  if (confirmed !== null && !ended(confirmed)) return 'processing'
  if (confirmed?.status === 'succeeded') return 'ready'
  if (!ended(phrase)) return 'preparing'
  if (phrase.status !== 'succeeded') return 'failed'
  // A recording that was refused can be sent again: the phrase is still there.
  return 'awaiting_recording'
}

const time = (at: number) => new Date(at).toISOString()

export const voiceReader =
  (read: Reader) =>
  async (project: string, id: string): Promise<Voice> => {
    const begun = await voiceBegun(read, project, id)
    const phrase = await phraseTask(read, id, begun)
    const confirmed =
      (await read.lastAbout(id, 'confirmVoice', 'succeeded')) ?? (await read.lastAbout(id, 'confirmVoice'))
    const checked = await read.lastAbout(id, 'checkVoice', 'succeeded')
    return {
      id,
      object: 'voice',
      status: statusOf(phrase, confirmed),
      provider: currentAttempt(begun)?.provider ?? null,
      phrase: (phrase.result as { phrase: string } | null)?.phrase ?? null,
      available: (checked?.result as AvailabilityReport | undefined)?.available ?? null,
      checked_at: checked === null ? null : time(checked.updated_at),
      start_task_id: begun.id,
      phrase_task_id: phrase.id,
      confirm_task_id: confirmed?.id ?? null,
      created_at: time(begun.created_at),
    }
  }

/** The doorbell: callbacks of providers, authenticated by their own URL. */
import * as z from 'zod'
import type { TaskForm } from '../contract/operations.ts'
import { hashOf, readToken, sameText } from './callback.ts'
import type { World } from './ports.ts'
import { currentAttempt } from './state.ts'
import type { Reader } from './store.ts'
import type { TaskStore } from './tasks.ts'

/**
 * A callback is a doorbell: whoever knows the attempt's own URL makes us look, and nothing it says is believed.
 * @returns false where the URL is not one of ours
 */
export const doorbell =
  ({ access, entropy, log }: World, read: Reader, tasks: TaskStore) =>
  async (provider: string, tokenText: string, body: unknown): Promise<boolean> => {
    const token = readToken(tokenText)
    const task = token === null ? null : await read.task(token.task)
    const attempt = task?.attempts.find(({ id }) => id === token?.attempt)
    const hash = await hashOf(entropy, token?.secret ?? '')
    const known = attempt !== undefined && attempt.provider === provider && sameText(attempt.token, hash)
    if (!known || task === null) return false
    if (attempt.id !== currentAttempt(task)?.id) return true
    const operations = access.find(({ adapter }) => adapter.id === provider)?.adapter.operations
    const codec = operations?.[attempt.form as TaskForm]?.callback
    const said = codec === undefined ? undefined : z.safeDecode(codec, body)
    if (said?.success === false) log('warn', 'callback.unknown_form', { task: task.id, provider })
    await tasks.happen(task.id, { type: 'rang', provider_task_id: said?.data?.provider_task_id ?? null })
    return true
  }

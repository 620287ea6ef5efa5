/** The doorbell: callbacks of providers, authenticated by their own URL, and by their signature where there is one. */
import * as z from 'zod'
import { classify } from '../contract/errors.ts'
import type { TaskForm } from '../contract/operations.ts'
import type { Snapshot } from '../contract/shapes.ts'
import { taskNamedIn } from '../contract/snapshot.ts'
import { hashOf, readToken, sameText } from './callback.ts'
import type { Report } from './following.ts'
import { believable } from './links.ts'
import type { Access, World } from './ports.ts'
import type { salvager } from './salvage.ts'
import { signatureOf } from './signature.ts'
import { type Attempt, currentAttempt, ended, type TaskState, type WorkTask } from './state.ts'
import { isGivenUp } from './step.ts'
import type { Reader } from './store.ts'
import type { TaskStore } from './tasks.ts'

/** One header of the message, by its lower-case name. */
export type HeaderReader = (name: string) => string | undefined

/** Whether the message is signed as the provider signs, where we hold the key it signs with. */
const isSigned = async ({ adapter, callbackKey }: Access, task: string | null, header: HeaderReader) => {
  const { callbackSignature: rule } = adapter
  if (rule === undefined || callbackKey === undefined) return true
  const parts = { task: task ?? '', timestamp: header(rule.timestampHeader) ?? '' }
  const own = await signatureOf(callbackKey, rule.signs.map((part) => parts[part]).join('.'))
  return sameText(own, header(rule.header) ?? '')
}

/** What a message says by itself, or null where nothing of it is to be believed. */
const reportOf = ({ adapter, origin }: Access, form: TaskForm, snapshot: Snapshot): Report | null => {
  const silent = snapshot.stage !== 'failed' && snapshot.tracks.length === 0
  if (silent || !adapter.operations[form]?.callbackNamesNoTask) return null
  if (!believable([snapshot.tracks, snapshot.result], origin)) return null
  const failure =
    snapshot.failure === null
      ? null
      : classify(adapter.errors, { at: 'callback', operation: form, ...snapshot.failure })
  return { snapshot, failure, title: adapter.title }
}

/** Nobody is to make anything of it, as far as is known. */
const isRefused = ({ state }: Attempt) => state === 'refused' || state === 'not_sent'

/** Only of an attempt that came to nothing, and that no longer holds its task up: who rings may know better. */
const isLate = (task: TaskState, attempt: Attempt): task is WorkTask =>
  task.kind === 'work' &&
  attempt.error !== null &&
  (ended(task) || attempt.id !== currentAttempt(task)?.id || isGivenUp(task) || isRefused(attempt))

/** Whose URL it is: the attempt that was given it, or null. */
const addressee = async ({ entropy }: World, read: Reader, provider: string, tokenText: string) => {
  const token = readToken(tokenText)
  const task = token === null ? null : await read.task(token.task)
  const attempt = task?.attempts.find(({ id }) => id === token?.attempt)
  const hash = await hashOf(entropy, token?.secret ?? '')
  const known = attempt !== undefined && attempt.provider === provider && sameText(attempt.token, hash)
  return known && task !== null ? { task, attempt } : null
}

/** Whether this is a URL of ours: of whoever has none, nothing needs to be read. */
export const addressed =
  (world: World, read: Reader) =>
  async (provider: string, token: string): Promise<boolean> =>
    (await addressee(world, read, provider, token)) !== null

/**
 * A callback is a doorbell: whoever knows the attempt's own URL makes us look. What it says is believed only where it
 * names no task and nothing else is known of the attempt.
 * @returns false where the URL is not one of ours, or the message is not signed as it should be
 */
export const doorbell =
  (world: World, read: Reader, tasks: TaskStore, salvage: ReturnType<typeof salvager>) =>
  async (
    provider: string,
    tokenText: string,
    body: unknown,
    header: HeaderReader = () => undefined,
  ): Promise<boolean> => {
    const { access: all, log } = world
    const found = await addressee(world, read, provider, tokenText)
    const access = all.find(({ adapter }) => adapter.id === provider)
    if (found === null || access === undefined) return false
    const { task, attempt } = found
    const form = attempt.form as TaskForm
    const codec = access.adapter.operations[form]?.callback
    const said = codec === undefined ? undefined : z.safeDecode(codec, body)
    if (said?.success === false) log('warn', 'callback.unknown_form', { task: task.id, provider })
    // Whatever else it says: the name is enough to go and look.
    const named = said?.data?.provider_task_id ?? (codec === undefined ? null : taskNamedIn(codec, body))
    if (!(await isSigned(access, named, header))) {
      log('warn', 'callback.unsigned', { task: task.id, provider })
      return false
    }
    if (!ended(task) && attempt.id === currentAttempt(task)?.id) {
      const report = named === null && said?.data !== undefined ? reportOf(access, form, said.data) : null
      if (report !== null) await tasks.happen(task.id, { type: 'told', attempt: attempt.id, ...report })
      await tasks.happen(task.id, { type: 'rang', attempt: attempt.id, provider_task_id: named })
    }
    // Looked at once more: the task may have ended, or gone on, while it was being told.
    const now = (await read.task(task.id)) ?? task
    const own = now.attempts.find(({ id }) => id === attempt.id)
    if (own !== undefined && isLate(now, own)) await salvage.hear(now, own, named, said?.data ?? null)
    return true
  }

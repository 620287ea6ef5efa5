/** Idempotency: one key is one task, for thirty days. */

import { GatewayError } from './errors.ts'
import { deleted } from './gone.ts'
import { canonicalJson, hex, taskId } from './ids.ts'
import type { ClientKey } from './keys/rows.ts'
import { accountOf } from './keys/spending.ts'
import type { Entropy } from './ports.ts'
import type { Account, TaskState } from './state.ts'
import type { Reader } from './store.ts'

export const KEY_LIFETIME = 30 * 86_400_000

/** What the engine knows of whoever asks. */
export interface Caller {
  readonly project: string
  readonly idempotencyKey: string | null
  /** Names the key that was sent, without telling it. */
  readonly signer?: string
  /** The id of what may be made, where whoever routed the request has chosen it already. */
  readonly taskId?: string
  /** The key that was sent; absent for the bootstrap key, which is held to nothing. */
  readonly key?: Pick<ClientKey, 'id' | 'limits' | 'providers'>
  /** The `traceparent` of the request, where requests are traced. */
  readonly trace?: string
}

/** What a task keeps of whose it is. */
export const ownerOf = ({ key, trace }: Caller): { readonly account?: Account; readonly trace?: string } => ({
  ...(key === undefined ? {} : { account: accountOf(key) }),
  ...(trace === undefined ? {} : { trace }),
})

/** Providers that the key is held to. */
export const heldBy = ({ key }: Caller) => ({ providers: key?.providers ?? null })

/** @throws GatewayError insufficient_scope where the key is held to other providers */
export const requireProvider = ({ key }: Caller, provider: string): void => {
  if (key?.providers?.includes(provider) === false) throw providerForbidden(key.providers)
}

export const providerForbidden = (held: readonly string[]): GatewayError => {
  const detail = `This key is held to ${held.join(', ')}`
  return new GatewayError('insufficient_scope', detail, {
    errors: [{ pointer: 'Authorization', code: 'provider_forbidden', detail }],
  })
}

export interface Accepted<Task extends TaskState = TaskState> {
  readonly task: Task
  /** Whether this Idempotency-Key had made the task before. */
  readonly replayed: boolean
}

/**
 * What a stored task answers to a repeated Idempotency-Key.
 * @throws GatewayError idempotency_key_reused, idempotency_key_expired
 */
export const replay = <Task extends TaskState>(task: Task, fingerprint: string, now: number): Accepted<Task> => {
  if (now - task.created_at > KEY_LIFETIME) throw keyExpired(task.id)
  if (task.fingerprint !== fingerprint)
    throw new GatewayError(
      'idempotency_key_reused',
      'This Idempotency-Key was used with another request: take a new key for a new request',
      { task_id: task.id },
    )
  return { task, replayed: true }
}

/**
 * The task that the caller's Idempotency-Key has made, or null. A key whose task was deleted is used up all the same.
 * @param id follows from the key, where there is one
 * @throws GatewayError task_deleted, idempotency_key_expired
 */
export const earlier = async (read: Reader, caller: Caller, id: string, now: number): Promise<TaskState | null> => {
  if (caller.idempotencyKey === null) return null
  const task = await read.task(id)
  const tombstone = task === null ? await read.tombstone(id) : null
  if (tombstone === null) return task
  if (now - tombstone.created_at > KEY_LIFETIME) throw keyExpired(id)
  throw deleted(tombstone)
}

/** The same after a task could not be stored: somebody else was first, or it was deleted, or what it is about. */
export const winner = async (read: Reader, caller: Caller, id: string, now: number): Promise<TaskState> => {
  const task = await earlier(read, caller, id, now)
  if (task !== null) return task
  throw new GatewayError('not_ready', 'Another request was quicker: ask again', {}, 1)
}

const keyExpired = (task_id: string) =>
  new GatewayError('idempotency_key_expired', 'This Idempotency-Key is older than 30 days: take a new one', { task_id })

/** The id of what a caller asks for. */
export const idFor = async (entropy: Entropy, now: number, caller: Caller, operation: string): Promise<string> =>
  caller.taskId ?? taskId(entropy, now, caller.project, operation, caller.idempotencyKey)

/** What a repeated key is compared by; without a key nothing can be repeated. */
export const fingerprintOf = async (entropy: Entropy, caller: Caller, request: unknown): Promise<string> =>
  caller.idempotencyKey === null ? '' : hex((await entropy.digest(canonicalJson(request))).subarray(0, 16))

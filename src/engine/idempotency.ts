/** Idempotency: one key is one task, for thirty days. */
import { GatewayError } from './errors.ts'
import { canonicalJson, hex } from './ids.ts'
import type { ClientKey } from './keys/rows.ts'
import { accountOf } from './keys/spending.ts'
import type { Entropy } from './ports.ts'
import type { Account, TaskState } from './state.ts'

export const KEY_LIFETIME = 30 * 86_400_000

/** What the engine knows of whoever asks. */
export interface Caller {
  readonly project: string
  readonly idempotencyKey: string | null
  /** Names the key that was sent, without telling it. */
  readonly signer?: string
  /** The key that was sent; absent for the bootstrap key, which is held to nothing. */
  readonly key?: Pick<ClientKey, 'id' | 'limits' | 'providers'>
}

/** What a task keeps of whose it is. */
export const ownerOf = ({ key }: Caller): { readonly account?: Account } =>
  key === undefined ? {} : { account: accountOf(key) }

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
  if (now - task.created_at > KEY_LIFETIME)
    throw new GatewayError('idempotency_key_expired', 'This Idempotency-Key is older than 30 days: take a new one', {
      task_id: task.id,
    })
  if (task.fingerprint !== fingerprint)
    throw new GatewayError(
      'idempotency_key_reused',
      'This Idempotency-Key was used with another request: take a new key for a new request',
      { task_id: task.id },
    )
  return { task, replayed: true }
}

/** What a repeated key is compared by; without a key nothing can be repeated. */
export const fingerprintOf = async (entropy: Entropy, caller: Caller, request: unknown): Promise<string> =>
  caller.idempotencyKey === null ? '' : hex((await entropy.digest(canonicalJson(request))).subarray(0, 16))

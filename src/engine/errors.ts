/** The one error that crosses rooms, and the facts about a failure that a task keeps. */
import type { ErrorCode, FieldError, TaskError } from '../canonical/error.ts'
import type { Charged } from '../canonical/words.ts'
import { policy } from './policy.ts'

export interface Involved {
  readonly provider?: string
  readonly provider_code?: string
  readonly provider_message?: string
}

/** An answer that is an error. `retryAfter` is in seconds. */
export class GatewayError extends Error {
  readonly code: ErrorCode
  readonly involved: Involved & {
    task_id?: string
    errors?: FieldError[]
    link?: string
    may_have_been_charged?: boolean
    retryable?: boolean
  }
  readonly retryAfter: number | undefined

  constructor(code: ErrorCode, detail: string, involved: GatewayError['involved'] = {}, retryAfter?: number) {
    super(detail)
    this.code = code
    this.involved = involved
    this.retryAfter = retryAfter
  }
}

/** What a task or attempt keeps of a failure. */
export const taskError = (
  code: ErrorCode,
  detail: string,
  involved: Involved,
  charged: Charged = policy[code].charged,
): TaskError => ({
  code,
  detail,
  retryable: policy[code].again === 'later',
  may_have_been_charged: charged === 'unknown' || charged === 'yes',
  ...involved,
})

/** Throws what a task kept, as an answer. */
export const raise = (error: TaskError, task_id: string, retryAfter?: number): never => {
  const { code, detail, provider, provider_code, provider_message, may_have_been_charged } = error
  throw new GatewayError(
    code,
    detail,
    { provider, provider_code, provider_message, task_id, may_have_been_charged },
    retryAfter,
  )
}

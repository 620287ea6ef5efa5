/** Problems, as an operation answers them. */
import type { Operation } from '../../../canonical/catalogue.ts'
import type { ErrorCode, FieldError, Problem } from '../../../canonical/error.ts'
import { GatewayError } from '../../../engine/errors.ts'
import { policy } from '../../../engine/policy.ts'
import { problemOf } from '../../problems.ts'
import { type Example, PROVIDER, REQUEST, TASK } from './example.ts'

const said: Readonly<Record<string, Pick<Problem, 'provider_code' | 'provider_message'>>> = {
  content_rejected: { provider_code: '400', provider_message: 'Lyrics contain sensitive words' },
  copyright_match: { provider_code: '413', provider_message: 'Uploaded audio matches existing work of art' },
  provider_credits_exhausted: { provider_code: '402', provider_message: 'Insufficient credits' },
  provider_rate_limited: { provider_code: '429', provider_message: 'Too many requests' },
}

const faultOf = (operation: Operation): FieldError =>
  operation.body !== undefined
    ? { pointer: '/format', code: 'unknown_field', detail: 'There is no field format here: leave it out' }
    : operation.formats !== undefined
      ? { pointer: 'page', code: 'unknown_field', detail: 'There is no field page here: leave it out' }
      : operation.query !== undefined
        ? { pointer: 'limit', code: 'too_big', detail: 'must be at most 100' }
        : operation.method === 'get'
          ? { pointer: 'page', code: 'unknown_field', detail: 'There is no field page here: leave it out' }
          : { pointer: '/format', code: 'unknown_field', detail: 'This request takes no body: leave it out' }

/** Codes that are about a provider. */
const ofProvider = (code: ErrorCode) => code.startsWith('provider_') || code in said

/** A problem as this operation answers it, or as any does. */
export const problemExample = (code: ErrorCode, operation: Operation | null = null): Example => {
  const detail = policy[code].title
  const involved: GatewayError['involved'] = {
    ...(ofProvider(code) && code !== 'provider_not_configured' ? { provider: PROVIDER } : {}),
    ...(said[code] ?? {}),
    ...(code === 'validation_failed' && operation !== null ? { errors: [faultOf(operation)] } : {}),
    ...(code.startsWith('idempotency_key_') && code !== 'idempotency_key_invalid' ? { task_id: TASK } : {}),
  }
  const problem = problemOf(new GatewayError(code, detail, involved), REQUEST)
  // Fields that are not there are no part of what is sent.
  return { summary: policy[code].title, value: JSON.parse(JSON.stringify(problem)) }
}

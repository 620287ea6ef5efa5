/** The error vocabulary: codes never change meaning, new ones may appear. What each one entails is engine/policy.ts. */
import * as z from 'zod'
import type { FieldCode } from './field-codes.ts'
import { RequestId, TaskId } from './id.ts'

/** What a provider can say, in our words. Every adapter answers for each of them. */
export const PROVIDER_FAILURES = [
  'content_rejected',
  'copyright_match',
  'provider_rejected_request',
  'provider_credits_exhausted',
  'provider_rate_limited',
  'provider_maintenance',
  'provider_auth_failed',
  'provider_unavailable',
  'generation_failed',
  'provider_timeout',
  'submission_unconfirmed',
  'not_ready',
  'lyrics_unavailable',
] as const
export type ProviderFailure = (typeof PROVIDER_FAILURES)[number]

export const ERROR_CODES = [
  'malformed_json',
  'invalid_request',
  'validation_failed',
  'unsupported_media_type',
  'payload_too_large',
  'method_not_allowed',
  'not_acceptable',
  'not_found',
  'missing_api_key',
  'invalid_api_key',
  'key_expired',
  'insufficient_scope',
  'rate_limited',
  'idempotency_key_invalid',
  'idempotency_key_reused',
  'idempotency_key_expired',
  'concurrency_limited',
  'capability_unsupported',
  'provider_not_configured',
  'no_provider_available',
  'provider_pinned_unavailable',
  'prerequisite_required',
  'upload_expired',
  'waveform_unavailable',
  'midi_unavailable',
  'track_index_out_of_range',
  'cost_above_max',
  'spend_limit_reached',
  'webhook_url_forbidden',
  'webhook_endpoint_disabled',
  'not_cancelable',
  'task_not_ended',
  'task_deleted',
  'asset_expired',
  'deadline_exceeded',
  'provider_tls_error',
  'provider_protocol',
  ...PROVIDER_FAILURES,
  'adapter_error',
  'storage_unavailable',
  'shutting_down',
  'internal_error',
] as const
export const ErrorCode = z
  .enum(ERROR_CODES)
  .meta({ id: 'ErrorCode', description: 'What went wrong, as a word: see /docs/errors' })
export type ErrorCode = z.infer<typeof ErrorCode>

/** One faulty place of a request. */
export const FieldError = z
  .object({
    pointer: z.string().describe('JSON Pointer (RFC 6901) into the request body, or the name of a header or parameter'),
    code: z.string().describe('What is wrong there, as a word that never changes its meaning'),
    detail: z.string().describe('What is wrong and how to mend it'),
  })
  .meta({ id: 'FieldError' })
/** Clients read any word; here only these are written. */
export type FieldError = z.infer<typeof FieldError> & { readonly code: FieldCode }

const facts = {
  code: ErrorCode.describe('Act on this word, never on the text. More may appear'),
  detail: z.string().describe('What happened and what to do about it'),
  retryable: z.boolean().describe('Whether the same call with the same Idempotency-Key can help'),
  may_have_been_charged: z.boolean().describe('Whether the provider may have taken money for this'),
  provider: z.string().optional().describe('The provider that was involved'),
  provider_code: z.string().optional().describe("The provider's own code, as text"),
  provider_message: z.string().optional().describe("The provider's own words"),
}

/** What `task.error` holds. */
export const TaskError = z.object(facts).meta({ id: 'TaskError' })
export type TaskError = z.infer<typeof TaskError>

/** RFC 9457 problem details with our extensions. */
export const Problem = z
  .object({
    type: z.string().describe('Path of the page that explains this code'),
    title: z.string().describe('What the code means, in a few words: the same for every answer with this code'),
    status: z.int().min(400).max(599).describe('The HTTP status, once more'),
    instance: z.string().optional().describe('Path that stands for this very answer. There is nothing to read at it'),
    ...facts,
    request_id: RequestId.describe('The `Request-Id` of this answer: give it to support'),
    task_id: TaskId.optional().describe('The task that this is about, where there is one'),
    errors: z.array(FieldError).optional().describe('Each faulty place of the request, where that is what is wrong'),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof Problem>

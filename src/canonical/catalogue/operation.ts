/** What an operation is told by, and what several of them share. */
import * as z from 'zod'
import type { ErrorCode } from '../error.ts'
import { DeliveryId, EndpointId, KeyId, TaskId, TrackId, VoiceId } from '../id.ts'
import type { Scope } from '../key.ts'
import type { Rule } from '../rule.ts'

export interface Operation {
  /** `task`: accepted, then carried out; `call`: paid and waited for; `read`: costs nothing. */
  readonly kind: 'task' | 'call' | 'read'
  readonly method: 'get' | 'post' | 'patch' | 'delete'
  readonly path: `/v1/${string}`
  readonly tag:
    | 'Music'
    | 'Lyrics'
    | 'Follow-ups'
    | 'Voices'
    | 'Uploads'
    | 'Tasks'
    | 'Tracks'
    | 'Webhooks'
    | 'Keys'
    | 'Providers'
  readonly summary: string
  readonly description: string
  /** What a key needs for it, where `scopeOf` would not say so; null for any key. */
  readonly scope?: Scope | null
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** Every field of the body may be left out, and so may the body. */
  readonly bodyOptional?: true | undefined
  /** The same by `multipart/form-data`: a part `file`, and these beside it. */
  readonly multipart?: z.ZodObject
  readonly rules?: readonly Rule[]
  readonly result: z.ZodType
  /** Request headers it understands beside Authorization. */
  readonly headers: readonly ('Idempotency-Key' | 'Prefer' | 'If-None-Match' | 'Cancel-After' | 'Last-Event-ID')[]
  /** The same as server-sent events, to who accepts `text/event-stream`. */
  readonly streams?: true
  /** All of them as JSON lines, to who accepts `application/jsonl` or `application/x-ndjson`. */
  readonly exports?: true
  /** Answers with 302 to where it is, and with nothing else. */
  readonly redirects?: true
  /** What `?format=` can name, each with its media type; another is 406. The first is JSON. */
  readonly formats?: Readonly<Record<string, string>>
  /** What it can answer beside what every operation can. */
  readonly errors: readonly ErrorCode[]
  readonly example?: unknown
}

/** A page size is written one way only, as the integer the document speaks of. */
export const limit = z.codec(
  z.string().regex(/^(0|[1-9]\d*)$/, 'must be a whole number from 1 to 100'),
  z.int().min(1).max(100),
  { decode: Number, encode: String },
)

/** Where a list goes on, and how much of it is told. */
export const pages = {
  limit: limit.optional().describe('Entries of a page, 1 to 100. Default 20'),
  cursor: z.string().optional().describe('`next_cursor` of the page before; the first page without it'),
}

export const task = z.strictObject({ task_id: TaskId })
export const track = z.strictObject({ track_id: TrackId })
export const voice = z.strictObject({ voice_id: VoiceId })
export const endpoint = z.strictObject({ endpoint_id: EndpointId })
export const delivery = z.strictObject({ delivery_id: DeliveryId })
export const key = z.strictObject({ key_id: KeyId })

/** Errors any operation can answer. */
export const COMMON_ERRORS = [
  'invalid_request',
  'missing_api_key',
  'invalid_api_key',
  'key_expired',
  'insufficient_scope',
  'rate_limited',
  'method_not_allowed',
  'validation_failed',
  'internal_error',
  'storage_unavailable',
  'shutting_down',
] as const satisfies readonly ErrorCode[]

export const IDEMPOTENCY = [
  'idempotency_key_invalid',
  'idempotency_key_reused',
  'idempotency_key_expired',
  'task_deleted',
] as const satisfies readonly ErrorCode[]

export const BODY = ['malformed_json', 'payload_too_large', 'validation_failed'] as const satisfies readonly ErrorCode[]
export const SENT = ['unsupported_media_type', ...BODY] as const satisfies readonly ErrorCode[]

export const CREATE = [
  ...SENT,
  ...IDEMPOTENCY,
  'webhook_url_forbidden',
  'concurrency_limited',
  'capability_unsupported',
  'provider_not_configured',
  'no_provider_available',
  'cost_above_max',
  'spend_limit_reached',
] as const satisfies readonly ErrorCode[]

/** What can be wrong with that which music is made from. */
export const SOURCE = [
  'not_ready',
  'upload_expired',
  'provider_pinned_unavailable',
] as const satisfies readonly ErrorCode[]

/** What can come of reading a record at a provider: nothing is bought. */
export const READ = [
  'capability_unsupported',
  'provider_rejected_request',
  'provider_credits_exhausted',
  'provider_rate_limited',
  'provider_maintenance',
  'provider_auth_failed',
  'provider_unavailable',
  'provider_protocol',
  'adapter_error',
] as const satisfies readonly ErrorCode[]

/** What a provider can say to a paid call. */
export const ASKED = [
  'concurrency_limited',
  'spend_limit_reached',
  'capability_unsupported',
  'provider_rejected_request',
  'content_rejected',
  'copyright_match',
  'provider_credits_exhausted',
  'provider_rate_limited',
  'provider_maintenance',
  'provider_auth_failed',
  'provider_unavailable',
  'provider_tls_error',
  'submission_unconfirmed',
  'adapter_error',
] as const satisfies readonly ErrorCode[]

/** The closed catalogue: every operation with its route, its schemas and what it can answer. */
import * as z from 'zod'
import type { ErrorCode } from './error.ts'
import { GENERATE_MUSIC_RULES, GenerateMusicRequest } from './generateMusic.ts'
import { TaskId, TrackId } from './id.ts'
import { TimestampedLyrics } from './lyrics.ts'
import { CapabilityList, CreditsList, ProviderList } from './provider.ts'
import type { Rule } from './rule.ts'
import { Task, TaskList, Track } from './task.ts'
import { TaskStatus } from './words.ts'

export interface Operation {
  /** `task`: accepted, then carried out; `call`: paid and waited for; `read`: costs nothing. */
  readonly kind: 'task' | 'call' | 'read'
  readonly method: 'get' | 'post'
  readonly path: `/v1/${string}`
  readonly tag: 'Music' | 'Lyrics' | 'Tasks' | 'Tracks' | 'Providers'
  readonly summary: string
  readonly description: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  readonly rules?: readonly Rule[]
  readonly result: z.ZodType
  /** Request headers it understands beside Authorization. */
  readonly headers: readonly ('Idempotency-Key' | 'Prefer' | 'If-None-Match')[]
  /** What it can answer beside what every operation can. */
  readonly errors: readonly ErrorCode[]
  readonly example?: unknown
}

/** A page size is written one way only, as the integer the document speaks of. */
const limit = z.codec(
  z.string().regex(/^(0|[1-9]\d*)$/, 'must be a whole number from 1 to 100'),
  z.int().min(1).max(100),
  { decode: Number, encode: String },
)

const task = z.strictObject({ task_id: TaskId })
const track = z.strictObject({ track_id: TrackId })

/** Errors any operation can answer. */
export const COMMON_ERRORS = [
  'invalid_request',
  'missing_api_key',
  'invalid_api_key',
  'method_not_allowed',
  'internal_error',
  'storage_unavailable',
  'shutting_down',
] as const satisfies readonly ErrorCode[]

const IDEMPOTENCY = [
  'idempotency_key_invalid',
  'idempotency_key_reused',
  'idempotency_key_expired',
] as const satisfies readonly ErrorCode[]

export const catalogue = {
  generateMusic: {
    kind: 'task',
    method: 'post',
    path: '/v1/music/generations',
    tag: 'Music',
    summary: 'Make two tracks from an idea or from exact lyrics',
    description:
      'Answers 202 once the task is stored: from then on it is carried to its end. `Prefer: wait=N` waits up to N seconds for that end and answers 200 if it came.',
    body: GenerateMusicRequest,
    rules: GENERATE_MUSIC_RULES,
    result: Task,
    headers: ['Idempotency-Key', 'Prefer'],
    errors: [
      'malformed_json',
      'unsupported_media_type',
      'payload_too_large',
      'validation_failed',
      ...IDEMPOTENCY,
      'concurrency_limited',
      'capability_unsupported',
      'provider_not_configured',
      'no_provider_available',
    ],
    example: {
      mode: 'compose',
      title: 'Rain on the Wire',
      style: 'indie folk, warm, fingerpicked guitar',
      lyrics: '[Verse]\nRain on the wire, home by the light',
    },
  },
  getTask: {
    kind: 'read',
    method: 'get',
    path: '/v1/tasks/{task_id}',
    tag: 'Tasks',
    summary: 'A task as it is now',
    description:
      'Always 200 for a known task. `Retry-After` says when to look again; `Prefer: wait=N` waits up to N seconds until its `seq` changes. Reading never calls a provider.',
    params: task,
    result: Task,
    headers: ['Prefer', 'If-None-Match'],
    errors: ['not_found'],
  },
  listTasks: {
    kind: 'read',
    method: 'get',
    path: '/v1/tasks',
    tag: 'Tasks',
    summary: 'Tasks, newest first',
    description: 'Pages by an opaque cursor. There are no totals.',
    query: z.strictObject({
      limit: limit.optional().describe('Default 20'),
      cursor: z.string().optional().describe('`next_cursor` of the page before'),
      status: TaskStatus.optional(),
      operation: z.enum(['generateMusic', 'alignLyrics']).optional(),
    }),
    result: TaskList,
    headers: [],
    errors: ['validation_failed'],
  },
  getTrack: {
    kind: 'read',
    method: 'get',
    path: '/v1/tracks/{track_id}',
    tag: 'Tracks',
    summary: 'A track as it is now',
    description: 'Copy the audio before `audio.expires_at`: the provider deletes it then.',
    params: track,
    result: Track,
    headers: [],
    errors: ['not_found'],
  },
  alignLyrics: {
    kind: 'call',
    method: 'post',
    path: '/v1/tracks/{track_id}/timestamped-lyrics',
    tag: 'Lyrics',
    summary: 'Align the lyrics of a track to its audio',
    description:
      'A paid call to the provider that made the track, once: the alignment is stored and every repeat is free. `Prefer: wait=N` waits up to N seconds where the track or the alignment is not ready yet; else that is 409 `not_ready`.',
    params: track,
    result: TimestampedLyrics,
    headers: ['Idempotency-Key', 'Prefer'],
    errors: [
      'not_found',
      'malformed_json',
      'payload_too_large',
      'validation_failed',
      ...IDEMPOTENCY,
      'not_ready',
      'lyrics_unavailable',
      'capability_unsupported',
      'provider_pinned_unavailable',
      'provider_rejected_request',
      'content_rejected',
      'copyright_match',
      'provider_credits_exhausted',
      'provider_rate_limited',
      'provider_maintenance',
      'provider_auth_failed',
      'provider_unavailable',
      'provider_tls_error',
      'provider_protocol',
      'submission_unconfirmed',
      'adapter_error',
    ],
  },
  getTimestampedLyrics: {
    kind: 'read',
    method: 'get',
    path: '/v1/tracks/{track_id}/timestamped-lyrics',
    tag: 'Lyrics',
    summary: 'The stored alignment of a track',
    description: 'Free. 409 `not_ready` until alignLyrics has been called for this track.',
    params: track,
    result: TimestampedLyrics,
    headers: [],
    errors: ['not_found', 'not_ready'],
  },
  getCredits: {
    kind: 'read',
    method: 'get',
    path: '/v1/credits',
    tag: 'Providers',
    summary: 'What is left at each configured provider',
    description: 'Asks every provider with its key. A provider that does not answer has `error` set instead.',
    result: CreditsList,
    headers: [],
    errors: [],
  },
  listProviders: {
    kind: 'read',
    method: 'get',
    path: '/v1/providers',
    tag: 'Providers',
    summary: 'The providers Tutti knows, in routing order',
    description: 'A provider without a key is listed as `not_configured` and never called.',
    result: ProviderList,
    headers: [],
    errors: [],
  },
  listCapabilities: {
    kind: 'read',
    method: 'get',
    path: '/v1/capabilities',
    tag: 'Providers',
    summary: 'What each provider can do, field by field',
    description: 'Derived from the same tables that requests are translated with.',
    result: CapabilityList,
    headers: [],
    errors: [],
  },
} as const satisfies Record<string, Operation>

export type OperationId = keyof typeof catalogue

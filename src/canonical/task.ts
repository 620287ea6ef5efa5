/** The task: one canonical request being carried out. The same object in every answer. */
import * as z from 'zod'
import { TaskError } from './error.ts'
import { GenerateMusicRequest } from './generateMusic.ts'
import { AttemptId, TaskId, TrackId } from './id.ts'
import { AttemptState, Charged, Model, Stage, TaskStatus, TrackStatus } from './words.ts'

const instant = z.iso
  .datetime()
  .meta({ id: 'Instant', description: 'RFC 3339, in UTC', examples: ['2026-11-21T09:30:00.000Z'] })

export const Track = z
  .object({
    id: TrackId,
    object: z.literal('track'),
    task_id: TaskId,
    index: z.int().min(0),
    status: TrackStatus.describe('`streaming`: only `stream_url` plays; `ready`: `audio` is final'),
    provider: z.string(),
    provider_track_id: z.string().nullable(),
    title: z.string().nullable(),
    lyrics: z.string().nullable(),
    style: z.string().nullable(),
    duration_seconds: z.number().nullable(),
    audio: z
      .object({ url: z.string(), expires_at: instant.describe('When the provider deletes it: copy the file before') })
      .nullable(),
    stream_url: z.string().nullable().describe('A live stream, while the audio is not final'),
    image_url: z.string().nullable(),
    error: z.string().nullable().describe("The provider's words, where this track failed"),
    created_at: instant,
  })
  .meta({ id: 'Track' })
export type Track = z.infer<typeof Track>

export const Warning = z
  .object({
    pointer: z.string().describe('JSON Pointer of the field you sent'),
    code: z.enum(['parameter_unsupported', 'parameter_ignored']),
    detail: z.string(),
  })
  .meta({ id: 'Warning' })
export type Warning = z.infer<typeof Warning>

export const Attempt = z
  .object({
    id: AttemptId,
    provider: z.string(),
    model: Model.nullable(),
    state: AttemptState,
    provider_task_id: z.string().nullable(),
    charged: Charged,
    error: TaskError.nullable(),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Attempt' })

export const Billing = z
  .object({
    charged: Charged.describe('Whether a provider took money for this task'),
    credits: z.number().nullable().describe("In the provider's own credits; null where its price is not known"),
    usd: z.number().nullable().describe('By the documented price of a credit; null where it is not known'),
  })
  .meta({ id: 'Billing' })

/** The request of a timed-lyrics call, as the task of it shows it. */
export const AlignLyricsEcho = z.object({ track_id: TrackId }).meta({ id: 'AlignLyricsEcho' })

export const Task = z
  .object({
    id: TaskId,
    object: z.literal('task'),
    operation: z.enum(['generateMusic', 'alignLyrics']).describe('The operationId. More may appear'),
    status: TaskStatus,
    stage: Stage,
    seq: z.int().min(1).describe('Counts the events of this task without gaps'),
    created_at: instant,
    updated_at: instant,
    livemode: z.boolean().describe('False in the sandbox: nothing was bought'),
    provider: z.string().nullable().describe('The provider of the current attempt'),
    model: Model.nullable().describe('The model of the current attempt, with `auto` resolved'),
    request: z.union([GenerateMusicRequest, AlignLyricsEcho]).describe('What you asked for, before defaults'),
    stages: z.array(z.object({ stage: Stage, at: instant })).describe('Every stage reached, in order'),
    tracks: z.array(Track),
    error: TaskError.nullable(),
    billing: Billing,
    warnings: z.array(Warning),
    attempts: z.array(Attempt),
    metadata: z.record(z.string(), z.string()),
    links: z.object({ self: z.string() }),
  })
  .meta({ id: 'Task' })
export type Task = z.infer<typeof Task>

export const TaskList = z
  .object({ data: z.array(Task), has_more: z.boolean(), next_cursor: z.string().nullable() })
  .meta({ id: 'TaskList' })

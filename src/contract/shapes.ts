/** The canonical shapes an adapter's tables lead to, beside the request itself: what a provider must tell us. */
import * as z from 'zod'
import type { TrackStatus } from '../canonical/words.ts'

/** A task at the provider. */
export const TaskReference = z.object({ provider_task_id: z.string().min(1) })
export type TaskReference = z.infer<typeof TaskReference>

/** A track at the provider: by its id, or by its place in its task, from 0. We name both; a client of a face may not. */
export const TrackReference = z.object({
  provider_task_id: z.string().min(1),
  provider_track_id: z.string().min(1).optional(),
  track_index: z.int().min(0).optional(),
})
export type TrackReference = z.infer<typeof TrackReference>

const text = z.string().nullable()

/** One track as a provider reports it. `audio_url` only where the file is final. */
export const TrackReport = z.object({
  provider_track_id: z.string().min(1),
  title: text,
  lyrics: text,
  style: text,
  duration_seconds: z.number().nullable(),
  audio_url: text,
  stream_url: text,
  image_url: text,
  failure: text,
})
export type TrackReport = z.infer<typeof TrackReport>

/** A track's status follows from what is there of it. */
export const trackStatus = (track: TrackReport): z.infer<typeof TrackStatus> =>
  track.failure !== null
    ? 'failed'
    : track.audio_url !== null
      ? 'ready'
      : track.stream_url !== null
        ? 'streaming'
        : 'pending'

export const SnapshotStage = z.enum(['submitted', 'text_ready', 'first_ready', 'complete', 'failed'])
export type SnapshotStage = z.infer<typeof SnapshotStage>

/** A provider's own signals about a failure, uninterpreted: `errors` of the adapter names them. */
export const Signals = z.object({
  code: z.union([z.number(), z.string()]).nullable(),
  status: z.string().nullable(),
  message: z.string().nullable(),
})
export type Signals = z.infer<typeof Signals>

/** The state of a provider's task. `provider_task_id` is null where the message does not name it. */
export const Snapshot = z.object({
  provider_task_id: z.string().nullable(),
  stage: SnapshotStage,
  tracks: z.array(TrackReport),
  failure: Signals.nullable(),
  /** What was made, where it is no track: null until it is there. Absent where only tracks are made. */
  result: z.unknown().optional(),
})
export type Snapshot = z.infer<typeof Snapshot>

/** What is left on an account, in the provider's own credits. */
export const Balance = z.object({ remaining: z.number() })
export type Balance = z.infer<typeof Balance>

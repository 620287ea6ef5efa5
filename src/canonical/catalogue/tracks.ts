/** Tracks, their timed lyrics and waveforms. */
import * as z from 'zod'
import { LYRIC_FORMATS, type LyricFormat, TimestampedLyrics } from '../lyrics.ts'
import { Track } from '../task.ts'
import { WAVEFORM_FORMATS, Waveform, type WaveformFormat } from '../waveform.ts'
import { ASKED, BODY, IDEMPOTENCY, type Operation, track } from './operation.ts'

export const tracks = {
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
    errors: ['not_found', 'task_deleted'],
  },
  getTrackAudio: {
    kind: 'read',
    method: 'get',
    path: '/v1/tracks/{track_id}/audio',
    tag: 'Tracks',
    summary: 'The audio file of a track',
    description:
      'Redirects to the file at the provider, or to what recoverTrack brought back. 409 `not_ready` until it is final, 410 `asset_expired` once the provider has deleted it.',
    params: track,
    result: z.unknown(),
    redirects: true,
    headers: [],
    errors: ['not_found', 'task_deleted', 'not_ready', 'asset_expired'],
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
      ...BODY,
      ...IDEMPOTENCY,
      'not_ready',
      'lyrics_unavailable',
      'provider_pinned_unavailable',
      ...ASKED,
    ],
  },
  getTimestampedLyrics: {
    kind: 'read',
    method: 'get',
    path: '/v1/tracks/{track_id}/timestamped-lyrics',
    tag: 'Lyrics',
    summary: 'The stored alignment of a track',
    description:
      'Free. 409 `not_ready` until alignLyrics has been called for this track. In another format than JSON by `?format=`, or by `Accept`: words that the provider could not place, or that contradict the others, are spread between their neighbours; WebVTT and TTML mark them as estimated. Without words that is 422 `lyrics_unavailable`.',
    params: track,
    query: z.strictObject({
      format: z
        .enum(Object.keys(LYRIC_FORMATS) as [LyricFormat, ...LyricFormat[]])
        .optional()
        .describe('Wins over `Accept`. `elrc` is LRC with a time before each word'),
    }),
    formats: LYRIC_FORMATS,
    result: TimestampedLyrics,
    headers: [],
    errors: ['not_found', 'task_deleted', 'validation_failed', 'not_acceptable', 'not_ready', 'lyrics_unavailable'],
  },
  getTrackWaveform: {
    kind: 'read',
    method: 'get',
    path: '/v1/tracks/{track_id}/waveform',
    tag: 'Tracks',
    summary: 'How loud a track is, over its whole length',
    description:
      'Free. It comes with the alignment: 409 `not_ready` until alignLyrics has been called for this track. As `samples` of the provider, `peaks` for wavesurfer, or `audiowaveform` JSON (version 2).',
    params: track,
    query: z.strictObject({
      format: z
        .enum(Object.keys(WAVEFORM_FORMATS) as [WaveformFormat, ...WaveformFormat[]])
        .optional()
        .describe('Default `samples`'),
    }),
    formats: WAVEFORM_FORMATS,
    result: Waveform,
    headers: [],
    errors: [
      'not_found',
      'task_deleted',
      'validation_failed',
      'not_acceptable',
      'not_ready',
      'lyrics_unavailable',
      'waveform_unavailable',
    ],
  },
} as const satisfies Readonly<Record<string, Operation>>

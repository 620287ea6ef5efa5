/** What derived music is made from. */
import * as z from 'zod'
import { TrackId, UploadId } from './id.ts'

export const AudioUrl = z
  .string()
  .regex(/^https?:\/\/[^\s/]+\/\S*$/u, 'must be a URL such as https://cdn.example.com/song.mp3')
  .describe('https, and reachable by the provider')

/** One of three: a track of ours, any public audio, or an upload. */
export const Source = z
  .union(
    [
      z.strictObject({ track_id: TrackId.describe('A track made or imported here') }).meta({ id: 'TrackSource' }),
      z.strictObject({ audio_url: AudioUrl }).meta({ id: 'AudioSource' }),
      z.strictObject({ upload_id: UploadId.describe('An upload made by uploadAudio') }).meta({ id: 'UploadSource' }),
    ],
    'must be one of {"track_id": …}, {"audio_url": …}, {"upload_id": …}',
  )
  .meta({ id: 'Source', description: 'What it is made from: a track, audio by its URL, or an upload' })
export type Source = z.infer<typeof Source>

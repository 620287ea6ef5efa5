/** What a task has made where that is no track: `result` of the task, told apart by `object`. */
import * as z from 'zod'
import { VoiceCheck } from './checkVoice.ts'
import { MidiResult } from './createMidi.ts'
import { EnhancedStyle } from './enhanceStyle.ts'
import { PersonaId, TrackId, UploadId, VoiceId } from './id.ts'
import { Instant } from './instant.ts'
import { WrittenLyrics } from './writeLyrics.ts'

const expires_at = Instant.describe('When the provider deletes it: copy the file before')

export const Result = z
  .discriminatedUnion('object', [
    z.object({ object: z.literal('lyrics'), ...WrittenLyrics.shape }).meta({ id: 'LyricsResult' }),
    z.object({ object: z.literal('file'), url: z.string(), expires_at }).meta({ id: 'FileResult' }),
    z
      .object({
        object: z.literal('stems'),
        stems: z.array(
          z.object({
            name: z.string().describe('Such as `Vocals`; createMidi takes it as `stem`'),
            url: z.string(),
            duration_seconds: z.number().nullable(),
            expires_at,
          }),
        ),
      })
      .meta({ id: 'StemsResult' }),
    MidiResult,
    z
      .object({ object: z.literal('images'), images: z.array(z.object({ url: z.string(), expires_at })) })
      .meta({ id: 'ImagesResult' }),
    z
      .object({
        object: z.literal('recovery'),
        tracks: z.array(
          z.object({
            track_id: TrackId.nullable().describe('Null for a track that is not known here'),
            audio: z.object({ url: z.string(), expires_at }).nullable(),
            error: z.string().nullable().describe("The provider's words, where it could not be brought back"),
          }),
        ),
      })
      .meta({ id: 'RecoveryResult' }),
    z
      .object({
        object: z.literal('voice'),
        voice_id: VoiceId,
        phrase: z.string().nullable().describe('To be sung and sent to confirmVoice'),
      })
      .meta({ id: 'VoiceResult' }),
    z.object({ object: z.literal('persona'), persona_id: PersonaId }).meta({ id: 'PersonaResult' }),
    z.object({ object: z.literal('upload'), upload_id: UploadId }).meta({ id: 'UploadResult' }),
    EnhancedStyle,
    VoiceCheck,
  ])
  .meta({ id: 'Result' })
export type Result = z.infer<typeof Result>

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
    z
      .object({ object: z.literal('file'), url: z.string().describe('The file at the provider'), expires_at })
      .meta({ id: 'FileResult' }),
    z
      .object({
        object: z.literal('stems'),
        stems: z
          .array(
            z.object({
              name: z.string().describe('Such as `Vocals`; createMidi takes it as `stem`'),
              url: z.string().describe('The file at the provider'),
              duration_seconds: z.number().nullable().describe('Length of it; null where the provider does not tell'),
              expires_at,
            }),
          )
          .describe('What the song was taken apart into'),
      })
      .meta({ id: 'StemsResult' }),
    MidiResult,
    z
      .object({
        object: z.literal('images'),
        images: z
          .array(z.object({ url: z.string().describe('The file at the provider'), expires_at }))
          .describe('The pictures, all of the same song'),
      })
      .meta({ id: 'ImagesResult' }),
    z
      .object({
        object: z.literal('recovery'),
        tracks: z
          .array(
            z.object({
              track_id: TrackId.nullable().describe('Null for a track that is not known here'),
              audio: z
                .object({ url: z.string().describe('The file at the provider'), expires_at })
                .nullable()
                .describe('The fresh link; null where it could not be brought back'),
              error: z
                .string()
                .nullable()
                .describe("The provider's words where it could not be brought back; else null"),
            }),
          )
          .describe('Every track of the task, as far as it could be brought back'),
      })
      .meta({ id: 'RecoveryResult' }),
    z
      .object({
        object: z.literal('voice'),
        voice_id: VoiceId,
        phrase: z.string().nullable().describe('To be sung and sent to confirmVoice; null once the voice is made'),
      })
      .meta({ id: 'VoiceResult' }),
    z
      .object({ object: z.literal('persona'), persona_id: PersonaId.describe('The persona that was made') })
      .meta({ id: 'PersonaResult' }),
    z
      .object({ object: z.literal('upload'), upload_id: UploadId.describe('The upload that was made') })
      .meta({ id: 'UploadResult' }),
    EnhancedStyle,
    VoiceCheck,
  ])
  .meta({ id: 'Result' })
export type Result = z.infer<typeof Result>

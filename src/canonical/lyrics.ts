/** Timestamped lyrics: the provider's words one to one, and the lines and sections derived from them. */
import * as z from 'zod'
import { TrackId } from './id.ts'

/** Every format of timed lyrics and its media type, best first where a client takes several of them equally. */
export const LYRIC_FORMATS = {
  json: 'application/json',
  vtt: 'text/vtt',
  ttml: 'application/ttml+xml',
  srt: 'application/x-subrip',
  ass: 'text/x-ssa',
  lrc: 'text/plain',
  elrc: 'text/plain',
} as const
export type LyricFormat = keyof typeof LYRIC_FORMATS

const seconds = z.number()

/** One word as the provider aligned it; section tags and line breaks are still inside. */
export const AlignedWord = z.object({
  raw: z.string(),
  start_seconds: seconds,
  end_seconds: seconds,
  aligned: z.boolean(),
  confidence: z.number().nullable(),
})
export type AlignedWord = z.infer<typeof AlignedWord>

/** What a provider says about one track; all of it is kept. */
export const Alignment = z.object({
  words: z.array(AlignedWord),
  waveform: z.array(z.number()),
  error_rate: z.number().nullable(),
  streaming: z.boolean().nullable(),
})
export type Alignment = z.infer<typeof Alignment>

export const TimestampedLyrics = z
  .object({
    track_id: TrackId.describe('The track whose lyrics they are'),
    words: z
      .array(
        z.object({
          text: z.string().describe('`raw` without section tags and outer white space'),
          raw: z.string().describe("The provider's own text, unchanged"),
          start_seconds: seconds.describe('When it begins, from the start of the track'),
          end_seconds: seconds.describe('When it ends'),
          aligned: z.boolean().describe('False where the provider could not place the word'),
          confidence: z.number().nullable().describe("The provider's number or null; its meaning is unverified"),
        }),
      )
      .describe('Every word in the order it is sung'),
    lines: z
      .array(
        z.object({
          section: z
            .string()
            .nullable()
            .describe('`Verse`, `Chorus` … as the last tag before this line says; null without one'),
          start_seconds: seconds.describe('When it begins, from the start of the track'),
          end_seconds: seconds.describe('When it ends'),
          words: z
            .tuple([z.int().min(0), z.int().min(0)])
            .describe('Index into `words` of its first word, and of the one after its last'),
        }),
      )
      .describe('The same words, line by line'),
    waveform: z.array(z.number()).describe('Loudness samples over the whole track'),
    error_rate: z
      .number()
      .nullable()
      .describe('Of the alignment: lower is better; null where the provider does not tell'),
    streaming: z
      .boolean()
      .nullable()
      .describe('Whether the words were aligned to unfinished audio; null where the provider does not tell'),
    reason: z.literal('no_lyrics').optional().describe('Why `words` is empty'),
  })
  .meta({ id: 'TimestampedLyrics' })
export type TimestampedLyrics = z.infer<typeof TimestampedLyrics>

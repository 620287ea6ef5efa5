/** writeLyrics: words for a song, without music. */
import * as z from 'zod'
import { carried, submitted, text } from './creation.ts'

const words = { description: text.describe('What the lyrics are about') }

export const WriteLyricsSubmission = z.object({ ...words, callback_url: submitted.callback_url })
export type WriteLyricsSubmission = z.infer<typeof WriteLyricsSubmission>

export const WriteLyricsRequest = z.strictObject({ ...words, ...carried }).meta({ id: 'WriteLyricsRequest' })

/** What a provider wrote. A variant that went wrong has an `error` in the provider's words. */
export const WrittenLyrics = z.object({
  variants: z
    .array(
      z.object({
        title: z.string().nullable().describe('A title for it; null where the provider gave none'),
        lyrics: z.string().nullable().describe('The words of the song; null where this variant went wrong'),
        error: z.string().nullable().describe("The provider's words where this variant went wrong; else null"),
      }),
    )
    .describe('What the provider wrote, to choose from'),
})
export type WrittenLyrics = z.infer<typeof WrittenLyrics>

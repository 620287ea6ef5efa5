/** writeLyrics: words for a song, without music. */
import * as z from 'zod'
import { carried, submitted, text } from './creation.ts'

const words = { description: text.describe('What the lyrics are about') }

export const WriteLyricsSubmission = z.object({ ...words, callback_url: submitted.callback_url })
export type WriteLyricsSubmission = z.infer<typeof WriteLyricsSubmission>

export const WriteLyricsRequest = z.strictObject({ ...words, ...carried }).meta({ id: 'WriteLyricsRequest' })

/** What a provider wrote. A variant that went wrong has an `error` in the provider's words. */
export const WrittenLyrics = z.object({
  variants: z.array(
    z.object({ title: z.string().nullable(), lyrics: z.string().nullable(), error: z.string().nullable() }),
  ),
})
export type WrittenLyrics = z.infer<typeof WrittenLyrics>

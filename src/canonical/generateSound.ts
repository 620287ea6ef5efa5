/** generateSound: an effect or a loop from an idea. */
import * as z from 'zod'
import { carried, modelled, submitted, text } from './creation.ts'
import { MusicalKey } from './words.ts'

const sound = {
  description: text.describe('What is to be heard'),
  loop: z.boolean().optional().describe('Whether the end leads back to the beginning. Default false'),
  tempo_bpm: z.int().min(1).max(300).optional().describe('Beats per minute'),
  key: MusicalKey.optional().describe('Musical key; any without it'),
  capture_lyrics: z.boolean().optional().describe('Whether words that are heard are written down. Default false'),
}

export const GenerateSoundSubmission = z.object({ ...sound, ...submitted })
export type GenerateSoundSubmission = z.infer<typeof GenerateSoundSubmission>

export const GenerateSoundRequest = z
  .strictObject({ ...sound, ...modelled, ...carried })
  .meta({ id: 'GenerateSoundRequest' })

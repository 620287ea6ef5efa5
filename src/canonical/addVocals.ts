/** addVocals: let a voice sing over an instrumental. */
import * as z from 'zod'
import { carried, controls, modelled, style, submitted, text, title } from './creation.ts'
import { AudioUrl, Source } from './source.ts'

const vocals = {
  lyrics: text.describe('What is sung'),
  style,
  title,
  ...controls,
}

export const AddVocalsSubmission = z.object({ audio_url: AudioUrl, ...vocals, ...submitted })
export type AddVocalsSubmission = z.infer<typeof AddVocalsSubmission>

export const AddVocalsRequest = z
  .strictObject({ source: Source, ...vocals, ...modelled, ...carried })
  .meta({ id: 'AddVocalsRequest' })

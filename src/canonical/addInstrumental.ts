/** addInstrumental: an accompaniment for a voice. */
import * as z from 'zod'
import { carried, controls, modelled, style, submitted, title } from './creation.ts'
import { AudioUrl, Source } from './source.ts'

const accompaniment = { style, title, ...controls }

export const AddInstrumentalSubmission = z.object({ audio_url: AudioUrl, ...accompaniment, ...submitted })
export type AddInstrumentalSubmission = z.infer<typeof AddInstrumentalSubmission>

export const AddInstrumentalRequest = z
  .strictObject({ source: Source, ...accompaniment, ...modelled, ...carried })
  .meta({ id: 'AddInstrumentalRequest' })

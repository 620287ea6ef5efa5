/** createVideo: a song as a film. */
import * as z from 'zod'
import { followed, text } from './creation.ts'

export const credits = {
  author: text.optional().describe('Shown as the artist'),
  domain_name: text.optional().describe('Shown as a watermark'),
}

export const CreateVideoRequest = z.strictObject({ ...credits, ...followed }).meta({ id: 'CreateVideoRequest' })

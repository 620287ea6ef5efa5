/** createCoverArt: pictures for a song. Providers make one set for all tracks of a task. */
import * as z from 'zod'
import { followed } from './creation.ts'

export const CreateCoverArtRequest = z.strictObject({ ...followed }).meta({ id: 'CreateCoverArtRequest' })

export const ImagesReport = z.object({ images: z.array(z.string().min(1)) })
export type ImagesReport = z.infer<typeof ImagesReport>

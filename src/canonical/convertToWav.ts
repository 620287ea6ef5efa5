/** convertToWav: the same audio without loss. */
import * as z from 'zod'
import { followed } from './creation.ts'

export const ConvertToWavRequest = z.strictObject({ ...followed }).meta({ id: 'ConvertToWavRequest' })

/** A file at the provider. */
export const FileReport = z.object({ url: z.string().min(1) })
export type FileReport = z.infer<typeof FileReport>

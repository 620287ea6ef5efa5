/** uploadAudio: a file of your own, kept by a provider for a few days. */
import * as z from 'zod'
import { UploadId } from './id.ts'
import { Instant } from './instant.ts'
import { Routing } from './routing.ts'
import { AudioUrl } from './source.ts'

/** A name is no path: nobody's file is to be overwritten from another folder. */
const FileName = z
  .string()
  .max(255)
  // Each letter is looked at once, however long the name is.
  .regex(/^[.\s]*[^/\\.\s][^/\\]*$/u, 'must be a name: not blank, and without / and \\')
  .meta({
    description: 'What to call the file, without slashes. The provider names it where nobody does',
    examples: ['take1.mp3'],
  })

const place = { folder: z.string().min(1), file_name: FileName.optional() }
export const UploadSubmission = z.object({ content_base64: z.string().min(1), ...place })
export type UploadSubmission = z.infer<typeof UploadSubmission>
export const UploadFromUrlSubmission = z.object({ url: AudioUrl, ...place })
export type UploadFromUrlSubmission = z.infer<typeof UploadFromUrlSubmission>

export const UploadAudioRequest = z
  .strictObject({
    url: AudioUrl.describe('Fetched by the provider: up to about 100 MB within 30 seconds'),
    file_name: FileName.optional(),
    routing: Routing.optional(),
  })
  .meta({ id: 'UploadAudioRequest' })

/** What may stand beside the part `file`. */
export const UploadFile = z.strictObject({ file_name: FileName.optional() })

export const UploadReport = z.object({
  url: z.string().min(1),
  file_name: z.string().nullable(),
  size_bytes: z.number().nullable(),
  media_type: z.string().nullable(),
})
export type UploadReport = z.infer<typeof UploadReport>

export const Upload = z
  .object({
    id: UploadId.describe('For `source.upload_id`'),
    object: z.literal('upload'),
    provider: z.string().describe('Where the file lies; every provider can fetch it'),
    url: z.string().describe('The file there, for everybody who knows this URL'),
    file_name: z.string().nullable().describe('As the provider tells it; null where it does not'),
    size_bytes: z.number().nullable().describe('As the provider tells it; null where it does not'),
    media_type: z.string().nullable().describe('Such as `audio/mpeg`; null where the provider does not tell'),
    created_at: Instant,
    expires_at: Instant.describe('When the provider deletes it'),
  })
  .meta({ id: 'Upload' })
export type Upload = z.infer<typeof Upload>

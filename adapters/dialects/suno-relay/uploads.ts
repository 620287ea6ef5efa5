/** Uploads in the suno-relay dialect, at a host of their own: kie.md 13.3; apibox.md 6.23. */
import * as z from 'zod'
import { UploadFromUrlSubmission, UploadReport, UploadSubmission } from '../../../src/canonical/uploadAudio.ts'
import type { CallBinding } from '../../../src/contract/adapter.ts'
import { blankIsNull, type Codec, fields, orNull } from '../../../src/contract/codec.ts'
import type { Envelope } from '../../../src/contract/envelope.ts'

const place = { folder: 'uploadPath', file_name: 'fileName' } as const
const content = fields(UploadSubmission, { content_base64: 'base64Data', ...place })
const link = fields(UploadFromUrlSubmission, { url: 'fileUrl', ...place })

const { file_name, size_bytes, media_type } = UploadReport.shape
const url = z.string().nullable()
const Said = z.object({ download: url, file: url.optional(), file_name, size_bytes, media_type })

/** The quick start shows more fields than were ever seen; of two links the first counts (kie.md 13.3). */
const uploaded: Codec<UploadReport> = z.codec(
  fields(
    Said,
    {
      download: ['downloadUrl', blankIsNull()],
      file: ['fileUrl', blankIsNull().optional()],
      file_name: ['fileName', blankIsNull()],
      size_bytes: ['fileSize', orNull(z.number())],
      media_type: ['mimeType', blankIsNull()],
    },
    {
      ignored: ['success', 'filePath', 'uploadedAt', 'fileId', 'originalName', 'uploadPath', 'uploadTime', 'expiresAt'],
    },
  ),
  UploadReport,
  {
    decode: ({ download, file, ...kept }) => ({ ...kept, url: download ?? file ?? '' }),
    encode: ({ url: link, ...kept }) => ({ ...kept, download: link }),
  },
)

/** With a word of its own for success, which says the same as the code. */
const envelope: Envelope = { code: 'code', success: [200], message: ['msg'], payload: 'data', ignored: ['success'] }

export const uploadAudio: CallBinding<UploadSubmission, UploadReport> = {
  call: {
    method: 'POST',
    path: '/api/file-base64-upload',
    at: 'upload',
    carries: 'json',
    request: content,
    response: uploaded,
    envelope,
  },
}

export const uploadFromUrl: CallBinding<UploadFromUrlSubmission, UploadReport> = {
  call: {
    method: 'POST',
    path: '/api/file-url-upload',
    at: 'upload',
    carries: 'json',
    request: link,
    response: uploaded,
    envelope,
  },
}

/** Files that clients send as multipart/form-data. */
import type { Context } from 'hono'
import type { FieldCode } from '../canonical/field-codes.ts'
import { UploadFile } from '../canonical/uploadAudio.ts'
import { GatewayError } from '../engine/errors.ts'
import type { SentFile } from '../engine/made.ts'
import type { Request } from '../engine/state.ts'
import { pointerOf, validationFailed } from './problems.ts'

/** Largest file in bytes: providers advise base64, which is how it travels on, up to 10 MB (kie.md 13.3). */
export const FILE_LIMIT = 10 * 1024 * 1024

export const isMultipart = (c: Context): boolean =>
  c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() === 'multipart/form-data'

const CHUNK = 0x8000

const base64 = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK))
  return btoa(text)
}

const faulty = (pointer: string, code: FieldCode, detail: string) =>
  new GatewayError('validation_failed', `${pointer}: ${detail}`, { errors: [{ pointer, code, detail }] })

/** The name of a part without the directories that some clients send with it (RFC 7578, section 4.2). */
const baseName = (name: string): string => name.split(/[/\\]/).at(-1)!.trim()

/** The file of a request and what stands beside it; null where the request is no multipart. */
export const sentFile = async (c: Context): Promise<{ file: SentFile; request: Request } | null> => {
  if (!isMultipart(c)) return null
  const form = await c.req.formData().catch(() => {
    throw new GatewayError('invalid_request', 'The body is not valid multipart/form-data')
  })
  const [file, ...others] = form.getAll('file')
  if (others.length > 0) throw faulty('/file', 'too_many', 'send one file at a time')
  if (!(file instanceof File)) throw faulty('/file', 'required', 'send the file as the part `file`, with a file name')
  const bytes = new Uint8Array(await file.arrayBuffer())
  if (bytes.length === 0) throw faulty('/file', 'too_small', 'is empty')
  if (bytes.length > FILE_LIMIT) throw new GatewayError('payload_too_large', `A file may have ${FILE_LIMIT / 1024} KiB`)
  const seen = new Set<string>()
  for (const name of form.keys()) {
    if (seen.has(name)) throw faulty(pointerOf([name]), 'too_many', 'send it once only')
    seen.add(name)
  }
  const rest = Object.fromEntries([...form.entries()].filter(([name]) => name !== 'file'))
  const called = baseName(file.name)
  const named = called === '' ? rest : { file_name: called, ...rest }
  const read = UploadFile.safeParse(named)
  if (!read.success) throw validationFailed(read.error.issues, named)
  return { file: { content_base64: base64(bytes), size_bytes: bytes.length, ...read.data }, request: read.data }
}

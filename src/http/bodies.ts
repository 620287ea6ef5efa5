/** Bodies of requests, before a schema sees them: how long they may be, of which type, and whether they are JSON. */
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Operation } from '../canonical/catalogue.ts'
import { GatewayError } from '../engine/errors.ts'
import { FILE_LIMIT, isMultipart } from './files.ts'
import { pointerOf } from './problems.ts'

const BODY_LIMIT = 64 * 1024

/** Judges a body by its announced length; one without (chunked) is counted while it is read. */
export const limited = (bytes: number): MiddlewareHandler => {
  const tooLarge = () => {
    throw new GatewayError('payload_too_large', `The body may have ${bytes / 1024} KiB`)
  }
  const counted = bodyLimit({ maxSize: bytes, onError: tooLarge })
  return (c, next) => {
    const length = c.req.header('content-length')
    if (length === undefined) return counted(c, next)
    return Number(length) > bytes ? tooLarge() : next()
  }
}

const limitBody = limited(BODY_LIMIT)
/** A file, and the parts around it. */
const limitFile = limited(FILE_LIMIT + BODY_LIMIT)

/** Refuses a body that is longer than those of this operation may be. */
export const limitOf = (c: Context, operation: Operation): MiddlewareHandler =>
  operation.multipart !== undefined && isMultipart(c) ? limitFile : limitBody

/** A key that JSON allows and JavaScript objects lose. */
const LOST_KEY = /"__proto__"\s*:/

export const parsed = async (c: Context): Promise<unknown> => {
  if (LOST_KEY.test(await c.req.text()))
    throw new GatewayError('validation_failed', '__proto__ can not be the name of a field', {
      errors: [{ pointer: '/__proto__', code: 'unknown_field', detail: 'Leave it out' }],
    })
  try {
    return await c.req.json()
  } catch {
    throw new GatewayError('malformed_json', 'The body is not valid JSON: check quotes, commas and braces')
  }
}

/** Whether a body follows the headers at all (RFC 9112, section 6). */
const announcesBody = (c: Context) =>
  (c.req.header('content-length') ?? '0') !== '0' || c.req.header('transfer-encoding') !== undefined

const withoutType = (request: Request): Request => {
  const headers = new Headers(request.headers)
  headers.delete('content-type')
  return new Request(request.url, { method: request.method, headers })
}

/** What has to be true of a body before a schema sees it. */
export const checkBody = async (c: Context, operation: Operation) => {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (operation.multipart !== undefined && type === 'multipart/form-data') return
  if (operation.bodyOptional && !announcesBody(c)) {
    // Nothing follows, whatever the headers call it.
    if (type !== undefined) c.req.raw = withoutType(c.req.raw)
    return
  }
  if (operation.body !== undefined) {
    if (type !== 'application/json')
      throw new GatewayError(
        'unsupported_media_type',
        `Send the body with Content-Type: application/json${operation.multipart ? ', or a file as multipart/form-data' : ''}`,
      )
    await parsed(c)
    return
  }
  if (!announcesBody(c)) return
  const text = await c.req.text()
  if (text.trim() === '') return
  const body = await parsed(c)
  const fields = typeof body === 'object' && body !== null ? Object.keys(body) : ['']
  if (fields.length > 0)
    throw new GatewayError('validation_failed', 'This request takes no body', {
      errors: fields.map((field) => ({
        pointer: field === '' ? '' : pointerOf([field]),
        code: 'unknown_field',
        detail: 'This request takes no body: leave it out',
      })),
    })
}

/** Bodies of requests, before a schema sees them: how long they may be, of which type, and whether they are JSON. */
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Operation } from '../canonical/catalogue.ts'
import { GatewayError } from '../engine/errors.ts'
import { FILE_LIMIT, isMultipart } from './files.ts'
import { pointerOf } from './problems.ts'
import { tell } from './respond.ts'

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
const LOST = '__proto__'
/** Whether a text could hold it, as it is or by escapes. */
const MAY_HOLD = /__proto__|\\u/

interface Node {
  readonly value: object
  readonly key: string
  readonly parent: Node | null
}

const pathOf = (key: string, parent: Node | null): readonly string[] => {
  const path = [key]
  for (let node = parent; node !== null && node.parent !== null; node = node.parent) path.push(node.key)
  return path.reverse()
}

/** Where it stands, or null. However deep a value is nested, the stack is not. */
const lostIn = (sent: unknown): string | null => {
  const open: Node[] = typeof sent === 'object' && sent !== null ? [{ value: sent, key: '', parent: null }] : []
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { value } = node
    if (!Array.isArray(value) && Object.hasOwn(value, LOST)) return pointerOf(pathOf(LOST, node))
    for (const [key, inner] of Object.entries(value))
      if (typeof inner === 'object' && inner !== null) open.push({ value: inner, key, parent: node })
  }
  return null
}

/** The value of a JSON text whose names nobody lists: what is read of it is read by name. */
export const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new GatewayError('malformed_json', 'The body is not valid JSON: check quotes, commas and braces')
  }
}

/** The value of a JSON text that a client sent: nothing of it may be lost in silence. */
export const parsed = (text: string): unknown => {
  const value = parsedJson(text)
  const pointer = MAY_HOLD.test(text) ? lostIn(value) : null
  if (pointer === null) return value
  throw new GatewayError('validation_failed', `${LOST} can not be the name of a field`, {
    errors: [{ pointer, code: 'unknown_field', detail: 'Leave it out' }],
  })
}

/** Refuses what is no UTF-8, and passes over a byte order mark, which RFC 8259 allows (section 8.1). */
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The text of a body. Hono's own has bytes that are no UTF-8 replaced in silence. */
const textOf = async (c: Context): Promise<string> => {
  const bytes = await c.req.arrayBuffer()
  try {
    return utf8.decode(bytes)
  } catch {
    throw new GatewayError('malformed_json', 'The body is not UTF-8: write it in that encoding, as all JSON is')
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

/** The charset that a media type names, quoted or not. */
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]*)/i
const UTF_8 = /^utf-?8$/i

const unsupported = (detail: string) => new GatewayError('unsupported_media_type', detail)

const typeOf = (c: Context) => c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()

const checkCoding = (c: Context) => {
  const coding = c.req.header('content-encoding')?.trim().toLowerCase() ?? ''
  if (coding === '' || coding === 'identity' || !announcesBody(c)) return
  // RFC 9110, section 15.5.16
  tell(c, { 'accept-encoding': 'identity' })
  throw unsupported(`Content-Encoding ${coding} is not taken: send the body as it is, without that header`)
}

/** What the headers have to say of a body, before any of it is read. */
export const checkType = (c: Context, { body, bodyOptional, multipart }: Operation): void => {
  if (body === undefined) return
  checkCoding(c)
  const type = typeOf(c)
  if (bodyOptional && !announcesBody(c)) {
    // Nothing follows, whatever the headers call it.
    if (type !== undefined) c.req.raw = withoutType(c.req.raw)
    return
  }
  if (multipart !== undefined && type === 'multipart/form-data') return
  if (type !== 'application/json')
    throw unsupported(
      multipart === undefined
        ? 'Send the body with Content-Type: application/json'
        : 'Send JSON with a url (Content-Type: application/json), or a file as multipart/form-data',
    )
  const charset = CHARSET.exec(c.req.header('content-type')!)?.[1]
  if (charset !== undefined && !UTF_8.test(charset))
    throw unsupported(`The charset ${charset} is not taken: send UTF-8`)
}

/** What has to be true of a body before a schema sees it. */
export const checkBody = async (c: Context, { body, bodyOptional, multipart }: Operation): Promise<void> => {
  if (multipart !== undefined && isMultipart(c)) return
  if (bodyOptional && !announcesBody(c)) return
  if (body !== undefined) {
    const value = parsed(await textOf(c))
    // Whoever validates it gets this very value: Hono would parse the text once more.
    c.req.json = () => Promise.resolve(value as never)
    return
  }
  if (!announcesBody(c)) return
  const text = await textOf(c)
  if (text.trim() === '') return
  const sent = parsed(text)
  const places = typeof sent === 'object' && sent !== null ? Object.keys(sent).map((field) => pointerOf([field])) : ['']
  if (places.length > 0)
    throw new GatewayError('validation_failed', 'This request takes no body', {
      errors: places.map((pointer) => ({
        pointer,
        code: 'unknown_field',
        detail: 'This request takes no body: leave it out',
      })),
    })
}

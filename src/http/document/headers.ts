/** The headers of the document, as src/http reads and sends them. */
import type { Operation } from '../../canonical/catalogue.ts'
import type { Json } from './schemas.ts'

/** A preference `wait`, in any case; other preferences may stand beside it. Commas in quoted strings separate nothing. */
const QUOTED = String.raw`"([^"\\]|\\(.|$))*("|$)`
const NO_WAIT = String.raw`(?!\s*[Ww][Aa][Ii][Tt]\s*([=;,]|$))([^,"]|${QUOTED})*`
const WAIT = String.raw`\s*[Ww][Aa][Ii][Tt]\s*=\s*(\d+|"\d+")\s*([,;].*)?`

/** From 10 seconds to 24 hours, in each unit. */
const SECONDS = String.raw`([1-9]\d{1,3}|[1-7]\d{4}|8[0-5]\d{3}|86[0-3]\d{2}|86400)`
const MINUTES = String.raw`([1-9]\d{0,2}|1[0-3]\d{2}|14[0-3]\d|1440)`
const HOURS = '([1-9]|1\\d|2[0-4])'

/** An example of a header stands in its description: pages that try requests out send what is told as `example`, every time. */
const requestHeaders: {
  readonly [Name in Operation['headers'][number]]: { description: string; schema: Json; such: string }
} = {
  'Idempotency-Key': {
    description:
      'Makes repeating safe: the same key and request are carried out once, and a repeat answers the task as it is now, or what was made. 1 to 255 visible ASCII characters, bare or as a quoted string; a random UUID is best. It belongs to the project and the operation, for 30 days.',
    schema: { type: 'string', pattern: '^(?!""$)([!-~]{1,255}|"[!-~]{1,255}")$' },
    such: '3f0c1f5e-6d0b-4d57-9a4e-0d5f1f0b8c11',
  },
  Prefer: {
    description: '`wait=N` holds the answer for up to N seconds, 60 at most (RFC 7240). Other preferences are ignored.',
    schema: { type: 'string', pattern: `^(${NO_WAIT},)*(${NO_WAIT}|${WAIT})$` },
    such: 'wait=30',
  },
  'Cancel-After': {
    description:
      'Nothing is sent to a provider any more once so much time has passed: whole seconds, minutes or hours from 10s to 24h. What a provider has by then is followed to its end.',
    schema: { type: 'string', pattern: `^(${SECONDS}s|${MINUTES}m|${HOURS}h)$` },
    such: '5m',
  },
  'Last-Event-ID': {
    description: 'The `id` of the last event you have: only those after it are told.',
    schema: { type: 'string' },
    such: 'evt_01JD3W8Q4T7X2M5N9P6R0S1V306',
  },
  'If-None-Match': {
    description: 'The `ETag` of an earlier answer: 304 while nothing has changed. Several are separated by commas.',
    schema: { type: 'string' },
    such: '"5-7"',
  },
}

interface Header {
  readonly description: string
  readonly required?: boolean
  readonly schema: Json
  readonly example: unknown
}

const responseHeaders = {
  'Request-Id': {
    description: 'Names this request: give it to support',
    required: true,
    schema: { type: 'string', pattern: '^req_[0-9A-HJKMNP-TV-Z]{26}$' },
    example: 'req_9P6R0S1V301JD3W8Q4T7X2M5ND',
  },
  Location: {
    description: 'Where it is: the path of a task, or the URL of a file',
    required: true,
    schema: { type: 'string' },
    example: '/v1/tasks/task_01JD3W8Q4T7X2M5N9P6R0S1V30',
  },
  'Retry-After': {
    description:
      'Seconds until asking again can show something new. Absent where nobody knows when, or where nothing more will come: of an error, `retryable` in the body says which',
    schema: { type: 'integer', minimum: 1 },
    example: 5,
  },
  ETag: {
    description: 'Changes with every change of what is answered: send it as If-None-Match',
    required: true,
    schema: { type: 'string' },
    example: '"5-7"',
  },
  'Cache-Control': {
    description: 'An answer is for its asker, to be revalidated',
    required: true,
    schema: { type: 'string' },
    example: 'private, no-cache',
  },
  Unkept: {
    description: 'It holds a secret, or what a key has left: nobody keeps it',
    required: true,
    schema: { type: 'string', const: 'no-store' },
    example: 'no-store',
  },
  'Some-ETag': {
    description: 'As ETag. Absent where the answer is a stream or plain text',
    schema: { type: 'string' },
    example: '"2f9a"',
  },
  'Preference-Applied': {
    description: 'The wait that was granted. Absent without `Prefer: wait`',
    schema: { type: 'string' },
    example: 'wait=30',
  },
  'Idempotency-Replayed': {
    description: 'True where this key was seen before: nothing new was made. Absent otherwise',
    schema: { type: 'boolean' },
    example: true,
  },
  Vary: {
    description: 'What else the answer depends on: it may be kept for requests that agree in it',
    required: true,
    schema: { type: 'string' },
    example: 'Accept',
  },
  'Content-Disposition': {
    description: 'The name of the file (RFC 6266). Absent where the answer is JSON',
    schema: { type: 'string' },
    example: 'attachment; filename="Rain on the Wire.lrc"; filename*=UTF-8\'\'Rain%20on%20the%20Wire.lrc',
  },
  'Tutti-Provider': {
    description: 'The provider that was involved. Absent where none was',
    schema: { type: 'string' },
    example: 'aria',
  },
  'Tutti-Should-Retry': {
    description: 'Whether a client may repeat this by itself, with the same Idempotency-Key',
    required: true,
    schema: { type: 'boolean' },
    example: false,
  },
  'Next-Link': {
    description: '`rel="next"`: the page after this one. Absent on the last page (RFC 8288)',
    schema: { type: 'string' },
    example: '</v1/tasks?limit=20&cursor=MTc5NTI1MzQwMDAwMA%3D%3D>; rel="next"',
  },
  'Create-Link': {
    description: '`rel="create-form"`: what to POST to so that it comes to be (RFC 8288)',
    schema: { type: 'string' },
    example: '</v1/tracks/track_01JD3W8Q4T7X2M5N9P6R0S1V31/timestamped-lyrics>; rel="create-form"',
  },
  'Accept-Encoding': {
    description: 'The encoding of bodies that is taken. Absent where another one was not what was wrong',
    schema: { type: 'string', const: 'identity' },
    example: 'identity',
  },
  Allow: {
    description: 'The methods this path takes',
    required: true,
    schema: { type: 'string' },
    example: 'GET, HEAD',
  },
  RateLimit: {
    description: 'Requests that are left (`r`), and seconds until one more is (`t`). Absent without a limit',
    schema: { type: 'string' },
    example: '"requests";r=117;t=42',
  },
  'RateLimit-Policy': {
    description: 'Requests (`q`) in so many seconds (`w`). Absent without a limit',
    schema: { type: 'string' },
    example: '"requests";q=120;w=60',
  },
  'WWW-Authenticate': {
    description: 'How to say who you are',
    required: true,
    schema: { type: 'string' },
    example: 'Bearer',
  },
} as const satisfies Record<string, Header>

export type HeaderName = keyof typeof responseHeaders

/** Headers that mean several things, or are promised here only. */
const WIRE: { readonly [Name in HeaderName]?: string } = {
  'Next-Link': 'Link',
  'Create-Link': 'Link',
  Unkept: 'Cache-Control',
  'Some-ETag': 'ETag',
}
/** The header's own name. */
const wireName = (name: HeaderName) => WIRE[name] ?? name

/** Headers of a response, by reference. */
export const headersOf = (names: readonly HeaderName[]): Json =>
  Object.fromEntries(names.map((name) => [wireName(name), { $ref: `#/components/headers/${name}` }]))

export const parametersOf = (headers: Operation['headers']): Json[] =>
  headers.map((name) => ({ $ref: `#/components/parameters/${name}` }))

export const headerComponents: Json = responseHeaders
export const parameterComponents: Json = Object.fromEntries(
  Object.entries(requestHeaders).map(([name, { description, schema, such }]) => [
    name,
    { name, in: 'header', description: `${description} Such as \`${such}\`.`, schema },
  ]),
)

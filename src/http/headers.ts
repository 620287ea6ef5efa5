/** Request headers we understand, read strictly. */
import { parseAccept } from 'hono/utils/accept'
import { GatewayError } from '../engine/errors.ts'

/** 1 to 255 visible ASCII characters. */
const KEY = /^[\x21-\x7e]{1,255}$/

const LONGEST_WAIT = 60

/** The Idempotency-Key, bare or as a quoted string (draft-ietf-httpapi-idempotency-key-header-07). */
export const idempotencyKey = (header: string | undefined): string | null => {
  if (header === undefined) return null
  const quoted = /^"(.*)"$/.exec(header)
  const key = quoted === null ? header : quoted[1]!
  if (!KEY.test(key))
    throw new GatewayError('idempotency_key_invalid', 'Idempotency-Key takes 1 to 255 visible ASCII characters', {
      errors: [{ pointer: 'Idempotency-Key', code: 'invalid_format', detail: 'Use a random UUID, for example' }],
    })
  return key
}

/** Preferences, between commas that no quoted string holds. One that does not end goes on to the end. */
const PREFERENCE = /(?:[^,"]|"(?:[^"\\]|\\(?:.|$))*(?:"|$))+/g

/** Seconds of `Prefer: wait=N` (RFC 7240), at most 60; 0 without it. Other preferences are ignored, as the RFC asks. */
export const preferredWait = (header: string | undefined): number => {
  const wait = header
    ?.match(PREFERENCE)
    // What stands behind a semicolon are parameters of a preference.
    ?.map((preference) => preference.split(';', 1)[0]!.trim())
    .find((preference) => /^wait\s*(=|$)/i.test(preference))
  if (wait === undefined) return 0
  const seconds = /^wait\s*=\s*(?:(\d+)|"(\d+)")$/i.exec(wait)
  if (seconds === null)
    throw new GatewayError('invalid_request', 'Prefer: wait takes whole seconds, such as wait=30', {
      errors: [{ pointer: 'Prefer', code: 'invalid_format', detail: 'Send Prefer: wait=30' }],
    })
  return Math.min(Number(seconds[1] ?? seconds[2]), LONGEST_WAIT)
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }

/** Milliseconds of `Cancel-After: 5m`, from 10s to 24h; null without it. */
export const cancelAfter = (header: string | undefined): number | null => {
  if (header === undefined) return null
  const match = /^([1-9]\d{0,4})([smh])$/.exec(header)
  const seconds = match === null ? 0 : Number(match[1]) * UNITS[match[2]!]!
  if (seconds < 10 || seconds > 24 * 3600)
    throw new GatewayError('invalid_request', 'Cancel-After takes a time from 10s to 24h, such as 90s, 5m or 2h', {
      errors: [{ pointer: 'Cancel-After', code: 'invalid_format', detail: 'Send Cancel-After: 5m' }],
    })
  return seconds * 1000
}

/** Whether an `If-None-Match` names this tag, or any with `*` (RFC 9110, section 13.1.2). */
export const isKnown = (header: string | undefined, etag: string): boolean =>
  header?.trim() === '*' || (header ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)

type Range = ReturnType<typeof parseAccept>[number]

export const accepted = (accept: string | undefined): readonly Range[] => parseAccept(accept ?? '')

/** How exactly a range names a media type: 3 by name, 1 as anything, 0 not at all (RFC 9110, section 12.5.1). */
const exactness = ({ type }: Range, media: string): number => {
  const range = type.toLowerCase()
  if (range === media) return 3
  if (range === `${media.split('/')[0]}/*`) return 2
  return range === '*/*' ? 1 : 0
}

/** The quality of a media type: that of the range that names it most exactly; 0 where none does. */
export const quality = (ranges: readonly Range[], media: string): number => {
  const [best] = ranges
    .map((range) => [exactness(range, media), range.q] as const)
    .filter(([exact]) => exact > 0)
    .sort(([one], [other]) => other - one)
  return best?.[1] ?? 0
}

/** The best of these types that is named, and liked at least as much as JSON. What takes anything is no wish for it. */
const preferred = (accept: string | undefined, types: readonly string[]): string | undefined => {
  const ranges = accepted(accept)
  const least = quality(ranges, 'application/json')
  return types
    .filter((type) => ranges.some((range) => exactness(range, type) === 3))
    .map((type) => ({ type, liked: quality(ranges, type) }))
    .filter(({ liked }) => liked > 0 && liked >= least)
    .sort((one, other) => other.liked - one.liked)[0]?.type
}

/** Whether the client wants a stream of events rather than a list (RFC 9110, section 12.5.1). */
export const wantsStream = (accept: string | undefined): boolean =>
  preferred(accept, ['text/event-stream']) !== undefined

/** Whether the client wants a page to read: programs that take anything get text. */
export const wantsHtml = (accept: string | undefined): boolean => preferred(accept, ['text/html']) !== undefined

/** Whether what is packed may be sent as it is (RFC 9110, section 12.5.3). */
export const takesGzip = (encoding: string | undefined): boolean =>
  accepted(encoding).some(({ type, q }) => type.toLowerCase() === 'gzip' && q > 0)

/** The type of JSON lines by which the client wants a whole list, rather than a page of it. */
export const linesType = (accept: string | undefined): string | undefined =>
  preferred(accept, ['application/jsonl', 'application/x-ndjson'])

/** The key of `Authorization: Bearer …` (RFC 6750). */
export const bearer = (header: string | undefined): string => {
  const match = /^Bearer +([\x21-\x7e]+) *$/i.exec(header ?? '')
  if (match === null)
    throw new GatewayError('missing_api_key', 'Send your key as Authorization: Bearer <key>', {
      errors: [{ pointer: 'Authorization', code: 'required', detail: 'Authorization: Bearer <key>' }],
    })
  return match[1]!
}

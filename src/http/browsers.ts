/** What browsers are told: what they may do with an answer, and which pages of others may read it. */
import type { Env, MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { tell } from './respond.ts'

/** Origins whose pages may call the gateway: exactly these, or any. */
export type Origins = '*' | readonly string[]

/** Nothing that is answered is a page, and nobody frames it or learns where it was asked; pages say their own policy. */
const ALWAYS: readonly (readonly [name: string, value: string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'no-referrer'],
  // Whoever may be kept says so itself.
  ['cache-control', 'no-store'],
]
const HTTPS_ONLY = ['strict-transport-security', 'max-age=31536000'] as const

/** Headers of ours that a page of another origin may read. */
export const EXPOSED = [
  'Request-Id',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'Location',
  'ETag',
  'Idempotency-Replayed',
  'Link',
  'Tutti-Should-Retry',
  'Tutti-Provider',
  'Preference-Applied',
  'Content-Disposition',
  'Allow',
  'Accept-Encoding',
  'WWW-Authenticate',
] as const

/** Headers of an answer that a 304 keeps. */
export const RETAINED = [
  ...ALWAYS.map(([name]) => name),
  HTTPS_ONLY[0],
  'access-control-allow-origin',
  'access-control-expose-headers',
  'etag',
  'link',
  'ratelimit',
  'ratelimit-policy',
  'request-id',
  'vary',
]

/** Headers of every answer. @param https whether the gateway is reached over https alone */
export const protection = (https: boolean): Readonly<Record<string, string>> =>
  Object.fromEntries(https ? [...ALWAYS, HTTPS_ONLY] : ALWAYS)

/** Answers preflights, and lets pages of these origins read what is answered, errors too. No cookie is ever meant. */
export const crossOrigin = <E extends Env>(origins: Origins): MiddlewareHandler<E> => {
  const answer = cors({
    origin: typeof origins === 'string' ? origins : [...origins],
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposeHeaders: [...EXPOSED],
    maxAge: 600,
  })
  return async (c, next) => {
    if (c.req.header('origin') !== undefined) return answer(c, next)
    if (origins !== '*') tell(c, { vary: 'Origin' })
    await next()
  }
}

/**
 * Answers: a text, a status and headers. What every answer is told is kept as a plain record until it is made: a `Headers` that is
 * filled name by name costs more than the rest of a read.
 */
import type { Context } from 'hono'

type Fields = Readonly<Record<string, string>>
type Body = ConstructorParameters<typeof Response>[0]

const toldOf = (c: Context): Fields => c.get('told') ?? {}

/** Headers that whatever is answered will have. */
export const tell = (c: Context, headers: Fields): void => {
  c.set('told', { ...toldOf(c), ...headers })
}

/** What an answer depends on adds up. */
const varying = (told: Fields, headers: Fields): Fields =>
  told.vary === undefined || headers.vary === undefined ? {} : { vary: `${told.vary}, ${headers.vary}` }

/** An answer with its own headers and those of all. */
export const respond = (c: Context, body: Body, status = 200, headers: Fields = {}): Response => {
  const told = toldOf(c)
  c.set('whole', true)
  return new Response(body, { status, headers: { ...told, ...headers, ...varying(told, headers) } })
}

export const json = (c: Context, value: unknown, status = 200, headers: Fields = {}): Response =>
  respond(c, JSON.stringify(value), status, { 'content-type': 'application/json', ...headers })

/** What somebody else answered, a preflight, is told the same. */
export const complete = (c: Context): void => {
  if (c.get('whole') === true) return
  for (const [name, value] of Object.entries(toldOf(c))) if (!c.res.headers.has(name)) c.res.headers.set(name, value)
}

/** Leads to the page after this one (RFC 8288). */
export const nextLink = (c: Context, cursor: string | null): Record<string, string> => {
  if (cursor === null) return {}
  const next = new URL(c.req.url)
  next.searchParams.set('cursor', cursor)
  return { link: `<${next.pathname}${next.search}>; rel="next"` }
}

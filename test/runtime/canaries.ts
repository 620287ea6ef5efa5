/** Canaries for every input of every route of the document: words that must be nowhere but where they were said. */
import document from '../../openapi/gateway.json' with { type: 'json' }

interface Described {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: {
    readonly content: Readonly<
      Record<string, { readonly examples?: Readonly<Record<string, { readonly value: unknown }>> }>
    >
  }
}
type Json = Readonly<Record<string, unknown>>

export interface Route {
  readonly operation: string
  readonly method: string
  readonly path: string
  readonly query: readonly string[]
  /** Bodies of the document's own examples; one that is undefined where it takes none. */
  readonly bodies: readonly unknown[]
}

/** Every route that is described, reads after what they read, and what ends things last. */
export const routes: readonly Route[] = Object.entries(
  document.paths as unknown as Record<string, Record<string, Described>>,
)
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters = [], requestBody }]) => {
      const examples = Object.values(requestBody?.content['application/json']?.examples ?? {})
      return {
        operation: operationId,
        method: method.toUpperCase(),
        path,
        query: parameters.filter((each) => each.in === 'query').map(({ name }) => name),
        bodies: examples.length === 0 ? [undefined] : examples.map(({ value }) => value),
      }
    }),
  )
  .sort((one, other) => rank(one) - rank(other))

function rank({ method, operation }: { readonly method: string; readonly operation: string }): number {
  if (operation === 'createProject') return 0
  if (method === 'DELETE') return 4
  if (method === 'PATCH' || /^(rotate|cancel)/.test(operation)) return 3
  return method === 'POST' ? 1 : 2
}

let count = 0
/** A word like no other, which says where it was planted. */
export const canary = (place: string) => `canary${++count}${place.replace(/[^a-z]/gi, '')}`

const SPOKEN = new Set(['title', 'name', 'style', 'description', 'lyrics', 'negative_style'])

/** The same body with a canary wherever a client may write what it likes; ids become those that there are. */
export const planted = (body: unknown, ids: Json, local: string, key = ''): unknown => {
  if (Array.isArray(body)) return body.map((each) => planted(each, ids, local, key))
  if (typeof body === 'object' && body !== null)
    return Object.fromEntries(
      Object.entries(body).map(([name, value]) => [
        name,
        key === 'metadata' ? canary('metadata') : planted(value, ids, local, name),
      ]),
    )
  if (typeof body !== 'string') return body
  if (key in ids) return ids[key]
  if (/^https?:\/\//.test(body)) return `${local}/${canary('path')}.mp3?signature=${canary('signature')}`
  return SPOKEN.has(key) || /\s/.test(body) ? `${body.slice(0, 40)} ${canary(key)}` : body
}

/** The same body with nothing but canaries in it, and one where no field is. */
export const hostile = (body: unknown, key = ''): unknown => {
  if (Array.isArray(body)) return body.map((each) => hostile(each, key))
  if (typeof body === 'object' && body !== null)
    return {
      ...Object.fromEntries(Object.entries(body).map(([name, value]) => [name, hostile(value, name)])),
      [canary('field')]: canary('value'),
    }
  return typeof body === 'string' ? canary(key) : body
}

/** Headers that a client, or something between, may send: each says one. */
export const strangeHeaders = (): Record<string, string> =>
  Object.fromEntries(
    [
      'user-agent',
      'referer',
      'cookie',
      'x-forwarded-for',
      'x-api-key',
      'tracestate',
      'baggage',
      'idempotency-key',
      'x-request-id',
    ].map((name) => [name, `k=${canary(name)}`]),
  )

/** Responses that several operations share, told once. */
import type { Json } from './schemas.ts'

/** What most operations answer with a status is told once, by the name of the status. */
const RESPONSES: Readonly<Record<string, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  402: 'PaymentRequired',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Gone',
  413: 'ContentTooLarge',
  415: 'UnsupportedMediaType',
  422: 'UnprocessableContent',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
}

export type Paths = Record<string, Record<string, Json & { responses: Json }>>

/** The commonest response of each status, where several operations have it. */
export const commonResponses = (paths: Paths): Json => {
  const all = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ responses }) => responses))
  const common = Object.entries(RESPONSES).flatMap(([status, name]) => {
    const counts = new Map<string, number>()
    for (const responses of all)
      if (status in responses) {
        const text = JSON.stringify(responses[status])
        counts.set(text, (counts.get(text) ?? 0) + 1)
      }
    const [most] = [...counts].sort(([, one], [, other]) => other - one)
    return most !== undefined && most[1] > 1 ? [[name, JSON.parse(most[0])]] : []
  })
  return Object.fromEntries(common)
}

/** The same paths, with references to these responses. */
export const referring = (paths: Paths, common: Json): Paths => {
  const references = new Map(
    Object.entries(common).map(([name, response]) => [JSON.stringify(response), `#/components/responses/${name}`]),
  )
  const lead = (response: unknown) => {
    const $ref = references.get(JSON.stringify(response))
    return $ref === undefined ? response : { $ref }
  }
  const map = <From, To>(record: Record<string, From>, change: (value: From) => To): Record<string, To> =>
    Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
  return map(paths, (methods) =>
    map(methods, (operation) => ({ ...operation, responses: map(operation.responses, lead) })),
  )
}

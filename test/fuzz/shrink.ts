/** A request that went wrong, made smaller as long as it goes wrong in the same way. */
import type { Json } from '../document-values.ts'
import type { Draft } from './draft.ts'

/** Requests that are sent to make one smaller, at most. */
const PATIENCE = 60

const withBody = (draft: Draft, body: string): Draft => ({
  ...draft,
  body,
  headers: { ...draft.headers, 'content-length': String(Buffer.byteLength(body)) },
})

/** Every copy of a value with one field or entry less. */
const thinner = (value: unknown): unknown[] => {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value))
    return value.flatMap((each, at) => [
      value.filter((_, index) => index !== at),
      ...thinner(each).map((small) => value.with(at, small)),
    ])
  const fields = value as Json
  return Object.keys(fields).flatMap((key) => {
    const { [key]: own, ...rest } = fields
    return [rest, ...thinner(own).map((small) => ({ ...fields, [key]: small }))]
  })
}

const smaller = (draft: Draft): Draft[] => {
  const [path = '', search] = draft.path.split('?')
  const parameters = [...new URLSearchParams(search ?? '')]
  const queries = parameters.map((_, at) => {
    const rest = new URLSearchParams(parameters.filter((__, index) => index !== at)).toString()
    return { ...draft, path: rest === '' ? path : `${path}?${rest}` }
  })
  const headers = Object.keys(draft.headers)
    .filter((name) => !['authorization', 'content-length'].includes(name))
    .map((name) => {
      const { [name]: _, ...rest } = draft.headers
      return { ...draft, headers: rest }
    })
  const bodies = (() => {
    try {
      return draft.body === null
        ? []
        : thinner(JSON.parse(draft.body)).map((value) => withBody(draft, JSON.stringify(value)))
    } catch {
      return []
    }
  })()
  return [...queries, ...headers, ...bodies]
}

/** @param same whether a request still goes wrong in the same way */
export const shrunk = async (draft: Draft, same: (draft: Draft) => Promise<boolean>): Promise<Draft> => {
  let least = draft
  let left = PATIENCE
  for (let going = true; going && left > 0; ) {
    going = false
    for (const candidate of smaller(least)) {
      if (left-- <= 0) break
      if (!(await same(candidate))) continue
      least = candidate
      going = true
      break
    }
  }
  return least
}

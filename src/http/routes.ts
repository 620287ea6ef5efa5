/** The catalogue as @hono/zod-openapi routes. The only file with casts around that package. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import * as z from 'zod'
import type { Operation } from '../canonical/catalogue.ts'
import type { FieldError } from '../canonical/error.ts'
import { GatewayError } from '../engine/errors.ts'
import { notAcceptable } from './exports.ts'
import { fieldErrors, validationFailed } from './problems.ts'

/** The validated parts of a request. */
export interface Input {
  readonly params: Record<string, string>
  readonly query: Record<string, unknown>
  readonly body: unknown
}

const json = (schema: Operation['result']) => ({ content: { 'application/json': { schema } } })

/**
 * Files are read by their handler: of their parts the package is told nothing. Media types were judged before
 * (bodies.ts): its own judgement refuses parameters and spaces that RFC 9110 allows (section 5.6.6).
 */
const bodyOf = ({ bodyOptional, multipart }: Operation, body: z.ZodType) => ({
  required: bodyOptional !== true && multipart === undefined,
  content: { ...json(body).content, '*/*': { schema: {} } },
})

const routeOf = (operation: Operation) =>
  createRoute({
    method: operation.method,
    path: operation.path,
    request: {
      ...(operation.params ? { params: operation.params } : {}),
      ...(operation.query ? { query: operation.query } : {}),
      ...(operation.body ? { body: bodyOf(operation, operation.body) } : {}),
    },
    responses: { 200: { description: operation.summary, ...json(operation.result) } },
  } as Parameters<typeof createRoute>[0])

const targetOf = (operation: Operation, parameters: Record<string, string>) =>
  new GatewayError(
    'not_found',
    `There is no ${/\{(\w+)_id\}/.exec(operation.path)?.[1]} ${Object.values(parameters)[0]}`,
  )

const queryFailed = (errors: readonly FieldError[]) =>
  new GatewayError('validation_failed', `${errors[0]!.pointer}: ${errors[0]!.detail}`, { errors: [...errors] })

/** What is wrong with a query, by the names of its parameters. One that came twice is not looked at. */
const queryErrors = (c: Context, issues: readonly z.core.$ZodIssue[], sent: unknown): FieldError[] =>
  fieldErrors(issues, sent).map(({ pointer, code, detail }) => {
    const name = pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~')
    const twice = code !== 'unknown_field' && (c.req.queries(name)?.length ?? 0) > 1
    return twice ? { pointer: name, code: 'too_many', detail: 'send it once only' } : { pointer: name, code, detail }
  })

const NOTHING = z.strictObject({})

/** Refuses parameters where an operation has none, and everywhere those without a name, which Hono hands to no schema. */
export const checkQuery = (c: Context, { query }: Operation): void => {
  if (!c.req.url.includes('?')) return
  const given = [...new URL(c.req.url).searchParams]
  const sent = Object.fromEntries(query === undefined ? given : given.filter(([name]) => name === ''))
  const read = NOTHING.safeParse(sent)
  if (!read.success) throw queryFailed(queryErrors(c, read.error.issues, sent))
}

/** Registers an operation: the request is validated by its schemas before `handle` sees it. */
export const register = (
  app: OpenAPIHono,
  operation: Operation,
  handle: (c: Context, input: Input) => Promise<Response> | Response,
): void => {
  const handler = (c: Context) => {
    const valid = (target: string) => c.req.valid(target as never) as never
    return handle(c, {
      params: operation.params ? valid('param') : {},
      query: operation.query ? valid('query') : {},
      body: operation.body ? valid('json') : undefined,
    })
  }
  app.openapi(routeOf(operation), handler as never, (result, c) => {
    if (result.success) return undefined
    // An id that can not be is an id of nothing.
    if (result.target === 'param') throw targetOf(operation, c.req.param() as never)
    const { data } = result as unknown as { readonly data: unknown }
    if (result.target !== 'query') throw validationFailed(result.error.issues, data)
    const errors = queryErrors(c, result.error.issues, data)
    const otherFormat = errors.some(({ pointer, code }) => pointer === 'format' && code !== 'too_many')
    throw operation.formats !== undefined && otherFormat
      ? notAcceptable(operation.formats, 'format')
      : queryFailed(errors)
  })
}

/** The catalogue as @hono/zod-openapi routes. The only file with casts around that package. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type * as z from 'zod'
import type { Operation } from '../canonical/catalogue.ts'
import { GatewayError } from '../engine/errors.ts'
import { notAcceptable } from './exports.ts'
import { validationFailed } from './problems.ts'

/** The validated parts of a request. */
export interface Input {
  readonly params: Record<string, string>
  readonly query: Record<string, unknown>
  readonly body: unknown
}

const json = (schema: Operation['result']) => ({ content: { 'application/json': { schema } } })

/** Files are read by their handler: of their parts the package is told nothing but the media type. */
const bodyOf = ({ bodyOptional, multipart }: Operation, body: z.ZodType) => ({
  required: bodyOptional !== true && multipart === undefined,
  content: { ...json(body).content, ...(multipart === undefined ? {} : { 'multipart/form-data': { schema: {} } }) },
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
    if (operation.formats !== undefined && result.error.issues.some(({ path }) => path[0] === 'format'))
      throw notAcceptable(operation.formats, 'format')
    const failure = validationFailed(result.error.issues)
    if (result.target !== 'query') throw failure
    const errors = failure.involved.errors!.map((each) => ({ ...each, pointer: each.pointer.slice(1) }))
    throw new GatewayError('validation_failed', `${errors[0]!.pointer}: ${errors[0]!.detail}`, { errors })
  })
}

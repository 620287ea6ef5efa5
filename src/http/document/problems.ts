/** What each operation answers when something is wrong. */
import { COMMON_ERRORS, catalogue, type Operation } from '../../canonical/catalogue.ts'
import { ERROR_CODES, type ErrorCode } from '../../canonical/error.ts'
import { policy } from '../../engine/policy.ts'
import { RATE_HEADERS } from './answers.ts'
import { problemExample } from './examples/problems.ts'
import { type HeaderName, headersOf } from './headers.ts'
import type { Json } from './schemas.ts'

/** Whether an error of it can be about a provider: one that was or would be asked, or that made what it is about. */
const involves = (operation: Operation | null): boolean =>
  operation !== null &&
  (operation.kind !== 'read' ||
    operation.params?.shape.track_id !== undefined ||
    operation.errors.includes('provider_pinned_unavailable'))

/** Headers beside those of every error, by status. Who has no key, and who has the wrong method, is not counted. */
const problemHeaders = (status: number, operation: Operation | null): HeaderName[] => [
  ...(status === 401 ? (['WWW-Authenticate'] as const) : []),
  ...(status === 405 ? (['Allow'] as const) : []),
  ...(status === 415 ? (['Accept-Encoding'] as const) : []),
  ...([403, 429].includes(status) || (operation !== null && ![401, 405].includes(status)) ? RATE_HEADERS : []),
  ...([402, 409, 429, 503].includes(status) ? (['Retry-After'] as const) : []),
  ...(involves(operation) && [404, 409, 410, 422, 500, 503].includes(status) ? (['Tutti-Provider'] as const) : []),
  // What has to be made first, and where.
  ...(operation?.kind === 'read' && operation.method === 'get' && status === 409 ? (['Create-Link'] as const) : []),
  ...(operation?.errors.includes('prerequisite_required') && status === 422 ? (['Create-Link'] as const) : []),
]

/** Which field is at fault depends on the operation; every other problem looks the same everywhere. */
const problemOf = (code: ErrorCode, operation: Operation | null) =>
  code === 'validation_failed' ? problemExample(code, operation) : { $ref: `#/components/examples/${code}` }

const problemResponse = (status: number, codes: readonly ErrorCode[], operation: Operation | null): Json => ({
  description: codes.map((code) => `- \`${code}\`: ${policy[code].title}`).join('\n'),
  headers: headersOf(['Request-Id', 'Tutti-Should-Retry', ...problemHeaders(status, operation)]),
  content: {
    'application/problem+json': {
      schema: {
        allOf: [
          { $ref: '#/components/schemas/Problem' },
          {
            type: 'object',
            properties: {
              status: { type: 'integer', const: status },
              code: { type: 'string', enum: codes, description: 'More may appear' },
            },
          },
        ],
      },
      examples: Object.fromEntries(codes.map((code) => [code, problemOf(code, operation)])),
    },
  },
})

/** One response for each status of these codes. */
export const problemResponses = (codes: readonly ErrorCode[], operation: Operation | null): Json => {
  const statuses = [...new Set(codes.map((code) => policy[code].http))].sort()
  const of = (status: number) => ERROR_CODES.filter((code) => codes.includes(code) && policy[code].http === status)
  return Object.fromEntries(statuses.map((status) => [status, problemResponse(status, of(status), operation)]))
}

export const problemComponents = (): Json => {
  const named = new Set<ErrorCode>([
    ...COMMON_ERRORS,
    ...Object.values<Operation>(catalogue).flatMap(({ errors }) => errors),
  ])
  named.delete('validation_failed')
  return Object.fromEntries([...named].map((code) => [code, problemExample(code)]))
}

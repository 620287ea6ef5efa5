/** Paths beside the catalogue's. */
import { json, RATE_HEADERS } from './answers.ts'
import { metricsExamples } from './examples/providers.ts'
import { type HeaderName, headersOf } from './headers.ts'
import { problemResponses } from './problems.ts'
import type { Json } from './schemas.ts'
import { keysExamples } from './webhooks.ts'

const statusAnswer = (status: string): Json =>
  json(
    {
      type: 'object',
      properties: {
        status: { type: 'string', const: status, description: 'Always this word: anything else is another status' },
      },
      required: ['status'],
    },
    { [status]: { summary: `It is ${status}`, value: { status } } },
  )

const service = (operationId: string, summary: string, description: string, rest: Json): Json => ({
  get: { operationId, tags: ['Service'], summary, description, security: [], ...rest },
})

const ok = (description: string, content: Json, headers: readonly HeaderName[] = []) => ({
  200: { description, headers: headersOf(['Request-Id', ...headers]), content },
})

/** Paths beside the catalogue's. */
export const servicePaths = (): Json => ({
  '/healthz': service('getHealth', 'Whether the server runs', 'Asks nobody: it answers as long as the process does.', {
    responses: ok('It runs', statusAnswer('ok')),
  }),
  '/readyz': service(
    'getReadiness',
    'Whether the gateway can do its work',
    'It takes requests, its store takes writes, and a provider can be asked. Send it nothing while this is 503.',
    {
      responses: {
        ...ok('It can', statusAnswer('ready')),
        ...problemResponses(['shutting_down', 'storage_unavailable', 'no_provider_available', 'internal_error'], null),
      },
    },
  ),
  '/metrics': service(
    'getMetrics',
    'Figures for Prometheus',
    'Of this process, since it was started. Needs a key with the scope `providers`.',
    {
      security: [{ bearer: ['providers'] }],
      responses: {
        ...ok('The figures', { 'text/plain': { schema: { type: 'string' }, examples: metricsExamples } }, RATE_HEADERS),
        ...problemResponses(
          ['missing_api_key', 'invalid_api_key', 'key_expired', 'insufficient_scope', 'rate_limited', 'shutting_down'],
          null,
        ),
      },
    },
  ),
  '/openapi.json': service('getDocument', 'This document', 'As JSON.', {
    responses: ok('The document', { 'application/json': { schema: { type: 'object' } } }),
  }),
  '/.well-known/webhook-jwks.json': service(
    'getWebhookKeys',
    'The public keys that `v1a` signatures are verified with',
    'A JSON Web Key Set (RFC 7517). Take the key whose `kid` is the `key_id` of your endpoint. Read it again after a rotation.',
    {
      responses: ok('The keys', {
        'application/json': {
          schema: {
            type: 'object',
            properties: {
              keys: {
                type: 'array',
                items: { type: 'object' },
                description: 'Ed25519 keys (RFC 8037): those of every endpoint, and for a day those before a rotation',
              },
            },
            required: ['keys'],
          },
          examples: keysExamples,
        },
      }),
    },
  ),
  '/errors/{code}': service('getErrorPage', 'What an error code means', 'Where `type` of a problem leads.', {
    parameters: [
      {
        name: 'code',
        in: 'path',
        description: 'The `code` of a problem',
        required: true,
        schema: { $ref: '#/components/schemas/ErrorCode' },
        example: 'not_ready',
      },
    ],
    responses: {
      ...ok(
        'A few lines of text, or a page for a browser',
        { 'text/plain': { schema: { type: 'string' } }, 'text/html': { schema: { type: 'string' } } },
        ['Some-ETag'],
      ),
      ...problemResponses(['not_found'], null),
    },
  }),
})

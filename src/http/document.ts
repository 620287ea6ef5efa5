/** openapi/gateway.json: the catalogue, and what stands beside it, as an OpenAPI 3.1 document. */
import { COMMON_ERRORS, catalogue, type Operation, type OperationId, scopeOf } from '../canonical/catalogue.ts'
import { ERROR_CODES, type ErrorCode, Problem } from '../canonical/error.ts'
import type { Scope } from '../canonical/key.ts'
import { TASK_OPERATIONS, type TaskOperation } from '../canonical/operations.ts'
import { WebhookEvent, WebhookProviderEvent, WebhookTest } from '../canonical/webhook.ts'
import { policy } from '../engine/policy.ts'
import {
  answerExamples,
  type Example,
  type Examples,
  fileExamples,
  formatExamples,
  lineExamples,
  metricsExamples,
  problemExample,
  requestExamples,
  streamExamples,
} from './document-examples.ts'
import { type HeaderName, headerComponents, headersOf, parameterComponents, parametersOf } from './document-headers.ts'
import { type Json, renderCatalogue } from './document-schemas.ts'
import { keysExamples, webhooksSection } from './document-webhooks.ts'

const DESCRIPTION = `One API for every AI-music provider.

- Send your key as \`Authorization: Bearer <key>\`. Each operation names the scope that the key needs for it, also as the role of its \`security\`.
- Unknown request fields are refused, with a JSON Pointer to each. Ignore unknown response fields, and expect new words in every list of words: both grow without a new version.
- Times are RFC 3339 in UTC; \`*_seconds\` are decimal numbers of seconds.
- Errors are problem details (RFC 9457). Act on \`code\`: it never changes its meaning.
- What was accepted is carried to its end, and \`billing\` says what is known about the money.

Provider ids in the examples are invented: listProviders names the real ones.`

type Tag = Operation['tag'] | 'Service'

const TAGS: { readonly [Name in Tag]: string } = {
  Music: 'Making songs',
  Lyrics: 'Words for songs, and lyrics aligned to their audio, word by word',
  'Follow-ups': 'More of a finished track: other files, stems, notes, pictures',
  Voices: 'Personas and custom voices',
  Uploads: 'Files of your own',
  Tasks: 'Requests being carried out, and their history',
  Tracks: 'The audio that was made',
  Webhooks: 'Being told of events instead of asking for them',
  Keys: 'Projects, the keys of clients, and what each may do and spend',
  Providers: 'The services behind this API: what they can do and what is left there',
  Service: 'The gateway itself. No key is needed, but for its figures',
}

/** What an operation answers when all is well, and with which headers. */
type Successes = Readonly<Record<string, { readonly description: string; readonly headers: readonly HeaderName[] }>>

const TASK_HEADERS = ['Request-Id', 'ETag', 'Cache-Control', 'Preference-Applied', 'Tutti-Provider'] as const
const CREATED_HEADERS = [...TASK_HEADERS, 'Location', 'Idempotency-Replayed'] as const

const plain = (description: string): Successes => ({ 200: { description, headers: ['Request-Id'] } })
const unkept = (description: string): Successes => ({ 200: { description, headers: ['Request-Id', 'Unkept'] } })

const created: Successes = {
  200: { description: 'The task, which has ended', headers: CREATED_HEADERS },
  202: {
    description: 'The task, which is stored and will be carried out',
    headers: [...CREATED_HEADERS, 'Retry-After'],
  },
}
const made = (description: string): Successes => ({
  200: { description, headers: ['Request-Id', 'Tutti-Provider', 'Idempotency-Replayed'] },
})

/** An answer that a client may have already. */
const tagged = (description: string, headers: readonly HeaderName[], tag: HeaderName = 'ETag'): Successes => ({
  200: { description, headers: ['Request-Id', tag, ...headers] },
  304: { description: 'Nothing has changed: use what you have', headers: ['Request-Id', 'ETag', ...headers] },
})
const taggedPage = (description: string) => tagged(description, ['Next-Link'])

const successes: { readonly [Id in OperationId]: Successes } = {
  ...(Object.fromEntries(TASK_OPERATIONS.map((operation) => [operation, created])) as {
    readonly [Id in TaskOperation]: Successes
  }),
  createPersona: made('The persona'),
  checkVoice: made('What the provider said'),
  enhanceStyle: made('The style, written out'),
  uploadAudio: made('The upload'),
  importTrack: made('The track'),
  getVoice: plain('The voice'),
  estimate: plain('What it would come to'),
  getTask: {
    200: { description: 'The task', headers: [...TASK_HEADERS, 'Retry-After'] },
    304: { description: 'The task has not changed: use what you have', headers: [...TASK_HEADERS, 'Retry-After'] },
  },
  deleteTask: plain('What is kept of it'),
  getTombstone: plain('What is kept of it'),
  cancelTask: { 200: { description: 'The task, which is canceled', headers: TASK_HEADERS } },
  listTaskEvents: plain('Its events'),
  listEvents: { 200: { description: 'One page of events', headers: ['Request-Id', 'Next-Link'] } },
  listTasks: tagged('One page of tasks, or all of them', ['Next-Link', 'Vary'], 'Some-ETag'),
  getTrack: plain('The track'),
  getTrackAudio: { 302: { description: 'The file', headers: ['Request-Id', 'Location'] } },
  alignLyrics: {
    200: { description: 'The alignment', headers: ['Request-Id', 'Preference-Applied', 'Tutti-Provider'] },
  },
  getTimestampedLyrics: {
    200: { description: 'The stored alignment', headers: ['Request-Id', 'Vary', 'Content-Disposition'] },
  },
  getWaveform: plain('The waveform'),
  getMidi: { 200: { description: 'The notes', headers: ['Request-Id', 'Vary', 'Content-Disposition'] } },
  getWebhookSecret: unkept('The secret'),
  createWebhookEndpoint: unkept('The endpoint, with its secret'),
  listWebhookEndpoints: plain('Every endpoint'),
  getWebhookEndpoint: plain('The endpoint'),
  updateWebhookEndpoint: plain('The endpoint as it is now'),
  deleteWebhookEndpoint: plain('It is gone'),
  rotateWebhookSecret: unkept('The endpoint, with its new secret'),
  testWebhookEndpoint: plain('The delivery, which is on its way'),
  listWebhookDeliveries: taggedPage('One page of deliveries'),
  getWebhookDelivery: tagged('The delivery', []),
  redeliverWebhook: plain('The new delivery, which is on its way'),
  getOwnKey: unkept('The key'),
  createKey: unkept('The key, with its secret'),
  listKeys: plain('The keys'),
  rotateKey: unkept('The key, with its new secret'),
  revokeKey: plain('The key, which is revoked'),
  createProject: plain('The project'),
  listProjects: plain('The projects'),
  getCredits: plain('One entry for each key that was asked with'),
  listProviders: plain('Every provider'),
  listCapabilities: plain('Every provider by every operation it has'),
}

const json = (schema: unknown, examples: Examples): Json => ({ 'application/json': { schema, examples } })

/** Events as they happen: each with its type, its id and itself as JSON. */
const streamOf = (id: OperationId): Json => {
  const { streams }: Operation = catalogue[id]
  return streams ? { 'text/event-stream': { schema: { type: 'string' }, examples: streamExamples } } : {}
}

/** A whole list, one of its entries a line. */
const linesOf = (id: OperationId): Json => {
  const { exports }: Operation = catalogue[id]
  return exports ? { 'application/jsonl': { schema: { type: 'string' }, examples: lineExamples } } : {}
}

const BINARY = /^audio\//

/** Files of other media types: text, shown by format, or bytes. */
const filesOf = (id: OperationId): Json => {
  const { formats = {} }: Operation = catalogue[id]
  const files: Record<string, { schema: Json; examples?: Record<string, Example> }> = {}
  for (const [format, media] of Object.entries(formats)) {
    const example = formatExamples[id]?.[format]
    if (BINARY.test(media)) files[media] = { schema: { type: 'string', format: 'binary', contentMediaType: media } }
    if (example === undefined) continue
    files[media] = { schema: { type: 'string' }, examples: { ...files[media]?.examples, [format]: example } }
  }
  return files
}

/** What is left of the rate of a key that has a limit. */
const RATE_HEADERS = ['RateLimit', 'RateLimit-Policy'] as const

const successResponses = (id: OperationId, schema: Json): Json =>
  Object.fromEntries(
    Object.entries(successes[id]).map(([status, { description, headers }]) => {
      const examples = answerExamples[id][status]
      const content =
        examples === undefined
          ? {}
          : { content: { ...json(schema, examples), ...streamOf(id), ...linesOf(id), ...filesOf(id) } }
      return [status, { description, headers: headersOf([...headers, ...RATE_HEADERS]), ...content }]
    }),
  )

/** Whether an error of it can be about a provider: one that was asked, or that made what it is about. */
const involves = (operation: Operation | null): boolean =>
  operation !== null && (operation.kind !== 'read' || operation.params?.shape.track_id !== undefined)

/** Headers beside those of every error, by status. Who has no key, and who has the wrong method, is not counted. */
const problemHeaders = (status: number, operation: Operation | null): HeaderName[] => [
  ...(status === 401 ? (['WWW-Authenticate'] as const) : []),
  ...(status === 405 ? (['Allow'] as const) : []),
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
const problemResponses = (codes: readonly ErrorCode[], operation: Operation | null): Json => {
  const statuses = [...new Set(codes.map((code) => policy[code].http))].sort()
  const of = (status: number) => ERROR_CODES.filter((code) => codes.includes(code) && policy[code].http === status)
  return Object.fromEntries(statuses.map((status) => [status, problemResponse(status, of(status), operation)]))
}

/** The properties of an object schema as parameters. */
const parameters = (place: 'path' | 'query', schema: Json | undefined): Json[] => {
  const required = (schema?.required ?? []) as string[]
  return Object.entries((schema?.properties ?? {}) as Record<string, Json>).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    ...(description === undefined ? {} : { description }),
    required: required.includes(name),
    schema: rest,
  }))
}

const FILE: Json = {
  type: 'string',
  format: 'binary',
  contentMediaType: 'application/octet-stream',
  description: 'The audio itself, sent as a file with a name',
}

/** A file, and what may stand beside it. */
const filePart = (id: OperationId, rest: Json): Json => {
  const schema = { ...rest, properties: { file: FILE, ...(rest.properties as Json) }, required: ['file'] }
  return { 'multipart/form-data': { schema, examples: fileExamples[id] ?? {} } }
}

const requestBody = (id: OperationId, operation: Operation, schemas: Record<string, Json>): Json => {
  const parts = schemas[`${id} multipart`]
  return {
    required: operation.bodyOptional !== true,
    content: {
      ...json(schemas[`${id} body`], requestExamples(id)),
      ...(parts === undefined ? {} : filePart(id, parts)),
    },
  }
}

const needs = (scope: Scope | null) => (scope === null ? 'Needs no scope.' : `Needs the scope \`${scope}\`.`)

const operationObject = (id: OperationId, operation: Operation, schemas: Record<string, Json>): Json => {
  const all = [
    ...parameters('path', schemas[`${id} params`]),
    ...parameters('query', schemas[`${id} query`]),
    ...parametersOf(operation.headers),
  ]
  return {
    operationId: id,
    tags: [operation.tag],
    summary: operation.summary,
    description: [operation.description, needs(scopeOf(operation))].join(' '),
    security: [{ bearer: [scopeOf(operation) ?? []].flat() }],
    ...(all.length > 0 ? { parameters: all } : {}),
    ...(operation.body === undefined ? {} : { requestBody: requestBody(id, operation, schemas) }),
    responses: {
      ...successResponses(id, schemas[`${id} result`]!),
      ...problemResponses([...operation.errors, ...COMMON_ERRORS], operation),
    },
  }
}

const statusAnswer = (status: string): Json =>
  json(
    { type: 'object', properties: { status: { type: 'string', const: status } }, required: ['status'] },
    { [status]: { summary: `It is ${status}`, value: { status } } },
  )

const service = (operationId: string, summary: string, description: string, rest: Json): Json => ({
  get: { operationId, tags: ['Service'], summary, description, security: [], ...rest },
})

const problemComponents = (): Json => {
  const named = new Set<ErrorCode>([
    ...COMMON_ERRORS,
    ...Object.values<Operation>(catalogue).flatMap(({ errors }) => errors),
  ])
  named.delete('validation_failed')
  return Object.fromEntries([...named].map((code) => [code, problemExample(code)]))
}

const ok = (description: string, content: Json, headers: readonly HeaderName[] = []) => ({
  200: { description, headers: headersOf(['Request-Id', ...headers]), content },
})

/** Paths beside the catalogue's. */
const servicePaths = (): Json => ({
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
            properties: { keys: { type: 'array', items: { type: 'object' } } },
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

const catalogued = (schemas: Record<string, Json>): Json => {
  const paths: Record<string, Json> = {}
  for (const [id, operation] of Object.entries(catalogue) as [OperationId, Operation][])
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationObject(id, operation, schemas) }
  return paths
}

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

type Paths = Record<string, Record<string, Json & { responses: Json }>>

/** The commonest response of each status, where several operations have it. */
const commonResponses = (paths: Paths): Json => {
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
const referring = (paths: Paths, common: Json): Paths => {
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

/** The document for a version of the gateway. */
export const gatewayDocument = (version: string): object => {
  const { schemas, components } = renderCatalogue(catalogue, {
    Problem,
    WebhookEvent,
    WebhookProviderEvent,
    WebhookTest,
  })
  const paths = { ...catalogued(schemas), ...servicePaths() } as Paths
  const responses = commonResponses(paths)
  return {
    openapi: '3.1.0',
    info: { title: 'Tutti', version, description: DESCRIPTION },
    servers: [{ url: '/', description: 'Wherever this document was read' }],
    security: [{ bearer: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: referring(paths, responses),
    webhooks: webhooksSection(),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'A key of this gateway' } },
      parameters: parameterComponents,
      headers: headerComponents,
      responses,
      examples: problemComponents(),
      schemas: components,
    },
  }
}

/** openapi/gateway.json: the catalogue, and what stands beside it, as an OpenAPI 3.1 document. */
import { COMMON_ERRORS, catalogue, type Operation, type OperationId, scopeOf } from '../../canonical/catalogue.ts'
import { Problem } from '../../canonical/error.ts'
import type { Scope } from '../../canonical/key.ts'
import { WebhookEvent, WebhookProviderEvent, WebhookTest } from '../../canonical/webhook.ts'
import { json, successResponses } from './answers.ts'
import { commonResponses, type Paths, referring } from './common.ts'
import { fileExamples, requestExamples } from './examples/requests.ts'
import { withFieldCodes } from './field-codes.ts'
import { headerComponents, parameterComponents, parametersOf } from './headers.ts'
import { problemComponents, problemResponses } from './problems.ts'
import { type Json, renderCatalogue } from './schemas.ts'
import { servicePaths } from './service.ts'
import { webhooksSection } from './webhooks.ts'

const DESCRIPTION = `One API for every AI-music provider.

- Send your key as \`Authorization: Bearer <key>\`. Each operation names the scope that the key needs for it, also as the role of its \`security\`.
- Unknown request fields are refused, with a JSON Pointer to each, and so are unknown parameters, by their names. Ignore unknown response fields, and expect new words in every list of words: both grow without a new version.
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

/** The properties of an object schema as parameters. One that may be left out has no example that could be sent unasked. */
const parameters = (place: 'path' | 'query', schema: Json | undefined): Json[] => {
  const needed = (schema?.required ?? []) as string[]
  return Object.entries((schema?.properties ?? {}) as Record<string, Json>).map(([name, property]) => {
    const { description, examples, ...rest } = property
    const required = needed.includes(name)
    const such = required || examples === undefined ? undefined : `Such as \`${(examples as unknown[])[0]}\`.`
    const said = [description, such].filter((each) => each !== undefined)
    return {
      name,
      in: place,
      ...(said.length === 0 ? {} : { description: said.join('. ') }),
      required,
      schema: required && examples !== undefined ? { ...rest, examples } : rest,
    }
  })
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

const catalogued = (schemas: Record<string, Json>): Json => {
  const paths: Record<string, Json> = {}
  for (const [id, operation] of Object.entries(catalogue) as [OperationId, Operation][])
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationObject(id, operation, schemas) }
  return paths
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
      schemas: withFieldCodes(components),
    },
  }
}

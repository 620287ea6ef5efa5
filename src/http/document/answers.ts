/** What each operation answers when all is well. */
import { catalogue, type Operation, type OperationId } from '../../canonical/catalogue.ts'
import { TASK_OPERATIONS, type TaskOperation } from '../../canonical/operations.ts'
import { answerExamples } from './examples/answers.ts'
import type { Example, Examples } from './examples/example.ts'
import { formatExamples } from './examples/lyrics.ts'
import { lineExamples, streamExamples } from './examples/tasks.ts'
import { type HeaderName, headersOf } from './headers.ts'
import type { Json } from './schemas.ts'

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

const page = (description: string): Successes => ({ 200: { description, headers: ['Request-Id', 'Next-Link'] } })

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
  listTaskAttempts: plain('Its attempts'),
  listTaskEvents: {
    200: { description: 'Its events', headers: ['Request-Id', 'Vary'] },
    204: {
      description: 'The task has ended, and `Last-Event-ID` was its last event: no stream begins',
      headers: ['Request-Id', 'Vary'],
    },
  },
  listEvents: { 200: { description: 'One page of events', headers: ['Request-Id', 'Next-Link', 'Vary'] } },
  listTasks: tagged('One page of tasks, or all of them', ['Next-Link', 'Vary'], 'Some-ETag'),
  getTrack: plain('The track'),
  getTrackAudio: { 302: { description: 'The file', headers: ['Request-Id', 'Location'] } },
  alignLyrics: {
    200: { description: 'The alignment', headers: ['Request-Id', 'Preference-Applied', 'Tutti-Provider'] },
  },
  getTimestampedLyrics: {
    200: { description: 'The stored alignment', headers: ['Request-Id', 'Vary', 'Content-Disposition'] },
  },
  getTrackWaveform: plain('The waveform'),
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
  listKeys: page('One page of keys'),
  rotateKey: unkept('The key, with its new secret'),
  revokeKey: plain('The key, which is revoked'),
  createProject: plain('The project'),
  listProjects: page('One page of projects'),
  getCredits: plain('One entry for each key that was asked with'),
  listProviders: plain('Every provider'),
  getProvider: plain('The provider'),
  listCapabilities: plain('Every provider by every operation it has'),
}

export const json = (schema: unknown, examples: Examples): Json => ({ 'application/json': { schema, examples } })

/** Events as they happen: each with its type, its id and itself as JSON. */
const streamOf = (id: OperationId): Json => {
  const { streams }: Operation = catalogue[id]
  return streams ? { 'text/event-stream': { schema: { type: 'string' }, examples: streamExamples } } : {}
}

/** A whole list, one of its entries a line. */
const linesOf = (id: OperationId): Json => {
  const { exports }: Operation = catalogue[id]
  const lines = { schema: { type: 'string' }, examples: lineExamples }
  return exports ? { 'application/jsonl': lines, 'application/x-ndjson': lines } : {}
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
export const RATE_HEADERS = ['RateLimit', 'RateLimit-Policy'] as const

export const successResponses = (id: OperationId, schema: Json): Json =>
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

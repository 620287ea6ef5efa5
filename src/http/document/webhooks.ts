/** What the gateway posts itself: the `webhooks` section of the document, and examples of what is said about them. */
import type { OperationId } from '../../canonical/catalogue.ts'
import { EVENT_TYPES, EVENTS } from '../../canonical/event-types.ts'
import { TEST_EVENT, type WebhookDelivery, type WebhookEndpoint } from '../../canonical/webhook.ts'
import { PROVIDER_EVENT } from '../../canonical/webhook-target.ts'
import { at, type Examples, TASK } from './examples/example.ts'
import type { Json } from './schemas.ts'

const ENDPOINT = 'whk_01JD3W8Q4T7X2M5N9P6R0S1V3E'
const DELIVERY = 'dlv_01JD3W8Q4T7X2M5N9P6R0S1V3F'
const AGAIN = 'dlv_01JD3WB2M7H4Q8T5X9N6P3R1SF'
const EVENT = 'evt_01JD3W8Q4T7X2M5N9P6R0S1V306'

const endpoint: WebhookEndpoint = {
  id: ENDPOINT,
  object: 'webhook_endpoint',
  url: 'https://example.com/hooks/tutti',
  description: null,
  events: ['task.succeeded', 'task.failed'],
  status: 'enabled',
  disabled: null,
  failing_since: null,
  public_key: 'whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
  key_id: 'kPrK_qmxVWaYVA9w',
  previous_secret_until: null,
  created_at: at('09:00:00'),
  updated_at: at('09:00:00'),
}

const failing: WebhookEndpoint = {
  ...endpoint,
  status: 'disabled',
  disabled: { code: 'failing', detail: 'Nothing got through for five days', at: '2026-11-26T09:31:44.000Z' },
  failing_since: at('09:31:44'),
  updated_at: at('09:00:00'),
}

// Nobody signs with it: bytes that count up.
const SECRET = `whsec_${btoa(String.fromCharCode(...Array.from({ length: 32 }, (_, index) => index)))}`
const withSecret = { ...endpoint, secret: SECRET }

const delivery: WebhookDelivery = {
  id: DELIVERY,
  object: 'webhook_delivery',
  endpoint_id: ENDPOINT,
  task_id: TASK,
  event_id: EVENT,
  event_type: 'task.succeeded',
  seq: 6,
  url: endpoint.url,
  status: 'succeeded',
  attempts: [
    { at: at('09:31:44'), status: null, error: 'timeout', duration_ms: 15_000 },
    { at: at('09:32:04'), status: 200, error: null, duration_ms: 84 },
  ],
  ended: null,
  next_attempt_at: null,
  redelivery_of: null,
  created_at: at('09:31:44'),
}

const pending: WebhookDelivery = { ...delivery, status: 'pending', attempts: [], next_attempt_at: at('09:31:44') }
const tried: WebhookDelivery = {
  ...pending,
  task_id: null,
  event_type: TEST_EVENT,
  seq: null,
}

const one = (name: string, summary: string, value: unknown) => ({ 200: { [name]: { summary, value } } })

/** What operations of webhooks answer. */
export const webhookExamples = {
  getWebhookSecret: one('secret', 'The secret of this key', { object: 'webhook_secret', secret: SECRET }),
  createWebhookEndpoint: one('endpoint', 'With its secret, shown this once', withSecret),
  listWebhookEndpoints: one('endpoints', 'Two, of which one could not be reached', {
    data: [endpoint, { ...failing, id: `${ENDPOINT.slice(0, -1)}G` }],
  }),
  getWebhookEndpoint: one('endpoint', 'An endpoint that is told of two types of events', endpoint),
  updateWebhookEndpoint: one('endpoint', 'As it is now', endpoint),
  deleteWebhookEndpoint: one('deleted', 'It is gone', { id: ENDPOINT, object: 'webhook_endpoint', deleted: true }),
  rotateWebhookSecret: one('endpoint', 'With its new secret, shown this once', {
    ...withSecret,
    previous_secret_until: '2026-11-22T09:40:00.000Z',
  }),
  testWebhookEndpoint: one('delivery', 'It is on its way', tried),
  listWebhookDeliveries: {
    200: {
      page: {
        summary: 'One page of several',
        value: { data: [delivery], has_more: true, next_cursor: 'ZGVsaXZlcnkgNDE=' },
      },
      last: { summary: 'The last page', value: { data: [], has_more: false, next_cursor: null } },
    },
  },
  getWebhookDelivery: one('delivery', 'It got through at the second attempt', {
    ...delivery,
    payload: `{"id":"${EVENT}","object":"event","type":"task.succeeded","seq":6,"timestamp":"${at('09:31:44')}","data":{"task":{}}}`,
  }),
  redeliverWebhook: one('delivery', 'It is on its way once more', { ...pending, id: AGAIN, redelivery_of: DELIVERY }),
} satisfies { readonly [Id in OperationId]?: unknown }

export const keysExamples: Examples = {
  keys: {
    summary: 'The key of one endpoint',
    value: {
      keys: [
        {
          kty: 'OKP',
          crv: 'Ed25519',
          use: 'sig',
          alg: 'EdDSA',
          kid: endpoint.key_id,
          x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
        },
      ],
    },
  },
}

const HEADERS: readonly (readonly [name: string, description: string, example: string])[] = [
  ['webhook-id', 'The id of the event: the same at every attempt. Do once what you do with it', EVENT],
  ['webhook-timestamp', 'When this attempt was made, in seconds: refuse what is older than five minutes', '1795253504'],
  [
    'webhook-signature',
    '`v1,` and the HMAC-SHA256 of `<id>.<timestamp>.<body>` in base64, and for endpoints `v1a,` and its Ed25519 signature; separated by spaces, several of each for a day after a rotation. One that is right is enough',
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  ],
]

const posted = (type: string, summary: string, schema: string): Json => ({
  post: {
    operationId: `on${type.replace(/(^|[._])(\w)/g, (_, __, letter: string) => letter.toUpperCase())}`,
    tags: ['Webhooks'],
    summary,
    description: 'Answer 2xx within 15 seconds. Anything else is tried again, ten times over about 75 hours.',
    security: [],
    parameters: HEADERS.map(([name, description, example]) => ({
      name,
      in: 'header',
      description,
      required: true,
      schema: { type: 'string' },
      example,
    })),
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
    },
    responses: {
      '2XX': { description: 'It is yours' },
      410: { description: 'Nothing is sent there any more: the endpoint is disabled' },
    },
  },
})

/** Everything the gateway posts by itself. */
export const webhooksSection = (): Json => ({
  ...Object.fromEntries(EVENT_TYPES.map((type) => [type, posted(type, EVENTS[type], 'WebhookEvent')])),
  [PROVIDER_EVENT]: posted(
    PROVIDER_EVENT,
    'A key of a provider has changed its state. Told only to endpoints that name it',
    'WebhookProviderEvent',
  ),
  [TEST_EVENT]: posted(TEST_EVENT, 'Sent by testWebhookEndpoint', 'WebhookTest'),
})

/** Webhooks: endpoints that are told of events, and the log of what was delivered (Standard Webhooks 1.0). */
import * as z from 'zod'
import { text } from './creation.ts'
import { Event, EventId } from './event.ts'
import { EVENT_TYPES } from './event-types.ts'
import { DeliveryId, EndpointId, TaskId } from './id.ts'
import { Instant } from './instant.ts'
import { paged } from './page.ts'
import { Task } from './task.ts'
import { EndpointEventTypes, PROVIDER_EVENT, WebhookUrl } from './webhook-target.ts'
import { HealthState } from './words.ts'

/** The event that is sent only to try an endpoint out. */
export const TEST_EVENT = 'webhook.test'

const settings = {
  url: WebhookUrl,
  events: EndpointEventTypes.optional().describe(
    'Only events of these types. Default all that are about tasks. `provider.state_changed` takes a key with the scope `providers`',
  ),
  description: text.optional().describe('For you: what it is for'),
}

export const CreateWebhookEndpointRequest = z.strictObject(settings).meta({ id: 'CreateWebhookEndpointRequest' })
export type CreateWebhookEndpointRequest = z.infer<typeof CreateWebhookEndpointRequest>

export const UpdateWebhookEndpointRequest = z
  .strictObject({
    url: WebhookUrl.optional(),
    events: EndpointEventTypes.nullable()
      .optional()
      .describe('Only events of these types; null for all that are about tasks'),
    description: text.nullable().optional().describe('For you: what it is for; null takes it away'),
    status: z
      .enum(['enabled', 'disabled'])
      .optional()
      .describe('`enabled` also ends a pause that a failing endpoint was put into'),
  })
  .meta({ id: 'UpdateWebhookEndpointRequest' })
export type UpdateWebhookEndpointRequest = z.infer<typeof UpdateWebhookEndpointRequest>

export const DISABLED_CODES = ['gone', 'failing', 'by_client'] as const

const endpoint = {
  id: EndpointId,
  object: z.literal('webhook_endpoint'),
  url: z.string().describe('Where messages are posted'),
  description: z.string().nullable().describe('What it is for; null where nobody said'),
  events: z.array(z.string()).nullable().describe('Types of events it is told of; null for all that are about tasks'),
  status: z.enum(['enabled', 'disabled']).describe('Nothing is sent to a disabled one'),
  disabled: z
    .object({
      code: z
        .enum(DISABLED_CODES)
        .describe(
          '`gone`: it answered 410; `failing`: a message was given up after five days in which nothing got through; `by_client`: by updateWebhookEndpoint',
        ),
      detail: z.string().describe('The same as a sentence'),
      at: Instant.describe('Since when'),
    })
    .nullable()
    .describe('Why it is disabled; null while it is enabled'),
  failing_since: Instant.nullable().describe(
    'The first failure since the last delivery that succeeded; null while deliveries succeed',
  ),
  public_key: z
    .string()
    .describe('`whpk_…`: verifies the `v1a` signatures. The same stands in /.well-known/webhook-jwks.json'),
  key_id: z.string().describe('`kid` of that key there'),
  previous_secret_until: Instant.nullable().describe(
    'Until then messages are signed with the secret before as well, and with each before that for its 24 hours; null without one',
  ),
  created_at: Instant,
  updated_at: Instant,
}
export const WebhookEndpoint = z.object(endpoint).meta({ id: 'WebhookEndpoint' })
export type WebhookEndpoint = z.infer<typeof WebhookEndpoint>

export const WebhookEndpointWithSecret = z
  .object({ ...endpoint, secret: z.string().describe('`whsec_…`: shown this once') })
  .meta({ id: 'WebhookEndpointWithSecret' })
export type WebhookEndpointWithSecret = z.infer<typeof WebhookEndpointWithSecret>

export const WebhookEndpointList = z
  .object({ data: z.array(WebhookEndpoint).describe('Newest first') })
  .meta({ id: 'WebhookEndpointList' })

export const DeletedWebhookEndpoint = z
  .object({
    id: EndpointId,
    object: z.literal('webhook_endpoint'),
    deleted: z.literal(true).describe('That it is gone'),
  })
  .meta({ id: 'DeletedWebhookEndpoint' })

export const WebhookSecret = z
  .object({
    object: z.literal('webhook_secret'),
    secret: z.string().describe('`whsec_…`: signs what goes to the `webhook` of requests sent with this key'),
  })
  .meta({ id: 'WebhookSecret' })

/** What became of a delivery so far. */
export const DeliveryStatus = z.enum(['pending', 'failed', 'succeeded', 'dead']).meta({
  id: 'DeliveryStatus',
  description:
    '`pending`: not tried yet; `failed`: the last attempt failed and another follows; `succeeded`: it was answered 2xx; `dead`: given up',
})
export type DeliveryStatus = z.infer<typeof DeliveryStatus>

export const DELIVERY_ERRORS = [
  'status',
  'redirect',
  'address_forbidden',
  'unresolved',
  'refused',
  'reset',
  'timeout',
  'tls',
  'protocol',
] as const

export const DeliveryAttempt = z
  .object({
    at: Instant.describe('When it was made'),
    status: z.int().nullable().describe('The HTTP status that was answered; null without an answer'),
    error: z
      .enum(DELIVERY_ERRORS)
      .nullable()
      .describe('Why it did not succeed; null where it did. `status`: another answer than 2xx or 3xx'),
    duration_ms: z.int().describe('Milliseconds until the answer, or until it was given up'),
  })
  .meta({ id: 'WebhookDeliveryAttempt' })
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>

const delivery = {
  id: DeliveryId,
  object: z.literal('webhook_delivery'),
  endpoint_id: EndpointId.nullable().describe('Null where the request of the task named the URL itself'),
  task_id: TaskId.nullable().describe('The task of the event; null where it is about none'),
  event_id: EventId.describe('The `webhook-id` of the message'),
  event_type: z.enum([...EVENT_TYPES, PROVIDER_EVENT, TEST_EVENT]).describe('What the message tells of'),
  seq: z.int().nullable().describe('The `seq` of the event; null where it is about no task'),
  url: z.string().describe('Where it is posted'),
  status: DeliveryStatus,
  attempts: z.array(DeliveryAttempt).describe('Every attempt so far, the first one first'),
  ended: z
    .string()
    .nullable()
    .describe(
      'Why it was given up: `attempts_exhausted`, `gone` (it was answered 410), `endpoint_disabled`, `endpoint_deleted`, `task_deleted` or `payload_forgotten`; null where it was not. More may appear',
    ),
  next_attempt_at: Instant.nullable().describe('Null where it has ended, or waits for an earlier event of its task'),
  redelivery_of: DeliveryId.nullable().describe('The delivery that this one repeats by redeliverWebhook; else null'),
  created_at: Instant,
}
export const WebhookDelivery = z.object(delivery).meta({ id: 'WebhookDelivery' })
export type WebhookDelivery = z.infer<typeof WebhookDelivery>

export const WebhookDeliveryWithPayload = z
  .object({ ...delivery, payload: z.string().describe('The body as it is sent, byte for byte') })
  .meta({ id: 'WebhookDeliveryWithPayload' })

export const WebhookDeliveryList = z
  .object({ data: z.array(WebhookDelivery).describe('Newest first'), ...paged })
  .meta({ id: 'WebhookDeliveryList' })

/** What stands for a task that is too large for a message. */
const { operation, status, stage, seq, livemode, links } = Task.shape
export const TaskReference = z
  .object({ id: TaskId, object: z.literal('task_reference'), operation, status, stage, seq, livemode, links })
  .meta({ id: 'TaskReference' })

/** What is posted: the event, as it is told everywhere else. */
export const WebhookEvent = z
  .object({
    ...Event.shape,
    data: z
      .object({
        task: z
          .discriminatedUnion('object', [Task, TaskReference])
          .describe(
            'The task as it was then. One that makes a message of more than 20 kB is only named: read it with getTask',
          ),
      })
      .describe('What it is about'),
  })
  .meta({ id: 'WebhookEvent' })

/** A key of a provider has changed its state. */
export const WebhookProviderEvent = z
  .object({
    id: EventId,
    object: z.literal('event'),
    type: z.literal(PROVIDER_EVENT).describe('What happened'),
    timestamp: Instant.describe('When it happened: RFC 3339, in UTC'),
    data: z
      .object({
        region: z
          .string()
          .nullable()
          .describe(
            'Where this was seen, as on Workers, where each continent asks providers for itself; null elsewhere',
          ),
        provider: z.string().describe('Id of the provider'),
        credential: z
          .string()
          .describe('The key, by its name such as `<provider>:<name>`, or by a fingerprint where it has none'),
        state: HealthState,
        was: HealthState.describe('Its state before'),
        why: z.string().nullable().describe('The error code that led to it; null where none did'),
      })
      .describe('What it is about'),
  })
  .meta({ id: 'WebhookProviderEvent' })

/** What an endpoint is sent to try it out. */
export const WebhookTest = z
  .object({
    id: EventId,
    object: z.literal('event'),
    type: z.literal(TEST_EVENT).describe('Sent by testWebhookEndpoint alone'),
    timestamp: Instant.describe('When it was sent: RFC 3339, in UTC'),
    data: z.object({ endpoint_id: EndpointId.describe('The endpoint that is tried out') }).describe('What it is about'),
  })
  .meta({ id: 'WebhookTest' })

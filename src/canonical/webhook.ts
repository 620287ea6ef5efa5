/** Webhooks: endpoints that are told of events, and the log of what was delivered (Standard Webhooks 1.0). */
import * as z from 'zod'
import { text } from './creation.ts'
import { Event, EventId } from './event.ts'
import { EVENT_TYPES } from './event-types.ts'
import { DeliveryId, EndpointId, TaskId } from './id.ts'
import { Instant } from './instant.ts'
import { Task } from './task.ts'
import { EndpointEventTypes, PROVIDER_EVENT, WebhookUrl } from './webhook-target.ts'
import { HealthState } from './words.ts'

/** The event that is sent only to try an endpoint out. */
export const TEST_EVENT = 'webhook.test'

const settings = {
  url: WebhookUrl,
  events: EndpointEventTypes.optional().describe('Without it every event of tasks is told'),
  description: text.optional(),
}

export const CreateWebhookEndpointRequest = z.strictObject(settings).meta({ id: 'CreateWebhookEndpointRequest' })
export type CreateWebhookEndpointRequest = z.infer<typeof CreateWebhookEndpointRequest>

export const UpdateWebhookEndpointRequest = z
  .strictObject({
    url: WebhookUrl.optional(),
    events: EndpointEventTypes.nullable().optional().describe('Null: every event of tasks is told'),
    description: text.nullable().optional(),
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
  url: z.string(),
  description: z.string().nullable(),
  events: z.array(z.string()).nullable().describe('Types it is told of; null for all'),
  status: z.enum(['enabled', 'disabled']).describe('Nothing is sent to a disabled one'),
  disabled: z
    .object({
      code: z.enum(DISABLED_CODES).describe('`gone`: it answered 410; `failing`: nothing got through for five days'),
      detail: z.string(),
      at: Instant,
    })
    .nullable(),
  failing_since: Instant.nullable().describe('The first failure since the last delivery that succeeded'),
  public_key: z
    .string()
    .describe('`whpk_…`: verifies the `v1a` signatures. The same stands in /.well-known/webhook-jwks.json'),
  key_id: z.string().describe('`kid` of that key there'),
  previous_secret_until: Instant.nullable().describe('Until then messages are signed with the secret before as well'),
  created_at: Instant,
  updated_at: Instant,
}
export const WebhookEndpoint = z.object(endpoint).meta({ id: 'WebhookEndpoint' })
export type WebhookEndpoint = z.infer<typeof WebhookEndpoint>

export const WebhookEndpointWithSecret = z
  .object({ ...endpoint, secret: z.string().describe('`whsec_…`: shown this once') })
  .meta({ id: 'WebhookEndpointWithSecret' })
export type WebhookEndpointWithSecret = z.infer<typeof WebhookEndpointWithSecret>

export const WebhookEndpointList = z.object({ data: z.array(WebhookEndpoint) }).meta({ id: 'WebhookEndpointList' })

export const DeletedWebhookEndpoint = z
  .object({ id: EndpointId, object: z.literal('webhook_endpoint'), deleted: z.literal(true) })
  .meta({ id: 'DeletedWebhookEndpoint' })

export const WebhookSecret = z
  .object({
    object: z.literal('webhook_secret'),
    secret: z.string().describe('`whsec_…`: signs what goes to the `webhook` of requests sent with this key'),
  })
  .meta({ id: 'WebhookSecret' })

/** `failed`: the last attempt failed and another will follow; `dead`: given up. */
export const DeliveryStatus = z.enum(['pending', 'failed', 'succeeded', 'dead']).meta({ id: 'DeliveryStatus' })
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
    at: Instant,
    status: z.int().nullable().describe('The HTTP status that was answered'),
    error: z.enum(DELIVERY_ERRORS).nullable().describe('Why it did not succeed'),
    duration_ms: z.int(),
  })
  .meta({ id: 'WebhookDeliveryAttempt' })
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>

const delivery = {
  id: DeliveryId,
  object: z.literal('webhook_delivery'),
  endpoint_id: EndpointId.nullable().describe('Null where the request of the task named the URL itself'),
  task_id: TaskId.nullable(),
  event_id: EventId.describe('The `webhook-id` of the message'),
  event_type: z.enum([...EVENT_TYPES, PROVIDER_EVENT, TEST_EVENT]),
  seq: z.int().nullable(),
  url: z.string(),
  status: DeliveryStatus,
  attempts: z.array(DeliveryAttempt),
  ended: z.string().nullable().describe('Why it was given up before its last attempt'),
  next_attempt_at: Instant.nullable().describe('Null where it has ended, or waits for an earlier event of its task'),
  redelivery_of: DeliveryId.nullable(),
  created_at: Instant,
}
export const WebhookDelivery = z.object(delivery).meta({ id: 'WebhookDelivery' })
export type WebhookDelivery = z.infer<typeof WebhookDelivery>

export const WebhookDeliveryWithPayload = z
  .object({ ...delivery, payload: z.string().describe('The body as it is sent, byte for byte') })
  .meta({ id: 'WebhookDeliveryWithPayload' })

export const WebhookDeliveryList = z
  .object({ data: z.array(WebhookDelivery), has_more: z.boolean(), next_cursor: z.string().nullable() })
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
    data: z.object({
      task: z
        .discriminatedUnion('object', [Task, TaskReference])
        .describe(
          'The task as it was then. One that makes a message of more than 20 kB is only named: read it with getTask',
        ),
    }),
  })
  .meta({ id: 'WebhookEvent' })

/** A key of a provider has changed its state. */
export const WebhookProviderEvent = z
  .object({
    id: EventId,
    object: z.literal('event'),
    type: z.literal(PROVIDER_EVENT),
    timestamp: Instant,
    data: z.object({
      region: z
        .string()
        .nullable()
        .describe('Where this was seen, as on Workers, where each continent asks providers for itself; null elsewhere'),
      provider: z.string(),
      credential: z
        .string()
        .describe('The key, by its name such as `<provider>:<name>`, or by a fingerprint where it has none'),
      state: HealthState,
      was: HealthState,
      why: z.string().nullable().describe('The error code that led to it'),
    }),
  })
  .meta({ id: 'WebhookProviderEvent' })

/** What an endpoint is sent to try it out. */
export const WebhookTest = z
  .object({
    id: EventId,
    object: z.literal('event'),
    type: z.literal(TEST_EVENT),
    timestamp: Instant,
    data: z.object({ endpoint_id: EndpointId }),
  })
  .meta({ id: 'WebhookTest' })

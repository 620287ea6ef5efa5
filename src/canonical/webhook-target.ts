/** Where events of a task are to be told, as requests name it. */
import * as z from 'zod'
import { EVENT_TYPES } from './event-types.ts'

export const WebhookUrl = z
  .string()
  .regex(/^https?:\/\/[^\s/]\S*$/u, 'must be a URL such as https://example.com/hooks')
  .describe('Where to post: https on port 443 or 8443, a host of the open internet; no address, user or password in it')

export const EventTypes = z.array(z.enum(EVENT_TYPES)).min(1)

/** A key of a provider has changed its state: told only to endpoints that name it, which takes a key with the scope `providers`. */
export const PROVIDER_EVENT = 'provider.state_changed'
export const EndpointEventTypes = z.array(z.enum([...EVENT_TYPES, PROVIDER_EVENT])).min(1)
export type EndpointEventType = z.infer<typeof EndpointEventTypes>[number]

export const Webhook = z
  .strictObject({ url: WebhookUrl, events: EventTypes.optional().describe('Only events of these types. Default all') })
  .describe('Events of this task are posted there, signed with the secret that getWebhookSecret shows')
  .meta({ id: 'Webhook' })
export type Webhook = z.infer<typeof Webhook>

/** What the operations of webhooks do with a valid request. */
import type { Context } from 'hono'
import type { CreateWebhookEndpointRequest, UpdateWebhookEndpointRequest } from '../canonical/webhook.ts'
import { PROVIDER_EVENT } from '../canonical/webhook-target.ts'
import type { Served } from '../engine/engine.ts'
import { requireScope } from '../engine/keys/gate.ts'
import type { ClientKey } from '../engine/keys/rows.ts'
import type { DeliveryQuery } from '../engine/webhooks/log.ts'
import { json, nextLink } from './respond.ts'
import type { Input } from './routes.ts'

type Sender = { readonly project: string; readonly signer: string; readonly key: ClientKey }
type Handle = (c: Context, input: Input, sender: Sender) => Promise<Response>

/** How the operator's keys do is told to who may ask for it. @throws GatewayError insufficient_scope */
const requireFor = (key: ClientKey, events: readonly string[] | null): void => {
  if (events?.includes(PROVIDER_EVENT)) requireScope(key, 'providers')
}

/** Secrets are shown to who asked for them and kept by nobody on the way. */
const UNKEPT = { 'cache-control': 'no-store' }

export const webhookHandlers = (engine: Served) =>
  ({
    getWebhookSecret: async (c, _, { signer }) => json(c, await engine.getWebhookSecret(signer), 200, UNKEPT),
    createWebhookEndpoint: async (c, { body }, { project, key }) => {
      const request = body as CreateWebhookEndpointRequest
      requireFor(key, request.events ?? null)
      return json(c, await engine.createWebhookEndpoint(project, request), 200, UNKEPT)
    },
    listWebhookEndpoints: async (c, _, { project }) => json(c, await engine.listWebhookEndpoints(project)),
    getWebhookEndpoint: async (c, { params }, { project }) =>
      json(c, await engine.getWebhookEndpoint(project, params.endpoint_id!)),
    updateWebhookEndpoint: async (c, { params, body }, { project, key }) => {
      const [id, request] = [params.endpoint_id!, body as UpdateWebhookEndpointRequest]
      requireFor(key, request.events ?? (await engine.getWebhookEndpoint(project, id)).events)
      return json(c, await engine.updateWebhookEndpoint(project, id, request))
    },
    deleteWebhookEndpoint: async (c, { params }, { project }) =>
      json(c, await engine.deleteWebhookEndpoint(project, params.endpoint_id!)),
    rotateWebhookSecret: async (c, { params }, { project }) =>
      json(c, await engine.rotateWebhookSecret(project, params.endpoint_id!), 200, UNKEPT),
    testWebhookEndpoint: async (c, { params }, { project }) =>
      json(c, await engine.testWebhookEndpoint(project, params.endpoint_id!)),
    listWebhookDeliveries: async (c, { query }, { project }) => {
      const page = await engine.listWebhookDeliveries(project, query as DeliveryQuery)
      return json(c, page, 200, nextLink(c, page.next_cursor))
    },
    getWebhookDelivery: async (c, { params }, { project }) =>
      json(c, await engine.getWebhookDelivery(project, params.delivery_id!)),
    redeliverWebhook: async (c, { params }, { project }) =>
      json(c, await engine.redeliverWebhook(project, params.delivery_id!)),
  }) satisfies Record<string, Handle>

/** Webhooks, put together: endpoints, the outbox of every change, the dispatcher and its log. */

import type { Task } from '../../canonical/task.ts'
import type { CreateWebhookEndpointRequest, UpdateWebhookEndpointRequest } from '../../canonical/webhook.ts'
import type { Meter } from '../meter.ts'
import type { World } from '../ports.ts'
import type { TaskState } from '../state.ts'
import type { Reader } from '../store.ts'
import { webhookDispatcher } from './dispatcher.ts'
import { type Endpoint, hostOf, presentEndpoint } from './endpoint.ts'
import { webhookEndpoints } from './endpoints.ts'
import { deliveryLog } from './log.ts'
import { webhookOutbox } from './outbox.ts'
import { providerNews } from './provider-news.ts'
import { secretOfSigner } from './signing.ts'
import { logSweep } from './sweep.ts'
import { refuseForbidden } from './target.ts'

/** @param read knows which tasks were deleted */
export const webhooks = (
  world: World,
  present: (task: TaskState) => Task,
  meter: Meter,
  read: Pick<Reader, 'tombstone'>,
) => {
  const { clock, entropy } = world
  const endpoints = webhookEndpoints(world, (url, pointer) => refuseForbidden(world, url, pointer))
  const outbox = webhookOutbox(world, endpoints, present)
  const dispatcher = webhookDispatcher(world, endpoints, (outcome) =>
    meter.count('tutti_webhook_deliveries_total', { outcome }),
  )
  const sweep = logSweep(world)
  const stored = (hosts: readonly string[]) => {
    sweep.noticed()
    dispatcher.stored(hosts)
  }
  const log = deliveryLog(world, read, endpoints, stored)

  const shown = (each: Endpoint) => presentEndpoint(each, clock())
  const shownOnce = (each: Endpoint) => ({ ...shown(each), secret: each.secrets.secret })

  return {
    dispatcher,
    sweep,
    providerChanged: providerNews(world, endpoints, stored),

    /** For the commits of tasks. */
    outbox: {
      of: (task: TaskState, events: Parameters<typeof outbox.of>[1]) => {
        const statements = outbox.of(task, events)
        if (statements.length === 0) return statements
        sweep.noticed()
        dispatcher.doubt(outbox.hosts(task))
        return statements
      },
      stored: (task: TaskState): void => dispatcher.stored(outbox.hosts(task)),
    },

    /** The only way to start. */
    start: async (): Promise<void> => {
      await endpoints.load()
      await dispatcher.start()
      await sweep.start()
    },

    /** For clients. */
    api: {
      getWebhookSecret: async (signer: string) => ({
        object: 'webhook_secret' as const,
        secret: await secretOfSigner(entropy, signer),
      }),
      createWebhookEndpoint: async (project: string, request: CreateWebhookEndpointRequest) =>
        shownOnce(await endpoints.create(project, request)),
      listWebhookEndpoints: (project: string) => ({ data: endpoints.list(project).map(shown) }),
      getWebhookEndpoint: (project: string, id: string) => shown(endpoints.own(project, id)),
      updateWebhookEndpoint: async (project: string, id: string, request: UpdateWebhookEndpointRequest) => {
        const after = await endpoints.update(project, id, request)
        dispatcher.stored([hostOf(after.url)])
        return shown(after)
      },
      deleteWebhookEndpoint: async (project: string, id: string) => {
        await endpoints.remove(project, id)
        return { id, object: 'webhook_endpoint' as const, deleted: true as const }
      },
      rotateWebhookSecret: async (project: string, id: string) => shownOnce(await endpoints.rotate(project, id)),
      testWebhookEndpoint: log.test,
      listWebhookDeliveries: log.list,
      getWebhookDelivery: log.get,
      redeliverWebhook: log.redeliver,
      webhookKeys: endpoints.keys,
    },
  }
}

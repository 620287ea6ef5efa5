/** The log of deliveries as clients read it, and what they may have sent once more. */
import { TEST_EVENT, type WebhookDelivery } from '../../canonical/webhook.ts'
import { DEFAULT_LIMIT, pageOf, readCursor } from '../cursor.ts'
import { GatewayError } from '../errors.ts'
import { deletedOr } from '../gone.ts'
import { randomId } from '../ids.ts'
import type { World } from '../ports.ts'
import { time } from '../present.ts'
import { isConflict, type Reader } from '../store.ts'
import { type Endpoint, hostOf } from './endpoint.ts'
import type { Endpoints } from './endpoints.ts'
import {
  type Delivery,
  deliveryReader,
  insertDelivery,
  insertPayload,
  insertRedelivery,
  type NewDelivery,
} from './rows.ts'

export interface DeliveryQuery {
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
  readonly endpoint_id?: string | undefined
  readonly task_id?: string | undefined
  readonly status?: string | undefined
}

const PLACE = /^delivery ([1-9]\d{0,14})$/

export const presentDelivery = (each: Delivery): WebhookDelivery => ({
  id: each.id,
  object: 'webhook_delivery',
  endpoint_id: each.endpoint,
  task_id: each.task,
  event_id: each.event,
  event_type: each.type as WebhookDelivery['event_type'],
  seq: each.seq,
  url: each.url,
  status: each.status,
  attempts: [...each.attempts],
  ended: each.ended,
  next_attempt_at: each.next_at === null ? null : time(each.next_at),
  redelivery_of: each.redelivery_of,
  created_at: time(each.created_at),
})

/**
 * @param tasks knows which were deleted
 * @param stored hears of hosts at which something is due
 */
export const deliveryLog = (
  world: World,
  tasks: Pick<Reader, 'tombstone'>,
  endpoints: Endpoints,
  stored: (hosts: readonly string[]) => void,
) => {
  const { sql, clock, entropy } = world
  const read = deliveryReader(sql)

  const own = async (project: string, id: string): Promise<Delivery> => {
    const found = await read.one(id)
    if (found === null || found.project !== project) throw new GatewayError('not_found', `There is no delivery ${id}`)
    return found
  }

  const usable = (project: string, id: string): Endpoint => {
    const found = endpoints.own(project, id)
    if (found.disabled === null) return found
    throw new GatewayError('webhook_endpoint_disabled', `The endpoint ${id} is disabled: enable it first`)
  }

  /** Something for nobody's lane but its own: it waits for nothing. */
  const send = async (each: Omit<NewDelivery, 'id' | 'lane' | 'created_at' | 'host'>, payload: string | null) => {
    const id = randomId(entropy, 'dlv')
    const now = clock()
    const host = hostOf(each.url)
    const row: NewDelivery = { ...each, id, lane: id, host, created_at: now }
    await sql.commit(
      payload === null ? [insertRedelivery(row)] : [insertPayload(each.event, now, payload), insertDelivery(row)],
    )
    stored([host])
    return presentDelivery((await read.one(id))!)
  }

  /** Why the text of a message is not there: with its task it was deleted, or it is too old. */
  const textGone = ({ id, project, task }: Delivery): Promise<GatewayError> | GatewayError => {
    const old = new GatewayError('not_found', `What ${id} told is not kept any more: texts are kept for 60 days`)
    return task === null ? old : deletedOr(tasks, project, task, old)
  }

  return {
    list: async (project: string, query: DeliveryQuery) => {
      const limit = query.limit ?? DEFAULT_LIMIT
      const after = query.cursor === undefined ? undefined : Number(readCursor(query.cursor, PLACE)[1])
      const { endpoint_id: endpoint, task_id: task, status } = query
      const found = await read.page({ project, endpoint, task, status, after, limit: limit + 1 })
      return pageOf(found, limit, presentDelivery, ({ place }) => `delivery ${place}`)
    },

    get: async (project: string, id: string) => {
      const found = await own(project, id)
      return { ...presentDelivery(found), payload: (await read.payload(found.event)) ?? '' }
    },

    /** The same message once more, by itself: what it was delivered as before stays in the log. */
    redeliver: async (project: string, id: string) => {
      const found = await own(project, id)
      const { endpoint, signer, task, event, type, seq, url } = found
      if ((await read.payload(event)) === null) throw await textGone(found)
      const known = endpoint === null ? null : endpoints.get(endpoint)
      if (endpoint !== null && known === null)
        throw new GatewayError('webhook_endpoint_disabled', `The endpoint ${endpoint} was deleted`)
      const now = known === null ? url : usable(project, known.id).url
      const row = { project, endpoint, signer, task, event, type, seq, url: now, redelivery_of: id }
      // It may be deleted just now: then nothing is stored.
      return send(row, null).catch(async (error) => {
        throw isConflict(error) ? await textGone(found) : error
      })
    },

    /** Something to try an endpoint out with, whatever it wants to be told of. */
    test: async (project: string, id: string) => {
      const { url } = usable(project, id)
      const event = `${randomId(entropy, 'evt')}0`
      const timestamp = time(clock())
      const message = { id: event, object: 'event', type: TEST_EVENT, timestamp, data: { endpoint_id: id } }
      const about = { project, endpoint: id, signer: null, task: null, event, type: TEST_EVENT, seq: null, url }
      return send({ ...about, redelivery_of: null }, JSON.stringify(message))
    },
  }
}

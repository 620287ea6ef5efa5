/** The outbox: who is to be told of the events of a change, stored in the very commit of that change. */
import type { Task } from '../../canonical/task.ts'
import type { EndpointEventType, Webhook } from '../../canonical/webhook-target.ts'
import type { NewEvent } from '../events.ts'
import { randomId } from '../ids.ts'
import type { Statement, World } from '../ports.ts'
import { time } from '../present.ts'
import type { TaskState } from '../state.ts'
import { hostOf } from './endpoint.ts'
import type { Endpoints } from './endpoints.ts'
import { insertDelivery, insertPayload, type NewDelivery } from './rows.ts'

/** Messages are to be small (Standard Webhooks 1.0): of a larger task only the place is told where it can be read. */
const LARGEST = 20_000

const encoder = new TextEncoder()
const isLarge = (text: string) => text.length * 3 > LARGEST && encoder.encode(text).length > LARGEST

/** The message of an event, with the task as it is after the change that the event tells of. */
export const payloadOf = ({ id, seq, type }: NewEvent, at: number, task: Task): string => {
  const message = (data: object) => JSON.stringify({ id, object: 'event', type, seq, timestamp: time(at), data })
  const whole = message({ task })
  if (!isLarge(whole)) return whole
  const { operation, status, stage, livemode, links } = task
  const reference = { id: task.id, object: 'task_reference', operation, status, stage, seq: task.seq, livemode, links }
  return message({ task: reference })
}

interface Target {
  /** The endpoint, or the task whose request names the URL. */
  readonly name: string
  readonly endpoint: string | null
  readonly signer: string | null
  readonly url: string
  readonly events: readonly EndpointEventType[] | null
}

export interface Outbox {
  /** Statements that store what is to be told. */
  readonly of: (task: TaskState, events: readonly NewEvent[]) => readonly Statement[]
  /** Hosts that somebody is told of a task at. */
  readonly hosts: (task: TaskState) => string[]
}

export const webhookOutbox = ({ entropy }: World, endpoints: Endpoints, present: (task: TaskState) => Task): Outbox => {
  const NOTHING: readonly Statement[] = []

  const targetsOf = (task: TaskState): Target[] => {
    const { webhook } = task.request as { webhook?: Webhook }
    const listed = endpoints.of(task.project)
    if (webhook === undefined && listed.length === 0) return []
    const registered = listed
      .filter(({ disabled }) => disabled === null)
      .map(({ id, url, events }) => ({ name: id, endpoint: id, signer: null, url, events }))
    if (webhook === undefined) return registered
    const { url, events = null } = webhook
    const signer = (task.kind === 'work' && task.signer) || task.project
    return [...registered, { name: 'request', endpoint: null, signer, url, events }]
  }

  const deliveryOf = (task: TaskState, event: NewEvent, { name, endpoint, signer, url }: Target): NewDelivery => ({
    id: randomId(entropy, 'dlv'),
    project: task.project,
    endpoint,
    signer,
    task: task.id,
    event: event.id,
    type: event.type,
    seq: event.seq,
    lane: `${name} ${task.id}`,
    url,
    host: hostOf(url),
    redelivery_of: null,
    created_at: task.updated_at,
  })

  return {
    of: (task, events) => {
      if (events.length === 0) return NOTHING
      const targets = targetsOf(task)
      if (targets.length === 0) return NOTHING
      return events.flatMap((event) => {
        const told = targets.filter(({ events: wanted }) => wanted === null || wanted.includes(event.type))
        if (told.length === 0) return []
        const payload = insertPayload(event.id, task.updated_at, payloadOf(event, task.updated_at, present(task)))
        return [payload, ...told.map((target) => insertDelivery(deliveryOf(task, event, target)))]
      })
    },
    hosts: (task) => targetsOf(task).map(({ url }) => hostOf(url)),
  }
}

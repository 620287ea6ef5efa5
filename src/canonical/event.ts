/** Events: what happened to a task, in the words that webhooks, lists and streams share. */
import * as z from 'zod'
import { EVENT_TYPES } from './event-types.ts'
import { Task } from './task.ts'

export { EVENT_TYPES, EVENTS, type EventType } from './event-types.ts'

export const EventId = z
  .string()
  .regex(/^evt_[0-9A-HJKMNP-TV-Z]{27}$/, 'must be an id such as evt_01JD3W8Q4T7X2M5N9P6R0S1V306')
  .meta({ examples: ['evt_01JD3W8Q4T7X2M5N9P6R0S1V306'] })

export const Event = z
  .object({
    id: EventId.describe('The same wherever it is told: in a webhook it is the `webhook-id`'),
    object: z.literal('event'),
    type: z.enum(EVENT_TYPES).describe('More may appear'),
    seq: z.int().min(1).describe('Its number among the events of its task, without gaps'),
    timestamp: z.iso.datetime(),
    data: z.object({ task: Task.describe('The task as it was then') }),
  })
  .meta({ id: 'Event' })
export type Event = z.infer<typeof Event>

export const TaskEventList = z.object({ data: z.array(Event) }).meta({ id: 'TaskEventList' })
export const EventList = z
  .object({ data: z.array(Event), has_more: z.boolean(), next_cursor: z.string().nullable() })
  .meta({ id: 'EventList' })

/** Events: what happened to a task, in the words that webhooks, lists and streams share. */
import * as z from 'zod'
import { EVENT_TYPES } from './event-types.ts'
import { paged } from './page.ts'
import { Task } from './task.ts'

export { EVENT_TYPES, EVENTS, type EventType } from './event-types.ts'

export const EventId = z
  .string()
  .regex(/^evt_[0-9A-HJKMNP-TV-Z]{27}$/, 'must be an id such as evt_01JD3W8Q4T7X2M5N9P6R0S1V306')
  .meta({
    description: 'Id of an event: `evt_` and 27 digits and capital letters',
    examples: ['evt_01JD3W8Q4T7X2M5N9P6R0S1V306'],
  })

export const Event = z
  .object({
    id: EventId.describe('The same wherever it is told: in a webhook it is the `webhook-id`'),
    object: z.literal('event'),
    type: z
      .enum(EVENT_TYPES)
      .describe('What happened: `webhooks` of the OpenAPI document explain each. More may appear'),
    seq: z.int().min(1).describe('Its number among the events of its task, without gaps'),
    timestamp: z.iso.datetime().describe('When it happened: RFC 3339, in UTC'),
    data: z.object({ task: Task.describe('The task as it was then') }).describe('What it is about'),
  })
  .meta({ id: 'Event' })
export type Event = z.infer<typeof Event>

export const TaskEventList = z
  .object({ data: z.array(Event).describe('Every event of the task, in the order of `seq`') })
  .meta({ id: 'TaskEventList' })
export const EventList = z.object({ data: z.array(Event).describe('Newest first'), ...paged }).meta({ id: 'EventList' })

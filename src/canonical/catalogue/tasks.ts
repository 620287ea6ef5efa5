/** Tasks, and what happened to them. */
import * as z from 'zod'
import { MIDI_FORMATS, type MidiFormat, MidiResult } from '../createMidi.ts'
import { EventList, TaskEventList } from '../event.ts'
import { CALL_OPERATIONS, TASK_OPERATIONS } from '../operations.ts'
import { Task, TaskAttemptList, TaskList } from '../task.ts'
import { DeletedTask } from '../tombstone.ts'
import { TaskStatus } from '../words.ts'
import { BODY, type Operation, pages, task } from './operation.ts'

export const tasks = {
  getTask: {
    kind: 'read',
    method: 'get',
    path: '/v1/tasks/{task_id}',
    tag: 'Tasks',
    summary: 'A task as it is now',
    description:
      'Always 200 for a known task. `Retry-After` says when to look again; `Prefer: wait=N` waits up to N seconds until its `seq` changes. Reading never calls a provider.',
    params: task,
    result: Task,
    headers: ['Prefer', 'If-None-Match'],
    errors: ['not_found', 'task_deleted'],
  },
  deleteTask: {
    kind: 'read',
    scope: 'create',
    method: 'delete',
    path: '/v1/tasks/{task_id}',
    tag: 'Tasks',
    summary: 'Delete what a task holds, for good',
    description:
      'Its request, tracks, result, events and messages, and the timed lyrics of its tracks, are gone when this is answered; files lie at the provider until it deletes them. What it cost is kept for 90 days, and so is its Idempotency-Key: it buys nothing more. A task that has not ended is 409 `task_not_ended`. Deleting it again is 404.',
    params: task,
    result: DeletedTask,
    headers: [],
    errors: ['not_found', ...BODY, 'task_not_ended'],
  },
  getMidi: {
    kind: 'read',
    method: 'get',
    path: '/v1/tasks/{task_id}/midi',
    tag: 'Follow-ups',
    summary: 'The notes of a createMidi or transcribeStems task, also as a MIDI file',
    description:
      'Free, and kept as long as the task. As a Standard MIDI File of format 1 by `?format=mid`, or by `Accept: audio/midi`: a track for each instrument, with times to the millisecond. 409 `not_ready` until the task has ended, 422 `midi_unavailable` where no note was found.',
    params: task,
    query: z.strictObject({
      format: z
        .enum(Object.keys(MIDI_FORMATS) as [MidiFormat, ...MidiFormat[]])
        .optional()
        .describe('`json`, or `mid` for the file. Wins over `Accept`'),
    }),
    formats: MIDI_FORMATS,
    result: MidiResult,
    headers: [],
    errors: ['not_found', 'task_deleted', 'validation_failed', 'not_acceptable', 'not_ready', 'midi_unavailable'],
  },
  listTasks: {
    kind: 'read',
    method: 'get',
    path: '/v1/tasks',
    tag: 'Tasks',
    summary: 'Tasks, newest first',
    description:
      'Pages by an opaque cursor. There are no totals. With `Accept: application/jsonl` (or `application/x-ndjson`) all of them in one answer, a task a line, as they are read: `limit` is then how many at most. Should it break off, its last line is a problem in place of a task, or the connection breaks.',
    exports: true,
    query: z.strictObject({
      ...pages,
      status: TaskStatus.optional().describe('Only tasks that are in this state now'),
      operation: z
        .enum([...TASK_OPERATIONS, ...CALL_OPERATIONS])
        .optional()
        .describe('Only tasks of this operationId'),
    }),
    result: TaskList,
    headers: ['If-None-Match'],
    errors: ['validation_failed'],
  },
  cancelTask: {
    kind: 'read',
    scope: 'create',
    method: 'post',
    path: '/v1/tasks/{task_id}/cancel',
    tag: 'Tasks',
    summary: 'Take a task back before a provider has it',
    description:
      'Nothing is sent any more, and nothing more is charged: that can be as long as the task waits to be sent, also once more after an attempt that came to nothing, of which `billing` tells. Else it is 409 `not_cancelable`: no provider takes a song back, so it is followed to its end. A task that is canceled already is answered as it is.',
    params: task,
    result: Task,
    headers: [],
    errors: [...BODY, 'not_found', 'task_deleted', 'not_cancelable'],
  },
  getTombstone: {
    kind: 'read',
    method: 'get',
    path: '/v1/tasks/{task_id}/tombstone',
    tag: 'Tasks',
    summary: 'What is kept of a deleted task',
    description: 'What it cost, and at whom. For 90 days after the deletion; 404 for a task that was not deleted.',
    params: task,
    result: DeletedTask,
    headers: [],
    errors: ['not_found'],
  },
  listTaskAttempts: {
    kind: 'read',
    method: 'get',
    path: '/v1/tasks/{task_id}/attempts',
    tag: 'Tasks',
    summary: 'What was asked of providers for a task, in order',
    description:
      'The `attempts` of the task and nothing else: who was asked, why, what came of it, and whether it was charged.',
    params: task,
    result: TaskAttemptList,
    headers: [],
    errors: ['not_found', 'task_deleted'],
  },
  listTaskEvents: {
    kind: 'read',
    method: 'get',
    path: '/v1/tasks/{task_id}/events',
    tag: 'Tasks',
    summary: 'What happened to a task, in order',
    description:
      'As a list, or with `Accept: text/event-stream` as it happens: `Last-Event-ID` resumes after that event, a comment every 15 seconds shows that the line is alive, and the stream closes after the last event of a task or after five minutes. Who comes back after the last event of a task that has ended is answered 204: an EventSource does not connect again.',
    params: task,
    result: TaskEventList,
    streams: true,
    headers: ['Last-Event-ID'],
    errors: ['not_found', 'task_deleted', 'validation_failed'],
  },
  listEvents: {
    kind: 'read',
    method: 'get',
    path: '/v1/events',
    tag: 'Tasks',
    summary: 'What happened to all tasks of the project, newest first',
    description:
      'With `Accept: text/event-stream` as it happens: from now on, or after `Last-Event-ID`. The stream closes after five minutes: connect again with the last id.',
    query: z.strictObject(pages),
    result: EventList,
    streams: true,
    headers: ['Last-Event-ID'],
    errors: ['validation_failed'],
  },
} as const satisfies Readonly<Record<string, Operation>>

/** Operations that make a task, each told by what is its own. */
import { Task } from '../task.ts'
import { CREATE, type Operation, SOURCE, track } from './operation.ts'

const STORED =
  'Answers 202 once the task is stored: from then on it is carried to its end. `Prefer: wait=N` waits up to N seconds for that end and answers 200 if it came.'
export const PINNED = 'Only the provider that made the track can do this, with the key it was made with.'

type Told = Pick<Operation, 'path' | 'summary' | 'body' | 'example'> & Partial<Operation>

/** An operation that makes a task. */
export const creates = (told: Told): Operation => ({
  kind: 'task',
  method: 'post',
  tag: 'Music',
  result: Task,
  headers: ['Idempotency-Key', 'Prefer', 'Cancel-After'],
  errors: CREATE,
  ...told,
  description: [told.description, STORED].filter(Boolean).join(' '),
})

/** Music made from other music. */
export const derives = (told: Told): Operation => creates({ ...told, errors: [...CREATE, ...SOURCE] })

/** Something more of a finished track. */
export const follows = (told: Told): Operation =>
  creates({
    tag: 'Follow-ups',
    params: track,
    bodyOptional: true,
    ...told,
    description: [told.description, PINNED].filter(Boolean).join(' '),
    errors: ['not_found', ...CREATE, 'not_ready', 'provider_pinned_unavailable', ...(told.errors ?? [])],
  })

/** What the record of a task says, once its provider was asked for it. */
import { classify } from '../contract/errors.ts'
import type { Form } from '../contract/operations.ts'
import type { Snapshot } from '../contract/shapes.ts'
import type { Happening } from './core.ts'
import { believable } from './links.ts'
import type { Reading } from './outcome.ts'
import type { Access } from './ports.ts'

type News = Extract<Happening, { readonly type: 'snapshot' | 'absent' | 'read_failed' }>

/** A failure in words that the provider's table does not hold is no news: the record is read again later. */
export const newsOfRecord = ({ adapter, origin }: Access, form: Form, reading: Reading<Snapshot>): News => {
  if (reading.kind === 'absent') return { type: 'absent', title: adapter.title }
  if (reading.kind === 'failed') return { type: 'read_failed', retryAfter: reading.failure.retryAfter }
  const snapshot = reading.response
  if (!believable([snapshot.tracks, snapshot.result], origin)) return { type: 'read_failed', retryAfter: null }
  if (snapshot.failure === null) return { type: 'snapshot', snapshot, failure: null, title: adapter.title }
  const failure = classify(adapter.errors, { at: 'record', operation: form, ...snapshot.failure })
  if (failure === null) return { type: 'read_failed', retryAfter: null }
  return { type: 'snapshot', snapshot, failure, title: adapter.title }
}

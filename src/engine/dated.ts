/** When something was made, as the record of its provider says. */
import type { Adapter, Call } from '../contract/adapter.ts'
import { open } from '../contract/envelope.ts'
import { read } from '../contract/paths.ts'
import type { UpstreamAnswer } from './ports.ts'

/** Nobody made songs before: an earlier time is none. */
const FIRST = Date.UTC(2023, 0)

/** Milliseconds since the epoch; not a number where it is no time. A text without a zone is read as UTC: no page names one. */
const timeOf = (said: unknown): number => {
  if (typeof said !== 'string') return typeof said === 'number' ? said : Number.NaN
  const text = said.replace(' ', 'T')
  return Date.parse(/Z$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`)
}

/** The time that a record names for what it is about; null where it names none. @param answer one that could be read */
export const madeAt = (
  { envelope }: Adapter,
  call: Pick<Call<never, unknown>, 'envelope' | 'madeAt' | 'reads'>,
  answer: UpstreamAnswer,
): number | null => {
  if (answer.kind !== 'answered') return null
  const body: unknown = JSON.parse(answer.body)
  const record = call.reads === 'body' ? body : open(call.envelope ?? envelope, body)?.payload
  const times = (call.madeAt ?? []).flatMap((path) => [read(record, path)].flat()).map(timeOf)
  return times.find((time) => time >= FIRST) ?? null
}

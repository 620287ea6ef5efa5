/** Places in a song that a request names: whether the song is as long as that. */
import type { FieldError } from '../canonical/error.ts'
import { GatewayError } from './errors.ts'
import type { Request } from './state.ts'

/** Where something begins or goes on there has to be some song left; it may end with the song. */
const BEGINNINGS = ['continue_at_seconds', 'start_seconds'] as const

const rounded = (seconds: number) => Math.round(seconds * 1000) / 1000

/**
 * Every provider demands it of an extension; what one would do with a place that is not there is published by none.
 * @param seconds how long the song is, as its provider said; null where nobody knows
 * @param half whether no more than half of it may lie between its places
 * @throws GatewayError validation_failed
 */
export const requireWithin = (request: Request, seconds: number | null, half: boolean): void => {
  if (seconds === null) return
  const long = `the track has ${seconds} seconds`
  const { start_seconds: start, end_seconds: end } = request as { start_seconds?: number; end_seconds?: number }
  const wrong = (field: string, must: string): FieldError => ({
    pointer: `/${field}`,
    code: 'out_of_range',
    detail: `must be ${must}: ${long}`,
  })
  const errors = BEGINNINGS.filter((field) => Number(request[field] ?? 0) >= seconds).map((field) =>
    wrong(field, `less than ${seconds}`),
  )
  if (end !== undefined && end > seconds) errors.push(wrong('end_seconds', `${seconds} or less`))
  else if (half && rounded(end! - start!) > rounded(seconds / 2))
    errors.push(wrong('end_seconds', `no more than ${rounded(seconds / 2)} after start_seconds, half of the track`))
  if (errors.length > 0)
    throw new GatewayError('validation_failed', `${errors[0]!.pointer.slice(1)} ${errors[0]!.detail}`, { errors })
}

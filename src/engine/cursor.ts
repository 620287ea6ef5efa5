/** Cursors: places in a list, handed out as a text that only we read. */
import { GatewayError } from './errors.ts'

const decoded = (cursor: string): string => {
  try {
    return /^[A-Za-z0-9+/]+={0,2}$/.test(cursor) ? atob(cursor) : ''
  } catch {
    return ''
  }
}

export const cursorOf = (place: string): string => btoa(place)

export const DEFAULT_LIMIT = 20

/** What was found, as a page. @param found one entry more than the page, where there is one: that tells of another page */
export const pageOf = <Found, Shown>(
  found: readonly Found[],
  limit: number,
  show: (each: Found) => Shown,
  place: (last: Found) => string,
) => {
  const has_more = found.length > limit
  const listed = found.slice(0, limit)
  return { data: listed.map(show), has_more, next_cursor: has_more ? cursorOf(place(listed.at(-1)!)) : null }
}

/** A place in a list that is ordered by time and then by id. */
export interface Place {
  readonly created_at: number
  readonly id: string
}

export const placeOf = ({ created_at, id }: Place): string => `${created_at} ${id}`

/** @throws GatewayError validation_failed */
export const readPlace = (cursor: string, ids: RegExp): Place => {
  const [, created_at, id] = readCursor(cursor, new RegExp(`^(\\d{1,15}) (${ids.source})$`))
  return { created_at: Number(created_at), id: id! }
}

/** @throws GatewayError validation_failed where it does not hold a place of this form */
export const readCursor = (cursor: string, form: RegExp): RegExpExecArray => {
  const place = form.exec(decoded(cursor))
  if (place !== null) return place
  throw new GatewayError('validation_failed', 'cursor is not one that was handed out', {
    errors: [{ pointer: 'cursor', code: 'cursor_invalid', detail: 'Use next_cursor of the page before, unchanged' }],
  })
}

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

/** @throws GatewayError validation_failed where it does not hold a place of this form */
export const readCursor = (cursor: string, form: RegExp): RegExpExecArray => {
  const place = form.exec(decoded(cursor))
  if (place !== null) return place
  throw new GatewayError('validation_failed', 'cursor is not one that was handed out', {
    errors: [{ pointer: 'cursor', code: 'cursor_invalid', detail: 'Use next_cursor of the page before, unchanged' }],
  })
}

/** What `Retry-After` asks for: seconds or a date (RFC 9110, section 10.2.3). */

const SECOND = 1000

/** In milliseconds from now, none at the least; null where nothing of the kind is said. */
export const retryAfterMilliseconds = (header: string | null, now: number): number | null => {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Number(text) * SECOND
  // Dates begin with a day of the week: Date.parse reads much else as a date too.
  const at = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(at - now, 0)
}

/**
 * In whole seconds, as an answer of a provider asks for it.
 * @param date the answer's own `Date`: where it has one, a date is measured by the clock that wrote it, whatever ours says
 */
export const retryAfterSeconds = (header: string | null, date: string | null, now: number): number | null => {
  if (header === null) return null
  const written = Date.parse(date ?? '')
  const milliseconds = retryAfterMilliseconds(header, Number.isNaN(written) ? now : written)
  return milliseconds === null ? null : Math.ceil(milliseconds / SECOND)
}

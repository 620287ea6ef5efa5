/** Moments, as every answer writes them. */
import * as z from 'zod'

export const Instant = z.iso
  .datetime('must be a time in UTC such as 2026-11-21T09:30:00.000Z')
  .meta({ id: 'Instant', description: 'RFC 3339, in UTC', examples: ['2026-11-21T09:30:00.000Z'] })

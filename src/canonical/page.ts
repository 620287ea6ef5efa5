/** Pages of a list: what every one of them says beside its entries. */
import * as z from 'zod'

export const paged = {
  has_more: z.boolean().describe('Whether another page follows'),
  next_cursor: z.string().nullable().describe('Send it as `cursor` for the page after this one; null on the last'),
}

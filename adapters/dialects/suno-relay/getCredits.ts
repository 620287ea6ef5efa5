/** The balance as a bare, possibly fractional number: kie.md 13.1, apibox.md 6.22. */
import * as z from 'zod'
import { fields } from '../../../src/contract/codec.ts'
import { Balance } from '../../../src/contract/shapes.ts'

export const balance = z.codec(z.number(), Balance, {
  decode: (remaining) => ({ remaining }),
  encode: ({ remaining }) => remaining,
})

export const noFields = fields(z.object({}), {})

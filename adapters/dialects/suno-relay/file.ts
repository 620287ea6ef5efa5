/** One file, which both dialects name by a bare link: kie.md 9.3, 9.6; apibox.md 6.17, 6.21. */
import * as z from 'zod'
import { FileReport } from '../../../src/canonical/convertToWav.ts'

export const file = z.codec(z.string(), FileReport, {
  decode: (url) => ({ url }),
  encode: ({ url }) => url,
})

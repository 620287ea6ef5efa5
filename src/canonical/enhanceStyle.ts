/** enhanceStyle: a few words of style, written out. */
import * as z from 'zod'
import { routed, text } from './creation.ts'

export const EnhanceStyleSubmission = z.object({ style: text })
export type EnhanceStyleSubmission = z.infer<typeof EnhanceStyleSubmission>

export const EnhanceStyleRequest = z
  .strictObject({ style: text.describe('Such as `pop, mysterious`'), ...routed })
  .meta({ id: 'EnhanceStyleRequest' })

export const StyleReport = z.object({ style: z.string().min(1) })
export type StyleReport = z.infer<typeof StyleReport>

export const EnhancedStyle = z
  .object({ object: z.literal('style'), style: z.string().describe('For `style` of a create') })
  .meta({ id: 'EnhancedStyle' })

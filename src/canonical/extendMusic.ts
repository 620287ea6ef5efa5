/** extendMusic: let a song go on. Without `lyrics`, `style` and `title` it goes on like its source. */
import * as z from 'zod'
import { carried, controls, instrumental, modelled, native, submitted, text, voiced } from './creation.ts'
import type { Rule } from './rule.ts'
import { Source } from './source.ts'
import { ExtensionMode } from './words.ts'

const extension = {
  lyrics: text.optional().describe('What is sung from here on'),
  style: text.optional(),
  title: text.optional(),
  continue_at_seconds: z.number().min(0).optional().describe('Where in the source the extension begins'),
  instrumental,
  ...controls,
}

/** What the engine hands to an adapter, beside what is extended. */
export const Extension = z.object({ mode: ExtensionMode, ...extension, ...submitted, ...native })
export type Extension = z.infer<typeof Extension>

export const ExtendMusicRequest = z
  .strictObject({ source: Source, ...extension, ...modelled, ...voiced, ...carried })
  .meta({ id: 'ExtendMusicRequest' })
export type ExtendMusicRequest = z.infer<typeof ExtendMusicRequest>

/** A voice is of one kind. */
export const EXTEND_RULES = [
  { with: 'persona_id', forbid: 'voice_id', source: 'docs/design.md, personas and voices' },
] as const satisfies readonly Rule[]

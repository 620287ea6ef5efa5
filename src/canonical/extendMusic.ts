/** extendMusic: let a song go on. Without `lyrics`, `style` and `title` it goes on like its source. */
import * as z from 'zod'
import {
  carried,
  controls,
  instrumental,
  modelled,
  native,
  submitted,
  text,
  title,
  UNSUNG,
  voiced,
} from './creation.ts'
import type { Rule } from './rule.ts'
import { Source } from './source.ts'
import { ExtensionMode } from './words.ts'

const extension = {
  lyrics: text.optional().describe('What is sung from here on'),
  style: text.optional().describe('Genre, mood, instruments from there on'),
  title: title.optional(),
  continue_at_seconds: z.number().min(0).optional().describe('Where in the source the extension begins, in seconds'),
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

/** A voice is of one kind, and nobody sings without vocals. */
export const EXTEND_RULES = [
  { with: 'persona_id', forbid: 'voice_id', source: 'docs/design.md, Rules of our own' },
  { when: { instrumental: true }, forbid: 'lyrics', source: UNSUNG },
  { when: { instrumental: true }, forbid: 'vocal_gender', source: UNSUNG },
] as const satisfies readonly Rule[]

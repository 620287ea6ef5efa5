/** replaceSection: new words for a part of a song. */
import * as z from 'zod'
import { carried, modelled, style, submitted, text, title } from './creation.ts'
import type { Rule } from './rule.ts'
import { Source } from './source.ts'

const second = z.number().min(0)
const section = {
  start_seconds: second.describe('Where the section begins, in seconds with two decimals'),
  end_seconds: second.describe('Where it ends, in seconds; at most half of the song is replaced'),
  lyrics: text.describe('What is sung in the section'),
  style,
  title,
  full_lyrics: text.optional().describe('The lyrics of the whole song after the change'),
  negative_style: text.optional().describe('Styles to keep out'),
}

/** What the engine hands to an adapter, beside the song; `model` only where the song is not its own. */
export const Section = z.object({ ...section, callback_url: submitted.callback_url })
export const SectionWithModel = z.object({ ...section, ...submitted })

export const ReplaceSectionRequest = z
  .strictObject({ source: Source, ...section, ...modelled, ...carried })
  .meta({ id: 'ReplaceSectionRequest' })

export const SECTION_RULES = [
  { span: [0.01, null], field: 'end_seconds', from: 'start_seconds', source: 'docs/design.md, Rules of our own' },
] as const satisfies readonly Rule[]

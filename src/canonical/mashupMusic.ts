/** mashupMusic: one song out of two. */
import * as z from 'zod'
import {
  carried,
  duration_seconds,
  instrumental,
  modelled,
  controls as shared,
  submitted,
  text,
  UNSUNG,
} from './creation.ts'
import type { Rule } from './rule.ts'
import { AudioUrl, Source } from './source.ts'

const { negative_style: _, ...voice } = shared
const controls = { instrumental, ...voice, duration_seconds }
const rest = { audio_urls: z.array(AudioUrl).length(2), ...controls, ...submitted }

export const DescribedMashup = z.object({ mode: z.literal('describe'), description: text, ...rest })
export const ComposedMashup = z.object({
  mode: z.literal('compose'),
  lyrics: text.optional(),
  style: text,
  title: text,
  ...rest,
})
export const MashupMusicSubmission = z.discriminatedUnion('mode', [DescribedMashup, ComposedMashup])
export type MashupMusicSubmission = z.infer<typeof MashupMusicSubmission>

export const MashupMusicRequest = z
  .strictObject({
    sources: z.array(Source).length(2).describe('The two songs'),
    description: text.optional().describe('The idea of the mashup; the provider writes the lyrics'),
    lyrics: text.optional().describe('Sung word for word. Required beside `style` and `title` unless `instrumental`'),
    style: text.optional().describe('Required without `description`'),
    title: text.optional().describe('Required without `description`'),
    ...controls,
    ...modelled,
    ...carried,
  })
  .meta({ id: 'MashupMusicRequest' })

const source = 'docs/design.md, Rules of our own'
export const MASHUP_RULES = [
  { with: 'description', forbid: 'lyrics', source },
  { with: 'description', forbid: 'style', source },
  { with: 'description', forbid: 'title', source },
  { without: ['description'], require: 'style', source },
  { without: ['description'], require: 'title', source },
  { without: ['description'], when: { instrumental: [false, null] }, require: 'lyrics', source },
  { when: { instrumental: true }, forbid: 'lyrics', source: UNSUNG },
  { when: { instrumental: true }, forbid: 'vocal_gender', source: UNSUNG },
] as const satisfies readonly Rule[]

/** coverMusic: the same melody in another style. Without words of its own it takes those of its source track. */
import * as z from 'zod'
import {
  carried,
  duration_seconds,
  instrumental,
  modelled,
  native,
  controls as shared,
  submitted,
  text,
  UNSUNG,
  voiced,
} from './creation.ts'
import type { Rule } from './rule.ts'
import { AudioUrl, Source } from './source.ts'

const controls = { instrumental, ...shared, duration_seconds }
const audio = { audio_url: AudioUrl }
const rest = { ...controls, ...submitted, ...native }

export const DescribedCover = z.object({ mode: z.literal('describe'), description: text, ...audio, ...rest })
export const ComposedCover = z.object({
  mode: z.literal('compose'),
  lyrics: text.optional(),
  style: text,
  title: text,
  ...audio,
  ...rest,
})
export const CoverMusicSubmission = z.discriminatedUnion('mode', [DescribedCover, ComposedCover])
export type CoverMusicSubmission = z.infer<typeof CoverMusicSubmission>

export const CoverMusicRequest = z
  .strictObject({
    source: Source,
    description: text.optional().describe('The idea of the cover; the provider writes the lyrics'),
    lyrics: text.optional().describe('Sung word for word. Required beside `style` or `title` unless `instrumental`'),
    style: text.optional().describe('Required beside `lyrics` or `title`'),
    title: text.optional().describe('Required beside `lyrics` or `style`'),
    ...controls,
    ...modelled,
    ...voiced,
    ...carried,
  })
  .meta({ id: 'CoverMusicRequest' })
export type CoverMusicRequest = z.infer<typeof CoverMusicRequest>

const source = 'docs/design.md, Rules of our own'
/** Either an idea or words of its own; who gives some of the words gives all of them. */
export const COVER_RULES = [
  { with: 'persona_id', forbid: 'voice_id', source: 'docs/design.md, Rules of our own' },
  { with: 'description', forbid: 'lyrics', source },
  { with: 'description', forbid: 'style', source },
  { with: 'description', forbid: 'title', source },
  { with: 'lyrics', require: 'style', source },
  { with: 'lyrics', require: 'title', source },
  { with: 'style', require: 'title', source },
  { with: 'title', require: 'style', source },
  { with: 'style', when: { instrumental: [false, null] }, require: 'lyrics', source },
  { when: { instrumental: true }, forbid: 'lyrics', source: UNSUNG },
  { when: { instrumental: true }, forbid: 'vocal_gender', source: UNSUNG },
] as const satisfies readonly Rule[]

/** separateStems and separateAudio: a song taken apart into its voices and instruments. */
import * as z from 'zod'
import { carried, followed } from './creation.ts'
import type { Rule } from './rule.ts'
import { Source } from './source.ts'
import { Separation, StemName } from './words.ts'

export const separation = {
  separation: Separation.describe('`vocals`: voice and accompaniment; `stems`: every instrument; `stem`: one of them'),
  stem: StemName.optional().describe('The one instrument of `stem`'),
}

export const SeparateStemsRequest = z.strictObject({ ...separation, ...followed }).meta({ id: 'SeparateStemsRequest' })

export const SeparateAudioRequest = z
  .strictObject({ source: Source, ...separation, ...carried })
  .meta({ id: 'SeparateAudioRequest' })

export const STEM_RULES = [
  { when: { separation: 'stem' }, require: 'stem', source: 'docs/design.md, Rules of our own' },
  { when: { separation: ['vocals', 'stems'] }, forbid: 'stem', source: 'docs/design.md, Rules of our own' },
] as const satisfies readonly Rule[]

/** What a provider took a song apart into. */
export const StemsReport = z.object({
  stems: z.array(
    z.object({
      name: z.string().min(1),
      url: z.string().min(1),
      provider_stem_id: z.string().nullable(),
      duration_seconds: z.number().nullable(),
    }),
  ),
})
export type StemsReport = z.infer<typeof StemsReport>

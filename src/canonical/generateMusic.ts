/** generateMusic: make two tracks from an idea, or from exact lyrics, style and title. */
import * as z from 'zod'
import { PersonaId, VoiceId } from './id.ts'
import { Routing } from './routing.ts'
import type { Rule } from './rule.ts'
import { MODELS, Model, PersonaKind, VocalGender } from './words.ts'

const text = z.string().regex(/\S/u, 'must not be empty or blank')
const weight = z.number().min(0).max(1)

const controls = {
  instrumental: z.boolean().optional().describe('Without vocals. Default false'),
  negative_style: text.optional().describe('Styles to keep out'),
  vocal_gender: VocalGender.optional().describe('Makes this kind of voice more likely, without a guarantee'),
  style_weight: weight.optional().describe('How closely to follow the style, 0 to 1 in steps of 0.01'),
  weirdness: weight.optional().describe('How experimental, 0 to 1 in steps of 0.01'),
  audio_weight: weight.optional().describe('How much the input audio counts, 0 to 1 in steps of 0.01'),
  duration_seconds: z
    .number()
    .min(10)
    .max(360)
    .optional()
    .describe('Wanted length. Default 180 where the chosen model takes one'),
}

const idea = {
  mode: z.literal('describe'),
  description: text.describe('The idea of the song; the provider writes the lyrics'),
}
const song = {
  mode: z.literal('compose'),
  lyrics: text.optional().describe('Sung word for word. Required unless `instrumental`'),
  style: text.describe('Genre, mood, instruments'),
  title: text,
}

/** What the engine hands to an adapter: one mode, its model resolved, our own callback URL, native persona. */
const submission = {
  ...controls,
  model: Model,
  persona_id: text.optional(),
  persona_kind: PersonaKind.optional(),
  callback_url: z.string().optional(),
}
export const Describe = z.object({ ...idea, ...submission })
export const Compose = z.object({ ...song, ...submission })
export const GenerateMusicSubmission = z.discriminatedUnion('mode', [Describe, Compose])
export type GenerateMusicSubmission = z.infer<typeof GenerateMusicSubmission>

const metadata = z
  .record(z.string(), z.string().regex(/^[\s\S]{0,500}$/u, 'may have 500 characters'))
  .refine((entries) => Object.keys(entries).length <= 20, 'at most 20 keys')
  .meta({
    maxProperties: 20,
    description: 'Your own labels, given back unchanged: up to 20, each value up to 500 characters',
  })

/** Fields every creating operation takes. */
const common = {
  model: z
    .enum([...MODELS, 'auto'])
    .optional()
    .describe('Default `auto`: the first model the chosen provider prefers'),
  persona_id: PersonaId.optional().describe('A persona made by createPersona'),
  voice_id: VoiceId.optional().describe('A voice made by confirmVoice'),
  metadata: metadata.optional(),
  routing: Routing.optional(),
}

export const DescribeRequest = z.strictObject({ ...idea, ...controls, ...common }).meta({ id: 'DescribeRequest' })
export const ComposeRequest = z.strictObject({ ...song, ...controls, ...common }).meta({ id: 'ComposeRequest' })
export const GenerateMusicRequest = z
  .discriminatedUnion('mode', [DescribeRequest, ComposeRequest])
  .meta({ id: 'GenerateMusicRequest' })
export type GenerateMusicRequest = z.infer<typeof GenerateMusicRequest>

/** True of the language itself, whichever provider answers. */
export const GENERATE_MUSIC_RULES = [
  {
    when: { mode: 'compose', instrumental: [false, null] },
    require: 'lyrics',
    source: 'docs/design.md, generateMusic',
  },
] as const satisfies readonly Rule[]

/** Left out, two of the providers make a paid song of 20 seconds. */
export const DEFAULT_DURATION_SECONDS = 180

/** generateMusic: make two tracks from an idea, or from exact lyrics, style and title. */
import * as z from 'zod'
import {
  carried,
  duration_seconds,
  instrumental,
  modelled,
  native,
  controls as shared,
  style,
  submitted,
  text,
  title,
  UNSUNG,
  voiced,
} from './creation.ts'
import type { Rule } from './rule.ts'

const controls = {
  instrumental,
  ...shared,
  duration_seconds,
  bitrate: z.int().min(1).optional().describe('Of the file, in bits per second: minimax only'),
  sample_rate: z.int().min(1).optional().describe('Of the file, in hertz: minimax only'),
}

const idea = {
  mode: z.literal('describe').describe('From an idea, given as `description`'),
  description: text.describe('The idea of the song; the provider writes the lyrics'),
}
const song = {
  mode: z.literal('compose').describe('From `style` and `title`, with `lyrics` of your own'),
  lyrics: text.optional().describe('Sung word for word. Required unless `instrumental`'),
  style,
  title,
}

/** What the engine hands to an adapter: one mode, its model resolved, our own callback URL, native persona. */
const submission = { ...controls, ...submitted, ...native }
export const Describe = z.object({ ...idea, ...submission })
export const Compose = z.object({ ...song, ...submission })
export const GenerateMusicSubmission = z.discriminatedUnion('mode', [Describe, Compose])
export type GenerateMusicSubmission = z.infer<typeof GenerateMusicSubmission>

const common = { ...modelled, ...voiced, ...carried }
export const DescribeRequest = z.strictObject({ ...idea, ...controls, ...common }).meta({ id: 'DescribeRequest' })
export const ComposeRequest = z.strictObject({ ...song, ...controls, ...common }).meta({ id: 'ComposeRequest' })
export const GenerateMusicRequest = z
  .discriminatedUnion('mode', [DescribeRequest, ComposeRequest])
  .meta({ id: 'GenerateMusicRequest' })
export type GenerateMusicRequest = z.infer<typeof GenerateMusicRequest>

/** True of the language itself, whichever provider answers. */
export const GENERATE_MUSIC_RULES = [
  { with: 'persona_id', forbid: 'voice_id', source: 'docs/design.md, Rules of our own' },
  {
    when: { mode: 'compose', instrumental: [false, null] },
    require: 'lyrics',
    source: 'docs/design.md, Rules of our own',
  },
  { when: { mode: 'compose', instrumental: true }, forbid: 'lyrics', source: UNSUNG },
  { when: { instrumental: true }, forbid: 'vocal_gender', source: UNSUNG },
] as const satisfies readonly Rule[]

/** Left out, two of the providers make a paid song of 20 seconds. */
export const DEFAULT_DURATION_SECONDS = 180

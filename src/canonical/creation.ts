/** Fields that creating operations share: one name for one idea, wherever it occurs. */
import * as z from 'zod'
import { PersonaId, VoiceId } from './id.ts'
import { Routing } from './routing.ts'
import { Webhook } from './webhook-target.ts'
import { MODELS, Model, PersonaKind, VocalGender } from './words.ts'

export const text = z.string().regex(/\S/u, 'must not be empty or blank')
export const style = text.describe('Genre, mood, instruments. How long it may be is in listCapabilities')
export const title = text.describe('What the tracks are called. How long it may be is in listCapabilities')
const weight = z.number().min(0).max(1)

/** Why nothing that is sung may stand beside `instrumental`: no provider does anything with it. */
export const UNSUNG = 'docs/design.md, Rules of our own'

/** How the music is to be made. */
export const controls = {
  negative_style: text.optional().describe('Styles to keep out'),
  vocal_gender: VocalGender.optional().describe('Makes this kind of voice more likely, without a guarantee'),
  style_weight: weight.optional().describe('How closely to follow the style, 0 to 1 in steps of 0.01'),
  weirdness: weight.optional().describe('How experimental, 0 to 1 in steps of 0.01'),
  audio_weight: weight.optional().describe('How much the input audio counts, 0 to 1 in steps of 0.01'),
}
export const instrumental = z
  .boolean()
  .optional()
  .describe('Without vocals, so also without `lyrics` and `vocal_gender`. Default false')
export const duration_seconds = z
  .number()
  .min(10)
  .max(360)
  .optional()
  .describe('Wanted length in seconds. Default 180 where the chosen model takes one')

const metadata = z
  .record(z.string(), z.string().regex(/^[\s\S]{0,500}$/u, 'may have 500 characters'))
  .refine((entries) => Object.keys(entries).length <= 20, 'at most 20 keys')
  .meta({
    maxProperties: 20,
    description: 'Your own labels, given back unchanged: up to 20, each value up to 500 characters',
  })

/** Fields of every operation that makes a task. */
export const labels = { metadata: metadata.optional() }

/** Fields of every operation whose task is carried out in minutes. */
export const followed = { ...labels, webhook: Webhook.optional() }

/** Fields of an operation that more than one provider may serve. */
export const routed = {
  ...labels,
  routing: Routing.optional(),
  max_cost_usd: z
    .number()
    .min(0)
    .optional()
    .describe('In US dollars. Providers that would charge more, or whose price is not known, are not asked'),
}

/** What is to happen where a provider accepted and something went wrong. */
export const Failover = z
  .strictObject({
    after_accept: z
      .enum(['never', 'refunded_only', 'any'])
      .optional()
      .describe(
        'Default `refunded_only`: a song that failed goes to the next provider only where the money came back. `any` may pay twice',
      ),
    on_stall: z
      .enum(['wait', 'failover'])
      .optional()
      .describe(
        'Default `wait`: a song that takes too long fails. `failover` asks the next provider, and may pay twice',
      ),
    on_ambiguous: z
      .enum(['fail', 'resubmit'])
      .optional()
      .describe(
        'Default `fail`: a request of which nobody knows whether it was accepted is not repeated. `resubmit` repeats it once the time for evidence is over, and may pay twice',
      ),
    max_attempts: z
      .int()
      .min(1)
      .max(10)
      .optional()
      .describe('Most submissions of one task, at all providers together. Default 3'),
  })
  .meta({ id: 'Failover', description: 'What may be sent again, and how often' })
export type Failover = z.infer<typeof Failover>

/** Fields of a task that more than one provider may carry out. */
export const carried = { ...routed, ...followed, failover: Failover.optional() }

/** The model an operation is carried out with. */
export const modelled = {
  model: z
    .enum([...MODELS, 'auto'])
    .optional()
    .describe(
      "Default `auto`: the source's model, else the first that the chosen provider prefers; one that can not do it is passed over",
    ),
}

/** Voices of our own making. */
export const voiced = {
  persona_id: PersonaId.optional().describe('A persona made by createPersona'),
  voice_id: VoiceId.optional().describe('A voice made by confirmVoice'),
}

/** What the engine adds for an adapter: the native persona and our own callback URL. */
export const native = {
  persona_id: text.optional(),
  persona_kind: PersonaKind.optional(),
}
export const submitted = { model: Model, callback_url: z.string().optional() }

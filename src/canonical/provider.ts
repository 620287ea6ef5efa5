/** What Tutti tells about the providers it can call: state, capabilities, credits. */
import * as z from 'zod'
import { ErrorCode } from './error.ts'
import { Instant } from './instant.ts'
import { Fidelity, HealthState, Model } from './words.ts'

const health = {
  why: ErrorCode.nullable().describe('What it said or did last; null where it is healthy, or has no key'),
  since: Instant.nullable().describe('Since when it is healthy, or is not; null without a key'),
  retry_at: Instant.nullable().describe('When it is looked at again; null where it can be asked'),
}
const credits = z
  .number()
  .nullable()
  .describe("In the provider's own credits, as last read; null where they never were")

const Spread = z
  .object({
    p50: z.number().describe('Half of them took no longer'),
    p95: z.number().describe('95 of 100 took no longer'),
  })
  .nullable()

/** What the last attempts at a provider came to. */
export const Observed = z
  .object({
    attempts: z.int().min(0).describe('Attempts that ended, the last thousand since the start of this server'),
    submit_seconds: Spread.describe('Seconds until the provider had accepted; null where nothing was seen yet'),
    render_seconds: Spread.describe(
      'Seconds from then to the end of those that went well; null where nothing was seen yet',
    ),
    success_rate: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe('Share of them that went well; null where nothing was seen yet'),
    refund_rate: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe('Share of them whose money came back; null where nothing was seen yet'),
  })
  .meta({ id: 'Observed', description: 'What the last attempts came to' })
export type Observed = z.infer<typeof Observed>

export const Provider = z
  .object({
    id: z.string().describe('For `routing`, and wherever else a provider is named'),
    object: z.literal('provider'),
    title: z.string().describe('Its name, for people'),
    state: z
      .enum([...HealthState.options, 'not_configured'])
      .describe('Of its best key. `not_configured`: it has no key here. More may appear'),
    ...health,
    credits,
    credentials: z
      .array(
        z.object({
          credential: z
            .string()
            .describe('The key, by its name such as `<provider>:<name>`, or by a fingerprint where it has none'),
          state: HealthState,
          ...health,
          credits,
        }),
      )
      .describe('Each key apart'),
    observed: Observed,
    operations: z.array(z.string()).describe('The operationIds it can serve'),
  })
  .meta({ id: 'Provider' })
export type Provider = z.infer<typeof Provider>
export const ProviderList = z
  .object({ data: z.array(Provider).describe('In routing order') })
  .meta({ id: 'ProviderList' })

export const Capability = z
  .object({
    provider: z.string().describe('Id of the provider'),
    operation: z
      .string()
      .describe(
        'An operationId, or one form of it, such as `extendAudio`, which is extendMusic of any audio, or `uploadFromUrl`, uploadAudio by URL',
      ),
    models: z.array(Model).describe('Most preferred first; empty where the operation has no model'),
    fields: z.record(z.string(), Fidelity).describe('How well each canonical field can be expressed'),
    rules: z
      .array(
        z.object({
          field: z
            .string()
            .describe(
              'The field it is about; `source_seconds` is how long a source that is a track is, and is not sent',
            ),
          rule: z
            .enum(['require', 'forbid', 'ignored', 'max', 'range', 'step', 'span'])
            .describe(
              '`ignored`: taken without effect; `max`: most characters; `range`: lowest and highest value; `step`: a multiple of it; `span`: how far it is after another field',
            ),
          value: z.array(z.number()).describe('The number or numbers of `max`, `range`, `step`, `span`; else empty'),
          when: z
            .record(z.string(), z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])))
            .describe(
              'It counts only where each of these fields has one of its values; null stands for a field left out',
            ),
          source: z
            .string()
            .describe('Where it is known from: a section of our notes on the documentation of the provider'),
        }),
      )
      .describe('What must, may not or need not be sent, and how long or large'),
  })
  .meta({ id: 'Capability' })
export type Capability = z.infer<typeof Capability>
export const CapabilityList = z
  .object({ data: z.array(Capability).describe('One entry for each operation of each provider') })
  .meta({ id: 'CapabilityList' })

export const Credits = z
  .object({
    provider: z.string().describe('Id of the provider'),
    credential: z.string().describe('The key that was asked with, by its name or a fingerprint'),
    remaining: z.number().nullable().describe("In the provider's own credits; null where it could not be read"),
    usd: z.number().nullable().describe('By the documented price of a credit; null where it is not known'),
    error: z.string().nullable().describe('The error code where it could not be read; else null'),
  })
  .meta({ id: 'Credits' })
export const CreditsList = z
  .object({ data: z.array(Credits).describe('One entry for each key that was asked with') })
  .meta({ id: 'CreditsList' })

/** What Tutti tells about the providers it can call: state, capabilities, credits. */
import * as z from 'zod'
import { ErrorCode } from './error.ts'
import { Instant } from './instant.ts'
import { Fidelity, HealthState, Model } from './words.ts'

const health = {
  why: ErrorCode.nullable().describe('What it said or did last, where it is not healthy'),
  since: Instant.nullable().describe('Since when it is healthy, or is not; null without a key'),
  retry_at: Instant.nullable().describe('When it is looked at again; null where it can be asked'),
}
const credits = z
  .number()
  .nullable()
  .describe("In the provider's own credits, as last read; null where they never were")

const Spread = z
  .object({ p50: z.number(), p95: z.number() })
  .nullable()
  .describe('In seconds; null where nothing was seen yet')

/** What the last attempts at a provider came to. */
export const Observed = z
  .object({
    attempts: z.int().min(0).describe('Attempts that ended, the last thousand since the start of this server'),
    submit_seconds: Spread,
    render_seconds: Spread,
    success_rate: z.number().min(0).max(1).nullable(),
    refund_rate: z.number().min(0).max(1).nullable(),
  })
  .meta({ id: 'Observed' })
export type Observed = z.infer<typeof Observed>

export const Provider = z
  .object({
    id: z.string(),
    object: z.literal('provider'),
    title: z.string(),
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
export const ProviderList = z.object({ data: z.array(Provider) }).meta({ id: 'ProviderList' })

export const Capability = z
  .object({
    provider: z.string(),
    operation: z.string(),
    models: z.array(Model).describe('Most preferred first; empty where the operation has no model'),
    fields: z.record(z.string(), Fidelity).describe('How well each canonical field can be expressed'),
    rules: z.array(
      z.object({
        field: z.string(),
        rule: z.enum(['require', 'forbid', 'ignored', 'max', 'range', 'step', 'span']),
        value: z.array(z.number()).describe('The number or numbers of `max`, `range`, `step`, `span`; else empty'),
        when: z.record(z.string(), z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
        source: z.string(),
      }),
    ),
  })
  .meta({ id: 'Capability' })
export type Capability = z.infer<typeof Capability>
export const CapabilityList = z.object({ data: z.array(Capability) }).meta({ id: 'CapabilityList' })

export const Credits = z
  .object({
    provider: z.string(),
    credential: z.string().describe('The key that was asked with, by its name or a fingerprint'),
    remaining: z.number().nullable().describe("In the provider's own credits; null where it could not be read"),
    usd: z.number().nullable().describe('By the documented price of a credit; null where it is not known'),
    error: z.string().nullable().describe('The error code, where it could not be read'),
  })
  .meta({ id: 'Credits' })
export const CreditsList = z.object({ data: z.array(Credits) }).meta({ id: 'CreditsList' })

/** From what a client asked to what an adapter encodes: defaults filled, model resolved, our callback URL named. */
import {
  DEFAULT_DURATION_SECONDS,
  type GenerateMusicRequest,
  type GenerateMusicSubmission,
} from '../canonical/generateMusic.ts'
import type { Model } from '../canonical/words.ts'
import type { Adapter } from '../contract/adapter.ts'
import { ignoredFields } from '../contract/rules.ts'
import { capabilityOf } from './capabilities.ts'

/** Providers that demand a callback URL get this one where we can not be reached: a reserved name (RFC 6761), no secret. */
export const NOWHERE = 'https://tutti.invalid/callback'

const counts = (adapter: Adapter, field: string, request: Readonly<Record<string, unknown>>) => {
  const { fields, rules } = capabilityOf(adapter, 'generateMusic')!
  return fields[field] !== 'unsupported' && !ignoredFields(rules, request).includes(field)
}

export const submissionFor = (
  adapter: Adapter,
  request: GenerateMusicRequest,
  model: Model,
  callbackUrl: string | null,
): GenerateMusicSubmission => {
  const { metadata: _metadata, routing: _routing, persona_id: _persona, voice_id: _voice, ...asked } = request
  const callback_url = callbackUrl ?? (adapter.callbackUrl === 'required' ? NOWHERE : undefined)
  const submission = {
    ...asked,
    model,
    instrumental: request.instrumental ?? false,
    ...(callback_url === undefined ? {} : { callback_url }),
  }
  const duration =
    request.duration_seconds === undefined && counts(adapter, 'duration_seconds', submission)
      ? { duration_seconds: DEFAULT_DURATION_SECONDS }
      : {}
  return { ...submission, ...duration }
}

/** The documented price of one request, in the provider's credits and in US dollars. */
export const priceOf = (adapter: Adapter, operation: 'generateMusic' | 'alignLyrics', model: Model | null) => {
  const listed = adapter.prices.credits[operation]
  const credits = typeof listed === 'number' ? listed : ((model === null ? undefined : listed?.[model]) ?? null)
  const { usdPerCredit } = adapter.prices
  return {
    credits,
    usd: credits === null || usdPerCredit === null ? null : Math.round(credits * usdPerCredit * 1e6) / 1e6,
  }
}

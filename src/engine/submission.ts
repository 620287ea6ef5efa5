/** From what a client asked to what an adapter encodes: defaults filled, model resolved, our callback URL named. */
import { DEFAULT_DURATION_SECONDS } from '../canonical/generateMusic.ts'
import type { Model } from '../canonical/words.ts'
import type { Adapter, Price } from '../contract/adapter.ts'
import type { Form, TaskForm } from '../contract/operations.ts'
import { ignoredFields } from '../contract/rules.ts'
import { capabilityOf } from './capabilities.ts'
import { TAKES } from './operations.ts'
import type { Candidate, Material, Request } from './state.ts'

/** Providers that demand a callback URL get this one where we can not be reached: a reserved name (RFC 6761), no secret. */
export const NOWHERE = 'https://tutti.invalid/callback'

/** Fields of a request that are for us and not for the provider. */
const OURS = new Set([
  'model',
  'metadata',
  'routing',
  'max_cost_usd',
  'failover',
  'webhook',
  'source',
  'sources',
  'persona_id',
  'voice_id',
  'track_id',
  'stems_task_id',
])

/** What the client asked a provider for, in its own words. */
export const wanted = (form: Form, request: Request): Record<string, unknown> =>
  Object.fromEntries(
    // The name of a stem is ours where notes are read of it: its native id is said.
    Object.entries(request).filter(([field]) => !OURS.has(field) && !(form === 'createMidi' && field === 'stem')),
  )

/** Forms that say of every song whether it has vocals. */
const SAYS_INSTRUMENTAL = new Set<Form>(['generateMusic', 'generateMinimax', 'coverMusic', 'mashupMusic'])

/** The same with what was looked up for it: what rules are read over. */
export const asked = (form: Form, request: Request, { fields, persona }: Material): Record<string, unknown> => {
  const says = SAYS_INSTRUMENTAL.has(form) || (form === 'extendAudio' && fields?.mode === 'compose')
  return {
    ...(says ? { instrumental: false } : {}),
    ...wanted(form, request),
    ...fields,
    ...(persona === undefined ? {} : { persona_id: persona.id, persona_kind: persona.kind }),
  }
}

const counts = (adapter: Adapter, form: Form, field: string, request: Request) => {
  const { fields, rules } = capabilityOf(adapter, form)!
  return (fields[field] ?? 'unsupported') !== 'unsupported' && !ignoredFields(rules, request).includes(field)
}

export const submissionFor = (
  adapter: Adapter,
  { form, model }: Pick<Candidate, 'form' | 'model'>,
  request: Request,
  material: Material,
  callbackUrl: string | null,
): Request => {
  const demanded = adapter.operations[form as TaskForm]?.callbackUrl ?? adapter.callbackUrl
  const callback_url = callbackUrl ?? (demanded === 'required' ? NOWHERE : undefined)
  const submission: Request = {
    ...asked(form, request, material),
    ...TAKES[form as TaskForm].fields(material),
    ...(model === null ? {} : { model }),
    ...(callback_url === undefined ? {} : { callback_url }),
  }
  return submission.duration_seconds === undefined && counts(adapter, form, 'duration_seconds', submission)
    ? { ...submission, duration_seconds: DEFAULT_DURATION_SECONDS }
    : submission
}

const creditsOf = (price: Price | undefined, model: Model | null, request: Request): number | null => {
  if (price === undefined || typeof price === 'number') return price ?? null
  if ('words' in price) return price.words[String(request[price.field])] ?? null
  return (model === null ? undefined : price[model]) ?? null
}

/** The price of one request, in the provider's credits and in US dollars; null where it is not known. */
export const priceOf = (adapter: Adapter, form: Form, model: Model | null, request: Request) => {
  const credits = creditsOf(adapter.prices.credits[form], model, request)
  const { usdPerCredit } = adapter.prices
  const usd = credits === 0 ? 0 : credits === null || usdPerCredit === null ? null : credits * usdPerCredit
  return { credits, usd: usd === null ? null : Math.round(usd * 1e6) / 1e6 }
}

/** The price of a task at one of its candidates. */
export const priceAt = (
  adapter: Adapter,
  { form, model }: Pick<Candidate, 'form' | 'model'>,
  { material, request }: { readonly material: Material; readonly request: Request },
) => priceOf(adapter, form, model ?? material.track?.model ?? null, request)

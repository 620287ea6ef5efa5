/** Routing: which providers can answer a request, in which order and form, and why the others can not. */
import type { FieldError } from '../canonical/error.ts'
import type { FieldCode } from '../canonical/field-codes.ts'
import type { CallOperation, TaskOperation } from '../canonical/operations.ts'
import type { Routing } from '../canonical/routing.ts'
import type { Warning } from '../canonical/task.ts'
import type { Model } from '../canonical/words.ts'
import type { CallForm, Form, TaskForm } from '../contract/operations.ts'
import { brokenRules, ignoredFields } from '../contract/rules.ts'
import { allowed, idsOf, keyless, refuseUnknown } from './allowed.ts'
import { capabilityOf } from './capabilities.ts'
import { GatewayError } from './errors.ts'
import { answersTo } from './finder.ts'
import { providerForbidden } from './idempotency.ts'
import { FORMS, pinsOf, TAKES } from './operations.ts'
import type { Access, Credential } from './ports.ts'
import type { Candidate, Material, Pin, Request } from './state.ts'
import type { Strategies } from './strategy.ts'
import { asked, priceOf, wanted } from './submission.ts'

/** A request on its way to a provider: what is asked for, with what. */
export interface Errand {
  readonly operation: TaskOperation | CallOperation
  readonly request: Request
  readonly material: Material
  /** Forms it may be asked in; those of its operation where it does not say. */
  readonly forms?: readonly CallForm[]
  /** Providers that the key is held to; null for all. */
  readonly providers?: readonly string[] | null
}

export interface Excluded {
  readonly provider: string
  readonly code: 'capability_unsupported' | 'validation_failed' | 'cost_above_max' | 'provider_not_configured'
  readonly errors: readonly FieldError[]
}

export interface Able {
  readonly access: Access
  readonly credentials: readonly Credential[]
  readonly form: Form
  readonly model: Model | null
  /** Whether it made what the request is about. */
  readonly own: boolean
  readonly warnings: readonly Warning[]
  readonly credits: number | null
  readonly usd: number | null
}

const isTaskForm = (form: Form): form is TaskForm => form in TAKES
const formsOf = ({ operation, forms, material }: Errand): readonly Form[] =>
  forms ?? FORMS[operation as TaskOperation].filter((form) => TAKES[form].fields(material) !== null)
const pinsFor = (form: Form, material: Material): Pin[] => (isTaskForm(form) ? pinsOf(form, material) : [])

const refused = (provider: string, code: Excluded['code'], errors: readonly FieldError[]): Excluded => ({
  provider,
  code,
  errors,
})
const lacking = (provider: string, pointer: string, code: FieldCode, detail: string): Excluded =>
  refused(provider, 'capability_unsupported', [{ pointer, code, detail: `${provider}: ${detail}` }])

/** Warnings name the field that the client sent: a voice travels as a persona. */
const pointerOf = (field: string, { persona }: Material) =>
  field === 'persona_id' && persona?.kind === 'voice' ? '/voice_id' : `/${field}`

/** What becomes of a field; of a request that was sent it is said as what was done. */
const LOSSES: Readonly<Record<Warning['code'], string>> = {
  parameter_unsupported: 'has no such parameter',
  parameter_ignored: 'ignores it in this combination',
}

/** What would be lost of this request at a provider: fields without a row, fields it takes and ignores. */
const warningsFor = (access: Access, form: Form, { request, material }: Errand, model: Model | null): Warning[] => {
  const { fields, rules } = capabilityOf(access.adapter, form)!
  const { title } = access.adapter
  // Which mode it is, the table tells by its arm.
  const { mode: _, ...own } = wanted(form, request)
  const sent: Record<string, unknown> = {
    ...own,
    ...(material.persona === undefined ? {} : { persona_id: material.persona.id }),
  }
  const missing = Object.keys(sent).filter((field) => (fields[field] ?? 'unsupported') === 'unsupported')
  const all = { ...asked(form, request, material), ...(model === null ? {} : { model }) }
  const ignored = ignoredFields(rules, all).filter((field) => field in sent && !missing.includes(field))
  const namedModel = (request.model ?? 'auto') !== 'auto' && model === null && request.model !== material.track?.model
  return [
    ...[...missing, ...(namedModel ? ['model'] : [])].map((field) => ({
      pointer: pointerOf(field, material),
      code: 'parameter_unsupported' as const,
      detail: `${title} ${LOSSES.parameter_unsupported}: it was left out`,
    })),
    ...ignored.map((field) => ({
      pointer: pointerOf(field, material),
      code: 'parameter_ignored' as const,
      detail: `${title} ${LOSSES.parameter_ignored}`,
    })),
  ]
}

/** The model a form would be asked with, or why there is none. */
const modelFor = (id: string, form: Form, models: readonly Model[], errand: Errand): Model | null | Excluded => {
  const wish = (errand.request.model ?? 'auto') as Model | 'auto'
  const source = errand.material.track?.model ?? null
  const keeps = isTaskForm(form) && TAKES[form].keepsModel === true
  if (models.length === 0 && !keeps) return null
  if (keeps && source === null && wish === 'auto' && models.length > 0)
    return lacking(id, '/model', 'required', 'name the model that the source was made with')
  if (keeps && source !== null && wish !== 'auto' && wish !== source)
    return lacking(id, '/model', 'model_mismatch', `extends this track with its own model, ${source}, only`)
  // Where the provider takes no model, it is the source's own, whether we know it or not.
  if (models.length === 0) return source
  const model = wish !== 'auto' ? wish : source !== null && (keeps || models.includes(source)) ? source : models[0]!
  return models.includes(model)
    ? model
    : lacking(id, '/model', 'unsupported', `does not sell ${model} for this; it has ${models.join(', ')}`)
}

const judgeForm = (access: Access, form: Form, errand: Errand): Able | Excluded | null => {
  const { adapter } = access
  const { id } = adapter
  const capability = capabilityOf(adapter, form)
  if (capability === undefined) return null
  const { request, material } = errand
  if (isTaskForm(form) && TAKES[form].byName && (request.model ?? 'auto') === 'auto') return null
  const pins = pinsFor(form, material)
  const credentials = access.credentials.filter((own) =>
    pins.every((pin) => pin.provider === id && answersTo(own, pin.credential)),
  )
  if (credentials.length === 0)
    return lacking(id, '', 'pinned', `did not make what this request is about: ${pins[0]?.provider} did`)
  const model = modelFor(id, form, capability.models, errand)
  if (model !== null && typeof model === 'object') return model
  const said = model === null ? id : `${id} (${model})`
  const all = { ...asked(form, request, material), ...(model === null ? {} : { model }) }
  const broken = brokenRules(capability.rules, all)
  if (broken.length > 0)
    return refused(
      id,
      'validation_failed',
      broken.map(({ field, code, detail }) => ({
        pointer: pointerOf(field, material),
        code,
        detail: `${said}: ${detail}`,
      })),
    )
  const warnings = warningsFor(access, form, errand, model)
  if ((request.routing as Routing | undefined)?.require_parameters && warnings.length > 0)
    return refused(
      id,
      'capability_unsupported',
      warnings.map(({ pointer, code }) => ({ pointer, code, detail: `${said}: ${LOSSES[code]}` })),
    )
  const price = priceOf(adapter, form, model ?? material.track?.model ?? null, request)
  const most = request.max_cost_usd as number | undefined
  if (most !== undefined && (price.usd === null || price.usd > most))
    return refused(id, 'cost_above_max', [
      {
        pointer: '/max_cost_usd',
        code: price.usd === null ? 'price_unknown' : 'cost_above_max',
        detail: `${said}: ${price.usd === null ? 'its price is not known, and TUTTI_PRICES can say it' : `would charge ${price.usd} USD`}`,
      },
    ])
  const own = pins.length > 0 && material.persona === undefined
  return { access, credentials, form, model, own, warnings, ...price }
}

const isAble = (verdict: Able | Excluded): verdict is Able => 'access' in verdict

/** Why nothing can be judged: who has no form that fits may have one for another kind of source. */
const absence = ({ adapter }: Access, errand: Errand, all: readonly Access[]): string => {
  const forms = formsOf(errand)
  const having = all.filter(({ adapter: { operations } }) => forms.some((form) => operations[form] !== undefined))
  const others = (one: string, several: string) =>
    having.length === 0 ? '' : `; ${idsOf(having)} ${having.length > 1 ? several : one}`
  const { operation, material } = errand
  const elsewise =
    errand.forms === undefined && FORMS[operation as TaskOperation].some((form) => adapter.operations[form])
  if (!elsewise) return `has no ${operation}${others('has it', 'have it')}`
  return material.track === undefined
    ? `has ${operation} for tracks made there only${others('takes any audio', 'take any audio')}`
    : `has ${operation} for audio only, and that of this track is gone${others('has it', 'have it')}`
}

const isPin = ({ errors: [first] }: Excluded) => first?.code === 'pinned'
const isUnsold = ({ errors: [first] }: Excluded) => first?.pointer === '/model' && first.code === 'unsupported'

/** The first form that fits, else why the one that comes closest does not. */
const judge = (access: Access, errand: Errand, all: readonly Access[]): Able | Excluded => {
  const forms = formsOf(errand)
  const verdicts = forms.map((form) => judgeForm(access, form, errand)).filter((verdict) => verdict !== null)
  const refusals = verdicts.filter((verdict) => !isAble(verdict)) as Excluded[]
  return (
    verdicts.find(isAble) ??
    // A rule that is broken says more than whose track it is, or that another form sells the model.
    refusals.find((verdict) => !isPin(verdict) && !isUnsold(verdict)) ??
    refusals.find((verdict) => !isPin(verdict)) ??
    refusals[0] ??
    lacking(access.adapter.id, '', 'unsupported', absence(access, errand, all))
  )
}

const noneAble = (excluded: readonly Excluded[]): never => {
  const errors = excluded.flatMap((each) => each.errors)
  // Whoever has no such operation says nothing about the request.
  const able = excluded.filter((each) => each.errors.some(({ pointer }) => pointer !== ''))
  const telling = able.length > 0 ? able : excluded
  const code =
    (['capability_unsupported', 'validation_failed'] as const).find((each) =>
      telling.some((exclusion) => exclusion.code === each),
    ) ?? 'cost_above_max'
  throw new GatewayError(
    // A price stands in the way only of those who could do it.
    telling.some((each) => each.code === 'cost_above_max') ? 'cost_above_max' : code,
    `No allowed provider can do this: ${errors.map(({ pointer, detail }) => `${pointer === '' ? '' : `${pointer.slice(1)}: `}${detail}`).join('; ')}`,
    { errors: [...errors] },
  )
}

/** Things that only one provider can do, and its key is not here. */
const refuseLostPin = (all: readonly Access[], errand: Errand) => {
  const forms = formsOf(errand)
  const lost = (pin: Pin) =>
    !all.some(
      ({ adapter, credentials }) =>
        adapter.id === pin.provider && credentials.some((each) => answersTo(each, pin.credential)),
    )
  const pins = forms.map((form) => pinsFor(form, errand.material).find(lost))
  const pin = pins.find((each) => each !== undefined)
  const open = forms.some(
    (form, index) =>
      pins[index] === undefined &&
      all.some(({ adapter, credentials }) => credentials.length > 0 && adapter.operations[form] !== undefined),
  )
  if (pin !== undefined && !open)
    throw new GatewayError(
      'provider_pinned_unavailable',
      `Only ${pin.provider}, with the key that was used before, can do this, and that key is not configured. Nothing was sent.`,
      { provider: pin.provider },
    )
}

export interface Route {
  readonly able: readonly Able[]
  readonly excluded: readonly Excluded[]
}

/**
 * Every allowed provider, judged, in the order of src/engine/strategy.ts.
 * @param seed the task it is for, where there is one
 * @throws GatewayError validation_failed, provider_not_configured, provider_pinned_unavailable
 */
export const routeOf = (
  all: readonly Access[],
  errand: Errand,
  { ranked }: Strategies,
  seed: string | null = null,
): Route => {
  const routing = (errand.request.routing ?? {}) as Routing
  refuseUnknown(all, routing)
  const named = allowed(all, routing)
  const held = errand.providers ?? null
  const chosen = held === null ? named : named.filter(({ adapter }) => held.includes(adapter.id))
  if (held !== null && chosen.length === 0) throw providerForbidden(held)
  refuseLostPin(all, errand)
  const usable = chosen.filter(({ credentials }) => credentials.length > 0)
  if (usable.length === 0) throw keyless(all, named, chosen)
  const verdicts = usable.map((access) => judge(access, errand, all))
  const able = ranked(verdicts.filter(isAble), routing, seed)
  const unset = chosen
    .filter(({ credentials }) => credentials.length === 0)
    .map(({ adapter }) =>
      refused(adapter.id, 'provider_not_configured', [
        { pointer: '/routing', code: 'provider_not_configured', detail: `${adapter.id} has no key here` },
      ]),
    )
  return {
    able: routing.allow_fallbacks === false ? able.slice(0, 1) : able,
    excluded: [...verdicts.filter((verdict): verdict is Excluded => !isAble(verdict)), ...unset],
  }
}

/**
 * The providers to ask, best first, each of their keys apart.
 * @throws GatewayError also capability_unsupported, cost_above_max where nobody can
 */
export const candidatesFor = (
  all: readonly Access[],
  errand: Errand,
  strategies: Strategies,
  seed: string,
): Candidate[] => {
  const { able, excluded } = routeOf(all, errand, strategies, seed)
  if (able.length === 0) return noneAble(excluded.filter(({ code }) => code !== 'provider_not_configured'))
  return able.flatMap((each) => {
    const { access, credentials, form, model } = each
    const chosen_by = strategies.reason(each, errand.request.routing ?? {})
    return credentials.map(({ id }) => ({ provider: access.adapter.id, credential: id, form, model, chosen_by }))
  })
}

/** Whether only those who made what it is about can do it, whatever the request says. */
export const isPinned = ({ form }: Candidate, material: Material): boolean => pinsFor(form, material).length > 0

/** What an attempt tells the client about its losses. */
export const attemptWarnings = (access: Access, candidate: Candidate, errand: Errand): Warning[] =>
  warningsFor(access, candidate.form, errand, candidate.model)

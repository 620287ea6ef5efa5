/** Verdicts: whether a provider can do it in one form, with which model, at what price and loss; and why not. */
import type { FieldError } from '../canonical/error.ts'
import type { FieldCode } from '../canonical/field-codes.ts'
import type { CallOperation, TaskOperation } from '../canonical/operations.ts'
import type { Routing } from '../canonical/routing.ts'
import type { Warning } from '../canonical/task.ts'
import type { Model } from '../canonical/words.ts'
import type { CallForm, Form, TaskForm } from '../contract/operations.ts'
import { type Broken, brokenRules, ignoredFields } from '../contract/rules.ts'
import { capabilityOf } from './capabilities.ts'
import { answersTo } from './finder.ts'
import { FORMS, pinsOf, TAKES, takes } from './operations.ts'
import type { Access, Credential } from './ports.ts'
import type { Material, Pin, Request } from './state.ts'
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
/** The forms of an errand that its material fits. */
export const formsOf = ({ operation, forms, material }: Errand): readonly Form[] =>
  forms ?? FORMS[operation as TaskOperation].filter((form) => TAKES[form].fields(material) !== null)
export const pinsFor = (form: Form, material: Material): Pin[] => (isTaskForm(form) ? pinsOf(form, material) : [])

export const refused = (provider: string, code: Excluded['code'], errors: readonly FieldError[]): Excluded => ({
  provider,
  code,
  errors,
})
export const lacking = (provider: string, pointer: string, code: FieldCode, detail: string): Excluded =>
  refused(provider, 'capability_unsupported', [{ pointer, code, detail: `${provider}: ${detail}` }])

/** What rules call the length of the audio that something is made of. */
const SOURCE_LENGTH = 'source_seconds'

/** Warnings name the field that the client sent: a voice travels as a persona, and nobody sends a length. */
const pointerOf = (field: string, { persona, audio_urls }: Material) => {
  if (field === SOURCE_LENGTH) return audio_urls !== undefined && audio_urls.length > 1 ? '/sources' : '/source'
  return field === 'persona_id' && persona?.kind === 'voice' ? '/voice_id' : `/${field}`
}

/** What rules are read over. */
const judged = (form: Form, { request, material }: Errand, model: Model | null): Request => ({
  ...asked(form, request, material),
  ...(material.source_seconds === undefined ? {} : { [SOURCE_LENGTH]: material.source_seconds }),
  ...(model === null ? {} : { model }),
})

/** What becomes of a field; of a request that was sent it is said as what was done. */
const LOSSES: Readonly<Record<Warning['code'], string>> = {
  parameter_unsupported: 'has no such parameter',
  parameter_ignored: 'ignores it in this combination',
}

/** What would be lost of this request at a provider: fields without a row, fields it takes and ignores. */
export const warningsFor = (access: Access, form: Form, errand: Errand, model: Model | null): Warning[] => {
  const { request, material } = errand
  const { fields, rules } = capabilityOf(access.adapter, form)!
  const { title } = access.adapter
  // Which mode it is, the table tells by its arm.
  const { mode: _, ...own } = wanted(form, request)
  const sent: Record<string, unknown> = {
    ...own,
    ...(material.persona === undefined ? {} : { persona_id: material.persona.id }),
  }
  const missing = Object.keys(sent).filter((field) => (fields[field] ?? 'unsupported') === 'unsupported')
  const ignored = ignoredFields(rules, judged(form, errand, model)).filter(
    (field) => field in sent && !missing.includes(field),
  )
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

/** The models a form could be asked with, the one that is wanted most first, or why there is none. */
const modelsFor = (
  id: string,
  form: Form,
  models: readonly Model[],
  errand: Errand,
): readonly (Model | null)[] | Excluded => {
  const wish = (errand.request.model ?? 'auto') as Model | 'auto'
  const source = errand.material.track?.model ?? null
  const keeps = isTaskForm(form) && TAKES[form].keepsModel === true
  if (models.length === 0 && !keeps) return [null]
  if (keeps && source === null && wish === 'auto' && models.length > 0)
    return lacking(id, '/model', 'required', 'name the model that the source was made with')
  if (keeps && source !== null && wish !== 'auto' && wish !== source)
    return lacking(id, '/model', 'model_mismatch', `extends this track with its own model, ${source}, only`)
  // Where the provider takes no model, it is the source's own, whether we know it or not.
  if (models.length === 0) return [source]
  const one = wish !== 'auto' ? wish : keeps ? source : null
  if (one === null) return source !== null && models.includes(source) ? [source, ...models] : models
  return models.includes(one)
    ? [one]
    : lacking(id, '/model', 'unsupported', `does not sell ${one} for this; it has ${models.join(', ')}`)
}

interface Choice {
  readonly model: Model | null
  readonly broken: readonly Broken[]
}
/** The first model with which no rule is broken, else the first of all, and what is broken with it. */
const choose = (models: readonly (Model | null)[], brokenWith: (model: Model | null) => Broken[]): Choice => {
  let first: Choice | null = null
  for (const model of models) {
    const choice = { model, broken: brokenWith(model) }
    if (choice.broken.length === 0) return choice
    first ??= choice
  }
  return first!
}

export const judgeForm = (access: Access, form: Form, errand: Errand): Able | Excluded | null => {
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
  const made = material.track?.form
  if (made !== undefined && !takes(adapter, form, made))
    return lacking(id, '', 'unsupported', `has no ${form} for tracks of ${made}`)
  const models = modelsFor(id, form, capability.models, errand)
  if ('provider' in models) return models
  const { model, broken } = choose(models, (each) => brokenRules(capability.rules, judged(form, errand, each)))
  const said = model === null ? id : `${id} (${model})`
  if (broken.length > 0)
    return refused(
      id,
      'validation_failed',
      broken.map(({ field, code, detail }) => ({
        pointer: pointerOf(field, material),
        code,
        detail: `${said}: ${field === SOURCE_LENGTH ? `the source has ${material.source_seconds} seconds: ` : ''}${detail}`,
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

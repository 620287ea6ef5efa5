/** Routing: which providers can answer a request, in which order and form, and why the others can not. */
import type { TaskOperation } from '../canonical/operations.ts'
import type { Routing } from '../canonical/routing.ts'
import type { Warning } from '../canonical/task.ts'
import { allowed, idsOf, keyless, refuseUnknown } from './allowed.ts'
import { GatewayError } from './errors.ts'
import { answersTo } from './finder.ts'
import { providerForbidden } from './idempotency.ts'
import { FORMS } from './operations.ts'
import type { Access } from './ports.ts'
import type { Candidate, Material, Pin } from './state.ts'
import type { Strategies } from './strategy.ts'
import {
  type Able,
  type Errand,
  type Excluded,
  formsOf,
  judgeForm,
  lacking,
  pinsFor,
  refused,
  warningsFor,
} from './verdict.ts'

export type { Able, Errand, Excluded }

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
      { provider: pin.provider, retryable: false },
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

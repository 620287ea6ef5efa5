/** Routing: which providers can answer a request, in which order, and why the others can not. */
import type { FieldError } from '../canonical/error.ts'
import type { GenerateMusicRequest } from '../canonical/generateMusic.ts'
import type { Routing } from '../canonical/routing.ts'
import type { Warning } from '../canonical/task.ts'
import type { Model } from '../canonical/words.ts'
import { brokenRules, ignoredFields } from '../contract/rules.ts'
import { capabilityOf } from './capabilities.ts'
import { GatewayError } from './errors.ts'
import type { Access } from './ports.ts'
import type { Candidate } from './state.ts'

/** Fields of a request that are for us and not for the provider. */
const OURS = new Set(['model', 'metadata', 'routing'])

type Excluded = { readonly code: 'capability_unsupported' | 'validation_failed'; readonly errors: FieldError[] }

interface Able {
  readonly access: Access
  readonly model: Model
  readonly warnings: Warning[]
}

const wanted = (request: GenerateMusicRequest): Record<string, unknown> =>
  Object.fromEntries(Object.entries(request).filter(([field]) => !OURS.has(field)))

const unsupportedHere = (id: string, pointer: string, detail: string): Excluded => ({
  code: 'capability_unsupported',
  errors: [{ pointer, code: 'unsupported', detail: `${id}: ${detail}` }],
})

/** What would be lost of this request at a provider: fields without a row, fields it takes and ignores. */
export const warningsFor = (access: Access, request: GenerateMusicRequest, model: Model): Warning[] => {
  const { fields, rules } = capabilityOf(access.adapter, 'generateMusic')!
  const sent = { ...wanted(request), model }
  const title = access.adapter.title
  const missing = Object.keys(sent).filter((field) => fields[field] === 'unsupported')
  const ignored = ignoredFields(rules, sent).filter((field) => field in sent && !missing.includes(field))
  return [
    ...missing.map((field) => ({
      pointer: `/${field}`,
      code: 'parameter_unsupported' as const,
      detail: `${title} has no such parameter: it was left out`,
    })),
    ...ignored.map((field) => ({
      pointer: `/${field}`,
      code: 'parameter_ignored' as const,
      detail: `${title} ignores it in this combination`,
    })),
  ]
}

const judge = (access: Access, request: GenerateMusicRequest): Able | Excluded => {
  const { id } = access.adapter
  const capability = capabilityOf(access.adapter, 'generateMusic')
  if (capability === undefined) return unsupportedHere(id, '', 'has no such operation')
  const asked = request.model ?? 'auto'
  const model = asked === 'auto' ? capability.models[0]! : asked
  if (!capability.models.includes(model))
    return unsupportedHere(id, '/model', `does not sell ${model}; it has ${capability.models.join(', ')}`)
  const broken = brokenRules(capability.rules, { ...wanted(request), model })
  if (broken.length > 0)
    return {
      code: 'validation_failed',
      errors: broken.map(({ field, code, detail }) => ({
        pointer: `/${field}`,
        code,
        detail: `${id} (${model}): ${detail}`,
      })),
    }
  const warnings = warningsFor(access, request, model)
  if (request.routing?.require_parameters && warnings.length > 0)
    return {
      code: 'capability_unsupported',
      errors: warnings.map(({ pointer, code, detail }) => ({ pointer, code, detail })),
    }
  return { access, model, warnings }
}

const named = (routing: Routing): [pointer: string, id: string][] => [
  ...(routing.provider ? [['/routing/provider', routing.provider] as [string, string]] : []),
  ...(['order', 'only', 'ignore'] as const).flatMap((list) =>
    (routing[list] ?? []).map((id, index) => [`/routing/${list}/${index}`, id] as [string, string]),
  ),
]

const refuseUnknown = (all: readonly Access[], routing: Routing) => {
  const errors = named(routing)
    .filter(([, id]) => !all.some(({ adapter }) => adapter.id === id))
    .map(([pointer, id]) => ({
      pointer,
      code: 'provider_unknown',
      detail: `There is no provider ${id}; there are ${all.map(({ adapter }) => adapter.id).join(', ')}`,
    }))
  if (errors.length > 0)
    throw new GatewayError('validation_failed', 'The request names an unknown provider', { errors })
}

/** The providers a request allows, in the order it asks for, else in the configured one. */
const allowed = (all: readonly Access[], routing: Routing): Access[] => {
  const first = routing.order ?? []
  const place = (access: Access) =>
    first.includes(access.adapter.id) ? first.indexOf(access.adapter.id) : first.length
  return all
    .filter(({ adapter: { id } }) => routing.provider === undefined || routing.provider === id)
    .filter(({ adapter: { id } }) => routing.only === undefined || routing.only.includes(id))
    .filter(({ adapter: { id } }) => !routing.ignore?.includes(id))
    .map((access, index) => ({ access, index }))
    .sort((a, b) => place(a.access) - place(b.access) || a.index - b.index)
    .map(({ access }) => access)
}

const noneAble = (excluded: readonly Excluded[]): never => {
  const errors = excluded.flatMap((each) => each.errors)
  const lacking = excluded.some((each) => each.code === 'capability_unsupported')
  throw new GatewayError(
    lacking ? 'capability_unsupported' : 'validation_failed',
    `No allowed provider can do this: ${errors.map(({ pointer, detail }) => `${pointer.slice(1)}: ${detail}`).join('; ')}`,
    { errors },
  )
}

/**
 * The providers to ask for a song, best first.
 * A provider that has a place for every field comes before one that has not, unless the request gives an order.
 * @throws GatewayError validation_failed, provider_not_configured, capability_unsupported
 */
export const candidatesFor = (all: readonly Access[], request: GenerateMusicRequest): Candidate[] => {
  const routing = request.routing ?? {}
  refuseUnknown(all, routing)
  const chosen = allowed(all, routing)
  const usable = chosen.filter(({ credentials }) => credentials.length > 0)
  if (usable.length === 0)
    throw new GatewayError(
      'provider_not_configured',
      chosen.length === 0
        ? 'The routing of this request leaves no provider'
        : `No key is configured for ${chosen.map(({ adapter }) => adapter.id).join(', ')}`,
      {
        errors: [
          { pointer: '/routing', code: 'provider_not_configured', detail: 'Name a provider that has a key here' },
        ],
      },
    )
  const judged = usable.map((access) => judge(access, request))
  const able = judged.filter((each): each is Able => 'access' in each)
  if (able.length === 0) return noneAble(judged.filter((each): each is Excluded => 'code' in each))
  if (routing.order === undefined) able.sort((a, b) => Math.sign(a.warnings.length) - Math.sign(b.warnings.length))
  const asked = routing.allow_fallbacks === false ? able.slice(0, 1) : able
  return asked.flatMap(({ access, model }) =>
    access.credentials.map(({ id }) => ({ provider: access.adapter.id, credential: id, model })),
  )
}

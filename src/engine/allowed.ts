/** Which providers the words of a request allow, and what is said where that is none that could be asked. */
import type { FieldError } from '../canonical/error.ts'
import type { Routing } from '../canonical/routing.ts'
import { GatewayError } from './errors.ts'
import { faulty } from './links.ts'
import type { Access } from './ports.ts'

export const idsOf = (some: readonly Access[]) => some.map(({ adapter }) => adapter.id).join(', ')

const named = (routing: Routing): [pointer: string, id: string][] => [
  ...(routing.provider ? [['/routing/provider', routing.provider] as [string, string]] : []),
  ...(['order', 'only', 'ignore'] as const).flatMap((list) =>
    (routing[list] ?? []).map((id, index) => [`/routing/${list}/${index}`, id] as [string, string]),
  ),
]

/** @throws GatewayError validation_failed */
export const refuseUnknown = (all: readonly Access[], routing: Routing) => {
  const errors = named(routing)
    .filter(([, id]) => !all.some(({ adapter }) => adapter.id === id))
    .map(
      ([pointer, id]): FieldError => ({
        pointer,
        code: 'provider_unknown' as const,
        detail: `There is no provider ${id}; there are ${idsOf(all)}`,
      }),
    )
  if (errors.length > 0)
    throw new GatewayError('validation_failed', 'The request names an unknown provider', { errors })
}

/** The providers a request allows, in the configured order. @throws GatewayError where its own words leave none */
export const allowed = (all: readonly Access[], routing: Routing): Access[] => {
  const { provider, only, ignore } = routing
  const left = all.filter(
    ({ adapter: { id } }) =>
      (provider === undefined || provider === id) && (only === undefined || only.includes(id)) && !ignore?.includes(id),
  )
  if (left.length > 0) return left
  const words = (['provider', 'only', 'ignore'] as const).filter((word) => routing[word] !== undefined)
  const why = words.length > 1 ? `${words.join(' and ')} exclude each other` : 'ignore names all there are'
  throw faulty('/routing', 'contradictory', `leaves no provider: ${why}`)
}

/** None of those that are left has a key here: of the others it is said whose words keep them out. */
export const keyless = (all: readonly Access[], named: readonly Access[], chosen: readonly Access[]): GatewayError => {
  const others = all.filter((each) => each.credentials.length > 0 && !named.includes(each))
  const left = others.length === 0 ? '' : `; routing leaves out ${idsOf(others)}, which would have one`
  return new GatewayError('provider_not_configured', `No key is configured for ${idsOf(chosen)}${left}`, {
    errors: [{ pointer: '/routing', code: 'provider_not_configured', detail: 'Name a provider that has a key here' }],
  })
}

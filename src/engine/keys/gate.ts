/** What a key allows: scopes and operations, and that nobody gives what he does not have. */
import { catalogue, type Operation, type OperationId, scopeOf } from '../../canonical/catalogue.ts'
import type { FieldCode } from '../../canonical/field-codes.ts'
import type { LimitedOperation, Scope } from '../../canonical/key.ts'
import { GatewayError } from '../errors.ts'
import { type ClientKey, isBootstrap } from './rows.ts'

const forbidden = (code: FieldCode, detail: string, pointer = 'Authorization') =>
  new GatewayError('insufficient_scope', detail, { errors: [{ pointer, code, detail }] })

/** @throws GatewayError insufficient_scope */
export const requireScope = (key: ClientKey, scope: Scope | null): void => {
  if (scope === null || isBootstrap(key) || key.scopes.includes(scope)) return
  throw forbidden('scope_missing', `This needs a key with the scope ${scope}`)
}

/** @throws GatewayError insufficient_scope */
export const requireBootstrap = (key: ClientKey, what: string): void => {
  if (!isBootstrap(key)) throw forbidden('bootstrap_only', `Only the bootstrap key ${what}`)
}

/** Operations of the catalogue by what they need: asked for at every request. */
const NEEDS = Object.fromEntries(
  Object.entries<Operation>(catalogue).map(([id, operation]) => [id, scopeOf(operation)]),
) as { readonly [Id in OperationId]: Scope | null }

/** @throws GatewayError insufficient_scope where this key may not ask for an operation */
export const requireAllowed = (key: ClientKey, id: OperationId): void => {
  requireScope(key, NEEDS[id])
  if (key.operations === null || catalogue[id].kind === 'read' || key.operations.includes(id as LimitedOperation))
    return
  throw forbidden('operation_forbidden', `This key is held to ${key.operations.join(', ')}`)
}

/** What a key says that it may do: of a new one, or one that is to be handed out anew. */
export type Rights = Pick<ClientKey, 'scopes' | 'operations' | 'providers' | 'expires_at'>

const isWithin = <Value>(wanted: readonly Value[] | null, own: readonly Value[] | null) =>
  own === null || (wanted?.every((each) => own.includes(each)) ?? false)

/** Whether a key is held to limits of requests, tasks or money. */
export const isLimited = ({ limits }: Pick<ClientKey, 'limits'>): boolean =>
  Object.values(limits).some((limit) => limit !== undefined)

/** @throws GatewayError insufficient_scope where rights go beyond those of who gives them */
export const refuseMore = (own: ClientKey, wanted: Rights): void => {
  if (isBootstrap(own)) return
  // Every key has an account of its own: with each that it gave, even one of the same limits, it would have them once more.
  if (isLimited(own))
    throw forbidden(
      'limits_multiplied',
      'A key that is held to limits gives no other: that would have limits of its own',
    )
  const more = [
    ...(isWithin(wanted.scopes, own.scopes) ? [] : [['/scopes', `at most ${own.scopes.join(', ')}`]]),
    ...(isWithin(wanted.operations, own.operations) ? [] : [['/operations', `at most ${own.operations!.join(', ')}`]]),
    ...(isWithin(wanted.providers, own.providers) ? [] : [['/providers', `at most ${own.providers!.join(', ')}`]]),
    ...((own.expires_at ?? Infinity) < (wanted.expires_at ?? Infinity)
      ? [['/expires_at', `not after ${new Date(own.expires_at!).toISOString()}`]]
      : []),
  ] as [string, string][]
  if (more.length === 0) return
  throw new GatewayError('insufficient_scope', 'This key can not give what it does not have', {
    errors: more.map(([pointer, detail]) => ({
      pointer,
      code: 'beyond_own_rights',
      detail: `This key gives ${detail}`,
    })),
  })
}

/** estimate: the routing of a request, told instead of done. */
import type { Estimate, EstimateRequest } from '../canonical/estimate.ts'
import { refuseBroken } from './accept.ts'
import { GatewayError } from './errors.ts'
import type { materials } from './material.ts'
import type { World } from './ports.ts'
import { type Errand, type Route, routeOf } from './route.ts'
import type { Request } from './state.ts'

/** The request stands one step deeper here than where it is made. */
const deeper = (error: unknown): never => {
  if (!(error instanceof GatewayError)) throw error
  const { errors, ...involved } = error.involved
  const moved = errors?.map((each) => ({ ...each, pointer: `/request${each.pointer}` }))
  throw new GatewayError(
    error.code,
    error.message,
    { ...involved, ...(moved ? { errors: moved } : {}) },
    error.retryAfter,
  )
}

const routeAsked = async (
  access: World['access'],
  lookUp: ReturnType<typeof materials>,
  project: string,
  operation: EstimateRequest['operation'],
  request: Request,
): Promise<Route> => {
  try {
    refuseBroken(operation, request)
    const errand: Errand =
      operation === 'enhanceStyle'
        ? { operation, request, material: {}, forms: ['enhanceStyle'] }
        : { operation, request, material: await lookUp(operation, project, request, null) }
    return routeOf(access, errand)
  } catch (error) {
    return deeper(error)
  }
}

export const estimator =
  ({ access }: World, lookUp: ReturnType<typeof materials>) =>
  async (project: string, { operation, request }: EstimateRequest): Promise<Estimate> => {
    const { able, excluded } = await routeAsked(access, lookUp, project, operation, request as Request)
    const known = able.flatMap(({ usd }) => (usd === null ? [] : [usd]))
    return {
      object: 'estimate',
      operation,
      candidates: able.map(({ access: { adapter }, model, credits, usd, warnings }) => ({
        provider: adapter.id,
        model,
        credits,
        usd,
        warnings: [...warnings],
      })),
      excluded: excluded.map(({ provider, code, errors }) => ({ provider, code, errors: [...errors] })),
      usd: known.length === 0 ? null : { min: Math.min(...known), max: Math.max(...known) },
      unknown_prices: known.length < able.length,
    }
  }

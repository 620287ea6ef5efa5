/** estimate: the routing of a request, told instead of done. */
import type { Estimate, EstimateRequest } from '../canonical/estimate.ts'
import type { Routing } from '../canonical/routing.ts'
import { refuseBroken } from './accept.ts'
import { GatewayError } from './errors.ts'
import type { Asked } from './finder.ts'
import type { materials } from './material.ts'
import type { World } from './ports.ts'
import { bestOf } from './providers.ts'
import { type Errand, type Route, routeOf } from './route.ts'
import type { Request } from './state.ts'
import type { Strategies } from './strategy.ts'
import type { Watch } from './watch.ts'

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
  strategies: Strategies,
  providers: readonly string[] | null,
): Promise<Route> => {
  try {
    refuseBroken(operation, request)
    const errand: Errand =
      operation === 'enhanceStyle'
        ? { operation, request, material: {}, forms: ['enhanceStyle'], providers }
        : { operation, request, material: await lookUp(operation, project, request, null), providers }
    return routeOf(access, errand, strategies)
  } catch (error) {
    return deeper(error)
  }
}

interface Known {
  readonly strategies: Strategies
  readonly watch: Watch
}

/** Whether it can not be asked at the moment. */
const isDown = (watch: Watch, asked: Asked, credits: number | null): boolean => {
  const { kind } = watch.look(asked, 'creates', credits)
  return kind === 'down' || kind === 'busy' || kind === 'due'
}

export const estimator =
  ({ access }: World, lookUp: ReturnType<typeof materials>, { strategies, watch }: Known) =>
  async (
    project: string,
    { operation, request }: EstimateRequest,
    providers: readonly string[] | null,
  ): Promise<Estimate> => {
    const { able, excluded } = await routeAsked(
      access,
      lookUp,
      project,
      operation,
      request as Request,
      strategies,
      providers,
    )
    const routing = ((request as Request).routing ?? {}) as Routing
    const rows = able
      .map((each) => ({ each, asked: bestOf(watch, each.access, each.credentials) }))
      .map((row) => ({ ...row, down: isDown(watch, row.asked, row.each.credits) }))
      .sort((a, b) => Number(a.down) - Number(b.down))
    const known = able.flatMap(({ usd }) => (usd === null ? [] : [usd]))
    return {
      object: 'estimate',
      operation,
      candidates: rows.map(({ each, asked }) => ({
        provider: each.access.adapter.id,
        model: each.model,
        credits: each.credits,
        usd: each.usd,
        reason: strategies.reason(each, routing),
        state: watch.standing(asked, 'creates').state,
        warnings: [...each.warnings],
      })),
      excluded: excluded.map(({ provider, code, errors }) => ({ provider, code, errors: [...errors] })),
      usd: known.length === 0 ? null : { min: Math.min(...known), max: Math.max(...known) },
      unknown_prices: known.length < able.length,
    }
  }

/** The desk: what clients ask of the hub. */
import type { EstimateRequest } from '../canonical/estimate.ts'
import { capabilities } from './capabilities.ts'
import { estimator } from './estimate.ts'
import { type ClientKey, isBootstrap } from './keys/rows.ts'
import type { materials } from './material.ts'
import type { OwnHub } from './own-hub.ts'
import type { World } from './ports.ts'
import { presentProvider } from './providers.ts'
import { providerReadiness, storeReadiness } from './readiness.ts'
import type { Standing } from './standing.ts'

/** Of the bootstrap key, which is held to nothing, nothing is counted. */
export const NO_USAGE = { concurrent_tasks: null, day: null, month: null } as const

/** What is asked about providers. */
export const providerDesk = (
  world: World,
  standing: Pick<Standing, 'watch' | 'book' | 'strategies'>,
  lookUp: ReturnType<typeof materials>,
) => {
  const { access, clock } = world
  const { watch, book } = standing
  return {
    /** @param providers those that the key is held to */
    estimate: (project: string, request: EstimateRequest, providers: readonly string[] | null = null) =>
      estimator(world, lookUp, standing)(project, request, providers),
    getCredits: async () => ({ data: await book.all() }),
    listProviders: () => ({ data: access.map((each) => presentProvider(each, watch, book, clock())) }),
    listCapabilities: () => ({ data: capabilities(access.map(({ adapter }) => adapter)) }),
  }
}

export const createDesk = (world: World, hub: OwnHub, lookUp: ReturnType<typeof materials>) => {
  const { watch, ledger, hooks, meter } = hub
  const [store, providers] = [storeReadiness(world), providerReadiness(world.access, watch)]
  return {
    meter,
    /** Why nothing can be done now, or null. */
    unready: async () => (await store()) ?? providers(),
    /** What a key has under way and has spent. */
    usageOf: (key: ClientKey) => (isBootstrap(key) ? NO_USAGE : ledger.usageOf(key.id)),
    ...providerDesk(world, hub, lookUp),
    ...hooks.api,
  }
}

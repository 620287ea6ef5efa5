/** The desk: what clients ask of the hub. */
import type { EstimateRequest } from '../canonical/estimate.ts'
import { capabilities } from './capabilities.ts'
import { estimator } from './estimate.ts'
import type { OwnHub } from './hub.ts'
import { type ClientKey, isBootstrap } from './keys/rows.ts'
import type { materials } from './material.ts'
import type { World } from './ports.ts'
import { presentProvider } from './providers.ts'
import { readiness } from './readiness.ts'

export type Desk = ReturnType<typeof createDesk>

export const createDesk = (world: World, hub: OwnHub, lookUp: ReturnType<typeof materials>) => {
  const { access } = world
  const { watch, book, ledger, hooks } = hub
  return {
    meter: hub.meter,
    /** Why nothing can be done now, or null. */
    unready: readiness(world, watch),
    /** @param providers those that the key is held to */
    estimate: (project: string, request: EstimateRequest, providers: readonly string[] | null = null) =>
      estimator(world, lookUp, hub)(project, request, providers),
    /** What a key has under way and has spent: of the bootstrap key, which is held to nothing, nothing is counted. */
    usageOf: (key: ClientKey) =>
      isBootstrap(key) ? { concurrent_tasks: null, day: null, month: null } : ledger.usageOf(key.id),
    getCredits: async () => ({ data: await book.all() }),

    listProviders: () => ({ data: access.map((each) => presentProvider(each, watch, book)) }),

    listCapabilities: () => ({ data: capabilities(access.map(({ adapter }) => adapter)) }),

    ...hooks.api,
  }
}

/** The only file that names providers: one line each, beside its import. The order is the default routing order. */
import { apibox } from '../adapters/apibox/index.ts'
import { kie } from '../adapters/kie/index.ts'
import { udioapi } from '../adapters/udioapi/index.ts'
import type { Adapter } from './contract/adapter.ts'
import type { Mirror } from './contract/mirror.ts'

/** An adapter, and what the sandbox plays it with: loaded only where there is a sandbox. */
interface Registered {
  readonly adapter: Adapter
  readonly mirror: () => Promise<{ readonly mirror: Mirror }>
}

const registered: readonly Registered[] = [
  { adapter: kie, mirror: () => import('../adapters/kie/mirror.ts') },
  { adapter: apibox, mirror: () => import('../adapters/apibox/mirror.ts') },
  { adapter: udioapi, mirror: () => import('../adapters/udioapi/mirror.ts') },
]

export const adapters: readonly Adapter[] = registered.map(({ adapter }) => adapter)

/** What the simulated upstreams are made of, by provider. */
export const mirrors = async (): Promise<Readonly<Record<string, Mirror>>> =>
  Object.fromEntries(
    await Promise.all(registered.map(async ({ adapter, mirror }) => [adapter.id, (await mirror()).mirror] as const)),
  )

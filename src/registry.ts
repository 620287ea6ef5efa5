/** The only file that names providers: an entry each in both lists, in one order. It is the default routing order. */
import { apibox } from '../adapters/apibox/index.ts'
import { kie } from '../adapters/kie/index.ts'
import { udioapi } from '../adapters/udioapi/index.ts'
import type { Adapter } from './contract/adapter.ts'
import type { Mirror } from './contract/mirror.ts'

export const adapters: readonly Adapter[] = [kie, apibox, udioapi]

/** What the simulated upstreams are made of, by provider: loaded, and bundled, only where there is a sandbox. */
export const mirrors = async (): Promise<Readonly<Record<string, Mirror>>> => {
  const loaded = await Promise.all([
    import('../adapters/kie/mirror.ts'),
    import('../adapters/apibox/mirror.ts'),
    import('../adapters/udioapi/mirror.ts'),
  ])
  return Object.fromEntries(loaded.map(({ mirror }, index) => [adapters[index]!.id, mirror]))
}

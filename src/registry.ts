/** The only file that names providers. The order is the default routing order. */
import { apibox } from '../adapters/apibox/index.ts'
import { kie } from '../adapters/kie/index.ts'
import { udioapi } from '../adapters/udioapi/index.ts'
import type { Adapter } from './contract/adapter.ts'
import type { Mirror } from './contract/mirror.ts'

export const adapters: readonly Adapter[] = [kie, apibox, udioapi]

/** What the sandbox's simulated upstreams are made of; loaded only where there is a sandbox. */
export const mirrors = async (): Promise<Readonly<Record<string, Mirror>>> => {
  const [one, two, three] = await Promise.all([
    import('../adapters/kie/mirror.ts'),
    import('../adapters/apibox/mirror.ts'),
    import('../adapters/udioapi/mirror.ts'),
  ])
  return { kie: one.mirror, apibox: two.mirror, udioapi: three.mirror }
}

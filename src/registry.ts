/** The only file that names providers. The order is the default routing order. */
import { apibox } from '../adapters/apibox/index.ts'
import { kie } from '../adapters/kie/index.ts'
import { udioapi } from '../adapters/udioapi/index.ts'
import type { Adapter } from './contract/adapter.ts'

export const adapters: readonly Adapter[] = [kie, apibox, udioapi]

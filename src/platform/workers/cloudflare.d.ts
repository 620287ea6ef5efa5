/** The one module of the runtime that classes are made from; all other types are imported by name. */
declare module 'cloudflare:workers' {
  import type { DurableObjectState } from '@cloudflare/workers-types'

  export abstract class DurableObject<Env = unknown> {
    protected readonly ctx: DurableObjectState
    protected readonly env: Env
    constructor(ctx: DurableObjectState, env: Env)
  }

  /** What is under way in the request that is being answered may take longer than its answer. */
  export const waitUntil: (work: Promise<unknown>) => void
}

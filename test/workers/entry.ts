/** The Worker under test, as often as tests install it, and the simulated upstreams. */
import type { DurableObjectState } from '@cloudflare/workers-types'
import type { Env } from '../../src/platform/workers/settings.ts'
import { StudioObject as Studio } from '../../src/studio.ts'
import worker, {
  HealthObject as Health,
  LimitsObject as Limits,
  TaskObject as Task,
  WebhooksObject as Webhooks,
} from '../../src/worker.ts'
import { ownerOf } from './installations.ts'
import { gatewayAt } from './loopback.ts'

export { LoopbackObject } from './loopback.ts'

type Kind = new (ctx: DurableObjectState, env: Env) => { alarm?(): Promise<void> }

/** An object of the installation that has asked for it first, under the name it has there. */
const installed = <Of extends Kind>(kind: Of): Of =>
  class extends (kind as Kind) {
    isAlarm = false

    constructor(ctx: DurableObjectState, env: Env) {
      const owner = ownerOf(ctx.id.toString())
      super(ctx, owner?.installation().env ?? env)
      if (owner === undefined) return
      // An alarm says no name, as it does outside of tests.
      const nameOf = () => (this.isAlarm ? undefined : owner.name)
      const id = Object.defineProperty({}, 'name', { get: nameOf })
      Object.defineProperty(this, 'ctx', { value: { storage: ctx.storage, id } })
    }

    override async alarm(): Promise<void> {
      this.isAlarm = true
      const rung = super.alarm?.()
      this.isAlarm = false
      await rung
    }
  } as unknown as Of

export const TaskObject = installed(Task)
export const HealthObject = installed(Health)
export const LimitsObject = installed(Limits)
export const WebhooksObject = installed(Webhooks)
export const StudioObject = installed(Studio as unknown as Kind)

export default {
  fetch: (request: Request, env: Env) => worker.fetch(request, gatewayAt(request.url) ?? env),
}

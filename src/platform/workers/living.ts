/** Durable Objects that begin by themselves: whatever asks first, or the alarm, starts what the object is. */
import { DurableObject } from 'cloudflare:workers'
import type { DurableObjectState } from '@cloudflare/workers-types'
import { type Api, carryOut, type Reply, replying } from './remote.ts'
import type { Env } from './settings.ts'

export interface Life {
  readonly api: Api
  /** The alarm went off. */
  readonly ring: () => Promise<void>
}

/** @param start may fail: then whoever asks next tries again */
export const living = (start: (ctx: DurableObjectState, env: Env) => Promise<Life>) =>
  class extends DurableObject<Env> {
    life: Promise<Life> | undefined

    alive(): Promise<Life> {
      this.life ??= start(this.ctx, this.env).catch((error) => {
        this.life = undefined
        throw error
      })
      return this.life
    }

    call(name: string, asked: readonly unknown[]): Promise<Reply> {
      return replying(async () => carryOut((await this.alive()).api, name, asked))
    }

    async alarm(): Promise<void> {
      await (await this.alive()).ring()
    }
  }

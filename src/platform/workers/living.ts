/** Durable Objects that begin by themselves: whatever asks first, or the alarm, starts what the object is. */
import { DurableObject } from 'cloudflare:workers'
import type { DurableObjectState } from '@cloudflare/workers-types'
import { log } from './log.ts'
import { type Api, carryOut, type Reply, replying } from './remote.ts'
import { type Env, NOWHERE } from './settings.ts'

/** When an alarm that could not be heard rings again, in milliseconds. */
const AGAIN = 30_000

export interface Life {
  readonly api: Api
  /** The alarm went off. */
  readonly ring: () => Promise<void>
}

/** @param start may fail: then whoever asks next tries again. It is told in which region whoever asks first is */
export const living = (start: (ctx: DurableObjectState, env: Env, region: string) => Promise<Life>) =>
  class extends DurableObject<Env> {
    life: Promise<Life> | undefined

    alive(region = NOWHERE): Promise<Life> {
      this.life ??= start(this.ctx, this.env, region).catch((error) => {
        this.life = undefined
        throw error
      })
      return this.life
    }

    call(name: string, asked: readonly unknown[], region?: string): Promise<Reply> {
      return replying(async () => carryOut((await this.alive(region)).api, name, asked))
    }

    /** Never throws: an alarm that keeps failing is given up by the platform, and this one has to be heard. */
    async alarm(): Promise<void> {
      try {
        await (await this.alive()).ring()
      } catch (error) {
        log('error', 'alarm.failed', { message: (error as Error).message })
        await this.ctx.storage.setAlarm(Date.now() + AGAIN)
      }
    }
  }

/** Webhooks as an object: endpoints, what they are to be told, and the telling of it. */
import type { DurableObjectState } from '@cloudflare/workers-types'
import { createMeter } from '../../engine/meter.ts'
import { shows } from '../../engine/present.ts'
import { isConflict, MIGRATIONS } from '../../engine/store.ts'
import { forgetTask } from '../../engine/webhooks/rows.ts'
import { FORGET } from '../../engine/webhooks/sweep.ts'
import { webhooks } from '../../engine/webhooks/webhooks.ts'
import type { Report, WebhooksForTasks } from './apis.ts'
import { copyTask, dropCopy } from './copies.ts'
import { living } from './living.ts'
import { log } from './log.ts'
import { limitsOf } from './objects.ts'
import { peers } from './peers.ts'
import { type Build, configOf, type Env } from './settings.ts'
import { objectRows, objectSql } from './sql.ts'
import { objectTimers, TIMERS } from './timers.ts'
import { worldOf } from './world.ts'

const startWebhooks = async ({ storage }: DurableObjectState, env: Env, build: Build) => {
  const config = configOf(env, build)
  const { identity, history } = await limitsOf(env).installation()
  const rows = objectRows(storage, MIGRATIONS, [TIMERS])
  const timing = objectTimers(storage, rows, Date.now)
  const sql = objectSql(storage, rows, timing.guard)
  const world = await worldOf(env, config, { sql, timers: timing.timers, identity, history })
  const meter = createMeter()
  const hooks = webhooks(world, shows(world.access).present, meter, peers(env))
  await hooks.start()

  const take = async (report: Report): Promise<void> => {
    if ('gone' in report) return sql.commit([dropCopy(report.gone), ...forgetTask(report.gone)])
    const { after, events } = report
    const deliveries = after === null ? [] : hooks.outbox.of(after, events)
    if (after === null || deliveries.length === 0) return
    try {
      // Of the task it is kept which change was told last: told again, it is told to nobody.
      await sql.commit([{ ...copyTask(after, { subject: null, body: '{}' }), changes: 1 }, ...deliveries])
    } catch (error) {
      if (isConflict(error)) return
      throw error
    }
    hooks.outbox.stored(after)
  }

  const api = {
    ...hooks.api,
    metrics: () => meter.text(),
    providerChanged: hooks.providerChanged,
    report: async (reports: readonly Report[]): Promise<void> => {
      for (const each of reports) await take(each)
    },
  }
  const ring = () =>
    timing.ring(
      (name) => (name === FORGET ? hooks.sweep.wake() : hooks.dispatcher.wake()),
      (name, error) => log('error', 'timer.stumbled', { timer: name, message: error.message }),
    )
  return { api, ring }
}

export type WebhooksApi = Awaited<ReturnType<typeof startWebhooks>>['api']
/** What is asked for is there. */
export type Answers = WebhooksApi extends WebhooksForTasks ? true : never

export const webhooksObject = (build: Build) => living((ctx, env) => startWebhooks(ctx, env, build))

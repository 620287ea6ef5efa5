/** The one alarm of an object: when it is set for, and that what is under way is not forgotten however long it takes. */

import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { DurableObjectStorage } from '@cloudflare/workers-types'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { objectRows } from '../../src/platform/workers/sql.ts'
import { objectTimers, TIMERS } from '../../src/platform/workers/timers.ts'
import { make, order, type Song } from '../runtime/songs.ts'
import { crash } from './harness.ts'
import { alarmOf, installations, KIE, NEAR, slowStyle } from './trouble.ts'

const SAFETY = 90_000

describe('the timers of an object', () => {
  type Under = 'nothing' | 'timed' | 'untimed'
  /** An alarm that is set and rung by hand, over rows of an object. */
  const withTimers = (
    work: (parts: {
      timing: ReturnType<typeof objectTimers>
      /** When the alarm is set for; null where it is not. */
      alarm: () => number | null
      /** It is so late, and the alarm rings. */
      ring: (at: number) => Promise<void>
      under: (what: Under) => void
    }) => Promise<void>,
  ) =>
    runInDurableObject(env.LOOPBACK.getByName(crypto.randomUUID()) as never, async (_, { storage }) => {
      let now = 0
      let armed: number | null = null
      let what: Under = 'untimed'
      const byHand = {
        setAlarm: async (at: number) => {
          armed = at
        },
        deleteAlarm: async () => {
          armed = null
        },
      } as unknown as DurableObjectStorage
      const rows = objectRows(storage, [], [TIMERS])
      const timing = objectTimers(
        byHand,
        rows,
        () => now,
        () => what === 'nothing',
        () => what === 'untimed',
      )
      await work({
        timing,
        alarm: () => armed,
        ring: async (at) => {
          now = at
          armed = null
          await timing.ring(
            async () => undefined,
            () => undefined,
          )
        },
        under: (next) => {
          what = next
        },
      })
    })

  test('ring again and again for what no timer tells of, until that is over', () =>
    withTimers(async ({ timing, alarm, ring, under }) => {
      timing.guard()
      expect(alarm()).toBe(SAFETY)
      for (const round of [1, 2, 3]) {
        await ring(round * SAFETY)
        expect(alarm()).toBe((round + 1) * SAFETY)
      }
      under('nothing')
      timing.calm()
      expect(alarm()).toBeNull()
    }))

  test('ring once more for what a timer tells of, and then for that', () =>
    withTimers(async ({ timing, alarm, ring, under }) => {
      under('timed')
      timing.timers.set('task', 1_000_000)
      timing.guard()
      expect(alarm()).toBe(SAFETY)
      await ring(SAFETY)
      expect(alarm()).toBe(1_000_000)
    }))
})

describe('an alarm that rings while', () => {
  const { start, stop } = installations()
  let passed = 0
  const { now } = Date
  // Objects look at the clock that was there when they began.
  beforeAll(() => {
    Date.now = () => now() + passed
  })
  afterEach(() => {
    passed = 0
  })
  afterAll(() => {
    Date.now = now
    return stop()
  })
  const ring = (harness: Awaited<ReturnType<typeof start>>, id: string) =>
    runDurableObjectAlarm(harness.objects.taskAt(id))

  test('a call is under way is followed by another: ended meanwhile, it ends as unknown by itself', {
    timeout: 60_000,
  }, async () => {
    const harness = await start({ settings: { submitTimeout: 30_000 } })
    const { id, bought, styles } = await slowStyle(harness, 15_000)
    passed = SAFETY + 1000
    await ring(harness, id)
    expect(await alarmOf(harness, id)).toBeGreaterThan(Date.now())
    expect(await alarmOf(harness, id)).toBeLessThan(Date.now() + NEAR)
    await crash(harness.objects.taskAt(id))
    await bought
    await ring(harness, id)
    const [style] = (await styles()) as [Song]
    expect([style.status, style.error?.code]).toEqual(['failed', 'submission_unconfirmed'])
  })

  test('a song waits to be sent by a gateway that is paused, or a song of another object is made of it, is the last for long', async () => {
    const harness = await start({ settings: { paused: true } })
    const { id } = await order(harness, KIE)
    passed = SAFETY + 1000
    await ring(harness, id)
    expect(await alarmOf(harness, id)).toBeNull()
    passed = 0

    const busy = await start()
    const song = await make(busy, KIE)
    const object = busy.objects.task(song.id)
    const copy = `task_${'7'.repeat(25)}0`
    await object.keepCopy(copy, { ...(await object.stored('default', song.id)), id: copy, status: 'running' })
    passed = SAFETY + 1000
    await ring(busy, song.id)
    expect((await alarmOf(busy, song.id)) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(Date.now() + NEAR)
  })
})

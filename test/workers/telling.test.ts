/** What is under way or has to be told: it comes to its end, whoever ends or is away meanwhile. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import type { SqlStorage } from '@cloudflare/workers-types'
import { afterAll, describe, expect, test } from 'vitest'
import worker from '../../src/worker.ts'
import { expectProblem } from '../http/problem.ts'
import { align, make, order, readLyrics, type Song } from '../runtime/songs.ts'
import { crash, KEY, SONG } from './harness.ts'
import { listenUpstream } from './loopback.ts'
import {
  alarmOf,
  holding,
  installations,
  KIE,
  NEAR,
  read,
  sleep,
  slowStyle,
  until,
  withoutLists,
  withSilentLists,
} from './trouble.ts'

const { start, stop } = installations()
afterAll(stop)

describe.concurrent('an alarm is near', () => {
  test('for as long as something is to be told: what ends meanwhile tells it afterwards, and nobody has to ask', async () => {
    const harness = await start({ pace: 0.02 })
    const { whenHeld, release } = holding(harness, 'WEBHOOKS', 'report')
    const { id } = await order(harness, KIE)
    await harness.ended(id)
    await whenHeld()
    // Its next timer is that of its files, days away.
    for (let round = 0; round < 20; round++) {
      expect(await alarmOf(harness, id)).toBeLessThan(Date.now() + NEAR)
      await sleep(20)
    }
    release()
    await crash(harness.objects.taskAt(id))
    expect(await runDurableObjectAlarm(harness.objects.taskAt(id))).toBe(true)
    const far = async () => ((await alarmOf(harness, id)) ?? Number.POSITIVE_INFINITY) > Date.now() + NEAR
    await until(far)
    const listed = (await (await harness.call('/v1/tasks?status=succeeded')).json()) as { data: Song[] }
    expect(listed.data.map((song) => song.id)).toEqual([id])
  })

  test('for as long as a call is under way: ended meanwhile, it ends as unknown by itself', async () => {
    const harness = await start()
    const key = { 'idempotency-key': 'style' }
    const { id, bought, styles } = await slowStyle(harness, 1500, key)
    expect(await alarmOf(harness, id)).toBeLessThan(Date.now() + NEAR)
    await crash(harness.objects.taskAt(id))
    await bought
    expect(await alarmOf(harness, id)).toBeLessThan(Date.now() + NEAR)
    await runDurableObjectAlarm(harness.objects.taskAt(id))
    const [style] = (await styles()) as [Song]
    expect([style.status, style.error?.code]).toEqual(['failed', 'submission_unconfirmed'])
  })

  test('for as long as a message is sent: ended meanwhile, it is sent once more', async () => {
    const harness = await start({ settings: { paused: true } })
    let heard = 0
    let answer = () => {}
    const answered = new Promise<void>((resolve) => {
      answer = resolve
    })
    const { port } = await listenUpstream(async (request) => {
      heard += 1
      await request.text()
      if (heard === 1) await answered
      return new Response(null, { status: 204 })
    })
    await order(harness, { webhook: { url: `http://127.0.0.1:${port}/hook` } })
    while (heard === 0) await sleep(5)
    const webhooks = () => harness.objects.shared()[2]!
    const alarm = () => runInDurableObject(webhooks() as never, (_, { storage }) => storage.getAlarm())
    // What may have been stored besides is looked for after five seconds; then no timer is near any more.
    await sleep(6000)
    expect(heard).toBe(1)
    expect(await alarm()).toBeLessThan(Date.now() + NEAR)
    await crash(webhooks())
    answer()
    await runDurableObjectAlarm(webhooks())
    await until(() => heard === 2)
  })
})

describe.concurrent('what can not be told', () => {
  test('to the lists is told to everybody else, however much it is', { timeout: 60_000 }, async () => {
    const harness = await start({ callbacks: false, pace: 0.1, settings: { pollScale: 0.002 } })
    const key = 'tutti_test_single00000000000000000'
    await harness.addKey(key, 'default', { limits: { concurrent_tasks: 1 } })
    const told: string[] = []
    const { port } = await listenUpstream(async (request) => {
      told.push(((await request.json()) as { type: string }).type)
      return new Response(null, { status: 204 })
    })
    const ask = () =>
      harness.call('/v1/music/generations', {
        method: 'POST',
        key,
        body: JSON.stringify({
          ...SONG,
          routing: { provider: 'kie' },
          webhook: { url: `http://127.0.0.1:${port}/hook` },
        }),
        headers: { 'content-type': 'application/json' },
      })
    const back = withoutLists(harness)
    const first = await ask()
    expect(first.status).toBe(202)
    const { id } = (await first.json()) as Song
    expect((await harness.ended(id)).status).toBe('succeeded')
    const waiting = () =>
      runInDurableObject(harness.objects.taskAt(id) as never, (_, { storage }) =>
        Number(storage.sql.exec('SELECT count(*) AS reports FROM reports').one().reports),
      )
    // More than are told at once.
    expect(await waiting()).toBeGreaterThan(20)
    await until(async () => (await ask()).status === 202)
    await until(() => told.includes('task.succeeded'))
    back()
    await until(async () => (await waiting()) === 0)
    const listed = (await (await harness.call('/v1/tasks?status=succeeded')).json()) as { data: Song[] }
    expect(listed.data.map((song) => song.id)).toContain(id)
    expect(told.filter((type) => type === 'task.succeeded').length).toBeLessThanOrEqual(2)
  })

  test('to lists that are away for long is told again ever more seldom, and once they are back', async () => {
    const harness = await start({ settings: { paused: true } })
    const back = withoutLists(harness)
    const { id } = await order(harness, KIE)
    await harness.post(`/v1/tasks/${id}/cancel`, '')
    const object = () => harness.objects.taskAt(id)
    const inObject = <Result>(work: (sql: SqlStorage) => Result) =>
      runInDurableObject(object() as never, (_, { storage }) => work(storage.sql))
    await inObject((sql) => sql.exec("UPDATE reports SET body = json_set(body, '$.since', ?)", Date.now() - 3_600_000))
    // Whoever begins anew tells it once, and is not woken for it before a quarter of that hour has gone.
    await crash(object())
    await runDurableObjectAlarm(object())
    await until(async () => Number(await alarmOf(harness, id)) > Date.now() + 890_000)
    expect(Number(await alarmOf(harness, id))).toBeLessThan(Date.now() + 1_126_000)
    back()
    await inObject((sql) => sql.exec('UPDATE timers SET at = 0'))
    await runDurableObjectAlarm(object())
    await until(async () => (await inObject((sql) => sql.exec('SELECT * FROM reports').toArray())).length === 0)
    const listed = (await (await harness.call('/v1/tasks?status=canceled')).json()) as { data: Song[] }
    expect(listed.data.map((song) => song.id)).toEqual([id])
  })

  test('without the lists is refused until they are back, and songs are made all the same', async () => {
    const harness = await start({ settings: { paused: true } })
    const back = withoutLists(harness)
    const bound = harness.objects.bound()
    // From elsewhere, so that the Worker looks at its bindings anew.
    const ask = (path: string, method = 'GET') => {
      const headers = { authorization: `Bearer ${KEY}` }
      const init = { method, headers, cf: { continent: 'EU' } } as RequestInit
      return worker.fetch(new Request(`${harness.here}${path}`, init), bound)
    }
    const away = { status: 503, code: 'storage_unavailable', retryable: true }
    for (const path of ['/v1/tasks', '/v1/events']) await expectProblem(await ask(path), away)
    expect((await ask('/readyz')).status).toBe(200)
    const { id } = await order(harness, KIE)
    expect((await read(harness, id)).id).toBe(id)
    await expectProblem(await ask('/operator/lists', 'POST'), away)
    back()
    const listed = async () => ((await (await ask('/v1/tasks')).json()) as { data: Song[] }).data
    await until(async () => (await listed()).length === 1)
    expect((await ask('/operator/lists', 'POST')).status).toBe(200)
  })

  test('that a call ended costs nobody what it bought', async () => {
    const harness = await start()
    const bound = harness.objects.bound()
    const { HEALTH } = bound
    const deaf = (stub: { call: (name: string, ...asked: unknown[]) => Promise<unknown> }) => ({
      call: (name: string, ...asked: unknown[]) =>
        name === 'done' ? Promise.reject(new Error('health is away')) : stub.call(name, ...asked),
    })
    bound.HEALTH = { ...HEALTH, getByName: (name: string) => deaf(HEALTH.getByName(name) as never) } as never
    const song = await make(harness, KIE)
    const lyrics = await align(harness, song.tracks[0]!.id)
    expect(lyrics.status).toBe(200)
    expect((await readLyrics(lyrics)).words).not.toEqual([])
  })

  test('that a request was refused to a health that says nothing holds nobody up for long', async () => {
    const harness = await start()
    const { release } = holding(harness, 'HEALTH', 'done')
    await harness.fault('kie', 'no_credits', 1)
    const song = await make(harness, KIE)
    release()
    expect(song.attempts.map(({ provider, state }) => [provider, state])).toEqual([
      ['kie', 'refused'],
      ['apibox', 'accepted'],
    ])
    expect(song.status).toBe('succeeded')
  })

  test('that a call came to nothing, while lists say nothing, is not told once more after the next of its name', async () => {
    const harness = await start()
    const key = 'tutti_test_refused0000000000000000'
    await harness.addKey(key, 'default', { limits: { concurrent_tasks: 1 } })
    const send = (path: string, init: RequestInit = {}) =>
      harness.call(path, { ...init, key, headers: { 'content-type': 'application/json', 'idempotency-key': 'again' } })
    const ask = async () => {
      const body = JSON.stringify({ style: 'indie folk', routing: { provider: 'kie' } })
      const answer = await send('/v1/styles/enhancements', { method: 'POST', body })
      return (await answer.json()) as { code: string; task_id: string }
    }
    const back = withSilentLists(harness)
    await harness.fault('kie', 'no_credits', 1)
    expect((await ask()).code).toBe('provider_credits_exhausted')
    const { upstream } = harness.upstream('kie')
    const { fetch } = upstream
    upstream.fetch = async (request) =>
      request.method === 'POST' ? Response.json({ code: 422, msg: 'style is not valid', data: null }) : fetch(request)
    const refused = await ask()
    expect(refused.code).toBe('provider_rejected_request')
    await crash(harness.objects.taskAt(refused.task_id))
    back()
    await runDurableObjectAlarm(harness.objects.taskAt(refused.task_id))
    const listed = async () => ((await (await send('/v1/tasks')).json()) as { data: Song[] }).data
    await until(async () => (await listed()).length === 1)
    const { usage } = (await (await send('/v1/key')).json()) as { usage: { day: { spent_usd: number } } }
    expect(usage.day.spent_usd).toBe(0)
  })

  test('that a song was deleted while lists are away counts its money once', { timeout: 40_000 }, async () => {
    const harness = await start()
    const key = 'tutti_test_spender00000000000000000'
    await harness.addKey(key, 'default')
    const back = withoutLists(harness)
    const send = (path: string, init: RequestInit = {}) =>
      harness.call(path, { ...init, key, headers: { 'content-type': 'application/json' } })
    const answer = await send('/v1/music/generations', {
      method: 'POST',
      body: JSON.stringify({ ...SONG, routing: { provider: 'kie' } }),
    })
    const { id } = (await answer.json()) as Song
    const song = await harness.ended(id)
    const spent = async () =>
      ((await (await send('/v1/key')).json()) as { usage: { day: { spent_usd: number } } }).usage.day.spent_usd
    for (let round = 0; round < 200 && (await spent()) === 0; round++) await sleep(20)
    expect(await spent()).toBe(song.billing.usd)
    expect((await send(`/v1/tasks/${id}`, { method: 'DELETE' })).status).toBe(200)
    // It is told again after five seconds.
    await sleep(6000)
    expect(await spent()).toBe(song.billing.usd)
    back()
    await sleep(6000)
    expect(await spent()).toBe(song.billing.usd)
    const listed = (await (await harness.call('/v1/tasks')).json()) as { data: Song[] }
    expect(listed.data).toEqual([])
  })
})

/** Limits of keys: tasks at once, and money a day and a month, whatever goes wrong on the way. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Charged } from '../../src/canonical/words.ts'
import type { Caller } from '../../src/engine/idempotency.ts'
import type { Limits } from '../../src/engine/keys/rows.ts'
import {
  answer,
  DAY,
  held,
  lost,
  MINUTE,
  no,
  ok,
  openWorld,
  record,
  SONG,
  START,
  type TestWorld,
  unreachable,
} from './world.ts'

const KEY = 'key_01JD3W8Q4T7X2M5N9P6R0S1V3G'
const caller = (limits: Limits, more: Partial<Caller> & { id?: string; providers?: string[] } = {}): Caller => ({
  project: 'default',
  idempotencyKey: more.idempotencyKey ?? null,
  key: { id: more.id ?? KEY, limits, providers: more.providers ?? null },
})

let world: TestWorld
beforeEach(() => {
  world = openWorld()
})

const make = async (by: Caller, request: Record<string, unknown> = {}) =>
  (await world.engine.create('generateMusic', by, { ...SONG, ...request }, null, 0)).task
const usage = (id = KEY) => world.engine.usageOf({ id } as never)
const money = () => {
  const { day, month } = usage()
  return [day!.spent_usd, day!.reserved_usd, month!.spent_usd]
}
/** What SQL says that was spent, over all days. */
const stored = () =>
  world.rows('SELECT sum(micros) AS all_of_it FROM spending WHERE key = ?', [KEY])[0]!.all_of_it as number | null
const attemptsOf = async (id: string) =>
  (await world.task(id)).attempts.map((each) => `${each.provider} ${each.charged}`)
const overLimit = { code: 'spend_limit_reached' }
/** One song is 0.1 USD at echo and echo-two, and 0.2 at echo-three. */
const only = (provider: string) => ({ routing: { provider } })

describe('tasks at once', () => {
  const two = caller({ concurrent_tasks: 2 })

  it('are counted until they end, and the next is 429 before anything is stored', async () => {
    await make(two)
    await make(two)
    await expect(make(two)).rejects.toMatchObject({ code: 'concurrency_limited', retryAfter: 5 })
    expect((await world.engine.listTasks('default', {})).data).toHaveLength(2)
    expect(usage().concurrent_tasks).toBe(2)
    await make(caller({ concurrent_tasks: 2 }, { id: KEY.replace('3G', '3H') }))
    await world.advance(MINUTE)
    expect(usage().concurrent_tasks).toBe(0)
    await make(two)
  })

  it('are never more, however many are asked for at once', async () => {
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => make(two)))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
    expect(usage().concurrent_tasks).toBe(2)
  })

  it('are one for one Idempotency-Key, and a repeat needs no place', async () => {
    const again = () => make(caller({ concurrent_tasks: 1 }, { idempotencyKey: 'one' }))
    const ids = await Promise.all([again(), again(), again()])
    expect(new Set(ids.map(({ id }) => id)).size).toBe(1)
    expect((await again()).id).toBe(ids[0]!.id)
    expect(usage().concurrent_tasks).toBe(1)
  })

  it('are held to where two keys send one Idempotency-Key at once, and the first can not be stored', async () => {
    const one = caller({ concurrent_tasks: 1 })
    await make(one)
    const other = { project: 'default', idempotencyKey: 'both' }
    world.refuseCommits(1)
    const [first, second] = await Promise.allSettled([make(other), make({ ...one, idempotencyKey: 'both' })])
    expect(first).toMatchObject({ status: 'rejected', reason: { message: 'disk full' } })
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'concurrency_limited' } })
    expect((await world.engine.listTasks('default', {})).data).toHaveLength(1)
  })

  it('that are canceled, or were not stored, leave their place', async () => {
    world = openWorld({ settings: { paused: true } })
    const { id } = await make(caller({ concurrent_tasks: 1 }))
    await world.engine.cancelTask('default', id)
    world.refuseCommits(1)
    await expect(make(caller({ concurrent_tasks: 1 }))).rejects.toThrow('disk full')
    expect(usage().concurrent_tasks).toBe(0)
    await make(caller({ concurrent_tasks: 1 }))
  })

  it('are counted anew after a restart', async () => {
    world.script({ 'echo poll': [record.fresh] })
    await make(two)
    await make(two)
    await world.advance(MINUTE)
    await world.restart()
    expect(usage().concurrent_tasks).toBe(2)
    await expect(make(two)).rejects.toMatchObject({ code: 'concurrency_limited' })
  })

  it('include paid calls, which are over once they are answered', async () => {
    const { tracks } = await world.carryOut('generateMusic', SONG)
    await make(caller({ concurrent_tasks: 1 }))
    const align = () => world.engine.alignLyrics(caller({ concurrent_tasks: 1 }), tracks[0]!.id, 0)
    await expect(align()).rejects.toMatchObject({ code: 'concurrency_limited' })
    await world.advance(MINUTE)
    await align()
    expect(usage().concurrent_tasks).toBe(0)
  })
})

describe('money', () => {
  it('is reserved when a task is accepted, spent when it is sent, and refused before it is spent', async () => {
    const by = caller({ usd_per_day: 0.25 })
    world = openWorld({ settings: { paused: true } })
    await make(by)
    expect(money()).toEqual([0, 0.1, 0])
    await world.restart({ settings: { paused: false } })
    expect(money()).toEqual([0, 0.1, 0])
    await world.advance(MINUTE)
    expect(money()).toEqual([0.1, 0, 0.1])
    await make(by)
    await world.advance(MINUTE)
    const sent = world.sent.length
    await expect(make(by)).rejects.toMatchObject({
      ...overLimit,
      message: expect.stringContaining('0.25 USD a day: 0.2 are spent'),
      involved: { errors: [expect.objectContaining({ code: 'usd_per_day' })] },
      // Until midnight in UTC.
      retryAfter: (DAY - (world.now() - START)) / 1000,
    })
    expect(world.sent).toHaveLength(sent)
    expect(stored()).toBe(200_000)
  })

  it('is never more than the limit, however many are asked for at once', async () => {
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => make(caller({ usd_per_day: 0.55 }))))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    await world.advance(MINUTE)
    expect(money()).toEqual([0.5, 0, 0.5])
  })

  it('is free again the next day, and the next month', async () => {
    const by = caller({ usd_per_day: 0.1, usd_per_month: 0.2 })
    const spend = async () => {
      await make(by)
      await world.advance(MINUTE)
    }
    await spend()
    await expect(make(by)).rejects.toMatchObject({ involved: { errors: [{ code: 'usd_per_day' }] } })
    await world.advance(DAY)
    await spend()
    expect(money()).toEqual([0.1, 0, 0.2])
    await world.advance(DAY)
    await expect(make(by)).rejects.toMatchObject({
      involved: { errors: [{ code: 'usd_per_month' }] },
      retryAfter: (Date.UTC(2026, 1, 1) - world.now()) / 1000,
    })
    await world.restart()
    expect(money()).toEqual([0, 0, 0.2])
    await world.advance(29 * DAY)
    expect(money()).toEqual([0, 0, 0])
    await spend()
  })

  it.each([
    ['refused', { 'echo submit': [no(402)] }, ['echo no', 'echo-two yes'], 0.1],
    ['not reached', { 'echo submit': [unreachable] }, ['echo no', 'echo-two yes'], 0.1],
    ['paid back', { 'echo poll': [record.broken(531, 'sorry')] }, ['echo refunded', 'echo-two yes'], 0.1],
  ] as const)('of an attempt that was %s does not count, and its task goes on', async (_, script, attempts, spent) => {
    world.script(script)
    const { id } = await make(caller({ usd_per_day: 0.1 }))
    await world.advance(5 * MINUTE)
    expect(await attemptsOf(id)).toEqual(attempts)
    expect(money()).toEqual([spent, 0, spent])
    expect(stored()).toBe(spent * 1e6)
  })

  it('spent before a clock ran ahead into another month, and the process began again there, is spent when it comes back', async () => {
    const by = caller({ usd_per_month: 0.1 })
    await world.advance(30 * DAY)
    await make(by)
    await world.advance(2 * DAY)
    expect(money()).toEqual([0, 0, 0])
    await world.restart()
    await world.setBack(2 * DAY)
    expect(money()).toEqual([0.1, 0, 0.1])
    await expect(make(by)).rejects.toMatchObject(overLimit)
  })

  it('that may have been charged counts, and keeps a further provider from being asked', async () => {
    world.script({ 'echo submit': [lost] })
    const failover = { on_ambiguous: 'resubmit' }
    const { id } = await make(caller({ usd_per_day: 0.15 }), { failover })
    await world.advance(31 * MINUTE)
    const task = await world.task(id)
    expect(task).toMatchObject({ status: 'failed', error: { may_have_been_charged: true } })
    expect(await attemptsOf(id)).toEqual(['echo unknown'])
    expect(money()).toEqual([0.1, 0, 0.1])
    // With twice the money both are asked.
    world = openWorld({ script: { 'echo submit': [lost] } })
    const rich = await make(caller({ usd_per_day: 0.2 }), { failover })
    await world.advance(40 * MINUTE)
    expect(await attemptsOf(rich.id)).toEqual(['echo unknown', 'echo-two yes'])
    expect(money()).toEqual([0.2, 0, 0.2])
  })

  it.each([
    ['was said to have been refused counts once it is found', no(503, 'busy', 5), [0.2, 0, 0.2]],
    ['nobody knew of counts once, also where it is found', lost, [0.1, 0, 0.1]],
  ])('of a song that %s', async (_, said, spent) => {
    world.script({ 'echo submit': [said] })
    await make(caller({ usd_per_day: 1 }))
    await world.advance(40 * MINUTE)
    expect(money()).toEqual([0.1, 0, 0.1])
    const { provider, token } = world.callbackOf(0)
    await world.engine.ring(provider, token, { job: 'job-9', state: 'DONE' })
    await world.advance(5 * MINUTE)
    expect(world.rows("SELECT id FROM tasks WHERE body LIKE '%salvaged_from%'")).toHaveLength(1)
    expect(money()).toEqual(spent)
    await world.restart()
    expect(money()).toEqual(spent)
  })

  it('of an unknown outcome counts after a restart in the middle, too', async () => {
    world.script({ 'echo submit': [held] })
    const { id } = await make(caller({ usd_per_day: 0.15 }))
    await world.advance(1)
    expect(money()).toEqual([0.1, 0, 0.1])
    await world.restart()
    expect(await attemptsOf(id)).toEqual(['echo unknown'])
    expect(money()).toEqual([0.1, 0, 0.1])
    await expect(make(caller({ usd_per_day: 0.15 }))).rejects.toMatchObject(overLimit)
  })

  it('goes to who is cheap enough', async () => {
    const by = caller({ usd_per_day: 0.19 })
    await expect(make(by, { ...only('echo-three'), model: 'v6' })).rejects.toMatchObject(overLimit)
    const { id } = await make(by, { routing: { order: ['echo-three'] } })
    await world.advance(MINUTE)
    expect(await attemptsOf(id)).toEqual(['echo yes'])
  })

  it('that nobody knows beforehand is refused, where there is a limit', async () => {
    const unpriced = { usdPerCredit: null }
    const { echo } = await import('./echo.ts')
    world = openWorld({ providers: [{ ...echo, prices: { ...echo.prices, ...unpriced } }] })
    await expect(make(caller({ usd_per_month: 100 }))).rejects.toMatchObject({
      ...overLimit,
      message: expect.stringMatching(/^What echo would charge .*TUTTI_PRICES/),
      involved: { errors: [expect.objectContaining({ code: 'price_unknown' })] },
    })
    expect((await world.engine.listTasks('default', {})).data).toEqual([])
    await make(caller({ concurrent_tasks: 1 }))
  })

  it('of calls counts alike, and what is free is always made', async () => {
    const { tracks } = await world.carryOut('generateMusic', SONG)
    const align = (usd_per_day: number, track = 0) =>
      world.engine.alignLyrics(caller({ usd_per_day }), tracks[track]!.id, 0)
    await expect(align(0.01)).rejects.toMatchObject(overLimit)
    expect(world.count('echo words')).toBe(0)
    await align(0.02)
    expect(money()).toEqual([0.02, 0, 0.02])
    // What is stored costs nothing.
    await align(0.02)
    world.script({ 'echo words': [answer('broken', 500)] })
    await expect(align(0.05, 1)).rejects.toMatchObject({ code: 'submission_unconfirmed' })
    expect(money()).toEqual([0.04, 0, 0.04])
    expect(stored()).toBe(40_000)
    const file = { content_base64: 'AAAA', size_bytes: 3 }
    await world.engine.uploadAudio(caller({ usd_per_day: 0.01 }), {}, file)
    expect(usage().concurrent_tasks).toBe(0)
  })

  it('of a call that bought nothing is given back', async () => {
    const { tracks } = await world.carryOut('generateMusic', SONG)
    world.script({ 'echo words': [no(402), ok({ words: [], wave: [] })] })
    const align = () => world.engine.alignLyrics(caller({ usd_per_day: 0.02 }), tracks[0]!.id, 0)
    await expect(align()).rejects.toMatchObject({ code: 'provider_credits_exhausted' })
    expect(money()).toEqual([0, 0, 0])
    expect(stored() ?? 0).toBe(0)
    expect(usage().concurrent_tasks).toBe(0)
  })

  it('of a call that was refused for good is given back, and its task is kept', async () => {
    const { tracks } = await world.carryOut('generateMusic', SONG)
    world.script({ 'echo words': [no(410)] })
    const by = caller({ usd_per_day: 0.02 }, { idempotencyKey: 'one' })
    await expect(world.engine.alignLyrics(by, tracks[0]!.id, 0)).rejects.toMatchObject({ code: 'lyrics_unavailable' })
    const { data } = await world.engine.listTasks('default', { operation: 'alignLyrics' })
    expect(data.map(({ status, billing }) => [status, billing.charged])).toEqual([['failed', 'no']])
    expect(money()).toEqual([0, 0, 0])
    expect(stored()).toBe(0)
    await world.restart()
    expect(money()).toEqual([0, 0, 0])
  })

  it('is counted by SQL and by memory alike, whatever happens', async () => {
    const outcomes = [unreachable, no(402), lost, ok({ job: 'job-1' }), ok({ job: 'job-1' })]
    const records = [record.broken(531, 'sorry'), record.done, record.broken(500, 'no')]
    for (let run = 0; run < 12; run++) {
      world.script({
        'echo submit': [outcomes[run % 5]!],
        'echo poll': [records[run % 3]!],
        'echo-two submit': [outcomes[(run + 2) % 5]!],
      })
      await make(caller({ usd_per_day: 100 }), { failover: { after_accept: 'any', on_ambiguous: 'resubmit' } })
      await world.advance(10 * MINUTE)
      if (run % 4 === 3) world.doubtCommits(2)
    }
    await world.advance(2 * 60 * MINUTE)
    const { data } = await world.engine.listTasks('default', { limit: 100 })
    const counts = (charged: Charged) => charged === 'yes' || charged === 'unknown'
    expect(data.every(({ status }) => status !== 'queued' && status !== 'running')).toBe(true)
    const attempts = data.flatMap((each) => each.attempts).filter(({ charged }) => counts(charged))
    const prices: Record<string, number> = { echo: 100_000, 'echo-two': 100_000, 'echo-three': 200_000 }
    const truth = attempts.reduce((sum, { provider }) => sum + prices[provider]!, 0)
    expect(stored()).toBe(truth)
    expect(money()).toEqual([truth / 1e6, 0, truth / 1e6])
    await world.restart()
    expect(money()).toEqual([truth / 1e6, 0, truth / 1e6])
  })
})

describe('providers', () => {
  it('beside those of the key are not asked, and one that is named is refused', async () => {
    const by = caller({}, { providers: ['echo-two'] })
    const { id } = await make(by)
    await world.advance(MINUTE)
    expect(await attemptsOf(id)).toEqual(['echo-two yes'])
    await expect(make(by, only('echo'))).rejects.toMatchObject({ code: 'insufficient_scope' })
    const estimate = await world.engine.estimate('default', { operation: 'generateMusic', request: SONG }, ['echo-two'])
    expect(estimate.candidates.map(({ provider }) => provider)).toEqual(['echo-two'])
    const { tracks } = await world.carryOut('generateMusic', SONG)
    await expect(world.engine.alignLyrics(by, tracks[0]!.id, 0)).rejects.toMatchObject({ code: 'insufficient_scope' })
    expect(world.count('echo words')).toBe(0)
  })
})

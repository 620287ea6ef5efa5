/** In which order providers are asked: by the request, by the configuration, and by what is known of them. */
import { describe, expect, it } from 'vitest'
import type { EstimateRequest } from '../../src/canonical/estimate.ts'
import { Routing } from '../../src/canonical/routing.ts'
import { SORTS } from '../../src/canonical/words.ts'
import { observer } from '../../src/engine/observed.ts'
import { chance } from '../../src/engine/strategy.ts'
import { readConfig } from '../../src/platform/config.ts'
import { echo, echoThree, echoTwo } from './echo.ts'
import {
  finishedSong,
  MINUTE,
  no,
  ok,
  openWorld,
  record,
  SECOND,
  SONG,
  type TestWorld,
  type WorldOptions,
} from './world.ts'

type Wish = Record<string, unknown>
const candidates = async (world: TestWorld, routing: Wish, request: Wish = {}) =>
  (
    await world.engine.estimate('default', {
      operation: 'generateMusic',
      request: { ...SONG, ...request, routing },
    } as unknown as EstimateRequest)
  ).candidates
const order = async (world: TestWorld, routing: Wish, request: Wish = {}) =>
  (await candidates(world, routing, request)).map(({ provider, reason }) => `${provider} ${reason}`)

/** The same provider with prices of its own. */
const priced = (usdPerCredit: number | null, adapter = echo) => ({
  ...adapter,
  prices: { ...adapter.prices, usdPerCredit },
})

describe('sort', () => {
  it('is as configured where nothing says otherwise', async () => {
    expect(await order(openWorld(), {})).toEqual(['echo priority', 'echo-two priority', 'echo-three priority'])
    const settings = { routing: { sort: 'price' } } as const
    const dear = openWorld({ settings, providers: [priced(0.03), echoTwo, echoThree] })
    expect(await order(dear, {})).toEqual(['echo-two price', 'echo-three price', 'echo price'])
    expect((await order(dear, { sort: 'priority' }))[0]).toBe('echo priority')
  })

  it('by price asks the cheapest first, and those whose price is not known last', async () => {
    const world = openWorld({ providers: [priced(null), echoThree, echoTwo] })
    expect(await order(world, { sort: 'price' })).toEqual(['echo-two price', 'echo-three price', 'echo price'])
    const { id } = await world.create({ routing: { sort: 'price' } })
    await world.advance(SECOND)
    expect((await world.task(id)).attempts).toMatchObject([{ provider: 'echo-two', chosen_by: 'price' }])
  })

  it('orders those that the request does not name, and never puts what is lost before what is not', async () => {
    const world = openWorld({ providers: [priced(0.03), echoTwo, echoThree] })
    expect(await order(world, { sort: 'price', order: ['echo-three'] })).toEqual([
      'echo-three order',
      'echo-two price',
      'echo price',
    ])
    // Echo Two is the cheapest, and has no place for the voice.
    expect(await order(world, { sort: 'price' }, { vocal_gender: 'male' })).toEqual([
      'echo-three price',
      'echo price',
      'echo-two price',
    ])
  })

  it('comes after whoever made the source', async () => {
    const world = openWorld()
    const { tracks } = await finishedSong(world, { routing: { provider: 'echo-three' } })
    const request = {
      operation: 'extendMusic',
      request: { source: { track_id: tracks[0] }, routing: { sort: 'price' } },
    }
    const told = await world.engine.estimate('default', request as unknown as EstimateRequest)
    const own = told.candidates.filter(({ reason }) => reason === 'own')
    expect(told.candidates.slice(0, own.length)).toEqual(own)
  })

  it('by weight is a chance that is the same for the same task, and as likely as its weight', async () => {
    const settings = { routing: { sort: 'weighted', weights: { echo: 6, 'echo-two': 3, 'echo-three': 0 } } } as const
    const world = openWorld({ settings, providers: [{ ...echo, limits: {} }, echoTwo, echoThree] })
    const first = { echo: 0, 'echo-two': 0, 'echo-three': 0 }
    for (let song = 0; song < 300; song++) {
      const { id } = await world.create()
      await world.advance(0)
      const { attempts } = await world.task(id)
      first[attempts[0]!.provider as 'echo'] += 1
      expect(attempts[0]!.chosen_by).toBe('weighted')
    }
    expect(first['echo-three']).toBe(0)
    expect(first.echo / first['echo-two']).toBeGreaterThan(1.4)
    expect(first.echo / first['echo-two']).toBeLessThan(2.9)
    expect(await order(world, {})).toEqual(['echo weighted', 'echo-two weighted', 'echo-three weighted'])
  })

  it('draws evenly and repeatably', () => {
    const draws = Array.from({ length: 10_000 }, (_, index) => chance(`task_${index} echo`))
    expect(draws).toEqual(draws.map((_, index) => chance(`task_${index} echo`)))
    for (let tenth = 0; tenth < 10; tenth++) {
      const there = draws.filter((each) => each >= tenth / 10 && each < (tenth + 1) / 10).length
      expect(Math.abs(there - 1000)).toBeLessThan(150)
    }
  })

  it('by latency asks the quickest first; who is not known stands in the middle', async () => {
    const world = openWorld({
      script: { 'echo poll': [record.fresh, record.fresh, record.done], 'echo-three poll': [record.done] },
    })
    expect(await order(world, { sort: 'latency' })).toEqual(['echo latency', 'echo-two latency', 'echo-three latency'])
    await world.carryOut('generateMusic', { ...SONG, routing: { provider: 'echo' } })
    await world.carryOut('generateMusic', { ...SONG, routing: { provider: 'echo-three' } })
    expect((await order(world, { sort: 'latency' }))[0]).toBe('echo-three latency')
    expect(await order(world, { sort: 'latency', only: ['echo', 'echo-two'] })).toEqual([
      'echo latency',
      'echo-two latency',
    ])
  })

  it('by balance asks whoever has most credit left in dollars, as last read, less what was spent since', async () => {
    const script = { 'echo credits': [ok({ left: 100 })], 'echo-two credits': [ok({ left: 95 })] }
    const world = openWorld({ script })
    const routing = { sort: 'balance' } as const
    expect(await order(world, routing)).toEqual(['echo balance', 'echo-two balance', 'echo-three balance'])
    await world.settle()
    // The first question made somebody look, and nobody wait.
    expect([world.count('echo credits'), world.count('echo-two credits')]).toEqual([1, 1])
    expect(await order(world, routing)).toEqual(['echo balance', 'echo-two balance', 'echo-three balance'])
    const { id } = await world.create({ routing })
    await world.advance(SECOND)
    expect((await world.task(id)).attempts).toMatchObject([{ provider: 'echo', chosen_by: 'balance' }])
    expect((await order(world, routing))[0]).toBe('echo-two balance')
    expect(world.count('echo credits')).toBe(1)
    await world.advance(6 * MINUTE)
    await order(world, routing)
    await world.settle()
    expect(world.count('echo credits')).toBe(2)
    expect((await order(world, routing))[0]).toBe('echo balance')
  })

  it('is one of the words, or the request is refused', () => {
    for (const sort of SORTS) expect(Routing.safeParse({ sort }).success).toBe(true)
    expect(Routing.safeParse({ sort: 'random' }).success).toBe(false)
  })
})

describe('an estimate', () => {
  it('puts last who can not be asked at the moment, and says what is wrong', async () => {
    const world = openWorld({ script: { 'echo submit': [no(402)] } })
    await world.create()
    await world.advance(SECOND)
    expect((await candidates(world, {})).map(({ provider, state }) => [provider, state])).toEqual([
      ['echo-two', 'healthy'],
      ['echo-three', 'healthy'],
      ['echo', 'no_credits'],
    ])
  })

  it('looks at the best key of a provider', async () => {
    const options: WorldOptions = {
      keys: { echo: ['one', 'two'] },
      script: { 'echo submit': [no(402), ok({ job: 'x' })] },
    }
    const world = openWorld(options)
    await world.create()
    await world.advance(SECOND)
    expect((await candidates(world, {}))[0]).toMatchObject({ provider: 'echo', state: 'healthy' })
  })
})

describe('times that were observed', () => {
  it('are those of the last thousand attempts', () => {
    const { note, seen, latency } = observer()
    expect(latency()).toBe(null)
    for (let index = 0; index < 1500; index++) {
      note({ submit: 1000, render: index < 500 ? 1000 : 9000, good: true, refunded: index >= 1250 })
      latency()
    }
    expect(seen()).toEqual({
      attempts: 1000,
      submit_seconds: { p50: 1, p95: 1 },
      render_seconds: { p50: 9, p95: 9 },
      success_rate: 1,
      refund_rate: 0.25,
    })
    expect(latency()).toBe(10)
  })
})

describe('TUTTI_ROUTING', () => {
  const read = (text: string) => readConfig({ TUTTI_ROUTING: text }, [echo, echoTwo, echoThree], '0')
  const ids = (text: string) => read(text).providers.map(({ adapter }) => adapter.id)

  it('is an order, or an order with a strategy and weights', () => {
    expect(ids('echo-three')).toEqual(['echo-three', 'echo', 'echo-two'])
    expect(ids('{"order":["echo-two","echo"]}')).toEqual(['echo-two', 'echo', 'echo-three'])
    const { settings } = read('{"sort":"weighted","weights":{"echo":3,"echo-two":0}}')
    expect(settings.routing).toEqual({ sort: 'weighted', weights: { echo: 3, 'echo-two': 0 } })
    expect(ids('{"sort":"price"}')).toEqual(['echo', 'echo-two', 'echo-three'])
  })

  it.each([
    ['{', 'is not JSON'],
    ['{"sort":"cheap"}', 'at sort'],
    ['{"weights":{"echo":-1}}', 'at weights.echo'],
    ['{"weights":{"suno":1}}', '"suno" at weights.suno'],
    ['{"order":["echo","suno"]}', '"suno" at order.1'],
    ['{"prefer":"echo"}', 'prefer'],
    ['echo,suno', '"suno" at order.1'],
  ])('%s stops the start, and says where it is wrong', (text, words) => {
    expect(() => read(text)).toThrow(/^TUTTI_ROUTING /)
    expect(() => read(text)).toThrow(words)
  })
})

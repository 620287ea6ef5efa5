/** What a request would come to, what it may cost at most, and what would be lost of it. */
import { describe, expect, it } from 'vitest'
import type { EstimateRequest } from '../../src/canonical/estimate.ts'
import {
  DAY,
  fault,
  finishedSong,
  MINUTE,
  no,
  openWorld,
  SECOND,
  SONG,
  type TestWorld,
  type WorldOptions,
} from './world.ts'

const AUDIO = { audio_url: 'https://cdn.example.com/demo.mp3' }
const COVER = { source: AUDIO, description: 'as a waltz' }
const SOUND = { description: 'Rain on a tin roof' }

const estimate = (world: TestWorld, operation: string, request: Record<string, unknown>, project = 'default') =>
  world.engine.estimate(project, { operation, request } as unknown as EstimateRequest)
const of = async (operation: string, request: Record<string, unknown>, options: WorldOptions = {}) => {
  const world = openWorld(options)
  const told = await estimate(world, operation, request)
  expect(world.sent).toEqual([])
  expect((await world.engine.listTasks('default', {})).data).toEqual([])
  return told
}
const usual = { reason: 'priority', state: 'healthy', warnings: [] }
const places = (told: Awaited<ReturnType<typeof of>>) => told.candidates.map(({ provider }) => provider)

describe('an estimate', () => {
  it('tells the providers in the order they would be asked, with model and price', async () => {
    expect(await of('generateMusic', SONG)).toEqual({
      object: 'estimate',
      operation: 'generateMusic',
      candidates: [
        { provider: 'echo', model: 'v5', credits: 10, usd: 0.1, ...usual },
        { provider: 'echo-two', model: 'v5.5', credits: 10, usd: 0.1, ...usual },
        { provider: 'echo-three', model: 'v6', credits: 10, usd: 0.2, ...usual },
      ],
      excluded: [],
      usd: { min: 0.1, max: 0.2 },
      unknown_prices: false,
    })
  })

  it('is what happens then', async () => {
    const world = openWorld({ script: { 'echo submit': [no(402)], 'echo-two submit': [no(402)] } })
    const told = await estimate(world, 'generateMusic', { ...SONG, vocal_gender: 'male' })
    expect(places(told)).toEqual(['echo', 'echo-three', 'echo-two'])
    const { attempts } = await world.carryOut('generateMusic', { ...SONG, vocal_gender: 'male' })
    expect(attempts.map(({ provider }) => provider)).toEqual(['echo', 'echo-three'])
  })

  it('follows the routing of the request', async () => {
    const order = await of('generateMusic', { ...SONG, routing: { order: ['echo-three', 'echo'] } })
    expect(places(order)).toEqual(['echo-three', 'echo', 'echo-two'])
    expect(places(await of('generateMusic', { ...SONG, routing: { allow_fallbacks: false } }))).toEqual(['echo'])
    const only = await of('generateMusic', { ...SONG, routing: { only: ['echo-two'] } })
    expect([places(only), only.excluded]).toEqual([['echo-two'], []])
    await expect(of('generateMusic', { ...SONG, routing: { only: ['nobody'] } })).rejects.toMatchObject(
      fault('/request/routing/only/0', 'provider_unknown'),
    )
  })

  it('prices by the model', async () => {
    const { candidates } = await of('coverMusic', { ...COVER, model: 'v4' })
    expect(candidates).toMatchObject([{ provider: 'echo', model: 'v4', credits: 5, usd: 0.05 }])
    expect((await of('coverMusic', COVER)).usd).toEqual({ min: 0.08, max: 0.6 })
  })

  it('says where a price is not known, and counts only those that are', async () => {
    expect(await of('generateSound', SOUND)).toMatchObject({
      candidates: [
        { provider: 'echo', credits: null, usd: null },
        { provider: 'echo-two', credits: null, usd: null },
      ],
      usd: null,
      unknown_prices: true,
    })
    expect(await of('enhanceStyle', { style: 'pop' })).toMatchObject({
      candidates: [
        { provider: 'echo', model: null, credits: 1, usd: 0.01 },
        { provider: 'echo-two', usd: null },
      ],
      usd: { min: 0.01, max: 0.01 },
      unknown_prices: true,
    })
  })

  it('tells of the others, and why', async () => {
    const options = { keys: { 'echo-three': [] } }
    const request = { ...SONG, title: 'x'.repeat(81), vocal_gender: 'male', routing: { require_parameters: true } }
    const told = await of('generateMusic', request, options)
    expect(told).toMatchObject({ candidates: [], usd: null, unknown_prices: false })
    expect(told.excluded).toEqual([
      {
        provider: 'echo',
        code: 'validation_failed',
        errors: [{ pointer: '/title', code: 'text_too_long', detail: expect.stringMatching(/^echo \(v5\): has 81/) }],
      },
      {
        provider: 'echo-two',
        code: 'capability_unsupported',
        errors: [{ pointer: '/vocal_gender', code: 'parameter_unsupported', detail: expect.any(String) }],
      },
      {
        provider: 'echo-three',
        code: 'provider_not_configured',
        errors: [expect.objectContaining({ pointer: '/routing' })],
      },
    ])
    const cover = await of('coverMusic', { ...COVER, model: 'v4', max_cost_usd: 0.01 })
    expect(cover.excluded.map(({ provider, code, errors }) => [provider, code, errors[0]!.code])).toEqual([
      ['echo', 'cost_above_max', 'cost_above_max'],
      ['echo-two', 'capability_unsupported', 'unsupported'],
      ['echo-three', 'capability_unsupported', 'unsupported'],
    ])
  })

  it('puts first whoever made the source, and refuses what the request itself would be refused for', async () => {
    const world = openWorld()
    const { tracks } = await finishedSong(world, { routing: { provider: 'echo-two' } })
    world.sent.length = 0
    const before = world.rows('SELECT id FROM tasks').length
    const source = { track_id: tracks[0]! }
    expect(places(await estimate(world, 'extendMusic', { source }))).toEqual(['echo-two', 'echo', 'echo-three'])
    const missing = { source: { track_id: tracks[0]!.replace(/.$/, '9') } }
    await expect(estimate(world, 'extendMusic', missing)).rejects.toMatchObject(
      fault('/request/source/track_id', 'track_unknown'),
    )
    await expect(estimate(world, 'extendMusic', { source }, 'other')).rejects.toMatchObject({
      code: 'validation_failed',
    })
    await expect(estimate(world, 'coverMusic', { source: AUDIO })).rejects.toMatchObject(
      fault('/request/description', 'required'),
    )
    await expect(estimate(world, 'coverMusic', { ...COVER, style: 'x' })).rejects.toMatchObject(
      fault('/request/style', 'forbidden'),
    )
    await world.advance(15 * DAY)
    expect(places(await estimate(world, 'extendMusic', { source }))).toEqual(['echo-two'])
    await world.restart({ keys: { 'echo-two': [] } })
    await expect(estimate(world, 'extendMusic', { source })).rejects.toMatchObject({
      code: 'provider_pinned_unavailable',
    })
    expect(world.sent).toEqual([])
    expect(world.rows('SELECT id FROM tasks').length).toBe(before)
  })
})

describe('what a request may cost at most', () => {
  it('is held to, also where the request moves on', async () => {
    const world = openWorld({ script: { 'echo submit': [no(402)], 'echo-two submit': [no(402)] } })
    const task = await world.carryOut('generateMusic', { ...SONG, max_cost_usd: 0.1 })
    expect(task).toMatchObject({ status: 'failed', error: { code: 'provider_credits_exhausted' } })
    expect(world.bought()).toEqual(['echo submit', 'echo-two submit'])
    expect(task.warnings).toEqual([])
    expect(world.said('echo submit')).not.toHaveProperty('max_cost_usd')
  })

  it('is held to where prices have risen since it was asked for', async () => {
    const world = openWorld({ settings: { paused: true } })
    const { id } = await world.ask('generateMusic', { ...SONG, max_cost_usd: 0.1 })
    // As if everything cost more now.
    const cheap = "UPDATE tasks SET body = json_set(body, '$.request.max_cost_usd', 0.05)"
    await world.store.commit([{ sql: cheap, params: [] }])
    await world.restart({ settings: { paused: false } })
    await world.advance(MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'failed', error: { code: 'no_provider_available' } })
    expect(world.bought()).toEqual([])
  })

  it('chooses the model that is cheap enough only where it is asked for', async () => {
    const world = openWorld()
    expect(await world.carryOut('coverMusic', { ...COVER, model: 'v4', max_cost_usd: 0.05 })).toMatchObject({
      model: 'v4',
      billing: { charged: 'yes', credits: 5, usd: 0.05 },
    })
    await expect(world.ask('coverMusic', { ...COVER, max_cost_usd: 0.05 })).rejects.toMatchObject({
      code: 'cost_above_max',
    })
  })

  it.each<[string, 'generateMusic' | 'generateSound', Record<string, unknown>, string]>([
    ['every price is above it', 'generateMusic', { ...SONG, max_cost_usd: 0.09 }, 'cost_above_max'],
    ['no price is known', 'generateSound', { ...SOUND, max_cost_usd: 1000 }, 'price_unknown'],
  ])('refuses where %s, and nothing is stored or sent', async (_, operation, request, code) => {
    const world = openWorld()
    await expect(world.ask(operation, request, null, { key: 'k' })).rejects.toMatchObject({
      code: 'cost_above_max',
      involved: { errors: expect.arrayContaining([expect.objectContaining({ pointer: '/max_cost_usd', code })]) },
    })
    await world.advance(MINUTE)
    expect(world.sent).toEqual([])
    expect(world.rows('SELECT id FROM tasks')).toEqual([])
  })

  it('does not hide what nobody can do', async () => {
    const world = openWorld()
    await expect(world.ask('generateMusic', { ...SONG, model: 'v3.5', max_cost_usd: 0 })).rejects.toMatchObject({
      code: 'capability_unsupported',
    })
  })

  it('is judged by the model of the source where the form has none', async () => {
    const world = openWorld()
    const { tracks } = await finishedSong(world, { model: 'v4', routing: { provider: 'echo' } })
    const section = { start_seconds: 1, end_seconds: 9, lyrics: 'la', style: 'folk', title: 'On' }
    const request = { source: { track_id: tracks[0] }, ...section, max_cost_usd: 0.03 }
    expect(await world.carryOut('replaceSection', request)).toMatchObject({
      model: null,
      billing: { credits: 3, usd: 0.03 },
    })
    await expect(world.ask('replaceSection', { ...request, max_cost_usd: 0.02 })).rejects.toMatchObject({
      code: 'cost_above_max',
    })
  })

  it('is kept apart by what is asked for: the price of a separation', async () => {
    const world = openWorld()
    const { tracks } = await finishedSong(world, { routing: { provider: 'echo' } })
    const credits = async (request: Record<string, unknown>) =>
      (await world.carryOut('separateStems', request, tracks[0]!)).billing.credits
    expect(await credits({ separation: 'vocals' })).toBe(50)
    expect(await credits({ separation: 'stems' })).toBe(100)
    expect(await credits({ separation: 'stem', stem: 'Bass' })).toBe(null)
  })
})

describe('what would be lost', () => {
  const KEYED = { ...SOUND, key: 'Am', tempo_bpm: 90 }

  it('sends the request first to whoever has a place for it', async () => {
    const world = openWorld()
    expect(await world.carryOut('generateSound', KEYED)).toMatchObject({ provider: 'echo-two', warnings: [] })
    expect(world.said('echo-two generateSound')).toMatchObject({ ...KEYED, model: 'v5.5' })
  })

  it('is warned of, and left out', async () => {
    const world = openWorld()
    const task = await world.carryOut('generateSound', { ...KEYED, routing: { provider: 'echo' } })
    expect(task.warnings).toEqual([
      { pointer: '/key', code: 'parameter_unsupported', detail: expect.stringContaining('Echo') },
    ])
    const { ring: _, ...said } = world.said('echo generateSound')!
    expect(said).toEqual({ ...SOUND, tempo_bpm: 90, model: 'v5' })
  })

  it('keeps the request away where it says so, also after a refusal', async () => {
    const world = openWorld({ script: { 'echo-two generateSound': [no(402)] } })
    const task = await world.carryOut('generateSound', { ...KEYED, routing: { require_parameters: true } })
    expect(task).toMatchObject({ status: 'failed' })
    expect(world.count('echo generateSound')).toBe(0)
    const nobody = world.ask('generateSound', { ...KEYED, routing: { require_parameters: true, provider: 'echo' } })
    await expect(nobody).rejects.toMatchObject({
      code: 'capability_unsupported',
      involved: { errors: [{ pointer: '/key' }] },
    })
  })
})

describe('minimax', () => {
  const MINIMAX = { ...SONG, model: 'minimax', bitrate: 256_000, style_weight: 0.5 }

  it('is a model of generateMusic, asked for at its own place', async () => {
    const world = openWorld()
    const task = await world.carryOut('generateMusic', MINIMAX)
    expect(task).toMatchObject({
      operation: 'generateMusic',
      status: 'succeeded',
      provider: 'echo-two',
      model: 'minimax',
    })
    expect(task.tracks.length).toBe(2)
    expect(world.bought()).toEqual(['echo-two generateMinimax'])
    expect(world.sent.at(-1)!.place).toBe('echo-two generateMinimax poll')
    expect(world.said('echo-two generateMinimax')).toMatchObject({
      lyrics: SONG.lyrics,
      model: 'minimax',
      bitrate: 256_000,
      duration_seconds: 180,
    })
  })

  it('warns of what it has no place for and of what it ignores', async () => {
    const world = openWorld()
    const { warnings } = await world.carryOut('generateMusic', MINIMAX)
    expect(warnings).toMatchObject([
      { pointer: '/title', code: 'parameter_unsupported' },
      { pointer: '/style_weight', code: 'parameter_ignored' },
    ])
    expect(world.said('echo-two generateMinimax')).not.toHaveProperty('title')
  })

  it.each<[string, Record<string, unknown>, string, string, string]>([
    ['a rule is broken', { bitrate: 5 }, 'validation_failed', '/bitrate', 'out_of_range'],
    ['it costs more than it may', { max_cost_usd: 0.01 }, 'cost_above_max', '/max_cost_usd', 'cost_above_max'],
    [
      'a field would be lost',
      { routing: { provider: 'echo-two', require_parameters: true } },
      'capability_unsupported',
      '/title',
      'parameter_unsupported',
    ],
  ])(
    'is refused for its own fault where %s, not for a form that does not sell it',
    async (_, change, code, pointer, entry) => {
      const request = { ...SONG, model: 'minimax', routing: { provider: 'echo-two' }, ...change }
      const told = await of('generateMusic', request)
      expect(told.excluded).toMatchObject([{ provider: 'echo-two', code, errors: [{ pointer, code: entry }] }])
      const world = openWorld()
      await expect(world.ask('generateMusic', request)).rejects.toMatchObject({
        code,
        involved: { errors: [{ pointer, code: entry }] },
      })
    },
  )

  it('is not what auto chooses, and is what nobody else sells', async () => {
    const world = openWorld()
    const auto = await world.carryOut('generateMusic', { ...SONG, routing: { provider: 'echo-two' } })
    expect(auto.model).toBe('v5.5')
    await expect(world.ask('generateMusic', { ...MINIMAX, routing: { ignore: ['echo-two'] } })).rejects.toMatchObject({
      code: 'capability_unsupported',
      involved: { errors: expect.arrayContaining([expect.objectContaining({ pointer: '/model' })]) },
    })
    await world.advance(SECOND)
    expect(world.count('echo-two generateMinimax')).toBe(0)
  })
})

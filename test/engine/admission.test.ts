/** What the health of providers does to tasks, calls and reads: who is asked now, later, or not at all. */
import { describe, expect, it } from 'vitest'
import { echo } from './echo.ts'
import {
  answer,
  DAY,
  finishedSong,
  held,
  lost,
  MINUTE,
  no,
  ok,
  openWorld,
  record,
  SECOND,
  SONG,
  START,
  type TestWorld,
  unreachable,
  untrusted,
} from './world.ts'

const stateOf = (world: TestWorld, id = 'echo') => world.engine.listProviders().data.find((each) => each.id === id)!
const only = { routing: { provider: 'echo' } }
const chosen = (task: { attempts: readonly { provider: string; chosen_by: string }[] }) =>
  task.attempts.map(({ provider, chosen_by }) => `${provider} ${chosen_by}`)
/** Songs one after the other, ten seconds apart, so that no window is full. */
const songs = async (world: TestWorld, count: number, request: Record<string, unknown> = {}) => {
  const made: string[] = []
  for (let song = 0; song < count; song++) {
    made.push((await world.create(request)).id)
    await world.advance(4 * SECOND)
  }
  return made
}

describe('a provider', () => {
  it('that failed five times is not asked, without counting an attempt, until a free read and three songs bring it back', async () => {
    const world = openWorld({ script: { 'echo submit': [...times5(unreachable), ok({ job: 'job-1' })] } })
    await songs(world, 5)
    expect(stateOf(world)).toMatchObject({ state: 'open', why: 'provider_unavailable' })
    const [next] = await songs(world, 1)
    expect(chosen(await world.task(next!))).toEqual(['echo-two spill'])
    expect(world.count('echo submit')).toBe(5)
    await world.advance(20 * SECOND)
    expect(stateOf(world)).toMatchObject({ state: 'half_open', retry_at: null })
    // Whoever wants it makes it be looked at, and does not wait for that.
    const [looking, trial] = await songs(world, 2)
    expect(chosen(await world.task(looking!))).toEqual(['echo-two spill'])
    expect(world.count('echo credits')).toBe(1)
    expect(chosen(await world.task(trial!))).toEqual(['echo priority'])
    await songs(world, 2)
    expect(stateOf(world).state).toBe('healthy')
    expect(world.count('echo credits')).toBe(1)
  })

  it('that is tried takes one song at a time', async () => {
    const world = openWorld({ script: { 'echo submit': [untrusted, held] } })
    await songs(world, 1)
    await world.advance(20 * SECOND)
    await songs(world, 1)
    const first = await world.create()
    await world.advance(SECOND)
    const second = await world.create()
    await world.advance(SECOND)
    expect([(await world.task(first.id)).stage, chosen(await world.task(second.id))]).toEqual([
      'submitting',
      ['echo-two spill'],
    ])
  })

  it.each([
    ['no_credits', no(402), 'provider_credits_exhausted'],
    ['auth_failed', no(401), 'provider_auth_failed'],
    ['maintenance', no(455), 'provider_maintenance'],
    ['rate_limited', no(429, 'slow', 30), 'provider_rate_limited'],
    ['open', untrusted, 'provider_tls_error'],
  ] as const)('that is %s is not asked for the next song, and says why and until when', async (state, said, why) => {
    const world = openWorld({ script: { 'echo submit': [said] } })
    const [first, second] = await songs(world, 2)
    expect(chosen(await world.task(first!))).toEqual(['echo priority', 'echo-two fallback'])
    expect(chosen(await world.task(second!))).toEqual(['echo-two spill'])
    const told = stateOf(world)
    expect(told).toMatchObject({ state, why, since: new Date(START).toISOString() })
    expect(told.credentials).toMatchObject([{ credential: 'echo-key-id', state, why, retry_at: told.retry_at }])
    expect(Date.parse(told.retry_at!)).toBeGreaterThan(world.now())
  })

  it('out of credits comes back by the free read, once there is enough for what was refused', async () => {
    const world = openWorld({
      script: { 'echo submit': [no(402), ok({ job: 'job-1' })], 'echo credits': [ok({ left: 9 }), ok({ left: 10 })] },
    })
    await songs(world, 1)
    await world.advance(80 * SECOND)
    await songs(world, 1)
    expect(stateOf(world)).toMatchObject({ state: 'no_credits', credits: 9 })
    // Anybody who reads the credits tells of it.
    await world.engine.getCredits()
    expect(stateOf(world)).toMatchObject({ state: 'healthy', why: null, credits: 10 })
    const [back] = await songs(world, 1)
    expect(chosen(await world.task(back!))).toEqual(['echo priority'])
  })

  it.each([
    ['open', untrusted, 'half_open'],
    ['without credits', no(402), 'no_credits'],
  ] as const)('that is %s and can not be read is read seldom, and ends what waits in time', async (_, said, after) => {
    const world = openWorld({ providers: [echo], script: { 'echo submit': [said], 'echo credits': [no(799)] } })
    await songs(world, 1)
    await world.advance(2 * MINUTE)
    expect(stateOf(world).state).toBe(after)
    const { id } = await world.create()
    await world.advance(6 * 60 * MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'failed', error: { code: 'no_provider_available' } })
    expect(world.count('echo credits')).toBeLessThan(30)
    expect(stateOf(world).why).toBe('provider_protocol')
  })

  it.each([
    ['well', null],
    ['open', untrusted],
    ['without credits', no(402)],
    ['without a valid key', no(401)],
  ] as const)('that is %s, and whose key may not read its credits, is tried by requests', async (_, said) => {
    const refusals = [
      ...echo.errors.provider_rejected_request!,
      { at: 'read', code: 422, source: 'like udioapi.md 10.1' } as const,
    ]
    const shy = { ...echo, errors: { ...echo.errors, provider_rejected_request: refusals } }
    const submits = [...(said === null ? [] : [said]), ok({ job: 'job-1' })]
    const world = openWorld({ providers: [shy], script: { 'echo submit': submits, 'echo credits': [no(422)] } })
    if (said !== null) await songs(world, 1)
    expect((await world.engine.getCredits()).data).toMatchObject([
      { remaining: null, error: 'provider_rejected_request' },
    ])
    await world.advance(15 * MINUTE)
    const [song] = await songs(world, 1)
    await world.advance(5 * MINUTE)
    expect(await world.task(song!)).toMatchObject({ status: 'succeeded' })
    expect(world.count('echo credits')).toBeLessThan(5)
  })

  it('whose table breaks on what is read is read seldom too', async () => {
    const { call } = echo.operations.getCredits!
    const repair = () => {
      throw new TypeError('not what was printed')
    }
    const odd = { ...echo, operations: { ...echo.operations, getCredits: { call: { ...call, repair } } } }
    const world = openWorld({ providers: [odd], script: { 'echo submit': [untrusted] } })
    await songs(world, 1)
    const { id } = await world.create()
    await world.advance(2 * 60 * MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'failed', error: { code: 'no_provider_available' } })
    expect(world.count('echo credits')).toBeLessThan(30)
  })

  it('that puts off the free read is not well again by that', async () => {
    const world = openWorld({ script: { 'echo submit': times5(unreachable), 'echo credits': [no(429)] } })
    await songs(world, 5)
    await world.advance(20 * SECOND)
    await songs(world, 1)
    expect(stateOf(world).state).toBe('half_open')
    await world.advance(11 * SECOND)
    const asked = world.count('echo submit')
    await songs(world, 3)
    expect(stateOf(world).state).toBe('half_open')
    expect(world.count('echo submit')).toBe(asked)
    world.script({ 'echo submit': [ok({ job: 'job-1' })], 'echo credits': [ok({ left: 7 })] })
    await world.advance(11 * SECOND)
    await songs(world, 4)
    expect(stateOf(world).state).toBe('healthy')
    expect(world.count('echo submit')).toBe(asked + 3)
  })

  it('without credits for something dear makes what is cheap, and does not try again what was refused', async () => {
    const world = openWorld({ script: { 'echo separateStems': [no(402)], 'echo credits': [ok({ left: 80 })] } })
    const { tracks } = await finishedSong(world, only)
    await world.carryOut('separateStems', { separation: 'stems' }, tracks[0]!)
    expect(stateOf(world).state).toBe('no_credits')
    await world.advance(MINUTE)
    const [cheap] = await songs(world, 1, only)
    expect((await world.task(cheap!)).attempts).toMatchObject([{ state: 'accepted' }])
    expect(stateOf(world)).toMatchObject({ state: 'no_credits', credits: 80 })
    // What is dearer than what is left is refused as before; what is not, is made.
    const stems = (separation: string) => world.ask('separateStems', { separation }, tracks[0]!)
    await expect(stems('stems')).rejects.toMatchObject({ code: 'provider_pinned_unavailable' })
    world.script({ 'echo separateStems': [ok({ job: 'job-2' })] })
    expect((await stems('vocals')).status).toBe('queued')
    await world.advance(SECOND)
    expect(world.count('echo separateStems')).toBe(2)
    world.script({ 'echo submit': [no(402)], 'echo credits': [ok({ left: 30 })] })
    await world.engine.getCredits()
    const asked = world.count('echo submit')
    for (let round = 0; round < 20; round++) {
      await songs(world, 1, only)
      await world.engine.getCredits()
      await world.advance(MINUTE)
    }
    expect(world.count('echo submit')).toBe(asked + 1)
  })

  it('without credits makes what is free', async () => {
    const prices = { ...echo.prices, credits: { ...echo.prices.credits, createCoverArt: 0 } }
    const world = openWorld({ providers: [{ ...echo, prices }], script: { 'echo credits': [ok({ left: 0 })] } })
    const { tracks } = await finishedSong(world)
    world.script({ 'echo submit': [no(402)] })
    await songs(world, 1)
    expect(stateOf(world).state).toBe('no_credits')
    for (let art = 0; art < 2; art++) {
      const { id } = await world.ask('createCoverArt', {}, tracks[0]!)
      await world.advance(MINUTE)
      expect((await world.task(id)).status).toBe('succeeded')
      expect(stateOf(world).state).toBe('no_credits')
    }
    expect(world.count('echo credits')).toBe(0)
  })

  it('is well again after a restart: what was known of it is gone', async () => {
    const world = openWorld({ script: { 'echo submit': [no(402), ok({ job: 'job-1' })] } })
    await songs(world, 1)
    await world.restart()
    expect(stateOf(world)).toMatchObject({ state: 'healthy', credits: null, observed: { attempts: 0 } })
  })

  it('that refuses words or content is as well as before', async () => {
    const world = openWorld({ script: { 'echo submit': [no(413), no(422)] } })
    await songs(world, 8)
    expect(stateOf(world).state).toBe('healthy')
  })

  it('that accepts and then fails counts as failing', async () => {
    const world = openWorld({ script: { 'echo poll': [record.broken(null, 'no')] } })
    for (let song = 0; song < 3; song++)
      await world.carryOut('generateMusic', { ...SONG, failover: { after_accept: 'never' } })
    expect(stateOf(world)).toMatchObject({ state: 'half_open', why: 'generation_failed' })
  })

  it('of which nobody knows whether it accepted counts as failing, and the song is still never repeated', async () => {
    const world = openWorld({ script: { 'echo submit': [lost] } })
    const [first] = await songs(world, 5)
    expect(stateOf(world)).toMatchObject({ state: 'open', why: 'submission_unconfirmed' })
    await world.advance(DAY)
    expect((await world.task(first!)).attempts).toHaveLength(1)
    expect(world.count('echo submit')).toBe(5)
  })

  it('is followed by the next key where its own is refused', async () => {
    const world = openWorld({
      keys: { echo: ['one', 'two'] },
      script: { 'echo submit': [no(401), ok({ job: 'job-1' })] },
    })
    const [first, second] = await songs(world, 2, only)
    expect(chosen(await world.task(first!))).toEqual(['echo priority', 'echo fallback'])
    expect(chosen(await world.task(second!))).toEqual(['echo spill'])
    expect(stateOf(world)).toMatchObject({
      state: 'healthy',
      credentials: [{ state: 'auth_failed' }, { state: 'healthy' }],
    })
  })
})

const times5 = <Said>(said: Said): Said[] => [said, said, said, said, said]

describe('a full window', () => {
  it('spills to the next provider, and what is passed over keeps its place', async () => {
    const world = openWorld({ script: { 'echo-two submit': [no(402)], 'echo-three submit': [no(402)] } })
    for (let song = 0; song < 3; song++) await world.create()
    const { id } = await world.create()
    await world.advance(SECOND)
    expect(chosen(await world.task(id))).toEqual(['echo-two spill', 'echo-three fallback'])
    await world.advance(MINUTE)
    expect(chosen(await world.task(id))).toEqual(['echo-two spill', 'echo-three fallback', 'echo fallback'])
    expect((await world.task(id)).status).toBe('succeeded')
  })

  it('is waited for where there is nobody else', async () => {
    const world = openWorld()
    for (let song = 0; song < 4; song++) await world.create(only)
    await world.advance(MINUTE)
    expect(world.timesOf('echo submit')).toEqual([0, 0, 0, 10 * SECOND])
  })
})

describe('where nobody can be asked', () => {
  it('a song waits as long as time helps', async () => {
    const world = openWorld({ script: { 'echo submit': [...times5(unreachable), ok({ job: 'job-1' })] } })
    for (let song = 0; song < 5; song++) await world.create({ ...only, failover: { max_attempts: 1 } })
    await world.advance(11 * SECOND)
    expect(stateOf(world).state).toBe('open')
    const { id } = await world.create(only)
    await world.advance(SECOND)
    expect(await world.task(id)).toMatchObject({ status: 'queued', attempts: [] })
    await world.advance(2 * MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'succeeded', attempts: [{ chosen_by: 'priority' }] })
    expect(world.count('echo credits')).toBe(1)
  })

  it.each([
    ['credits', no(402), 'Echo is out of credits'],
    ['a key', no(401), 'Echo refused our key'],
  ])('for want of %s a song fails at once, and nothing is sent', async (_, said, words) => {
    const world = openWorld({ script: { 'echo submit': [said] } })
    const [, second] = await songs(world, 2, only)
    expect(await world.task(second!)).toMatchObject({
      status: 'failed',
      attempts: [],
      billing: { charged: 'no' },
      error: { code: 'no_provider_available', detail: expect.stringContaining(words), may_have_been_charged: false },
    })
    expect(world.count('echo submit')).toBe(1)
  })

  it('a song says what came of its last attempt', async () => {
    const world = openWorld({ script: { 'echo submit': [no(402)], 'echo-two submit': [no(455)] } })
    const routing = { only: ['echo', 'echo-two'] }
    await songs(world, 1, { routing: { provider: 'echo' } })
    const [id] = await songs(world, 1, { routing })
    expect(await world.task(id!)).toMatchObject({ status: 'failed', error: { code: 'provider_maintenance' } })
  })

  it('the last one is asked all the same, where only some of what it is asked fails', async () => {
    const said = [ok({ job: 'a' }), lost, ok({ job: 'b' }), lost, lost, ok({ job: 'c' })]
    const world = openWorld({ script: { 'echo submit': said } })
    await songs(world, 5, only)
    expect(stateOf(world).state).toBe('open')
    const [pinned] = await songs(world, 1, only)
    expect((await world.task(pinned!)).attempts).toMatchObject([{ state: 'accepted' }])
    const [free] = await songs(world, 1)
    expect(chosen(await world.task(free!))).toEqual(['echo-two spill'])
  })

  it('does not wait for ever', async () => {
    const world = openWorld({ script: { 'echo submit': [untrusted], 'echo credits': [unreachable] } })
    await songs(world, 1, only)
    const { id } = await world.create(only)
    await world.advance(2 * 60 * MINUTE)
    expect(await world.task(id)).toMatchObject({
      status: 'failed',
      error: { code: 'no_provider_available' },
      attempts: [],
    })
  })
})

describe('what only one provider can do', () => {
  const stems = (world: TestWorld, track: string) => world.ask('separateStems', { separation: 'vocals' }, track)

  it.each([
    ['open', untrusted],
    ['without credits', no(402)],
    ['refusing the key', no(401)],
  ] as const)('is refused before anything is spent while it is %s', async (_, said) => {
    const world = openWorld()
    const { tracks } = await finishedSong(world, only)
    world.script({ 'echo submit': [said] })
    await songs(world, 1)
    const before = world.sent.length
    await expect(stems(world, tracks[0]!)).rejects.toMatchObject({
      code: 'provider_pinned_unavailable',
      involved: { provider: 'echo' },
      retryAfter: expect.any(Number),
    })
    expect(world.sent.length).toBe(before)
  })

  it.each([
    ['in maintenance', no(455)],
    ['asked too often', no(429, 'slow', 30)],
  ] as const)('waits while it is %s', async (_, said) => {
    const world = openWorld()
    const { tracks } = await finishedSong(world, only)
    world.script({ 'echo submit': [said] })
    await songs(world, 1)
    const { id } = await stems(world, tracks[0]!)
    await world.advance(10 * SECOND)
    expect(await world.task(id)).toMatchObject({ status: 'queued', attempts: [] })
    await world.advance(10 * MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'succeeded', attempts: [{ chosen_by: 'own' }] })
  })
})

describe('a paid call', () => {
  const align = (world: TestWorld, track: string) =>
    world.engine.alignLyrics({ project: 'default', idempotencyKey: null }, track, 0)
  const track = async (world: TestWorld) => (await finishedSong(world, only)).tracks[0]!

  it('is refused quickly, with a time to come back, and counts apart from songs', async () => {
    const world = openWorld()
    const song = await track(world)
    world.script({ 'echo words': [no(402)] })
    await expect(align(world, song)).rejects.toMatchObject({ code: 'provider_credits_exhausted' })
    await expect(align(world, song)).rejects.toMatchObject({
      code: 'provider_pinned_unavailable',
      retryAfter: expect.any(Number),
    })
    expect(world.count('echo words')).toBe(1)
    const [id] = await songs(world, 1)
    expect(chosen(await world.task(id!))).toEqual(['echo priority'])
    expect((await world.engine.listTasks('default', { operation: 'alignLyrics' })).data).toEqual([])
  })

  it('looks at the credits first where it is time to, and goes on if they are there', async () => {
    const world = openWorld()
    const song = await track(world)
    world.script({ 'echo words': [no(402)] })
    await expect(align(world, song)).rejects.toMatchObject({ code: 'provider_credits_exhausted' })
    await world.advance(2 * MINUTE)
    world.script({ 'echo words': [] })
    expect((await align(world, song)).provider).toBe('echo')
    expect(world.sent.map(({ place }) => place).slice(-2)).toEqual(['echo credits', 'echo words'])
  })

  /** Calls of the one key are tried: the breaker of calls is half open. */
  const halfOpen = async () => {
    const world = openWorld()
    const tracks: string[] = []
    for (let song = 0; song < 8; song++) tracks.push(...(await finishedSong(world, only)).tracks)
    world.script({ 'echo words': [no(500)] })
    for (const each of tracks.slice(0, 5))
      await expect(align(world, each)).rejects.toMatchObject({ code: 'submission_unconfirmed' })
    await world.advance(20 * SECOND)
    return { world, tracks: tracks.slice(5) }
  }

  it('that is tried is one at a time', async () => {
    const { world, tracks } = await halfOpen()
    const asked = world.count('echo words')
    const said = await Promise.allSettled(tracks.slice(0, 10).map((each) => align(world, each)))
    const codes = said.map((each) => each.status === 'rejected' && each.reason.code).sort()
    expect(codes).toEqual([...Array(9).fill('provider_pinned_unavailable'), 'submission_unconfirmed'])
    expect(world.count('echo words')).toBe(asked + 1)
  })

  it('that is tried and can not be stored leaves its turn to the next', async () => {
    const { world, tracks } = await halfOpen()
    world.script({ 'echo words': [] })
    world.refuseCommits(1)
    await expect(align(world, tracks[0]!)).rejects.toThrow('disk full')
    expect((await align(world, tracks[1]!)).provider).toBe('echo')
  })

  it('goes to the next provider where its first one is not well; all of them make it 503', async () => {
    const world = openWorld({ script: { 'echo enhanceStyle': [no(401)] } })
    const style = () => world.engine.enhanceStyle({ project: 'default', idempotencyKey: null }, { style: 'pop' })
    expect((await style()).provider).toBe('echo-two')
    expect((await style()).provider).toBe('echo-two')
    expect(world.count('echo enhanceStyle')).toBe(1)
    world.script({ 'echo-two enhanceStyle': [no(401)] })
    await expect(style()).rejects.toMatchObject({ code: 'provider_auth_failed' })
    await expect(style()).rejects.toMatchObject({ code: 'no_provider_available', retryAfter: expect.any(Number) })
  })
})

describe('a second try at the same provider', () => {
  it('is not made where most of what it is asked fails', async () => {
    const world = openWorld({
      script: { 'echo submit': [unreachable, unreachable, ok({ job: 'job-1' }), unreachable] },
    })
    // Ten tokens: each failure takes one, and under five there is no second try.
    const request = { routing: { provider: 'echo' } }
    await world.create(request)
    await world.advance(MINUTE)
    expect(world.count('echo submit')).toBe(2)
    const good = await world.carryOut('generateMusic', { ...SONG, ...request })
    expect(good.status).toBe('succeeded')
    for (let song = 0; song < 2; song++) await world.carryOut('generateMusic', { ...SONG, ...request })
    expect(world.count('echo submit')).toBe(7)
    const last = await world.carryOut('generateMusic', {
      ...SONG,
      ...request,
      routing: { order: ['echo'], only: ['echo'] },
    })
    expect(last.attempts.length).toBeLessThan(2)
  })
})

describe('too many requests at once', () => {
  it('are half as many after a rate limit, however many of them are told so', async () => {
    const world = openWorld({ script: { 'echo-two submit': [...times5(held), held, held, held, ok({ job: 'x' })] } })
    const routing = { provider: 'echo-two' }
    for (let song = 0; song < 8; song++) await world.create({ routing, failover: { max_attempts: 1 } })
    await world.advance(SECOND)
    for (let song = 0; song < 2; song++) await world.release(no(429, 'slow', 1))
    const { id } = await world.create({ routing })
    // Eight were under way when it said so: four may be from now on.
    await world.advance(2 * SECOND)
    expect((await world.task(id)).attempts).toEqual([])
    for (let song = 0; song < 3; song++) await world.release(ok({ job: `job-${song}` }))
    await world.advance(SECOND)
    expect((await world.task(id)).attempts).toMatchObject([{ state: 'accepted' }])
  })

  it('are one more after a round of successes', async () => {
    const world = openWorld({ script: { 'echo-two submit': [held, no(429, 'slow', 1), ok({ job: 'x' })] } })
    const routing = { provider: 'echo-two' }
    for (let song = 0; song < 2; song++) await world.create({ routing, failover: { max_attempts: 1 } })
    // One may be under way, and is.
    await world.advance(2 * SECOND)
    await world.release(ok({ job: 'job-1' }))
    world.script({ 'echo-two submit': [held] })
    const songs = [await world.create({ routing }), await world.create({ routing }), await world.create({ routing })]
    await world.advance(SECOND)
    const attempts = await Promise.all(songs.map(async ({ id }) => (await world.task(id)).attempts.length))
    expect(attempts.sort()).toEqual([0, 1, 1])
  })
})

describe('reads', () => {
  it('that fail wait together, and say nothing of what is created', async () => {
    const world = openWorld({ script: { 'echo-two poll': [answer('<html>', 502)] } })
    const routing = { provider: 'echo-two' }
    for (let song = 0; song < 20; song++) await world.create({ routing })
    await world.advance(6 * SECOND)
    const asked = world.count('echo-two poll')
    expect(asked).toBeLessThan(20)
    expect(stateOf(world, 'echo-two').state).toBe('healthy')
    world.script({ 'echo-two poll': [record.done] })
    await world.advance(2 * MINUTE)
    const { data } = await world.engine.listTasks('default', { limit: 100 })
    expect(data.filter(({ status }) => status === 'succeeded')).toHaveLength(20)
  })

  it('that never work end a song in time all the same', async () => {
    const world = openWorld({ script: { 'echo poll': [answer('<html>', 502)] } })
    const { id } = await world.create(only)
    await world.advance(70 * MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'failed', error: { code: 'provider_timeout' } })
  })

  it('are seldom while callbacks come, and still find an end that no callback tells', async () => {
    const world = openWorld({ script: { 'echo-two poll': [record.text, record.half, record.done] } })
    const { id } = await world.create({ routing: { provider: 'echo-two' } })
    await world.advance(SECOND)
    const { provider, token } = world.callbackOf()
    await world.engine.ring(provider, token, { job: 'job-1', state: 'WORDS' })
    await world.advance(2 * MINUTE)
    const [rung, second, third] = world.timesOf('echo-two poll')
    expect(rung).toBe(SECOND)
    for (const pause of [second! - rung!, third! - second!]) expect(pause).toBeGreaterThanOrEqual(27 * SECOND)
    expect((await world.task(id)).status).toBe('succeeded')
  })
})

describe('what was observed', () => {
  it('are times, successes and refunds of the last attempts', async () => {
    const world = openWorld({ script: { 'echo poll': [record.done, record.done, record.broken(531, 'sorry')] } })
    for (let song = 0; song < 3; song++) await world.carryOut('generateMusic', { ...SONG, ...only })
    const { observed } = stateOf(world)
    expect(observed).toMatchObject({ attempts: 3, success_rate: 0.6667, refund_rate: 0.3333 })
    expect(observed.submit_seconds).toEqual({ p50: 0, p95: 0 })
    expect(observed.render_seconds!.p50).toBeGreaterThanOrEqual(5)
    expect(stateOf(world, 'echo-two').observed).toMatchObject({ attempts: 0, success_rate: null, render_seconds: null })
  })
})

it('a provider that opened by its rate is not asked again before it said, also where there is nobody else', async () => {
  const yes = ok({ job: 'job-1' })
  const world = openWorld({
    providers: [echo],
    script: { 'echo submit': [yes, yes, yes, unreachable, unreachable, unreachable] },
  })
  for (let song = 0; song < 6; song++) {
    await world.create()
    await world.advance(4 * SECOND)
  }
  expect(stateOf(world).state).toBe('open')
  await world.advance(20 * SECOND)
  world.script({ 'echo submit': [no(429, 'slow', 60)] })
  const before = world.count('echo submit')
  for (let song = 0; song < 5; song++) await world.create()
  await world.advance(20 * SECOND)
  expect(world.count('echo submit') - before).toBe(1)
  const { state, retry_at } = stateOf(world)
  expect([state, Date.parse(retry_at!) > world.now()]).toEqual(['half_open', true])
})

/** After a provider accepted, or may have: refunds, stalls, late results, callbacks without a name, signatures. */
import { describe, expect, it } from 'vitest'
import { defineAdapter } from '../../src/contract/adapter.ts'
import { signatureOf } from '../../src/engine/signature.ts'
import { echo, echoThree, echoTwo } from './echo.ts'
import { held, lost, MINUTE, no, ok, openWorld, record, SECOND, type TestWorld } from './world.ts'

const charges = (task: { attempts: readonly { provider: string; charged: string }[] }) =>
  task.attempts.map(({ provider, charged }) => `${provider} ${charged}`)
const submits = (world: TestWorld) =>
  world.sent.filter(({ place }) => place.endsWith('submit')).map(({ place }) => place.split(' ')[0])
const song = { model: 'auto' } as const
const refunded = record.broken(531, 'sorry')
const failedForGood = record.broken(501, 'broke')

describe('a song that failed at the provider', () => {
  it.each([
    ['was paid back', refunded, undefined, ['echo refunded', 'echo-two yes']],
    ['was paid back, and never is asked for', refunded, 'never', ['echo refunded']],
    ['may have been paid', failedForGood, undefined, ['echo unknown']],
    ['may have been paid, and any is allowed', failedForGood, 'any', ['echo unknown', 'echo-two yes']],
  ] as const)('and %s ends as asked for', async (_, said, after_accept, trail) => {
    const world = openWorld({ script: { 'echo poll': [said] } })
    const { id } = await world.create({ ...song, ...(after_accept ? { failover: { after_accept } } : {}) })
    await world.advance(5 * MINUTE)
    const task = await world.task(id)
    expect(charges(task)).toEqual(trail)
    expect(task.status).toBe(trail.length > 1 ? 'succeeded' : 'failed')
    expect(submits(world)).toHaveLength(trail.length)
  })

  it('for its content goes nowhere else, whatever is allowed', async () => {
    const world = openWorld({ script: { 'echo poll': [record.broken(413, 'bad words')] } })
    const { id } = await world.create({ ...song, failover: { after_accept: 'any' } })
    await world.advance(5 * MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'failed' })
    expect(submits(world)).toEqual(['echo'])
  })

  it('after one of two tracks was finished is a success, and the other track says why it is not there', async () => {
    const broken = ok({ job: 'job-1', state: 'BROKEN', why: 'x', whyCode: 501, parts: [] })
    const world = openWorld({ script: { 'echo poll': [record.half, broken] } })
    const { id } = await world.create(song)
    await world.advance(5 * MINUTE)
    const task = await world.task(id)
    expect(task).toMatchObject({ status: 'succeeded', stage: 'complete', error: null, billing: { charged: 'unknown' } })
    expect(task.tracks.map(({ status, error }) => [status, error === null])).toEqual([
      ['ready', true],
      ['failed', false],
    ])
    expect(task.attempts[0]!.error).toMatchObject({ code: 'generation_failed' })
    expect(submits(world)).toEqual(['echo'])
  })

  it('is not paid for again above what the request may cost in all', async () => {
    const script = { 'echo poll': [failedForGood] }
    const most = async (max_cost_usd: number) => {
      const world = openWorld({ script })
      const { id } = await world.create({ ...song, max_cost_usd, failover: { after_accept: 'any' } })
      await world.advance(10 * MINUTE)
      return world.task(id)
    }
    const first = (await most(1)).attempts.length
    expect(first).toBe(2)
    const { usd } = (await most(1)).billing
    expect(await most(usd!)).toMatchObject({ status: 'succeeded' })
    const task = await most(usd! - 0.001)
    expect(task).toMatchObject({ status: 'failed', error: { code: 'generation_failed' } })
    expect(charges(task)).toEqual(['echo unknown'])
  })

  it.each([
    ['failed at one that may keep the money', { 'echo poll': [failedForGood] }, { after_accept: 'any' }],
    ['was lost at one that may have it', { 'echo submit': [lost] }, { on_ambiguous: 'resubmit' }],
  ] as const)('and %s says so in its last error, whatever the next one refused', async (_, script, failover) => {
    const world = openWorld({ script: { ...script, 'echo-two submit': [no(413)] } })
    const { id } = await world.create({ ...song, failover })
    await world.advance(60 * MINUTE)
    const task = await world.task(id)
    expect(charges(task)).toEqual(['echo unknown', 'echo-two no'])
    expect(task).toMatchObject({
      status: 'failed',
      error: { code: 'content_rejected', may_have_been_charged: true },
      billing: { charged: 'unknown' },
    })
    expect(task.attempts[1]!.error).toMatchObject({ may_have_been_charged: false })
  })

  it('and was refused by all says that nothing was charged', async () => {
    const world = openWorld({ script: { 'echo submit': [no(402)], 'echo-two submit': [no(413)] } })
    const { id } = await world.create(song)
    await world.advance(MINUTE)
    expect((await world.task(id)).error).toMatchObject({ code: 'content_rejected', may_have_been_charged: false })
  })

  it('makes no more attempts than the request allows', async () => {
    const script = { 'echo poll': [refunded], 'echo-two poll': [refunded], 'echo-three poll': [refunded] }
    const world = openWorld({ script })
    const { id } = await world.create({ ...song, failover: { max_attempts: 2 } })
    await world.advance(10 * MINUTE)
    expect(charges(await world.task(id))).toEqual(['echo refunded', 'echo-two refunded'])
  })
})

describe('a song that takes too long', () => {
  it.each([
    [undefined, ['echo unknown'], 'failed'],
    ['failover', ['echo unknown', 'echo-two yes'], 'succeeded'],
  ] as const)('with on_stall %s', async (on_stall, trail, status) => {
    const world = openWorld({ script: { 'echo poll': [record.fresh] } })
    const { id } = await world.create({ ...song, ...(on_stall ? { failover: { on_stall } } : {}) })
    await world.advance(90 * MINUTE)
    const task = await world.task(id)
    expect([charges(task), task.status]).toEqual([trail, status])
  })
})

describe('a request of which nobody knows', () => {
  it('is sent again only where the client asked for that, once the window is over', async () => {
    const world = openWorld({ script: { 'echo submit': [lost] } })
    const careful = await world.create(song)
    const bold = await world.create({ ...song, failover: { on_ambiguous: 'resubmit' } })
    await world.advance(20 * MINUTE)
    expect(submits(world)).toEqual(['echo', 'echo'])
    await world.advance(20 * MINUTE)
    expect(await world.task(careful.id)).toMatchObject({ status: 'failed', billing: { charged: 'unknown' } })
    const task = await world.task(bold.id)
    expect(charges(task)).toEqual(['echo unknown', 'echo-two yes'])
    expect(task).toMatchObject({ status: 'succeeded', billing: { charged: 'unknown' } })
  })
})

describe('a result that comes after the end', () => {
  const unconfirmed = async () => {
    const world = openWorld({ script: { 'echo submit': [lost] } })
    const { id } = await world.create({ ...song, metadata: { album: 'x' } })
    await world.advance(31 * MINUTE)
    expect((await world.task(id)).error!.code).toBe('submission_unconfirmed')
    return { world, id, ...world.callbackOf() }
  }
  const kept = async (world: TestWorld, id: string) => {
    const { data } = await world.engine.listTasks('default', {})
    return data.filter((task) => task.salvaged_from === id)
  }

  it('is kept as a task of its own, once, and the failed one stays as it was', async () => {
    const { world, id, provider, token } = await unconfirmed()
    const before = await world.task(id)
    for (let times = 3; times > 0; times--)
      expect(await world.engine.ring(provider, token, { job: 'job-1', state: 'DONE' })).toBe(true)
    await world.advance(0)
    const [salvaged, ...more] = await kept(world, id)
    expect(more).toEqual([])
    expect(salvaged).toMatchObject({
      operation: 'generateMusic',
      status: 'succeeded',
      salvaged_from: id,
      metadata: { album: 'x' },
      billing: { charged: 'yes', credits: 10 },
    })
    expect(salvaged!.tracks.map(({ audio, verified }) => [audio?.url, verified])).toEqual([
      ['https://x.test/a.mp3', true],
      ['https://x.test/b.mp3', true],
    ])
    expect(await world.task(id)).toEqual(before)
    expect(world.logged.filter((line) => line.includes('track.salvaged'))).toHaveLength(1)
    expect((await world.engine.getTrack('default', salvaged!.tracks[0]!.id)).status).toBe('ready')
    expect(await world.engine.listTasks('other', {})).toMatchObject({ data: [] })
  })

  it.each<[string, Parameters<TestWorld['script']>[0]]>([
    ['unfinished', { 'echo poll': [record.half] }],
    ['absent', { 'echo poll': [record.absent] }],
    ['failed', { 'echo poll': [failedForGood] }],
    ['at a place nobody can trust', { 'echo poll': [record.doneAt('javascript:alert(1)')] }],
  ])('is not kept where its record is %s', async (_, script) => {
    const { world, id, provider, token } = await unconfirmed()
    world.script(script)
    await world.engine.ring(provider, token, { job: 'job-1', state: 'DONE' })
    await world.advance(0)
    expect(await kept(world, id)).toEqual([])
  })

  it('is kept of a task that took too long, too', async () => {
    const world = openWorld({ script: { 'echo poll': [record.fresh] } })
    const { id } = await world.create(song)
    await world.advance(90 * MINUTE)
    expect((await world.task(id)).error!.code).toBe('provider_timeout')
    world.script({ 'echo poll': [record.done] })
    const { provider, token } = world.callbackOf()
    await world.engine.ring(provider, token, { job: 'job-1', state: 'DONE' })
    await world.advance(0)
    expect(await kept(world, id)).toHaveLength(1)
  })

  it('is kept of an attempt that was given up for another', async () => {
    const world = openWorld({ script: { 'echo submit': [lost] } })
    const { id } = await world.create({ ...song, failover: { on_ambiguous: 'resubmit' } })
    const { provider, token } = await (async () => {
      await world.advance(SECOND)
      return world.callbackOf()
    })()
    await world.advance(40 * MINUTE)
    expect((await world.task(id)).status).toBe('succeeded')
    await world.engine.ring(provider, token, { job: 'job-1', state: 'DONE' })
    await world.advance(0)
    expect(await kept(world, id)).toHaveLength(1)
  })
})

describe('a callback that names no task', () => {
  const nameless = defineAdapter({
    ...echo,
    operations: { ...echo.operations, generateMusic: { ...echo.operations.generateMusic!, callbackNamesNoTask: true } },
  })
  const file = (name: string) => `https://x.test/${name}.mp3`
  const part = (key: string, audio: string) => ({
    key,
    name: 'Rain',
    words: 'la',
    tags: 'folk',
    length: 60,
    file: audio,
    stream: '',
  })
  const parts = { half: [part('a', file('a')), part('b', '')], done: [part('a', file('a')), part('b', file('b'))] }

  const parked = async (said = lost as never) => {
    const world = openWorld({ providers: [nameless, echoTwo, echoThree], script: { 'echo submit': [said] } })
    const { id } = await world.create(song)
    await world.advance(SECOND)
    return { world, id, ...world.callbackOf() }
  }

  it('is all the evidence a lost answer leaves: its tracks are kept, unverified, and it was paid for', async () => {
    const { world, id, provider, token } = await parked()
    await world.engine.ring(provider, token, { state: 'HALF', parts: parts.half })
    await world.settle()
    expect(await world.task(id)).toMatchObject({ status: 'running', stage: 'first_ready', billing: { charged: 'yes' } })
    await world.engine.ring(provider, token, { state: 'DONE', parts: parts.done })
    await world.settle()
    const task = await world.task(id)
    expect(task).toMatchObject({
      status: 'succeeded',
      billing: { charged: 'yes' },
      attempts: [{ provider_task_id: null }],
    })
    expect(task.tracks.map(({ audio, verified }) => [audio?.url, verified])).toEqual([
      [file('a'), false],
      [file('b'), false],
    ])
    expect(submits(world)).toEqual(['echo'])
    expect(world.count('echo poll')).toBe(0)
    // By no name of its own the provider can not be asked for its words.
    const aligned = world.engine.alignLyrics({ project: 'default', idempotencyKey: null }, task.tracks[0]!.id, 0)
    await expect(aligned).rejects.toMatchObject({ code: 'lyrics_unavailable' })
    // More of it can only be made from its audio.
    const wav = world.ask('convertToWav', {}, task.tracks[0]!.id)
    await expect(wav).rejects.toMatchObject({ code: 'capability_unsupported' })
    const cover = { source: { track_id: task.tracks[0]!.id }, style: 'folk', title: 'Again', lyrics: 'la' }
    expect((await world.carryOut('coverMusic', cover)).status).toBe('succeeded')
    expect(world.sent.findLast(({ place }) => place.endsWith('coverMusic'))!.body).not.toHaveProperty('job')
  })

  it('ends as a time-out where no song ever comes', async () => {
    const { world, id, provider, token } = await parked()
    await world.engine.ring(provider, token, { state: 'WORDS', parts: [part('a', '')] })
    // The window of an unknown outcome, and not the whole hour that a task may take: there is nothing to read meanwhile.
    await world.advance(45 * MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'failed', error: { code: 'provider_timeout' } })
    expect(world.logged.filter((line) => line.includes('poll.impossible'))).toEqual([])
  })

  it('is overtaken by the answer that was under way, which names the task', async () => {
    const { world, id, provider, token } = await parked(held as never)
    await world.engine.ring(provider, token, { state: 'HALF', parts: parts.half })
    await world.release(ok({ job: 'job-1' }))
    await world.advance(5 * MINUTE)
    const task = await world.task(id)
    expect(task).toMatchObject({ status: 'succeeded', attempts: [{ provider_task_id: 'job-1', charged: 'yes' }] })
    expect(world.count('echo poll')).toBeGreaterThan(0)
    expect(task.tracks.map(({ verified }) => verified)).toEqual([true, true])
  })

  it.each([
    ['says nothing', { state: 'DONE', parts: [] }],
    ['leads elsewhere', { state: 'DONE', parts: [part('a', 'http://x.test/a.mp3'), part('b', file('b'))] }],
    ['is of no known form', { state: 'PERHAPS', parts: parts.done }],
  ])('and %s is no evidence', async (_, body) => {
    const { world, id, provider, token } = await parked()
    await world.engine.ring(provider, token, body)
    await world.settle()
    expect((await world.task(id)).stage).toBe('reconciling')
  })

  it('changes nothing where the provider names its tasks', async () => {
    const world = openWorld({ script: { 'echo submit': [lost] } })
    const { id } = await world.create(song)
    await world.advance(SECOND)
    const { provider, token } = world.callbackOf()
    await world.engine.ring(provider, token, { state: 'DONE', parts: parts.done })
    await world.settle()
    expect((await world.task(id)).stage).toBe('reconciling')
  })
})

describe('a signed callback', () => {
  const header = 'x-signature'
  const signing = defineAdapter({
    ...echo,
    callbackSignature: { header, timestampHeader: 'x-time', signs: ['task', 'timestamp'] },
  })
  const KEY = 'whk_demo_secret_1'
  const ringing = async (callbackKeys: { echo?: string }) => {
    const world = openWorld({ providers: [signing], callbackKeys, script: { 'echo submit': [lost] } })
    const { id } = await world.create({ ...song, routing: { provider: 'echo' } })
    await world.advance(SECOND)
    const { provider, token } = world.callbackOf()
    const ring = (headers: Readonly<Record<string, string | undefined>>) =>
      world.engine.ring(provider, token, { job: 'job-1', state: 'NEW' }, (name) => headers[name])
    return { world, id, ring, provider, token }
  }

  it('is taken where it is signed with our key, and no other', async () => {
    const { world, id, ring } = await ringing({ echo: KEY })
    const good = await signatureOf(KEY, 'job-1.1760000000')
    for (const headers of [
      {},
      { [header]: good },
      { [header]: good, 'x-time': '1760000001' },
      { [header]: await signatureOf('another', 'job-1.1760000000'), 'x-time': '1760000000' },
      { [header]: `${good}=`, 'x-time': '1760000000' },
    ])
      expect(await ring(headers)).toBe(false)
    expect((await world.task(id)).stage).toBe('reconciling')
    expect(await ring({ [header]: good, 'x-time': '1760000000' })).toBe(true)
    await world.settle()
    expect((await world.task(id)).stage).not.toBe('reconciling')
  })

  it('is judged by the task it names, also where nothing else of it is understood', async () => {
    const { world, id, provider, token } = await ringing({ echo: KEY })
    const headers: Record<string, string> = {
      [header]: await signatureOf(KEY, 'job-1.1760000000'),
      'x-time': '1760000000',
    }
    const ring = (job: string) => world.engine.ring(provider, token, { job, state: 'PERHAPS' }, (name) => headers[name])
    expect(await ring('job-2')).toBe(false)
    expect(await ring('job-1')).toBe(true)
    expect((await world.task(id)).attempts).toMatchObject([{ provider_task_id: 'job-1' }])
  })

  it('needs no signature where we hold no key', async () => {
    const { ring } = await ringing({})
    expect(await ring({})).toBe(true)
  })

  // kie.md 12.8, test vectors.
  it.each([
    ['1760000000', 'WsRbbSDNmrQDMSzVF/S3Kjb7gCYUJaplBhL0hBEITbs='],
    ['1760000001', 'dJ7OOMsOAmo8XVB+QCVmj/MdHUA29qi0opXNFjKcjIg='],
  ])('is computed as published: %s', async (timestamp, signature) => {
    expect(await signatureOf(KEY, `0f0e0d0c0b0a09080706050403020100.${timestamp}`)).toBe(signature)
  })

  it('is refused as a create with a refusal goes: nothing of it is seen', async () => {
    const { world, id, ring } = await ringing({ echo: KEY })
    world.script({ 'echo submit': [no(402)] })
    await ring({})
    expect(world.logged.some((line) => line.includes('callback.unsigned'))).toBe(true)
    expect((await world.task(id)).attempts).toHaveLength(1)
  })
})

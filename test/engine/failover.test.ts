/** What happens after a no, after silence and after a crash: at most one submission is ever accepted or possibly so. */
import { describe, expect, it } from 'vitest'
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
  type Scripted,
  SECOND,
  type TestWorld,
  unreachable,
  untrusted,
} from './world.ts'

const only = { routing: { provider: 'echo' } }
const states = (task: { attempts: readonly { provider: string; state: string }[] }) =>
  task.attempts.map(({ provider, state }) => `${provider} ${state}`)
const submits = (world: TestWorld) =>
  world.sent.filter(({ place }) => place.endsWith('submit')).map(({ place }) => place.split(' ')[0])

describe('failover', () => {
  it.each<[string, Scripted, string]>([
    ['no connection', unreachable, 'not_sent'],
    ['no trusted connection', untrusted, 'not_sent'],
    ['a refused key', no(401), 'refused'],
    ['no credits', no(402), 'refused'],
    ['a rate limit', no(429, 'slow', 3), 'refused'],
    ['maintenance', no(455), 'refused'],
    ['a redirect', answer('', 302), 'refused'],
    ['a busy server', answer({ busy: true }, 503, 5), 'refused'],
  ])('%s goes to the next provider, which is the only one that accepts', async (_, said, state) => {
    const world = openWorld({ script: { 'echo submit': [said] } })
    const { id } = await world.create()
    await world.advance(MINUTE)
    const task = await world.task(id)
    expect(states(task)).toEqual([`echo ${state}`, 'echo-two accepted'])
    expect(task).toMatchObject({
      status: 'succeeded',
      provider: 'echo-two',
      model: 'v5.5',
      billing: { charged: 'yes', credits: 10 },
    })
    expect(submits(world)).toEqual(['echo', 'echo-two'])
  })

  it.each([
    ['content', no(413), 'content_rejected'],
    ['a parameter', no(422), 'provider_rejected_request'],
  ])('refused %s goes nowhere else', async (_, said, code) => {
    const world = openWorld({ script: { 'echo submit': [said] } })
    const { id } = await world.create()
    await world.advance(MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'failed', error: { code }, billing: { charged: 'no' } })
    expect(submits(world)).toEqual(['echo'])
  })

  it('stops after three attempts', async () => {
    const world = openWorld({
      script: { 'echo submit': [unreachable], 'echo-two submit': [no(402)], 'echo-three submit': [unreachable] },
    })
    const { id } = await world.create()
    await world.advance(MINUTE)
    const task = await world.task(id)
    expect(states(task)).toEqual(['echo not_sent', 'echo-two refused', 'echo-three not_sent'])
    expect(task).toMatchObject({
      status: 'failed',
      error: { code: 'provider_unavailable', may_have_been_charged: false },
    })
  })

  it('happens to nobody who does not want it', async () => {
    const world = openWorld({ script: { 'echo submit': [no(402)] } })
    const { id } = await world.create({ routing: { allow_fallbacks: false } })
    await world.advance(MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'failed', error: { code: 'provider_credits_exhausted' } })
    expect(submits(world)).toEqual(['echo'])
  })

  it('uses the second key of a provider when the first has no credits', async () => {
    const world = openWorld({
      keys: { echo: ['one', 'two'] },
      script: { 'echo submit': [no(402), ok({ job: 'job-1' })] },
    })
    const { id } = await world.create(only)
    await world.advance(MINUTE)
    expect(states(await world.task(id))).toEqual(['echo refused', 'echo accepted'])
    expect(world.sent.map(({ key }) => key)).toEqual(['one', 'two', 'two'])
  })

  it('passes over a key that is gone, and asks nobody twice for it', async () => {
    const world = openWorld({ settings: { paused: true }, script: { 'echo-two submit': [no(402)] } })
    const { id } = await world.create()
    await world.restart({ settings: { paused: false }, keys: { echo: [] } })
    await world.advance(MINUTE)
    expect(states(await world.task(id))).toEqual(['echo-two refused', 'echo-three accepted'])
  })

  it('fails without an attempt where no key is left', async () => {
    const world = openWorld({ settings: { paused: true } })
    const { id } = await world.create(only)
    await world.restart({ settings: { paused: false }, keys: { echo: [] } })
    await world.advance(MINUTE)
    expect(await world.task(id)).toMatchObject({
      status: 'failed',
      error: { code: 'no_provider_available' },
      billing: { charged: 'no' },
      attempts: [],
    })
  })
})

describe('a second try at the same provider', () => {
  it.each<[string, Scripted, number]>([
    ['no connection', unreachable, 1],
    ['a rate limit', no(429, 'slow', 10), 10],
    ['a busy server', answer({ busy: true }, 503, 4), 4],
  ])('comes after %s', async (_, said, seconds) => {
    const world = openWorld({ script: { 'echo submit': [said, ok({ job: 'job-1' })] } })
    const { id } = await world.create(only)
    await world.advance(MINUTE)
    expect((await world.task(id)).status).toBe('succeeded')
    expect(world.timesOf('echo submit')).toEqual([0, seconds * SECOND])
  })

  it.each<[string, Scripted]>([
    ['a longer wait than ten seconds', no(429, 'slow', 11)],
    ['a refused key', no(401)],
    ['maintenance', no(455)],
    ['no trusted connection', untrusted],
  ])('does not come after %s', async (_, said) => {
    const world = openWorld({ script: { 'echo submit': [said, ok({ job: 'job-1' })] } })
    const { id } = await world.create(only)
    await world.advance(MINUTE)
    expect((await world.task(id)).status).toBe('failed')
    expect(world.count('echo submit')).toBe(1)
  })

  it('is not followed by a third', async () => {
    const world = openWorld({ script: { 'echo submit': [unreachable] } })
    const { id } = await world.create(only)
    await world.advance(MINUTE)
    expect([(await world.task(id)).status, world.count('echo submit')]).toEqual(['failed', 2])
  })
})

const silences: [string, Scripted][] = [
  ['a lost connection', lost],
  ['an HTML error', answer('<html>', 502)],
  ['a code nobody knows', no(777)],
  ['a yes without a task id', ok({})],
  ['a truncated yes', answer('{"code":200,"data":{"jo')],
]

describe('an unknown outcome', () => {
  it.each(silences)('by %s is parked, never submitted again, and ends unconfirmed', async (_, said) => {
    const world = openWorld({ script: { 'echo submit': [said] } })
    const { id } = await world.create()
    await world.advance(29 * MINUTE)
    expect(await world.task(id)).toMatchObject({
      status: 'running',
      stage: 'reconciling',
      billing: { charged: 'unknown' },
    })
    await world.advance(2 * MINUTE)
    const task = await world.task(id)
    expect(task).toMatchObject({
      status: 'failed',
      error: { code: 'submission_unconfirmed', may_have_been_charged: true },
      billing: { charged: 'unknown' },
    })
    await world.advance(DAY)
    expect(submits(world)).toEqual(['echo'])
  })

  it.each(silences)('by %s ends at once where no evidence can come', async (_, said) => {
    const world = openWorld({ settings: { publicUrl: null }, script: { 'echo submit': [said] } })
    const { id } = await world.create()
    await world.advance(SECOND)
    expect(await world.task(id)).toMatchObject({ status: 'failed', error: { code: 'submission_unconfirmed' } })
    expect(submits(world)).toEqual(['echo'])
  })

  it('is settled by a callback on its own URL, and the record is read before anything is believed', async () => {
    const world = openWorld({ script: { 'echo submit': [lost], 'echo poll': [record.fresh, record.done] } })
    const { id } = await world.create()
    await world.advance(MINUTE)
    const { provider, token } = world.callbackOf()
    const body = { job: 'job-9', state: 'DONE', parts: [{ key: 'evil', file: 'https://evil.test' }] }
    expect(await world.engine.ring(provider, token, body)).toBe(true)
    await world.advance(SECOND)
    expect(await world.task(id)).toMatchObject({ status: 'running', stage: 'submitted', tracks: [] })
    expect(world.sent.at(-1)!.url.searchParams.get('job')).toBe('job-9')
    await world.advance(MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'succeeded', billing: { charged: 'yes' } })
    expect(submits(world)).toEqual(['echo'])
  })

  it('found at the start is not submitted again, and a callback still settles it', async () => {
    const world = openWorld({ script: { 'echo submit': [held] } })
    const { id } = await world.create()
    await world.advance(SECOND)
    await world.restart()
    expect(await world.task(id)).toMatchObject({ status: 'running', stage: 'reconciling' })
    await world.advance(10 * MINUTE)
    const { provider, token } = world.callbackOf()
    await world.engine.ring(provider, token, { job: 'job-1', state: 'WORDS' })
    await world.advance(MINUTE)
    expect((await world.task(id)).status).toBe('succeeded')
    expect(submits(world)).toEqual(['echo'])
  })

  it('found at the start ends unconfirmed after the window, over further restarts', async () => {
    const world = openWorld({ script: { 'echo submit': [held] } })
    const { id } = await world.create()
    await world.advance(SECOND)
    await world.restart()
    await world.advance(20 * MINUTE)
    await world.restart()
    await world.advance(10 * MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'failed', error: { code: 'submission_unconfirmed' } })
    expect(submits(world)).toEqual(['echo'])
  })

  it('found at the start ends at once where no evidence can come', async () => {
    const world = openWorld({ settings: { publicUrl: null }, script: { 'echo submit': [held] } })
    const { id } = await world.create()
    await world.advance(SECOND)
    await world.restart()
    expect(await world.task(id)).toMatchObject({ status: 'failed', billing: { charged: 'unknown' } })
    await world.advance(DAY)
    expect(submits(world)).toEqual(['echo'])
  })

  it('is what a fault of the transport leaves behind', async () => {
    const world = openWorld({ script: { 'echo submit': [{ kind: 'thrown' }] } })
    const { id } = await world.create()
    await world.advance(31 * MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'failed', error: { code: 'submission_unconfirmed' } })
    expect(submits(world)).toEqual(['echo'])
  })
})

describe('a callback', () => {
  const submitting = async () => {
    const world = openWorld({ script: { 'echo submit': [held] } })
    const { id } = await world.create()
    await world.advance(SECOND)
    return { world, id, ...world.callbackOf() }
  }

  it.each<[string, ReturnType<typeof ok>]>([
    ['accepted', ok({ job: 'job-1' })],
    ['unknown', answer('<html>', 502)],
    ['refused', no(402)],
  ])('adopts a task that is being submitted, and the late answer %s changes nothing', async (_, late) => {
    const { world, id, provider, token } = await submitting()
    expect(await world.engine.ring(provider, token, { job: 'job-1', state: 'NEW' })).toBe(true)
    await world.advance(SECOND)
    expect(await world.task(id)).toMatchObject({ stage: 'submitted', billing: { charged: 'yes' } })
    await world.release(late)
    await world.advance(MINUTE)
    expect((await world.task(id)).status).toBe('succeeded')
    expect(submits(world)).toEqual(['echo'])
  })

  it('that is forged or foreign is not ours and changes nothing', async () => {
    const { world, id, provider, token } = await submitting()
    const before = await world.engine.getTask('default', id, 0)
    const [task, attempt, secret] = token.split('.') as [string, string, string]
    const forged = [
      ['echo-two', token],
      [provider, `${task}.${attempt}.${'0'.repeat(32)}`],
      [provider, `${task}.${attempt}.`],
      [provider, `${'0'.repeat(26)}.${attempt}.${secret}`],
      [provider, `${task}.${'0'.repeat(26)}.${secret}`],
      [provider, `${token}0`],
      [provider, ''],
    ] as const
    for (const [who, text] of forged)
      expect(await world.engine.ring(who, text, { job: 'evil', state: 'DONE' })).toBe(false)
    expect(await world.engine.getTask('default', id, 0)).toEqual(before)
  })

  it('in a form nobody knows settles nothing', async () => {
    const { world, id, provider, token } = await submitting()
    for (const body of [null, 'x', [], { job: {}, state: 'PERHAPS' }, { state: 'DONE' }])
      expect(await world.engine.ring(provider, token, body)).toBe(true)
    expect((await world.task(id)).stage).toBe('submitting')
  })

  it('in a form nobody knows settles what was unknown where it names its task: the name is enough', async () => {
    const world = openWorld({ script: { 'echo submit': [lost], 'echo poll': [record.done] } })
    const { id } = await world.create()
    await world.advance(SECOND)
    const { provider, token } = world.callbackOf()
    expect(await world.engine.ring(provider, token, { job: 'job-1', state: 'PERHAPS', parts: 7 })).toBe(true)
    await world.advance(SECOND)
    const attempts = [{ provider: 'echo', provider_task_id: 'job-1', charged: 'yes' }]
    expect(await world.task(id)).toMatchObject({ status: 'succeeded', attempts })
  })

  it('of an earlier attempt changes nothing', async () => {
    const world = openWorld({ script: { 'echo submit': [no(402)], 'echo-two poll': [record.fresh] } })
    const { id } = await world.create()
    await world.advance(SECOND)
    const { provider, token } = world.callbackOf(0)
    expect(provider).toBe('echo')
    const before = await world.engine.getTask('default', id, 0)
    expect(await world.engine.ring(provider, token, { job: 'late', state: 'DONE' })).toBe(true)
    expect(await world.engine.getTask('default', id, 0)).toEqual(before)
  })

  it('after the end changes nothing', async () => {
    const world = openWorld({ script: { 'echo submit': [lost] } })
    const { id } = await world.create()
    await world.advance(31 * MINUTE)
    const before = await world.engine.getTask('default', id, 0)
    const { provider, token } = world.callbackOf()
    await world.engine.ring(provider, token, { job: 'job-1', state: 'DONE' })
    expect(await world.engine.getTask('default', id, 0)).toEqual(before)
  })

  it('makes a running task be read sooner', async () => {
    const world = openWorld({ script: { 'echo-two poll': [record.done] } })
    await world.create({ routing: { provider: 'echo-two' } })
    await world.advance(SECOND)
    const { provider, token } = world.callbackOf()
    await world.engine.ring(provider, token, { job: 'job-1', state: 'DONE' })
    await world.advance(SECOND)
    expect(world.timesOf('echo-two poll')).toEqual([SECOND])
  })
})

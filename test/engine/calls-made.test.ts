/** Styles and uploads: calls that any provider may serve. One key is one of them; elsewhere only where nothing happened. */
import { describe, expect, it } from 'vitest'
import {
  answer,
  DAY,
  fault,
  held,
  lost,
  MINUTE,
  no,
  ok,
  openWorld,
  type Place,
  START,
  type TestWorld,
  unreachable,
  untrusted,
} from './world.ts'

const PLACE = { url: 'https://cdn.example.com/take1.mp3' }
const FILE = { content_base64: 'UklGRg==', size_bytes: 4 }
interface Made {
  readonly made: object & { readonly id?: string; readonly url?: string; readonly style?: string }
  readonly provider: string
  readonly replayed: boolean
}
type Ask = (world: TestWorld, key?: string | null, request?: Record<string, unknown>, project?: string) => Promise<Made>
const caller = (project: string, idempotencyKey: string | null) => ({ project, idempotencyKey })
const enhance: Ask = (world, key = null, request = {}, project = 'default') =>
  world.engine.enhanceStyle(caller(project, key), { style: 'pop', ...request })
const fetchUrl: Ask = (world, key = null, request = {}, project = 'default') =>
  world.engine.uploadAudio(caller(project, key), { ...PLACE, ...request }, null)
const sendFile: Ask = (world, key = null, request = {}, project = 'default') =>
  world.engine.uploadAudio(
    caller(project, key),
    { file_name: 'take.wav', ...request },
    { ...FILE, file_name: 'take.wav' },
  )
const tasks = async (world: TestWorld) => (await world.engine.listTasks('default', {})).data

describe.each<[string, Ask, Place, Place]>([
  ['a style', enhance, 'echo enhanceStyle', 'echo-two enhanceStyle'],
  ['an upload by URL', fetchUrl, 'echo uploadFromUrl', 'echo-two uploadFromUrl'],
])('%s', (_, ask, first, second) => {
  it('is made once for one key, also after a start', async () => {
    const world = openWorld()
    const made = await ask(world, 'k')
    expect(made).toMatchObject({ provider: 'echo', replayed: false })
    await world.restart()
    expect(await ask(world, 'k')).toEqual({ ...made, replayed: true })
    expect(world.bought()).toEqual([first])
    expect((await tasks(world)).map(({ status, attempts }) => [status, attempts.length])).toEqual([['succeeded', 1]])
  })

  it('is another one for another key, for no key and for another project', async () => {
    const world = openWorld()
    await ask(world, 'k')
    await ask(world, 'k', {}, 'other')
    await ask(world)
    await ask(world)
    expect(world.count(first)).toBe(4)
  })

  it('is refused for a key of another request', async () => {
    const world = openWorld()
    await ask(world, 'k')
    const other = ask(world, 'k', { routing: { provider: 'echo' } })
    await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused' })
    expect(world.bought()).toEqual([first])
  })

  it.each([
    ['no connection', unreachable],
    ['no trusted connection', untrusted],
    ['no credits', no(402)],
    ['a rate limit', no(429)],
    ['maintenance', no(455)],
    ['a refused key', no(401)],
  ] as const)('goes to the next provider after %s', async (__, said) => {
    const world = openWorld({ script: { [first]: [said] } })
    const made = await ask(world, 'k')
    expect(made).toMatchObject({ provider: 'echo-two', replayed: false })
    expect(world.bought()).toEqual([first, second])
    expect(await ask(world, 'k')).toEqual({ ...made, replayed: true })
    expect(await tasks(world)).toMatchObject([{ status: 'succeeded', provider: 'echo-two' }])
  })

  it('goes to the next key of the same provider before', async () => {
    const world = openWorld({ script: { [first]: [no(401), no(402)] }, keys: { echo: ['one', 'two'] } })
    await ask(world)
    expect(world.sent.map(({ place, key }) => [place, key])).toEqual([
      [first, 'one'],
      [first, 'two'],
      [second, 'echo-two-key'],
    ])
  })

  it.each([
    ['a lost connection', lost],
    ['an HTML error', answer('<html>', 502)],
    ['a code nobody knows', no(777)],
    ['a yes without what was asked for', ok({})],
    ['a fault of the transport', { kind: 'thrown' }],
  ] as const)('goes nowhere after %s, and is not repeated for the same key', async (__, said) => {
    const world = openWorld({ script: { [first]: [said] } })
    const unconfirmed = { code: 'submission_unconfirmed', involved: { may_have_been_charged: true, provider: 'echo' } }
    await expect(ask(world, 'k')).rejects.toMatchObject(unconfirmed)
    await world.restart()
    await expect(ask(world, 'k')).rejects.toMatchObject(unconfirmed)
    expect(world.bought()).toEqual([first])
    expect(await tasks(world)).toMatchObject([{ status: 'failed', billing: { charged: 'unknown' } }])
    world.script({ [first]: [] })
    expect(await ask(world, 'new')).toMatchObject({ provider: 'echo' })
  })

  it('that is refused for good goes nowhere, and the refusal is kept', async () => {
    const world = openWorld({ script: { [first]: [no(413, 'not that')] } })
    for (const ___ of [1, 2])
      await expect(ask(world, 'k')).rejects.toMatchObject({
        code: 'content_rejected',
        involved: { provider: 'echo', provider_message: 'not that' },
      })
    expect(world.bought()).toEqual([first])
  })

  it('that nobody takes for now frees its key', async () => {
    const world = openWorld({ script: { [first]: [no(455)], [second]: [no(402)] } })
    await expect(ask(world, 'k')).rejects.toMatchObject({
      code: 'provider_credits_exhausted',
      involved: { provider: 'echo-two', may_have_been_charged: false },
    })
    expect(await tasks(world)).toEqual([])
    world.script({ [first]: [], [second]: [] })
    await world.advance(8 * MINUTE)
    expect(await ask(world, 'k')).toMatchObject({ provider: 'echo', replayed: false })
  })

  it('goes nowhere else where the request forbids it', async () => {
    const world = openWorld({ script: { [first]: [no(402)] } })
    for (const routing of [{ allow_fallbacks: false }, { provider: 'echo' }]) {
      await expect(ask(world, null, { routing })).rejects.toMatchObject({ code: 'provider_credits_exhausted' })
      await world.advance(2 * MINUTE)
    }
    expect(world.count(second)).toBe(0)
    await expect(ask(world, null, { routing: { provider: 'echo-three' } })).rejects.toMatchObject({
      code: 'capability_unsupported',
    })
  })

  it('under way is not started again with its key', async () => {
    const world = openWorld({ script: { [first]: [held] } })
    const running = ask(world, 'k')
    await world.settle()
    await expect(ask(world, 'k')).rejects.toMatchObject({
      ...{ code: 'not_ready', retryAfter: 5 },
      // Another key would buy it once more, where it costs anything.
      involved: { may_have_been_charged: first === 'echo enhanceStyle' },
    })
    expect(await tasks(world)).toMatchObject([{ status: 'running', attempts: [{ state: 'sending' }] }])
    await world.release(first.endsWith('Style') ? ok({ style: 'held' }) : no(402))
    await running
    expect(world.count(first)).toBe(1)
  })

  it('is unknown where the process ended in the middle of it', async () => {
    const world = openWorld({ script: { [first]: [held] } })
    ask(world, 'k')
    await world.settle()
    await world.restart()
    await expect(ask(world, 'k')).rejects.toMatchObject({ code: 'submission_unconfirmed' })
    expect(world.bought()).toEqual([first])
  })
})

describe('a style', () => {
  it('is told, and what it cost', async () => {
    const world = openWorld()
    expect((await enhance(world)).made).toEqual({ object: 'style', style: 'mysterious pop, breathy' })
    expect(world.sent[0]!.body).toEqual({ style: 'pop' })
    expect(await tasks(world)).toMatchObject([
      {
        operation: 'enhanceStyle',
        result: { object: 'style', style: 'mysterious pop, breathy' },
        billing: { charged: 'yes', credits: 1, usd: 0.01 },
      },
    ])
  })

  it('is bought of nobody whose price is too high or not known', async () => {
    const world = openWorld({ script: { 'echo enhanceStyle': [no(402)] } })
    const limited = enhance(world, null, { max_cost_usd: 0.01 })
    await expect(limited).rejects.toMatchObject({ code: 'provider_credits_exhausted' })
    expect(world.bought()).toEqual(['echo enhanceStyle'])
    await expect(enhance(world, null, { max_cost_usd: 0.005 })).rejects.toMatchObject({ code: 'cost_above_max' })
    expect(world.sent.length).toBe(1)
  })
})

describe('an upload', () => {
  it('by URL is fetched by the provider and kept for its days', async () => {
    const world = openWorld()
    const { made } = await fetchUrl(world, null, { file_name: 'take.mp3' })
    expect(world.sent[0]!.body).toEqual({ ...PLACE, file_name: 'take.mp3', folder: `tutti/${made.id}` })
    expect(made).toEqual({
      id: expect.stringMatching(/^upload_[0-9A-Z]{26}$/),
      object: 'upload',
      provider: 'echo',
      url: 'https://files.test/uploadFromUrl.mp3',
      file_name: 'uploadFromUrl.mp3',
      size_bytes: 5,
      media_type: 'audio/mpeg',
      created_at: new Date(START).toISOString(),
      expires_at: new Date(START + 3 * DAY).toISOString(),
    })
    const [task] = await tasks(world)
    expect(task).toMatchObject({
      result: { object: 'upload', upload_id: made.id },
      billing: { charged: 'yes', credits: null },
    })
  })

  it('of a file is sent as it is, free of charge, and its content is not stored', async () => {
    const world = openWorld()
    const { made } = await sendFile(world)
    expect(world.bought()).toEqual(['echo uploadAudio'])
    expect(world.sent[0]!.body).toEqual({
      content_base64: FILE.content_base64,
      file_name: 'take.wav',
      folder: `tutti/${made.id}`,
    })
    expect(made.url).toBe('https://files.test/uploadAudio.mp3')
    expect(await tasks(world)).toMatchObject([{ billing: { charged: 'no' }, request: { size_bytes: 4 } }])
    expect(JSON.stringify(world.rows('SELECT body FROM tasks'))).not.toContain(FILE.content_base64)
  })

  it('lies apart from every other of the same name: a provider overwrites what is called alike (kie.md 13.3)', async () => {
    const world = openWorld()
    await sendFile(world, 'k')
    await sendFile(world, 'k', {}, 'other')
    await fetchUrl(world, null, { file_name: 'take.wav' })
    await fetchUrl(world, null, { file_name: 'take.wav' })
    const places = world.sent.map(({ body }) => `${(body as { folder: string }).folder}/take.wav`)
    expect(new Set(places).size).toBe(4)
  })

  it('of another file is not what a key stands for', async () => {
    const world = openWorld()
    const { made } = await sendFile(world, 'k')
    expect((await sendFile(world, 'k')).made).toEqual(made)
    const other = { ...FILE, content_base64: 'T2dnUw==' }
    const again = world.engine.uploadAudio(caller('default', 'k'), { file_name: 'take.wav' }, other)
    await expect(again).rejects.toMatchObject({ code: 'idempotency_key_reused' })
    expect(world.count('echo uploadAudio')).toBe(1)
  })

  it.each(['http://cdn.example.com/a.mp3', 'http://127.0.0.1/a.mp3', 'https://user:secret@cdn.example.com/a.mp3'])(
    'is not fetched from %s',
    async (url) => {
      const world = openWorld()
      await expect(fetchUrl(world, null, { url })).rejects.toMatchObject(fault('/url', 'url_not_allowed'))
      expect(world.sent).toEqual([])
      expect(await tasks(world)).toEqual([])
    },
  )

  it.each(['javascript:alert(1)', 'http://files.test/a.mp3'])('is not believed to lie at %s', async (url) => {
    const said = ok({ url, file_name: null, size_bytes: null, media_type: null })
    const world = openWorld({ script: { 'echo uploadFromUrl': [said] } })
    await expect(fetchUrl(world, 'k')).rejects.toMatchObject({ code: 'submission_unconfirmed' })
    expect(JSON.stringify(await tasks(world))).not.toContain(url)
  })
})

/** Music made from other music: by its own id where it was made, by its audio elsewhere. */
import { describe, expect, it } from 'vitest'
import type { TaskOperation } from '../../src/canonical/operations.ts'
import type { Adapter } from '../../src/contract/adapter.ts'
import { routeOf } from '../../src/engine/route.ts'
import type { NativeTrack } from '../../src/engine/state.ts'
import type { Strategies } from '../../src/engine/strategy.ts'
import { adapters } from '../../src/registry.ts'
import { echo, echoThree } from './echo.ts'
import { answer, fault, finishedSong, lost, no, openWorld, type TestWorld, type WorldOptions } from './world.ts'

const AUDIO = { audio_url: 'https://cdn.example.com/demo.mp3' }
const WORDS = { lyrics: 'la', style: 'folk', title: 'On' }
const SECTION = { start_seconds: 20, end_seconds: 42, ...WORDS }

const SILENT = answer({
  code: 200,
  text: 'ok',
  data: {
    job: 'job-1',
    state: 'DONE',
    parts: [{ key: 'a', name: 'Rain', words: '', tags: 'folk', file: 'https://x.test/a.mp3' }],
  },
})

const withSong = async (options: WorldOptions = {}, request: Record<string, unknown> = {}) => {
  const world = openWorld(options)
  const { tracks } = await finishedSong(world, { routing: { provider: 'echo' }, ...request })
  world.sent.length = 0
  return { world, track: tracks[0]!, other: tracks[1]! }
}
const extend = (world: TestWorld, track_id: string, request: Record<string, unknown> = {}) =>
  world.carryOut('extendMusic', { source: { track_id }, ...request })
const nothing = (world: TestWorld) => expect(world.sent).toEqual([])

describe('a track goes on', () => {
  it('where it was made, by its own id, with its own model and the key that made it', async () => {
    const { world, other } = await withSong({ keys: { echo: ['one', 'two'] } }, { model: 'v4' })
    const task = await extend(world, other)
    expect(world.bought()).toEqual(['echo extendMusic'])
    expect(world.sent[0]!.key).toBe('one')
    expect(world.said('echo extendMusic')).toEqual({
      provider_task_id: 'job-1',
      provider_track_id: 'b',
      track_index: 1,
      mode: 'inherit',
      model: 'v4',
      ring: expect.stringContaining('/cb/echo/'),
    })
    expect(task).toMatchObject({ status: 'succeeded', operation: 'extendMusic', model: 'v4', warnings: [] })
    expect(task.tracks.map(({ status, index }) => [status, index])).toEqual([
      ['ready', 0],
      ['ready', 1],
    ])
    expect(task.request).toEqual({ source: { track_id: other } })
  })

  it('only with the key that made it, though another of the same provider is asked first', async () => {
    const { world, track } = await withSong({ keys: { echo: ['one'] } })
    await world.restart({ keys: { echo: ['zero', 'one'] } })
    await extend(world, track)
    expect(world.sent[0]).toMatchObject({ place: 'echo extendMusic', key: 'one' })
  })

  it('by the words of the request where it gives any', async () => {
    const { world, track } = await withSong()
    await extend(world, track, { lyrics: 'more rain', continue_at_seconds: 42.5 })
    expect(world.said('echo extendMusic')).toMatchObject({
      mode: 'compose',
      lyrics: 'more rain',
      continue_at_seconds: 42.5,
    })
  })

  it.each<[string, WorldOptions, Record<string, unknown>]>([
    ['refuses', { script: { 'echo extendMusic': [no(402)] } }, {}],
    ['is left out', {}, { routing: { ignore: ['echo'] } }],
  ])('by its audio at another where its own provider %s', async (_, options, request) => {
    const { world, track } = await withSong(options)
    const task = await extend(world, track, request)
    expect(world.said('echo-three extendAudio')).toEqual({
      audio_url: 'https://x.test/a.mp3',
      mode: 'inherit',
      model: 'v6',
      ring: expect.stringContaining('/cb/echo-three/'),
    })
    expect(task).toMatchObject({ status: 'succeeded', provider: 'echo-three', model: 'v6' })
    // It has the own id of nobody else's track, and so no way to take it up.
    expect(world.bought()).not.toContain('echo-two extendMusic')
  })

  it('by its audio where the key that made it is gone', async () => {
    const { world, track } = await withSong()
    await world.restart({ keys: { echo: [] } })
    expect(await extend(world, track)).toMatchObject({ status: 'succeeded', provider: 'echo-three' })
    await world.restart({ keys: { echo: ['another'] } })
    expect(await extend(world, track)).toMatchObject({ provider: 'echo', model: 'v5' })
    expect(world.bought()).toEqual(['echo-three extendAudio', 'echo extendAudio'])
    expect(world.said('echo extendAudio')).toMatchObject({ audio_url: 'https://x.test/a.mp3', model: 'v5' })
  })

  it('nowhere else where nobody knows whether it was accepted', async () => {
    const { world, track } = await withSong({ script: { 'echo extendMusic': [lost] } })
    expect(await extend(world, track)).toMatchObject({ status: 'running', stage: 'reconciling' })
    expect(world.bought()).toEqual(['echo extendMusic'])
  })

  it('by its audio where it is to go on with another model', async () => {
    const { world, track } = await withSong()
    expect(await extend(world, track, { model: 'v4' })).toMatchObject({ provider: 'echo', model: 'v4' })
    expect(world.bought()).toEqual(['echo extendAudio'])
    expect(await extend(world, track, { model: 'v5' })).toMatchObject({ model: 'v5' })
    expect(world.bought().at(-1)).toBe('echo extendMusic')
  })

  it('with no other model where its provider takes no audio', async () => {
    const { world, track } = await withSong({}, { routing: { provider: 'echo-two' } })
    const request = { source: { track_id: track }, model: 'v5', routing: { provider: 'echo-two' } }
    await expect(world.ask('extendMusic', request)).rejects.toMatchObject({
      code: 'capability_unsupported',
      involved: { errors: [{ pointer: '/model', code: 'model_mismatch', detail: expect.stringContaining('v5.5') }] },
    })
    nothing(world)
  })

  it('in the order of the request, its own provider or not', async () => {
    const { world, track } = await withSong()
    await extend(world, track, { routing: { order: ['echo-three'] } })
    expect(world.bought()).toEqual(['echo-three extendAudio'])
  })
})

describe('a cover', () => {
  const cover = (world: TestWorld, request: Record<string, unknown>) => world.carryOut('coverMusic', request)

  it('takes over the words of its source track', async () => {
    const { world, track } = await withSong()
    const task = await cover(world, { source: { track_id: track } })
    expect(world.said('echo coverMusic')).toMatchObject({
      mode: 'compose',
      lyrics: 'la',
      style: 'folk',
      title: 'Rain',
      instrumental: false,
      audio_url: 'https://x.test/a.mp3',
      model: 'v5',
      duration_seconds: 180,
    })
    expect(task.request).toEqual({ source: { track_id: track } })
  })

  it('without vocals takes over everything but the lyrics', async () => {
    const { world, track } = await withSong()
    await cover(world, { source: { track_id: track }, instrumental: true })
    expect(world.said('echo coverMusic')).toMatchObject({ style: 'folk', title: 'Rain', instrumental: true })
    expect(world.said('echo coverMusic')).not.toHaveProperty('lyrics')
  })

  it('of a track without lyrics has none', async () => {
    const { world, track } = await withSong({ script: { 'echo poll': [SILENT] } })
    await cover(world, { source: { track_id: track } })
    expect(world.said('echo coverMusic')).toMatchObject({ style: 'folk', instrumental: true })
    expect(world.said('echo coverMusic')).not.toHaveProperty('lyrics')
  })

  it('of a track without lyrics has no singer either', async () => {
    const { world, track } = await withSong({ script: { 'echo poll': [SILENT] } })
    const request = { source: { track_id: track }, vocal_gender: 'female' }
    await expect(cover(world, request)).rejects.toMatchObject(fault('/vocal_gender', 'forbidden'))
    nothing(world)
    await cover(world, { ...request, ...WORDS })
    expect(world.said('echo coverMusic')).toMatchObject({ instrumental: false, vocal_gender: 'female' })
  })

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['an idea', { description: 'as a waltz' }, { mode: 'describe', description: 'as a waltz' }],
    ['its own words', WORDS, { mode: 'compose', ...WORDS }],
  ])('may have %s instead', async (_, request, said) => {
    const { world, track } = await withSong()
    await cover(world, { source: { track_id: track }, ...request })
    expect(world.said('echo coverMusic')).toMatchObject(said)
    expect(world.said('echo coverMusic')!.lyrics).toBe((request as { lyrics?: string }).lyrics)
  })

  it('of audio that has no words to take over needs some', async () => {
    const world = openWorld()
    await expect(world.ask('coverMusic', { source: AUDIO })).rejects.toMatchObject(fault('/description', 'required'))
    nothing(world)
  })

  it.each([
    ['an idea and words', { description: 'x', style: 'y' }, '/style', 'forbidden'],
    ['some of the words', { style: 'y', title: 'z' }, '/lyrics', 'required'],
  ])('is refused with %s', async (_, request, pointer, entry) => {
    const world = openWorld()
    await expect(world.ask('coverMusic', { source: AUDIO, ...request })).rejects.toMatchObject(fault(pointer, entry))
    nothing(world)
  })
})

describe('what has no vocals', () => {
  const unsung = { ...WORDS, instrumental: true }
  const { lyrics: _, ...silent } = unsung
  it.each<[TaskOperation, Record<string, unknown>]>([
    ['generateMusic', { mode: 'compose' }],
    ['extendMusic', { source: AUDIO }],
    ['coverMusic', { source: AUDIO }],
    ['mashupMusic', { sources: [AUDIO, AUDIO] }],
  ])('is not sung: %s takes neither lyrics nor a voice beside it, from no provider', async (operation, request) => {
    const world = openWorld()
    const refusal = (rest: Record<string, unknown>) => expect(world.ask(operation, { ...request, ...rest })).rejects
    await refusal(unsung).toMatchObject({
      ...fault('/lyrics', 'forbidden'),
      message: 'lyrics may not be sent beside instrumental',
    })
    await refusal({ ...silent, vocal_gender: 'female' }).toMatchObject(fault('/vocal_gender', 'forbidden'))
    nothing(world)
    expect(await world.carryOut(operation, { ...request, ...silent })).toMatchObject({ warnings: [] })
    expect(await world.carryOut(operation, { ...request, ...unsung, instrumental: false })).toMatchObject({
      warnings: [],
    })
  })
})

describe('a section', () => {
  const replace = (world: TestWorld, source: object) => world.carryOut('replaceSection', { source, ...SECTION })

  it('of a track is replaced where it was made', async () => {
    const { world, other } = await withSong()
    expect(await replace(world, { track_id: other })).toMatchObject({ status: 'succeeded', provider: 'echo' })
    expect(world.bought()).toEqual(['echo replaceSection'])
    expect(world.said('echo replaceSection')).toMatchObject({
      provider_task_id: 'job-1',
      provider_track_id: 'b',
      track_index: 1,
      ...SECTION,
    })
  })

  it('of audio is replaced by whoever takes it', async () => {
    const world = openWorld()
    expect(await replace(world, AUDIO)).toMatchObject({ provider: 'echo-three', model: 'v6' })
    expect(world.said('echo-three replaceAudioSection')).toMatchObject({ ...AUDIO, ...SECTION, model: 'v6' })
  })

  it('is replaced by nobody else, whatever its provider says', async () => {
    const { world, track } = await withSong({ script: { 'echo replaceSection': [no(402)] } })
    expect(await replace(world, { track_id: track })).toMatchObject({
      status: 'failed',
      error: { code: 'provider_credits_exhausted', may_have_been_charged: false },
    })
    expect(world.bought()).toEqual(['echo replaceSection'])
  })

  it('is replaced by nobody where the key that made the track is gone', async () => {
    const { world, track } = await withSong()
    for (const keys of [{ echo: [] }, { echo: ['another'] }]) {
      await world.restart({ keys })
      await expect(replace(world, { track_id: track })).rejects.toMatchObject({
        code: 'provider_pinned_unavailable',
        involved: { provider: 'echo' },
      })
    }
    nothing(world)
    expect((await world.engine.listTasks('default', { operation: 'replaceSection' })).data).toEqual([])
  })

  it('is refused where its provider can not, told of who can', async () => {
    const { world, track } = await withSong({}, { routing: { provider: 'echo-two' } })
    const error: Error = await replace(world, { track_id: track }).catch((reason) => reason)
    expect(error).toMatchObject({ code: 'capability_unsupported' })
    expect(error.message).toContain('echo-two: has no replaceSection; echo has it')
    nothing(world)
  })

  it('ends after it begins', async () => {
    const world = openWorld()
    const request = { source: AUDIO, ...SECTION, end_seconds: 20 }
    await expect(world.ask('replaceSection', request)).rejects.toMatchObject(fault('/end_seconds', 'out_of_range'))
  })
})

describe('a place in a track', () => {
  // Of 60 seconds; the echo says so of every track.
  const PLACES: readonly (readonly [TaskOperation, Record<string, unknown>, string, string])[] = [
    ['extendMusic', { ...WORDS, continue_at_seconds: 500 }, '/continue_at_seconds', 'must be less than 60'],
    ['extendMusic', { ...WORDS, continue_at_seconds: 60 }, '/continue_at_seconds', 'must be less than 60'],
    ['replaceSection', { ...SECTION, start_seconds: 60, end_seconds: 75 }, '/start_seconds', 'must be less than 60'],
    ['replaceSection', { ...SECTION, start_seconds: 50, end_seconds: 60.01 }, '/end_seconds', 'must be 60 or less'],
    [
      'replaceSection',
      { ...SECTION, end_seconds: 50.01 },
      '/end_seconds',
      'must be no more than 30 after start_seconds',
    ],
    ['startVoice', { start_seconds: 40, end_seconds: 61 }, '/end_seconds', 'must be 60 or less'],
  ]
  it.each(PLACES)('is not past its end: %s of %j', async (operation, request, pointer, detail) => {
    const { world, track } = await withSong()
    const before = world.rows('SELECT id FROM tasks').length
    const error = await world.ask(operation, { source: { track_id: track }, ...request }).catch((reason) => reason)
    expect(error).toMatchObject({
      code: 'validation_failed',
      involved: {
        errors: expect.arrayContaining([
          { pointer, code: 'out_of_range', detail: expect.stringMatching(`^${detail}.*: the track has 60 seconds$`) },
        ]),
      },
    })
    nothing(world)
    expect(world.rows('SELECT id FROM tasks').length).toBe(before)
  })

  it('may be its last one', async () => {
    const { world, track } = await withSong()
    const source = { track_id: track }
    const longer = await world.carryOut('extendMusic', { source, ...WORDS, continue_at_seconds: 59.99 })
    const half = await world.carryOut('replaceSection', { source, ...WORDS, start_seconds: 30, end_seconds: 60 })
    const voice = await world.carryOut('startVoice', { source, start_seconds: 0, end_seconds: 60 })
    for (const { status } of [longer, half, voice]) expect(status).toBe('succeeded')
  })

  it('is not judged where nobody knows how long it is', async () => {
    const parts = (length: unknown) => [
      { key: 'a', name: 'Rain', words: 'la', tags: 'folk', length, file: 'https://x.test/a.mp3' },
    ]
    for (const length of [null, 0]) {
      const done = answer({ code: 200, text: 'ok', data: { job: 'job-1', state: 'DONE', parts: parts(length) } })
      const { world, track } = await withSong({ script: { 'echo poll': [done] } })
      expect(await extend(world, track, { ...WORDS, continue_at_seconds: 500 })).toMatchObject({ status: 'succeeded' })
    }
    const world = openWorld()
    const request = { source: AUDIO, ...WORDS, continue_at_seconds: 500 }
    expect(await world.carryOut('extendMusic', request)).toMatchObject({ status: 'succeeded' })
  })
})

describe('a mashup', () => {
  it('is made of two sources, each by its audio, in their order', async () => {
    const { world, track, other } = await withSong()
    const task = await world.carryOut('mashupMusic', {
      sources: [{ track_id: other }, { track_id: track }],
      description: 'both',
    })
    expect(task).toMatchObject({ status: 'succeeded', provider: 'echo-three' })
    expect(world.said('echo-three mashupMusic')).toMatchObject({
      mode: 'describe',
      description: 'both',
      audio_urls: ['https://x.test/b.mp3', 'https://x.test/a.mp3'],
      instrumental: false,
    })
  })

  it('names the source that is wrong', async () => {
    const { world, track } = await withSong()
    const missing = { track_id: track.replace(/.$/, '9') }
    const request = { sources: [{ track_id: track }, missing], description: 'both' }
    await expect(world.ask('mashupMusic', request)).rejects.toMatchObject(fault('/sources/1/track_id', 'track_unknown'))
    nothing(world)
  })
})

describe('a provider that takes not all of its own songs', () => {
  const OWN = ['generateMusic', 'extendMusic'] as const
  const { extendAudio: _, ...forms } = echo.operations
  const choosy: Adapter = {
    ...echo,
    operations: {
      ...forms,
      extendMusic: { ...forms.extendMusic!, takes: OWN },
      alignLyrics: { ...forms.alignLyrics!, takes: OWN },
    },
  }
  const covered = async (providers: readonly Adapter[]) => {
    const world = openWorld({ providers })
    const request = { source: AUDIO, description: 'jazz', routing: { only: ['echo'] } }
    const { tracks } = await world.carryOut('coverMusic', request)
    world.sent.length = 0
    return { world, track: tracks[0]!.id }
  }

  it('is not asked for more of one that it does not take: it goes on by its audio', async () => {
    const { world, track } = await covered([choosy, echoThree])
    expect(await extend(world, track)).toMatchObject({ status: 'succeeded', provider: 'echo-three' })
    expect(world.bought()).toEqual(['echo-three extendAudio'])
  })

  it('says so where nobody else can, and of what only it can', async () => {
    const { world, track } = await covered([choosy])
    const refusal = { code: 'capability_unsupported', message: expect.stringContaining('for tracks of coverMusic') }
    await expect(extend(world, track)).rejects.toMatchObject(refusal)
    const caller = { project: 'default', idempotencyKey: null }
    await expect(world.engine.alignLyrics(caller, track, 0)).rejects.toMatchObject(refusal)
    nothing(world)
  })

  it('is asked for more of one that it takes', async () => {
    const world = openWorld({ providers: [choosy, echoThree] })
    const { tracks } = await finishedSong(world, { routing: { provider: 'echo' } })
    const longer = await extend(world, tracks[1]!)
    await extend(world, longer.tracks[1]!.id)
    await world.engine.alignLyrics({ project: 'default', idempotencyKey: null }, longer.tracks[0]!.id, 0)
    expect(world.bought().slice(1)).toEqual(['echo extendMusic', 'echo extendMusic', 'echo words'])
  })
})

describe('a source that is too long for a model', () => {
  const source = 'made up'
  const rules = [{ field: 'source_seconds', range: [0, 59], when: { model: ['v5', 'v6'] }, source }] as const
  const short = (adapter: Adapter): Adapter => ({
    ...adapter,
    operations: {
      ...adapter.operations,
      coverMusic: { ...adapter.operations.coverMusic!, rules },
      ...(adapter.operations.mashupMusic ? { mashupMusic: { ...adapter.operations.mashupMusic, rules } } : {}),
    },
  })
  // Of 60 seconds; the echo says so of every track.
  const providers = [short(echo), short(echoThree)]

  it('is made with the next that takes it', async () => {
    const { world, track } = await withSong({ providers }, { model: 'v5' })
    const cover = { source: { track_id: track }, description: 'jazz' }
    expect(await world.carryOut('coverMusic', cover)).toMatchObject({ provider: 'echo', model: 'v4' })
  })

  it.each([
    [
      'coverMusic',
      { source: null, description: 'jazz', model: 'v5', routing: { only: ['echo'] } },
      '/source',
      'echo (v5)',
    ],
    ['mashupMusic', { sources: [AUDIO, null], description: 'both' }, '/sources', 'echo-three (v6)'],
  ] as const)('is refused where the model is named, or is the only one: %s', async (operation, asked, pointer, who) => {
    const { world, track } = await withSong({ providers })
    const own = { track_id: track }
    const request = 'sources' in asked ? { ...asked, sources: [AUDIO, own] } : { ...asked, source: own }
    await expect(world.ask(operation, request)).rejects.toMatchObject({
      code: 'validation_failed',
      involved: {
        errors: expect.arrayContaining([
          { pointer, code: 'out_of_range', detail: `${who}: the source has 60 seconds: must be from 0 to 59` },
        ]),
      },
    })
    nothing(world)
  })

  it('is judged by the provider where nobody knows how long it is', async () => {
    const world = openWorld({ providers })
    const request = { source: AUDIO, description: 'jazz', model: 'v5' }
    expect(await world.carryOut('coverMusic', request)).toMatchObject({ status: 'succeeded', model: 'v5' })
  })

  // kie.md 4; apibox.md 6.3, 6.4; udioapi.md 7.1: one minute with V4_5ALL, eight with the others.
  const words = { lyrics: 'la', style: 'folk', title: 'On', instrumental: false, continue_at_seconds: 10 }
  it.each([
    ['kie', 'coverMusic', { description: 'jazz' }],
    ['apibox', 'coverMusic', { description: 'jazz' }],
    ['udioapi', 'coverMusic', { description: 'jazz' }],
    ['kie', 'extendMusic', words],
    ['apibox', 'extendMusic', words],
  ] as const)('goes to %s with a model that takes it: %s', (id, operation, request) => {
    const access = adapters
      .filter((adapter) => adapter.id === id)
      .map((adapter) => ({ adapter, origin: adapter.origins.api, credentials: [{ id: 'one', key: 'k' }] }))
    const strategies: Strategies = { ranked: (able) => [...able], reason: () => 'priority' }
    const modelFor = (source_seconds: number, model = 'auto') => {
      const track: NativeTrack = {
        provider: 'elsewhere',
        credential: 'other',
        form: 'generateMusic',
        provider_task_id: 't',
        provider_track_id: 'a',
        track_index: 0,
        model: 'v4.5-all',
      }
      const fields = { mode: operation === 'coverMusic' ? 'describe' : 'compose' }
      const material = { track, audio_urls: [AUDIO.audio_url], source_seconds, fields }
      return routeOf(access, { operation, request: { ...request, model }, material }, strategies).able[0]?.model
    }
    expect([modelFor(60), modelFor(60.5), modelFor(480)]).toEqual(['v4.5-all', 'v5', 'v5'])
    expect([modelFor(60.5, 'v4.5-all'), modelFor(480.5)]).toEqual([undefined, undefined])
  })
})

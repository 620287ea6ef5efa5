/** Something more of a finished track: at the provider that made it, with the key that made it, or not at all. */
import { describe, expect, it } from 'vitest'
import type { TaskOperation } from '../../src/canonical/operations.ts'
import type { TaskForm } from '../../src/contract/operations.ts'
import { echo } from './echo.ts'
import {
  DAY,
  fault,
  finishedSong,
  held,
  lost,
  MINUTE,
  made,
  no,
  ok,
  openWorld,
  record,
  SECOND,
  START,
  type TestWorld,
  type WorldOptions,
} from './world.ts'

const withSong = async (options: WorldOptions = {}, request: Record<string, unknown> = {}) => {
  const world = openWorld(options)
  const { task, tracks } = await finishedSong(world, { routing: { provider: 'echo' }, ...request })
  world.sent.length = 0
  return { world, song: task, track: tracks[0]!, other: tracks[1]! }
}
const at = (milliseconds: number) => new Date(START + milliseconds).toISOString()
/** From then on a provider may keep what it makes. */
const askedAt = async (world: TestWorld, id: string) =>
  Date.parse((await world.task(id)).attempts.at(-1)!.created_at) - START
const NATIVE = { provider_task_id: 'job-1', provider_track_id: 'b', track_index: 1 }

describe('a follow-up', () => {
  it.each<[TaskOperation & TaskForm, Record<string, unknown>, object]>([
    ['convertToWav', {}, NATIVE],
    ['separateStems', { separation: 'stem', stem: 'Bass' }, { ...NATIVE, separation: 'stem', stem: 'Bass' }],
    ['createVideo', { author: 'Rain & Co' }, { ...NATIVE, author: 'Rain & Co' }],
    ['createCoverArt', { metadata: { a: 'b' } }, { provider_task_id: 'job-1' }],
    ['recoverTrack', {}, { provider_task_id: 'job-1' }],
  ])('%s is asked of the provider and key that made the track, by its own id', async (operation, request, said) => {
    const { world, other } = await withSong({ keys: { echo: ['one', 'two'] } })
    const task = await world.carryOut(operation, { track_id: other, ...request }, other)
    expect(task).toMatchObject({ status: 'succeeded', operation, provider: 'echo', tracks: [], warnings: [] })
    expect(world.bought()).toEqual([`echo ${operation}`])
    expect(world.sent[0]!.key).toBe('one')
    expect(world.said(`echo ${operation}`)).toEqual({ ...said, ring: expect.stringContaining('/cb/echo/') })
  })

  it.each([
    ['was lost', { script: { 'echo createCoverArt': [lost] } }],
    ['was cut off by a restart', { script: { 'echo createCoverArt': [held] } }],
  ] as const)('of which no callback can tell is not waited for where its answer %s', async (_, options) => {
    const { callback: __, ...silent } = echo.operations.createCoverArt!
    const quiet = { ...echo, operations: { ...echo.operations, createCoverArt: silent } }
    const { world, track } = await withSong({ providers: [quiet], ...options })
    const { id } = await world.ask('createCoverArt', {}, track)
    await world.advance(1)
    await world.restart()
    expect(await world.task(id)).toMatchObject({ status: 'failed', error: { code: 'submission_unconfirmed' } })
  })

  it('that is free was not charged, however it ends', async () => {
    const prices = { ...echo.prices, credits: { ...echo.prices.credits, createCoverArt: 0 } }
    const ends = async (script: WorldOptions['script'], time = 2 * MINUTE) => {
      const { world, track } = await withSong({ providers: [{ ...echo, prices }], ...(script ? { script } : {}) })
      const { id } = await world.ask('createCoverArt', {}, track)
      await world.advance(time)
      const { status, error, billing } = await world.task(id)
      return [status, error?.may_have_been_charged, billing]
    }
    const free = { charged: 'no', credits: 0, usd: 0 }
    expect(await ends({})).toEqual(['succeeded', undefined, free])
    expect(await ends({ 'echo createCoverArt poll': [record.broken(null, 'no')] })).toEqual(['failed', false, free])
    expect(await ends({ 'echo createCoverArt': [lost] }, 60 * MINUTE)).toEqual(['failed', false, free])
    expect(await ends({ 'echo createCoverArt poll': [record.fresh] }, 120 * MINUTE)).toEqual(['failed', false, free])
  })

  it('warns of what its provider has no place for', async () => {
    const { world, track } = await withSong()
    const task = await world.carryOut('createVideo', { author: 'R', domain_name: 'rain.test' }, track)
    expect(task.warnings).toMatchObject([{ pointer: '/domain_name', code: 'parameter_unsupported' }])
    expect(world.said('echo createVideo')).not.toHaveProperty('domain_name')
  })

  it('goes to nobody else, whatever its provider says', async () => {
    const { world, track } = await withSong({ script: { 'echo convertToWav': [no(455)] } })
    expect(await world.carryOut('convertToWav', {}, track)).toMatchObject({
      status: 'failed',
      error: { code: 'provider_maintenance' },
      billing: { charged: 'no' },
    })
    expect(new Set(world.bought())).toEqual(new Set(['echo convertToWav']))
  })

  it.each<[string, Record<string, readonly string[]>]>([
    ['no key', { echo: [] }],
    ['another key', { echo: ['another'] }],
  ])('is refused where its provider has %s now, and nothing is sent', async (_, keys) => {
    const { world, track } = await withSong()
    await world.restart({ keys })
    for (const operation of ['convertToWav', 'recoverTrack', 'createMidi'] as const)
      await expect(world.ask(operation, {}, track)).rejects.toMatchObject({
        code: 'provider_pinned_unavailable',
        involved: { provider: 'echo' },
      })
    expect(world.sent).toEqual([])
  })

  it('is refused where its provider can not do it, told of who can', async () => {
    const { world, track } = await withSong({}, { routing: { provider: 'echo-two' } })
    const error: Error = await world.ask('convertToWav', {}, track).catch((reason) => reason)
    expect(error).toMatchObject({ code: 'capability_unsupported' })
    expect(error.message).toContain('echo-two: has no convertToWav; echo has it')
    expect(error.message).not.toContain('echo-three have')
    expect(world.sent).toEqual([])
  })

  it('of a track that is not there, or is somebody else’s, is not found', async () => {
    const { world, track } = await withSong()
    const elsewhere = world.ask('convertToWav', {}, track, { project: 'other' })
    await expect(elsewhere).rejects.toMatchObject({ code: 'not_found' })
    for (const id of [track.replace(/.$/, '9'), `track_${'0'.repeat(25)}1`])
      await expect(world.ask('convertToWav', {}, id)).rejects.toMatchObject({ code: 'not_found' })
    expect(world.sent).toEqual([])
  })

  it('of a track that is not finished is not ready, and of one that never will be is a fault', async () => {
    const world = openWorld({ script: { 'echo poll': [record.half, record.half, record.broken(null, 'sorry')] } })
    const { id } = await world.create({ routing: { provider: 'echo' } })
    await world.advance(10 * SECOND)
    const [first, second] = (await world.task(id)).tracks.map((track) => track.id) as [string, string]
    await expect(world.ask('convertToWav', {}, second)).rejects.toMatchObject({
      code: 'not_ready',
      retryAfter: expect.any(Number),
      involved: { task_id: id },
    })
    await world.ask('convertToWav', {}, first)
    await world.advance(MINUTE)
    await expect(world.ask('convertToWav', {}, second)).rejects.toMatchObject(fault('/track_id', 'track_unfinished'))
    expect(world.count('echo convertToWav')).toBe(1)
  })

  it('is one task for one key, and another for another track', async () => {
    const { world, track, other } = await withSong()
    const first = await world.ask('convertToWav', { track_id: track }, track, { key: 'k' })
    expect((await world.ask('convertToWav', { track_id: track }, track, { key: 'k' })).id).toBe(first.id)
    const another = world.ask('convertToWav', { track_id: other }, other, { key: 'k' })
    await expect(another).rejects.toMatchObject({ code: 'idempotency_key_reused' })
    await world.advance(MINUTE)
    expect(world.bought()).toEqual(['echo convertToWav'])
  })
})

describe('what was made', () => {
  it('says when its provider deletes it: by the form, else like audio', async () => {
    const { world, track } = await withSong()
    const wav = await world.carryOut('convertToWav', {}, track)
    const asked = await askedAt(world, wav.id)
    expect(wav.result).toEqual({ object: 'file', url: 'https://x.test/a.wav', expires_at: at(asked + 5 * DAY) })
    const film = await world.carryOut('createVideo', {}, track)
    expect(film.result).toEqual({
      object: 'file',
      url: 'https://x.test/a.mp4',
      expires_at: at((await askedAt(world, film.id)) + 14 * DAY),
    })
    const art = await world.carryOut('createCoverArt', {}, track)
    const expires_at = at((await askedAt(world, art.id)) + 14 * DAY)
    expect(art.result).toEqual({
      object: 'images',
      images: [
        { url: 'https://x.test/1.png', expires_at },
        { url: 'https://x.test/2.png', expires_at },
      ],
    })
  })

  it('does not tell what is the provider’s own', async () => {
    const { world, track } = await withSong()
    const { result } = await world.carryOut('separateStems', { separation: 'vocals' }, track)
    expect(result).toMatchObject({
      object: 'stems',
      stems: [{ name: 'Vocals', duration_seconds: 60 }, { name: 'Backing' }],
    })
    expect(JSON.stringify(result)).not.toContain('stem-v')
  })

  it('is words where words were asked for', async () => {
    const world = openWorld()
    const task = await world.carryOut('writeLyrics', { description: 'a lighthouse' })
    expect(task).toMatchObject({
      tracks: [],
      result: { object: 'lyrics', variants: [{ title: 'Rain', lyrics: 'la' }] },
    })
    expect(world.said('echo writeLyrics')).toMatchObject({ description: 'a lighthouse' })
  })

  it.each<[string, TaskOperation, unknown]>([
    ['a script', 'convertToWav', { url: 'javascript:alert(1)' }],
    ['plain http', 'createVideo', { url: 'http://x.test/a.mp4' }],
    ['a file of the server', 'createCoverArt', { images: ['https://x.test/1.png', 'file:///etc/passwd'] }],
    [
      'plain http among others',
      'separateStems',
      { stems: [{ name: 'V', url: 'http://x.test/v.mp3', provider_stem_id: null, duration_seconds: null }] },
    ],
    [
      'a script in a recovery',
      'recoverTrack',
      { tracks: [{ provider_track_id: 'a', title: null, audio_url: 'javascript:1', error: null }] },
    ],
  ])('is not believed where its link is %s: it is read again', async (_, operation, what) => {
    const { world, track } = await withSong()
    world.script({ [`echo ${operation} poll`]: [made(what)] })
    const request = operation === 'separateStems' ? { separation: 'vocals' } : {}
    const task = await world.carryOut(operation, request, track)
    expect(task).toMatchObject({ status: 'running', result: null })
    expect(world.logged.some((line) => line.includes('"poll.failed"') && line.includes('provider_protocol'))).toBe(true)
  })

  it('is nothing where its provider failed, and what was paid back is said', async () => {
    const { world, track } = await withSong({ script: { 'echo convertToWav poll': [record.broken(531, 'sorry')] } })
    expect(await world.carryOut('convertToWav', {}, track)).toMatchObject({
      status: 'failed',
      result: null,
      error: { code: 'generation_failed' },
      billing: { charged: 'refunded' },
    })
  })
})

describe('notes', () => {
  const stems = (world: TestWorld, track: string) => world.carryOut('separateStems', { separation: 'vocals' }, track)

  it('need stems first: told what they cost, and nothing is bought', async () => {
    const { world, track } = await withSong()
    const error: Error = await world.ask('createMidi', {}, track).catch((reason) => reason)
    expect(error).toMatchObject({
      code: 'prerequisite_required',
      involved: { link: `/v1/tracks/${track}/stems`, errors: [{ pointer: '/stems_task_id', code: 'required' }] },
    })
    expect(error.message).toContain('50 credits, 0.5 USD')
    expect(world.sent).toEqual([])
  })

  it('do not ask for stems where their provider reads no notes', async () => {
    const { world, track } = await withSong({}, { routing: { provider: 'echo-two' } })
    await expect(world.ask('createMidi', {}, track)).rejects.toMatchObject({ code: 'capability_unsupported' })
  })

  it.each<[string, Record<string, unknown>, object]>([
    ['all stems', {}, {}],
    ['one stem, by its native id', { stem: 'Vocals' }, { provider_stem_id: 'stem-v' }],
  ])('are read from %s', async (_, request, said) => {
    const { world, track } = await withSong()
    const { id } = await stems(world, track)
    const task = await world.carryOut('createMidi', { stems_task_id: id, ...request }, track)
    expect(world.said('echo createMidi')).toEqual({ provider_task_id: 'job-2', ...said, ring: expect.any(String) })
    expect(task).toMatchObject({
      warnings: [],
      result: { object: 'midi', instruments: [{ name: 'Piano', notes: [{ pitch: 60 }] }] },
    })
  })

  it('are refused of stems that are not this track’s, or not there', async () => {
    const { world, song, track, other } = await withSong()
    const { id } = await stems(world, other)
    for (const wrong of [id, song.id, `task_${'0'.repeat(26)}`])
      await expect(world.ask('createMidi', { stems_task_id: wrong }, track)).rejects.toMatchObject(
        fault('/stems_task_id', 'task_unknown'),
      )
    const own = await stems(world, track)
    for (const [stem, code] of [
      ['Drums', 'value_unknown'],
      ['Backing', 'unsupported'],
    ] as const)
      await expect(world.ask('createMidi', { stems_task_id: own.id, stem }, track)).rejects.toMatchObject(
        fault('/stem', code),
      )
    expect(world.count('echo createMidi')).toBe(0)
  })

  it('are read with the key that took the track apart, or not at all', async () => {
    const { world, track } = await withSong({ keys: { echo: ['one', 'two'] } })
    const { id } = await stems(world, track)
    await world.restart({ keys: { echo: ['two', 'one'] } })
    await world.carryOut('createMidi', { stems_task_id: id }, track)
    expect(world.sent.filter(({ place }) => place === 'echo createMidi').map(({ key }) => key)).toEqual(['one'])
    await world.restart({ keys: { echo: ['two'] } })
    await expect(world.ask('createMidi', { stems_task_id: id }, track)).rejects.toMatchObject({
      code: 'provider_pinned_unavailable',
    })
    expect(world.count('echo createMidi')).toBe(1)
  })

  it('wait for stems that are under way, and are refused of those that failed', async () => {
    const broken = record.broken(null, 'sorry')
    const { world, track } = await withSong({ script: { 'echo separateStems poll': [record.fresh, broken] } })
    const { id } = await world.ask('separateStems', { separation: 'vocals' }, track)
    await world.advance(SECOND)
    const asked = () => world.ask('createMidi', { stems_task_id: id }, track)
    await expect(asked()).rejects.toMatchObject({ code: 'not_ready', retryAfter: expect.any(Number) })
    await world.advance(MINUTE)
    await expect(asked()).rejects.toMatchObject(fault('/stems_task_id', 'task_failed'))
    expect(world.count('echo createMidi')).toBe(0)
  })
})

describe('a separation of any audio', () => {
  const ALL = { keys: { echo: ['one', 'two'], 'echo-two': ['one'], 'echo-three': ['one'] } }
  const FOREIGN = { audio_url: 'https://cdn.example.com/demo.mp3' }

  it('goes to who takes it', async () => {
    const world = openWorld(ALL)
    const task = await world.carryOut('separateAudio', { source: FOREIGN, separation: 'stem', stem: 'Bass' })
    expect(world.bought()).toEqual(['echo-three separateAudio'])
    expect(world.said('echo-three separateAudio')).toMatchObject({ ...FOREIGN, separation: 'stem', stem: 'Bass' })
    expect(task).toMatchObject({
      operation: 'separateAudio',
      provider: 'echo-three',
      tracks: [],
      result: { object: 'stems', stems: [{ name: 'Vocals', url: 'https://x.test/o.mp3' }] },
    })
  })

  it('of a track is that of its own provider, where it has one', async () => {
    const { world, other } = await withSong(ALL)
    const source = { track_id: other }
    expect(await world.carryOut('separateAudio', { source, separation: 'vocals' })).toMatchObject({ provider: 'echo' })
    expect(world.bought()).toEqual(['echo separateStems'])
    expect(world.said('echo separateStems')).toMatchObject({ ...NATIVE, separation: 'vocals' })
  })

  it('of a track goes elsewhere by its audio, where its own provider has none', async () => {
    const { world, track } = await withSong(ALL, { routing: { provider: 'echo-two' } })
    const task = await world.carryOut('separateAudio', { source: { track_id: track }, separation: 'vocals' })
    expect(task.provider).toBe('echo-three')
    expect(world.said('echo-three separateAudio')).toMatchObject({ audio_url: 'https://x.test/a.mp3' })
  })

  it('names its instrument where it is one, and only there', async () => {
    const world = openWorld(ALL)
    const refused = (request: object) => expect(world.ask('separateAudio', { source: FOREIGN, ...request })).rejects
    await refused({ separation: 'stem' }).toMatchObject(fault('/stem', 'required'))
    await refused({ separation: 'vocals', stem: 'Bass' }).toMatchObject(fault('/stem', 'forbidden'))
    expect(world.sent).toEqual([])
  })

  it('is refused where nobody takes any audio, naming who does', async () => {
    const world = openWorld(ALL)
    const asked = world.ask('separateAudio', { source: FOREIGN, separation: 'vocals', routing: { provider: 'echo' } })
    await expect(asked).rejects.toMatchObject({
      code: 'capability_unsupported',
      message: expect.stringContaining('echo-three'),
    })
  })

  it('of audio that is no track has notes of its own, where they can be read', async () => {
    const script = { 'echo separateStems': [ok({ job: 'stems' })] }
    const { world, track } = await withSong({ ...ALL, script })
    const transcribe = (stems_task_id: string, request: object = {}, project?: string) =>
      world.ask('transcribeStems', { stems_task_id, ...request }, null, { project })
    const foreign = await world.carryOut('separateAudio', { source: FOREIGN, separation: 'vocals' })
    await expect(transcribe(foreign.id)).rejects.toMatchObject({ code: 'capability_unsupported' })
    const own = await world.carryOut('separateAudio', { source: { track_id: track }, separation: 'vocals' })
    for (const [request, said] of [
      [{}, {}],
      [{ stem: 'Vocals' }, { provider_stem_id: 'stem-v' }],
    ]) {
      const { id } = await transcribe(own.id, request)
      await world.advance(MINUTE)
      expect(world.said('echo createMidi')).toEqual({ provider_task_id: 'stems', ...said, ring: expect.any(String) })
      expect(await world.task(id)).toMatchObject({ status: 'succeeded', result: { object: 'midi' }, warnings: [] })
      expect(await world.engine.getMidi('default', id)).toMatchObject({ midi: { object: 'midi' }, title: null })
    }
    for (const wrong of [foreign.id, own.id])
      await expect(transcribe(wrong, {}, 'other')).rejects.toMatchObject(fault('/stems_task_id', 'task_unknown'))
    const song = `task_${track.slice('track_'.length, -1)}0`
    await expect(transcribe(song)).rejects.toMatchObject(fault('/stems_task_id', 'task_unknown'))
  })

  it('gives notes to its track', async () => {
    const { world, track, other } = await withSong(ALL)
    const { id } = await world.carryOut('separateAudio', { source: { track_id: track }, separation: 'vocals' })
    const notes = (of: string) => world.ask('createMidi', { stems_task_id: id }, of)
    await expect(notes(other)).rejects.toMatchObject(fault('/stems_task_id', 'task_unknown'))
    await world.carryOut('createMidi', { stems_task_id: id }, track)
    expect(world.said('echo createMidi')).toMatchObject({ provider_task_id: 'job-2' })
  })
})

describe('a recovery', () => {
  it('tells of every track of the task, by our ids where we have them', async () => {
    const { world, track } = await withSong()
    const { id, result } = await world.carryOut('recoverTrack', {}, track)
    const expires_at = at((await askedAt(world, id)) + DAY)
    expect(result).toEqual({
      object: 'recovery',
      tracks: [
        { track_id: track, audio: { url: 'https://x.test/fresh-a.mp3', expires_at }, error: null },
        { track_id: null, audio: null, error: 'gone for good' },
      ],
    })
  })

  it('shows its link on the track as soon as that is kept longer than the old one', async () => {
    const { world, track, other } = await withSong()
    const before = await world.engine.getTrack('default', track)
    await world.carryOut('recoverTrack', {}, track)
    expect((await world.engine.getTrack('default', track)).audio).toEqual(before.audio)
    await world.advance(13 * DAY)
    const { id } = await world.carryOut('recoverTrack', {}, track)
    const recovered = await askedAt(world, id)
    expect(await world.engine.getTrack('default', track)).toEqual({
      ...before,
      audio: { url: 'https://x.test/fresh-a.mp3', expires_at: at(recovered + DAY) },
    })
    expect((await world.engine.getTrack('default', other)).audio!.url).toBe('https://x.test/b.mp3')
  })
})

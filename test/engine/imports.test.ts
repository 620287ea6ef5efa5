/** Tracks that a provider made before Tutti: read once, free of charge, then tracks like any other. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalogue, type Operation } from '../../src/canonical/catalogue.ts'
import { PROVIDER_FAILURES } from '../../src/canonical/error.ts'
import type { Task, Track } from '../../src/canonical/task.ts'
import { adapters, mirrors } from '../../src/registry.ts'
import { type Harness, startHarness } from '../harness.ts'
import {
  answer,
  DAY,
  fault,
  held,
  MINUTE,
  no,
  ok,
  openWorld,
  type Place,
  record,
  START,
  type TestWorld,
  unreachable,
} from './world.ts'

const JOB = { provider: 'echo', provider_task_id: 'old-job' }
const take = (world: TestWorld, request: Record<string, unknown>, key: string | null = null, project = 'default') =>
  world.engine.importTrack({ project, idempotencyKey: key }, { ...JOB, ...request })
const imports = async (world: TestWorld) => (await world.engine.listTasks('default', { operation: 'importTrack' })).data

describe('an import', () => {
  it.each<[string, Record<string, unknown>, string, number]>([
    ['its id', { provider_track_id: 'b' }, 'b', 1],
    ['its place', { index: 1 }, 'b', 1],
    ['the first place', { index: 0 }, 'a', 0],
  ])('finds a track by %s', async (_, request, native, index) => {
    const world = openWorld()
    const { track, replayed } = await take(world, { ...request, metadata: { a: 'b' } })
    expect(replayed).toBe(false)
    expect(world.sent.map(({ place, url }) => [place, url.searchParams.get('job')])).toEqual([['echo poll', 'old-job']])
    expect(track).toMatchObject({
      object: 'track',
      index,
      status: 'ready',
      provider: 'echo',
      provider_track_id: native,
      title: 'Rain',
      lyrics: 'la',
      audio: { url: `https://x.test/${native}.mp3`, expires_at: new Date(START + 14 * DAY).toISOString() },
    })
    expect(await world.engine.getTrack('default', track.id)).toEqual(track)
    await expect(world.engine.getTrack('other', track.id)).rejects.toMatchObject({ code: 'not_found' })
    const task = await world.task(track.task_id)
    expect(task).toMatchObject({
      operation: 'importTrack',
      status: 'succeeded',
      stage: 'complete',
      billing: { charged: 'no', credits: 0, usd: 0 },
      metadata: { a: 'b' },
    })
    expect(task.tracks).toEqual([track])
  })

  it('is one for one key, also after a start', async () => {
    const world = openWorld()
    const first = await take(world, { index: 0 }, 'k')
    await world.restart()
    expect(await take(world, { index: 0 }, 'k')).toEqual({ track: first.track, replayed: true })
    await expect(take(world, { index: 1 }, 'k')).rejects.toMatchObject({ code: 'idempotency_key_reused' })
    expect(world.sent.length).toBe(1)
  })

  it('is one for one key, asked for twice at once', async () => {
    const world = openWorld({ script: { 'echo poll': [held, held, record.done] } })
    const both = [take(world, { index: 0 }, 'k'), take(world, { index: 0 }, 'k')]
    await world.settle()
    await world.release(record.done)
    await world.release(record.done)
    const [first, second] = await Promise.all(both)
    expect(first!.track).toEqual(second!.track)
    expect((await imports(world)).length).toBe(1)
  })

  it('is read with whichever key sees it', async () => {
    const world = openWorld({ keys: { echo: ['one', 'two'] }, script: { 'echo poll': [record.absent, record.done] } })
    const { track } = await take(world, { index: 0 })
    await world.carryOut('convertToWav', {}, track.id)
    expect(world.sent.map(({ place, key }) => [place, key]).slice(0, 3)).toEqual([
      ['echo poll', 'one'],
      ['echo poll', 'two'],
      ['echo convertToWav', 'two'],
    ])
  })

  it.each<[string, Record<string, unknown>, object]>([
    [
      'an index out of range',
      { index: 2 },
      { code: 'track_index_out_of_range', involved: { errors: [{ pointer: '/index' }] } },
    ],
    ['an id that is not in it', { provider_track_id: 'z' }, fault('/provider_track_id', 'track_unknown')],
    ['neither id nor place', {}, fault('/provider_track_id', 'required')],
    ['both', { index: 0, provider_track_id: 'a' }, fault('/provider_track_id', 'forbidden')],
    ['an unknown provider', { index: 0, provider: 'nobody' }, fault('/provider', 'provider_unknown')],
  ])('is refused with %s', async (_, request, error) => {
    const world = openWorld()
    await expect(take(world, request)).rejects.toMatchObject(error)
    expect(await imports(world)).toEqual([])
  })

  it('is refused of a provider without a key', async () => {
    const world = openWorld({ keys: { echo: [] } })
    await expect(take(world, { index: 0 })).rejects.toMatchObject({ code: 'provider_not_configured' })
    expect(world.sent).toEqual([])
  })

  const script = { key: 'a', name: 'Rain', file: 'javascript:alert(1)' }
  const http = { key: 'a', name: 'Rain', file: 'http://x.test/a.mp3' }
  const fine = { key: 'a', name: 'Rain', file: 'https://x.test/a.mp3' }
  const elsewhere = ['extendMusic', 'extendAudio', 'coverMusic', 'replaceSection', 'generateSound']
  const nowhereElse = Object.fromEntries(elsewhere.map((form) => [`echo ${form} poll`, [record.absent]]))

  it.each([no(422), ok({ job: 'x', state: 'ODD' })])(
    'is looked for on where a record says something else',
    async (said) => {
      const world = openWorld({
        script: { 'echo poll': [said], ...nowhereElse, 'echo coverMusic poll': [record.done] },
      })
      expect(await take(world, { index: 0 })).toMatchObject({ track: { status: 'ready' } })
    },
  )

  it.each<[string, ReturnType<typeof ok>, Record<string, unknown>, object]>([
    ['of a task that has no tracks yet', record.fresh, { index: 0 }, { code: 'not_ready', retryAfter: 30 }],
    ['of a track that may still come', record.fresh, { provider_track_id: 'a' }, { code: 'not_ready' }],
    ['of a track that is not finished', record.half, { index: 1 }, { code: 'not_ready', retryAfter: 30 }],
    [
      'of a task that failed',
      record.broken(null, 'sorry'),
      { index: 0 },
      fault('/provider_task_id', 'track_unfinished'),
    ],
    ['that can not be read', unreachable as never, { index: 0 }, { code: 'provider_unavailable' }],
    ['that its key may not read', no(401), { index: 0 }, { code: 'provider_auth_failed' }],
    ['in no known form', ok({ job: 'x', state: 'ODD' }), { index: 0 }, { code: 'provider_protocol' }],
    ['of a script', ok({ job: 'x', state: 'DONE', parts: [script] }), { index: 0 }, { code: 'provider_protocol' }],
    ['of plain http', ok({ job: 'x', state: 'DONE', parts: [http] }), { index: 0 }, { code: 'provider_protocol' }],
    [
      'with a picture of plain http',
      ok({ job: 'x', state: 'DONE', parts: [{ ...fine, picture: 'http://x.test/a.png' }] }),
      { index: 0 },
      { code: 'provider_protocol' },
    ],
  ])('%s stores nothing, and its key can be used again', async (_, said, request, error) => {
    const world = openWorld({ script: { 'echo poll': [said], ...nowhereElse } })
    await expect(take(world, request, 'k')).rejects.toMatchObject(error)
    expect(await imports(world)).toEqual([])
    world.script({ 'echo poll': [record.done] })
    expect(await take(world, request, 'k')).toMatchObject({ replayed: false, track: { status: 'ready' } })
  })

  it('of a task that is in none of the records of its provider stores nothing', async () => {
    const world = openWorld({ script: { 'echo poll': [record.absent], ...nowhereElse } })
    await expect(take(world, { index: 0 })).rejects.toMatchObject(fault('/provider_task_id', 'task_unknown'))
    expect(world.sent.map(({ place }) => place)).toEqual(['echo poll', ...Object.keys(nowhereElse)])
    expect(await imports(world)).toEqual([])
  })

  it('is looked for at no other place where its provider is not well', async () => {
    const world = openWorld({ script: { 'echo poll': [no(500)] } })
    await expect(take(world, { index: 0 })).rejects.toMatchObject({ code: 'provider_unavailable' })
    expect(world.count('echo poll')).toBe(1)
    expect(world.sent.length).toBe(1)
  })

  it('of the finished half of a song is taken', async () => {
    const world = openWorld({ script: { 'echo poll': [record.half] } })
    expect((await take(world, { index: 0 })).track).toMatchObject({ status: 'ready', provider_track_id: 'a' })
  })
})

describe('what an import is told to answer', () => {
  const calls = Object.entries<Operation>(catalogue).filter(([, { kind }]) => kind === 'call')

  it('is what reading a record can come to, and nothing that only a paid request can', () => {
    const signs = adapters.flatMap(({ errors }) => Object.entries(errors))
    const read = signs.filter(([, signals]) => signals.some(({ at, absent }) => at === 'read' && !absent))
    // Its track may not be finished.
    const due = new Set<string>([...read.map(([code]) => code), 'not_ready'])
    const { errors }: Operation = catalogue.importTrack
    expect(PROVIDER_FAILURES.filter((code) => errors.includes(code))).toEqual(
      PROVIDER_FAILURES.filter((code) => due.has(code)),
    )
    const paid = ['concurrency_limited', 'spend_limit_reached', 'no_provider_available', 'provider_tls_error'] as const
    expect(paid.filter((code) => errors.includes(code))).toEqual([])
  })

  it('is alone among calls to speak of an answer that we do not know: of a paid one nobody knows what came of it', () => {
    expect(calls.filter(([, { errors }]) => errors.includes('provider_protocol')).map(([id]) => id)).toEqual([
      'importTrack',
    ])
  })
})

/** What its provider's record says, in a world of that provider alone. */
const recorded = async (id: string, change: Record<string, unknown>) => {
  const adapter = adapters.find((each) => each.id === id)!
  const { wire } = (await mirrors())[id]!.generateMusic.replies.complete as { wire: { data: object } }
  const { hostname, pathname } = new URL(`${adapter.origins.api}${adapter.operations.generateMusic!.poll.path}`)
  const said = answer({ ...wire, data: { ...wire.data, ...change } })
  const world = openWorld({ providers: [adapter], script: { [`${hostname} ${pathname.slice(1)}` as Place]: [said] } })
  return (await take(world, { provider: id, index: 0 })).track
}

describe('the file of an import', () => {
  const MADE = '2025-12-28T10:11:12.000Z'
  const milliseconds = Date.parse(MADE)
  // kie.md 7.10, apibox.md 6.7, udioapi.md 5.
  it.each([
    ['kie', { createTime: milliseconds }],
    ['kie', { createTime: '2025-12-28 10:11:12' }],
    ['apibox', { createTime: milliseconds }],
    ['udioapi', { created_at: MADE }],
  ])('is kept from when %s made it: %j', async (id, change) => {
    const { created_at, audio } = await recorded(id, change)
    expect(created_at).toBe(MADE)
    expect(audio!.expires_at).toBe(new Date(milliseconds + 14 * DAY).toISOString())
  })

  it.each([
    ['no time', undefined],
    ['one to come', START + DAY],
    ['what is no time', 'yesterday'],
    ['one that nobody made songs in', 0],
  ])('is kept from the import where the record names %s', async (_, createTime) => {
    const { wire } = (await mirrors()).kie!.generateMusic.replies.complete as {
      wire: { data: { response: { sunoData: object[] } } }
    }
    const tracks = wire.data.response.sunoData.map((track) => ({ ...track, createTime }))
    const { audio } = await recorded('kie', { createTime, response: { sunoData: tracks } })
    expect(audio!.expires_at).toBe(new Date(START + 14 * DAY).toISOString())
  })

  it('is that of a recovery where that is kept longer, however alive its own seems', async () => {
    const made = ok({
      job: 'job-1',
      state: 'DONE',
      at: START - 13.5 * DAY,
      parts: [{ key: 'a', name: 'Rain', words: 'la', tags: 'folk', length: 60, file: 'https://x.test/a.mp3' }],
    })
    const world = openWorld({ script: { 'echo poll': [made] } })
    const { track } = await take(world, { index: 0 })
    expect(track.audio!.expires_at).toBe(new Date(START + DAY / 2).toISOString())
    await world.carryOut('recoverTrack', {}, track.id)
    expect((await world.engine.getTrack('default', track.id)).audio!.url).toBe('https://x.test/fresh-a.mp3')
    expect(await world.engine.getTrackAudio('default', track.id)).toBe('https://x.test/fresh-a.mp3')
    await world.carryOut('coverMusic', { source: { track_id: track.id }, description: 'jazz' })
    expect(world.said('echo coverMusic')).toMatchObject({ audio_url: 'https://x.test/fresh-a.mp3' })
  })
})

describe('an imported track', () => {
  const imported = async () => {
    const world = openWorld()
    const { track } = await take(world, { index: 1 })
    return { world, track }
  }
  const NATIVE = { provider_task_id: 'old-job', provider_track_id: 'b', track_index: 1 }

  it('has follow-ups by its place in the old task', async () => {
    const { world, track } = await imported()
    expect(await world.carryOut('convertToWav', {}, track.id)).toMatchObject({ status: 'succeeded', provider: 'echo' })
    expect(world.said('echo convertToWav')).toMatchObject(NATIVE)
    await world.engine.alignLyrics({ project: 'default', idempotencyKey: null }, track.id, 0)
    expect(world.said('echo words')).toEqual({ job: 'old-job', key: 'b', index: 1 })
  })

  it('goes on by its own id once its model is named, else by its audio', async () => {
    const { world, track } = await imported()
    const source = { track_id: track.id }
    await world.carryOut('extendMusic', { source, model: 'v4' })
    expect(world.said('echo extendMusic')).toMatchObject({ ...NATIVE, model: 'v4' })
    await world.carryOut('extendMusic', { source })
    expect(world.bought()).toEqual(['echo extendMusic', 'echo extendAudio'])
    expect(world.said('echo extendAudio')).toMatchObject({ audio_url: 'https://x.test/b.mp3', model: 'v5' })
  })

  it('is found in its task again by a recovery', async () => {
    const { world, track } = await imported()
    const audio_url = 'https://x.test/fresh-b.mp3'
    const tracks = ['a', 'b'].map((id) => ({ provider_track_id: id, title: null, audio_url, error: null }))
    world.script({ 'echo recoverTrack poll': [ok({ job: 'job-2', state: 'DONE', made: { tracks } })] })
    await world.advance(14 * DAY + MINUTE)
    const task = await world.carryOut('recoverTrack', {}, track.id)
    expect(task.result).toMatchObject({ tracks: [{ track_id: null }, { track_id: track.id }] })
    expect((await world.engine.getTrack('default', track.id)).audio!.url).toBe(audio_url)
  })
})

describe('where a provider keeps songs at several places', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await startHarness({ only: ['udioapi', 'kie'] })
  })
  afterAll(() => harness.stop())

  const json = async <Body>(answered: Promise<Response>) => (await (await answered).json()) as Body
  const made = async (path: string, request: object): Promise<Task> => {
    const task = await harness.ended((await json<Task>(harness.post(path, request))).id)
    expect(task).toMatchObject({ status: 'succeeded', provider: 'udioapi' })
    return task
  }
  const routing = { only: ['udioapi'] }
  const AUDIO = { audio_url: 'https://cdn.example.com/demo.mp3' }
  const spent = async () => (await harness.ledgers()).by.udioapi

  // udioapi.md 2, 7.2, 10.3.
  it.each([
    ['a cover', 15, '/v1/music/covers', { source: AUDIO, description: 'jazz', routing }],
    ['a song of MiniMax', 14, '/v1/music/generations', { mode: 'describe', description: 'jazz', model: 'minimax' }],
  ])('%s is found, and followed up as what it is', async (_, days, path, request) => {
    const task = await made(path, request)
    const before = await spent()
    const { provider_task_id } = task.attempts[0]!
    const track = await json<Track>(harness.post('/v1/tracks', { provider: 'udioapi', provider_task_id, index: 0 }))
    const own = task.tracks[0]!
    expect(track).toMatchObject({ status: 'ready', provider_track_id: own.provider_track_id })
    const kept = Date.parse(track.audio!.expires_at) - Date.parse(track.created_at)
    expect([track.audio!.url, kept]).toEqual([own.audio!.url, days * DAY])

    for (const id of [track.id, own.id]) {
      const lyrics = harness.post(`/v1/tracks/${id}/timestamped-lyrics`, {})
      expect(await json(lyrics)).toMatchObject({ code: 'capability_unsupported' })
      const words = { lyrics: 'la', style: 'folk', title: 'On', continue_at_seconds: 1, instrumental: false }
      const longer = { source: { track_id: id }, ...words }
      expect(await json(harness.post('/v1/music/extensions', { ...longer, routing }))).toMatchObject({
        code: 'capability_unsupported',
      })
      const elsewhere = await json<Task>(harness.post('/v1/music/extensions', longer))
      expect(await harness.ended(elsewhere.id)).toMatchObject({
        status: 'succeeded',
        attempts: [{ provider: 'kie', state: 'accepted' }],
      })
    }
    expect(await spent()).toEqual(before)
  })
})

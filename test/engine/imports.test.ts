/** Tracks that a provider made before Tutti: read once, free of charge, then tracks like any other. */
import { describe, expect, it } from 'vitest'
import { DAY, fault, held, MINUTE, no, ok, openWorld, record, START, type TestWorld, unreachable } from './world.ts'

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
  it.each<[string, ReturnType<typeof ok>, Record<string, unknown>, object]>([
    ['of a task that is not there', record.absent, { index: 0 }, fault('/provider_task_id', 'task_unknown')],
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
    const world = openWorld({ script: { 'echo poll': [said] } })
    await expect(take(world, request, 'k')).rejects.toMatchObject(error)
    expect(await imports(world)).toEqual([])
    world.script({ 'echo poll': [record.done] })
    expect(await take(world, request, 'k')).toMatchObject({ replayed: false, track: { status: 'ready' } })
  })

  it('of the finished half of a song is taken', async () => {
    const world = openWorld({ script: { 'echo poll': [record.half] } })
    expect((await take(world, { index: 0 })).track).toMatchObject({ status: 'ready', provider_track_id: 'a' })
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

/** Timed lyrics as a paid call: bought once for a track, never by chance twice, and honest where nobody knows. */
import { describe, expect, it } from 'vitest'
import {
  answer,
  finishedSong,
  held,
  lost,
  MINUTE,
  no,
  ok,
  openWorld,
  record,
  type Script,
  SECOND,
  type TestWorld,
  unreachable,
  untrusted,
} from './world.ts'

const WORDS = ok({ words: [{ text: '[Verse]\nRain', from: 1, to: 2, found: true, sure: 0.5 }], wave: [0, 1] })
const align = (world: TestWorld, track: string, key: string | null = null, wait = 0, project = 'default') =>
  world.engine.alignLyrics({ project, idempotencyKey: key }, track, wait)

const withSong = async (script: Script = {}) => {
  const world = openWorld({ script })
  const { task, tracks } = await finishedSong(world, { routing: { provider: 'echo' } })
  return { world, song: task, track: tracks[0]!, other: tracks[1]! }
}
const callsOf = async (world: TestWorld) => (await world.engine.listTasks('default', { operation: 'alignLyrics' })).data

describe('timed lyrics', () => {
  it('are bought once, stored, and free from then on', async () => {
    const { world, track } = await withSong()
    const first = await align(world, track, 'k')
    expect(first).toMatchObject({
      provider: 'echo',
      lyrics: { track_id: track, lines: [{ section: 'Verse', words: [0, 1] }] },
    })
    for (const key of [null, 'k', 'another']) expect((await align(world, track, key)).lyrics).toEqual(first.lyrics)
    expect(await world.engine.getTimestampedLyrics('default', track)).toEqual(first.lyrics)
    expect(world.count('echo words')).toBe(1)
    expect(world.sent.at(-1)!.body).toEqual({ job: 'job-1', key: 'a', index: 0 })
    expect(await callsOf(world)).toMatchObject([
      { status: 'succeeded', stage: 'complete', billing: { charged: 'yes', credits: 2 } },
    ])
    await world.restart()
    expect((await align(world, track)).lyrics).toEqual(first.lyrics)
    expect(world.count('echo words')).toBe(1)
  })

  it('of two tracks are two calls', async () => {
    const { world, track, other } = await withSong()
    await align(world, track)
    await align(world, other)
    expect(world.sent.filter(({ place }) => place === 'echo words').map(({ body }) => body.key)).toEqual(['a', 'b'])
  })

  it.each<[string, (index: number) => string | null]>([
    ['without a key', () => null],
    ['with one key', () => 'k'],
    ['with a key each', (index) => `k${index}`],
  ])('asked for fifty times at once %s are one call', async (_, key) => {
    const { world, track } = await withSong({ 'echo words': [held] })
    const all = Array.from({ length: 50 }, (__, index) => align(world, track, key(index)))
    await world.settle()
    await world.release(WORDS)
    const answers = await Promise.all(all)
    expect(new Set(answers.map(({ lyrics }) => JSON.stringify(lyrics))).size).toBe(1)
    expect(world.count('echo words')).toBe(1)
    expect((await callsOf(world)).length).toBe(1)
  })

  it('are stored where there are none, with the reason', async () => {
    const { world, track } = await withSong({ 'echo words': [ok(null)] })
    expect((await align(world, track)).lyrics).toMatchObject({ words: [], lines: [], reason: 'no_lyrics' })
    await align(world, track)
    expect(world.count('echo words')).toBe(1)
  })

  it('are not ready to be read before they were bought', async () => {
    const { world, track } = await withSong()
    await expect(world.engine.getTimestampedLyrics('default', track)).rejects.toMatchObject({ code: 'not_ready' })
    expect(world.count('echo words')).toBe(0)
  })

  it('of a track of another project, or of none, are not found', async () => {
    const { world, track, song } = await withSong()
    for (const [id, project] of [
      [track, 'other'],
      [track.replace(/1$/, '3'), 'default'],
      [song.id.replace('task_', 'track_'), 'default'],
      ['track_00000000000000000000000001', 'default'],
    ] as const) {
      await expect(align(world, id, null, 0, project)).rejects.toMatchObject({ code: 'not_found' })
      await expect(world.engine.getTimestampedLyrics(project, id)).rejects.toMatchObject({ code: 'not_found' })
    }
    expect(world.count('echo words')).toBe(0)
  })
})

describe('not ready', () => {
  const unfinished = async () => {
    const world = openWorld({ script: { 'echo poll': [record.text, record.text, record.done] } })
    const { id } = await world.create({ routing: { provider: 'echo' } })
    await world.advance(10 * SECOND)
    return { world, track: (await world.task(id)).tracks[0]!.id }
  }

  it('is a track that is not finished, and nothing is sent', async () => {
    const { world, track } = await unfinished()
    await expect(align(world, track, 'k')).rejects.toMatchObject({ code: 'not_ready', retryAfter: 6 })
    expect(world.count('echo words')).toBe(0)
    await world.advance(MINUTE)
    expect((await align(world, track, 'k')).lyrics.words.length).toBe(1)
  })

  it('is waited out under wait', async () => {
    const { world, track } = await unfinished()
    const waiting = align(world, track, 'k', MINUTE)
    const short = align(world, track, 'k', SECOND).catch((error) => error)
    await world.advance(MINUTE)
    expect((await waiting).lyrics.words.length).toBe(1)
    expect(await short).toMatchObject({ code: 'not_ready' })
  })

  it('at the provider leaves no task behind, and the same key works later', async () => {
    const { world, track } = await withSong({ 'echo words': [no(409), no(409, 'wait', 9), WORDS] })
    await expect(align(world, track, 'k')).rejects.toMatchObject({ code: 'not_ready', retryAfter: 5 })
    await expect(align(world, track, 'k')).rejects.toMatchObject({ code: 'not_ready', retryAfter: 9 })
    expect(await callsOf(world)).toEqual([])
    expect((await align(world, track, 'k')).lyrics.words.length).toBe(1)
  })

  it('at the provider is asked again under wait, and only until its time is over', async () => {
    const { world, track } = await withSong({ 'echo words': [no(409), no(409), WORDS] })
    const waiting = align(world, track, 'k', MINUTE)
    await world.advance(MINUTE)
    expect((await waiting).lyrics.words.length).toBe(1)
    const times = world.timesOf('echo words')
    expect(times.slice(1).map((time, index) => time - times[index]!)).toEqual([5000, 5000])

    const never = await withSong({ 'echo words': [no(409)] })
    const refused = align(never.world, never.track, null, 12 * SECOND).catch((error) => error)
    await never.world.advance(MINUTE)
    expect(await refused).toMatchObject({ code: 'not_ready' })
    expect(never.world.count('echo words')).toBe(4)
  })

  it('is not what an unfinished track of a failed song is', async () => {
    const world = openWorld({ script: { 'echo poll': [record.half, record.broken(null, 'sorry')] } })
    const { tracks } = await finishedSong(world, { routing: { provider: 'echo' } })
    await expect(align(world, tracks[1]!)).rejects.toMatchObject({ code: 'lyrics_unavailable' })
    expect((await align(world, tracks[0]!)).lyrics.words.length).toBe(1)
  })
})

describe('a refusal', () => {
  it.each([
    ['no connection', unreachable, 'provider_unavailable'],
    ['no trusted connection', untrusted, 'provider_tls_error'],
    ['no credits', no(402), 'provider_credits_exhausted'],
    ['a rate limit', no(429), 'provider_rate_limited'],
    ['a refused key', no(401), 'provider_auth_failed'],
  ] as const)('that may pass, such as %s, leaves no task and frees its key', async (_, said, code) => {
    const { world, track } = await withSong({ 'echo words': [said, WORDS] })
    await expect(align(world, track, 'k')).rejects.toMatchObject({ code, involved: { may_have_been_charged: false } })
    expect(await callsOf(world)).toEqual([])
    await world.advance(2 * MINUTE)
    expect((await align(world, track, 'k')).lyrics.words.length).toBe(1)
    expect(world.count('echo words')).toBe(2)
  })

  it.each([
    ['a parameter', no(422), 'provider_rejected_request'],
    ['missing lyrics', no(410), 'lyrics_unavailable'],
  ] as const)('that stays, such as %s, is kept and said again without asking', async (_, said, code) => {
    const { world, track } = await withSong({ 'echo words': [said, WORDS] })
    for (let time = 0; time < 3; time++)
      await expect(align(world, track, 'k')).rejects.toMatchObject({ code, involved: { may_have_been_charged: false } })
    expect(world.count('echo words')).toBe(1)
    expect(await callsOf(world)).toMatchObject([{ status: 'failed', billing: { charged: 'no' }, error: { code } }])
    expect((await align(world, track, 'new')).lyrics.words.length).toBe(1)
  })

  it('is what reading tells too: why there are no words, or what went wrong and where to buy them', async () => {
    const reading = async (said: Script['echo words']) => {
      const { world, track } = await withSong({ 'echo words': said })
      await align(world, track).catch(() => {})
      return world.engine.getTimestampedLyrics('default', track)
    }
    await expect(reading([no(410)])).rejects.toMatchObject({ code: 'lyrics_unavailable' })
    await expect(reading([no(422)])).rejects.toMatchObject({
      code: 'not_ready',
      message: expect.stringContaining('provider_rejected_request'),
    })
  })

  it('is what a track gets whose key is gone: nothing is sent to anybody', async () => {
    const { world, track } = await withSong()
    await world.restart({ keys: { echo: ['another'] } })
    await expect(align(world, track)).rejects.toMatchObject({ code: 'provider_pinned_unavailable' })
    expect([world.count('echo words'), world.count('echo-two words')]).toEqual([0, 0])
    expect(await callsOf(world)).toEqual([])
  })

  it('is what a track gets whose provider has no timed lyrics', async () => {
    const world = openWorld()
    const { tracks } = await finishedSong(world, { routing: { provider: 'echo-three' } })
    await expect(align(world, tracks[0]!)).rejects.toMatchObject({ code: 'capability_unsupported' })
  })

  it('is what a key gets that was used for another track', async () => {
    const { world, track, other } = await withSong()
    await align(world, track, 'k')
    await expect(align(world, other, 'k')).rejects.toMatchObject({ code: 'idempotency_key_reused' })
  })
})

describe('an unknown outcome', () => {
  const unconfirmed = { code: 'submission_unconfirmed', involved: { may_have_been_charged: true } }

  it.each([
    ['a lost connection', lost],
    ['an HTML error', answer('<html>', 504)],
    ['a code nobody knows', no(777)],
    ['words in no known form', ok({ words: 'none' })],
    ['a truncated answer', answer('{"code":200,"data":{"wor')],
    ['a fault of the transport', { kind: 'thrown' }],
  ] as const)('by %s is repeated for a new key only', async (_, said) => {
    const { world, track } = await withSong({ 'echo words': [said, WORDS] })
    await expect(align(world, track, 'k')).rejects.toMatchObject(unconfirmed)
    await expect(align(world, track, 'k')).rejects.toMatchObject(unconfirmed)
    await expect(align(world, track)).rejects.toMatchObject(unconfirmed)
    await world.restart()
    await expect(align(world, track)).rejects.toMatchObject(unconfirmed)
    expect(world.count('echo words')).toBe(1)
    expect(await callsOf(world)).toMatchObject([{ status: 'failed', billing: { charged: 'unknown' } }])
    expect((await align(world, track, 'new')).lyrics.words.length).toBe(1)
    expect((await align(world, track, 'k')).lyrics.words.length).toBe(1)
    expect(world.count('echo words')).toBe(2)
  })

  it('is what is found after a crash: the intent was stored before anything was sent', async () => {
    const { world, track } = await withSong({ 'echo words': [held] })
    align(world, track, 'k')
    await world.settle()
    expect(world.count('echo words')).toBe(1)
    expect(await callsOf(world)).toMatchObject([{ status: 'running', attempts: [{ state: 'sending' }] }])
    await world.restart()
    await expect(align(world, track, 'k')).rejects.toMatchObject(unconfirmed)
    await expect(align(world, track)).rejects.toMatchObject(unconfirmed)
    expect(world.count('echo words')).toBe(1)
    world.script({ 'echo words': [WORDS] })
    expect((await align(world, track, 'new')).lyrics.words.length).toBe(1)
  })

  it('uses up the keys of all who waited for it', async () => {
    const { world, track } = await withSong({ 'echo words': [held] })
    const [first, second] = [align(world, track, 'one'), align(world, track, 'two')]
    const refused = Promise.all(
      [expect(first).rejects, expect(second).rejects].map((each) => each.toMatchObject(unconfirmed)),
    )
    await world.settle()
    await world.release(lost)
    await refused
    world.script({ 'echo words': [WORDS] })
    for (const key of ['one', 'two', null]) await expect(align(world, track, key)).rejects.toMatchObject(unconfirmed)
    expect(world.count('echo words')).toBe(1)
  })

  it('is not there where only storing the answer took some tries', async () => {
    const { world, track } = await withSong({ 'echo words': [held] })
    const asked = align(world, track, 'k')
    await world.settle()
    world.refuseCommits(3)
    await world.release(WORDS)
    await world.advance(10 * SECOND)
    expect((await asked).lyrics.words.length).toBe(1)
    expect(world.count('echo words')).toBe(1)
  })

  it('is not there where the answer was stored and reported as not stored', async () => {
    const { world, track } = await withSong({ 'echo words': [held] })
    const asked = align(world, track, 'k')
    await world.settle()
    world.doubtCommits(1)
    await world.release(WORDS)
    await world.advance(10 * SECOND)
    expect((await asked).lyrics.words.length).toBe(1)
    expect((await align(world, track, 'k')).lyrics.words.length).toBe(1)
    expect(world.count('echo words')).toBe(1)
  })

  it('is not there where the intent could not be stored: nothing was sent', async () => {
    const { world, track } = await withSong()
    world.refuseCommits(1)
    await expect(align(world, track, 'k')).rejects.toThrow('disk full')
    expect(world.count('echo words')).toBe(0)
    expect((await align(world, track, 'k')).lyrics.words.length).toBe(1)
  })
})

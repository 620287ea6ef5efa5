/** The main job, per provider and over real HTTP: a song, its audio, its timed lyrics – and nothing tells who made it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import callbackComplete from '../../adapters/kie/fixtures/generateMusic/callback-complete.json' with { type: 'json' }
import { catalogue } from '../../src/canonical/catalogue.ts'
import { STAGES } from '../../src/canonical/words.ts'
import { type Harness, SONG, startHarness } from '../harness.ts'
import { align, lyricsPath, make, order, PROVIDERS, readLyrics, type Song, shapeOf } from './songs.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(async () => {
  await harness.stop()
})

/** Seconds of sound in a WAV file, having read it as a player does. */
const secondsOf = (file: ArrayBuffer): number => {
  const view = new DataView(file)
  const word = (at: number) => String.fromCharCode(...new Uint8Array(file, at, 4))
  expect([word(0), word(8)]).toEqual(['RIFF', 'WAVE'])
  expect(view.getUint32(4, true)).toBe(file.byteLength - 8)
  let rate = 0
  for (let at = 12; at + 8 <= file.byteLength; at += 8 + view.getUint32(at + 4, true)) {
    if (word(at) === 'fmt ') rate = view.getUint32(at + 16, true)
    if (word(at) !== 'data') continue
    const size = view.getUint32(at + 4, true)
    const samples = new Uint8Array(file, at + 8, size)
    expect(samples.some((each) => each !== 0)).toBe(true)
    return size / rate
  }
  throw new Error('a WAV file without sound')
}

/** Everything that has to be true of a finished song, whoever made it. */
const expectSong = (task: Song) => {
  expect(task.error).toBeNull()
  expect(task.status).toBe('succeeded')
  const ranks = task.stages.map(({ stage }) => STAGES.indexOf(stage))
  expect(ranks).toEqual(ranks.toSorted((a, b) => a - b))
  expect(task.stages.map(({ stage }) => stage)).toEqual(
    expect.arrayContaining(['accepted', 'submitting', 'submitted', 'complete']),
  )
  expect(task.billing.charged).toBe('yes')
  expect(task.attempts.map(({ state }) => state)).toEqual(['accepted'])
  expect(task.tracks.map(({ status, index }) => [status, index])).toEqual([
    ['ready', 0],
    ['ready', 1],
  ])
  expect(task.tracks.map(({ id }) => id)).toEqual(['1', '2'].map((last) => `track_${task.id.slice(5, -1)}${last}`))
  for (const { audio, created_at } of task.tracks)
    expect(Date.parse(audio!.expires_at)).toBeGreaterThan(Date.parse(created_at))
}

describe.each(PROVIDERS)('at %s', (provider) => {
  const routing = { provider }

  test('a song ends with two tracks whose audio is as long as announced, and whose lyrics can be aligned and read', async () => {
    const task = await make(harness, { routing })
    expectSong(task)
    expect(task.provider).toBe(provider)
    expect(catalogue.generateMusic.result.parse(task)).toEqual(task)
    for (const { id, audio, duration_seconds, title, lyrics } of task.tracks) {
      expect([title, lyrics]).toEqual([SONG.title, SONG.lyrics])
      const file = await fetch(audio!.url)
      expect(Math.abs(secondsOf(await file.arrayBuffer()) - duration_seconds!)).toBeLessThanOrEqual(0.1)

      const before = await harness.call(lyricsPath(id))
      expect([before.status, before.headers.get('link')]).toEqual([409, `<${lyricsPath(id)}>; rel="create-form"`])
      const bought = await align(harness, id)
      expect(bought.status).toBe(200)
      expect(bought.headers.get('tutti-provider')).toBe(provider)
      const aligned = await readLyrics(bought)
      expect(catalogue.alignLyrics.result.parse(aligned)).toEqual(aligned)
      expect(await readLyrics(await harness.call(lyricsPath(id)))).toEqual(aligned)
      expect(aligned.words.map(({ raw }) => raw).join('')).toBe(SONG.lyrics)
      expect(aligned.words.map(({ text }) => text).join(' ')).toBe('Rain on the wire home by the light')
      expect(aligned.lines.map(({ section, words }) => [section, ...words])).toEqual([
        ['Verse', 0, 4],
        ['Verse', 4, 8],
      ])
      for (const word of aligned.words) expect(word.end_seconds).toBeLessThanOrEqual(duration_seconds!)
    }
  })

  test('aligning a track again is free and answers the same', async () => {
    const { tracks } = await make(harness, { routing })
    const before = (await harness.ledgers()).by[provider]!.alignments
    const answers = await Promise.all(Array.from({ length: 5 }, () => align(harness, tracks[0]!.id)))
    const later = await align(harness, tracks[0]!.id, { 'idempotency-key': `${provider}-again` })
    const all = await Promise.all([...answers, later].map(readLyrics))
    for (const each of all) expect(each).toEqual(all[0])
    expect((await harness.ledgers()).by[provider]!.alignments).toBe(before + 1)
  })

  test('an instrumental has no words, and says why', async () => {
    const task = await make(harness, { routing, instrumental: true, lyrics: undefined })
    expectSong(task)
    const answer = await align(harness, task.tracks[0]!.id)
    expect(answer.status).toBe(200)
    const lyrics = await readLyrics(answer)
    expect(lyrics).toMatchObject({ words: [], lines: [], reason: 'no_lyrics' })
    expect(await readLyrics(await harness.call(lyricsPath(task.tracks[0]!.id)))).toEqual(lyrics)
  })

  test('an idea becomes a song whose lyrics the provider wrote', async () => {
    const idea = {
      mode: 'describe',
      description: 'a lighthouse keeper who waits',
      title: undefined,
      style: undefined,
      lyrics: undefined,
    }
    const task = await make(harness, { ...idea, routing })
    expectSong(task)
    for (const { lyrics, title } of task.tracks) {
      expect(lyrics).toContain('lighthouse')
      expect(title).not.toBeNull()
    }
  })
})

test('the answers of the three providers have one shape', async () => {
  // Prices and live streams are not known everywhere: these two may be null, whoever is asked.
  const nullable = ['usd', 'stream_url']
  const shapes = await Promise.all(
    PROVIDERS.map(async (provider) => {
      const task = await make(harness, { routing: { provider } })
      const track = await (await harness.call(`/v1/tracks/${task.tracks[0]!.id}`)).json()
      const lyrics = await readLyrics(await align(harness, task.tracks[0]!.id))
      return [task, track, lyrics].map((each) => shapeOf(each, nullable))
    }),
  )
  expect(shapes[1]).toEqual(shapes[0])
  expect(shapes[2]).toEqual(shapes[0])
})

describe('callbacks', () => {
  test('are not needed: without a public URL polling alone finds the end everywhere', async () => {
    const polling = await startHarness({ callbacks: false })
    for (const task of await Promise.all(PROVIDERS.map((provider) => make(polling, { routing: { provider } }))))
      expectSong(task)
    // Providers that demand a URL get one under a reserved name, and no secret of ours with it.
    expect(polling.posted.filter(({ url }) => url !== 'https://tutti.invalid/callback')).toEqual([])
    await polling.stop()
  })

  test.each(['callback_lost', 'callback_duplicated', 'callback_reordered'] as const)(
    'under %s change nothing, whoever sends them',
    async (fault) => {
      const before = await harness.ledgers()
      for (const provider of PROVIDERS) await harness.fault(provider, fault)
      const tasks = await Promise.all(PROVIDERS.map((provider) => make(harness, { routing: { provider } })))
      for (const task of tasks) expectSong(task)
      for (const provider of PROVIDERS) await harness.fault(provider, null)
      const after = await harness.ledgers()
      for (const provider of PROVIDERS) expect(after.by[provider]!.accepted).toBe(before.by[provider]!.accepted + 1)
    },
  )

  test('to a URL that nobody was given are 404, and change nothing', async () => {
    const task = await make(harness, { routing: { provider: 'kie' } })
    const { pathname } = new URL(harness.posted.find(({ url }) => url.includes(task.id.slice(5)))!.url)
    const [song, attempt, secret] = pathname.split('/').at(-1)!.split('.') as [string, string, string]
    const other = '0'.repeat(32)
    const forged = [
      `/cb/kie/${song}.${attempt}.${other}`,
      `/cb/apibox/${song}.${attempt}.${secret}`,
      `/cb/nobody/${song}.${attempt}.${secret}`,
      `/cb/kie/${song}.${'0'.repeat(26)}.${secret}`,
      `/cb/kie/${'0'.repeat(26)}.${attempt}.${secret}`,
      `/cb/kie/${song}.${attempt}.${secret}0`,
      `/cb/kie/${song}.${attempt}`,
      '/cb/kie/x',
    ]
    const ring = (path: string) =>
      harness.call(path, { method: 'POST', key: null, body: JSON.stringify(callbackComplete.wire) })
    for (const path of forged) expect((await ring(path)).status, path).toBe(404)
    expect((await ring(pathname)).status).toBe(200)
    // Notes of all stems take megabytes.
    const send = (length: number) =>
      harness.call(pathname, { method: 'POST', key: null, body: JSON.stringify('x'.repeat(length)) })
    expect((await send(3_000_000)).status).toBe(200)
    expect((await send(5_000_000)).status).toBe(413)
    expect(await harness.ended(task.id)).toEqual(task)
  })

  test('are a doorbell: what one says of a song under way is not believed', async () => {
    const slow = await startHarness({ pace: 0.008 })
    const { id } = await order(slow, { routing: { provider: 'kie' } })
    const deadline = Date.now() + 10_000
    while (slow.posted.length === 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5))
    const { url, body } = slow.posted[0]!
    const { task_id } = (JSON.parse(body) as { data: { task_id: string } }).data
    const lie = { ...callbackComplete.wire, data: { ...callbackComplete.wire.data, task_id } }
    const rung = await slow.call(new URL(url).pathname, { method: 'POST', key: null, body: JSON.stringify(lie) })
    expect(rung.status).toBe(200)
    const task = await slow.ended(id)
    expectSong(task)
    for (const { audio } of task.tracks) expect(audio!.url).toContain(slow.upstream('kie').origin)
    await slow.stop()
  })
})

describe('a quirk', () => {
  const quirks = () =>
    PROVIDERS.flatMap((provider) => harness.upstream(provider).quirks.map((quirk) => [quirk, provider] as const))

  test('of a provider is there to be tried', () => {
    expect(quirks()).toEqual([
      ['callback_exception', 'kie'],
      ['pending_with_error', 'kie'],
      ['items_stay_first', 'udioapi'],
    ])
  })

  test.each([
    ['callback_exception', 'kie'],
    ['items_stay_first', 'udioapi'],
  ])('%s of %s still ends well', async (quirk, provider) => {
    const { faults } = harness.upstream(provider).upstream
    faults.setQuirk(quirk)
    expectSong(await make(harness, { routing: { provider } }))
    faults.setQuirk(null)
  })

  test('pending_with_error of kie is a failure, and not a task that runs for ever', async () => {
    const { faults } = harness.upstream('kie').upstream
    faults.setQuirk('pending_with_error')
    await harness.fault('kie', 'fails')
    const task = await make(harness, { routing: { provider: 'kie' } })
    expect(task).toMatchObject({ status: 'failed', error: { code: 'generation_failed' } })
    faults.setQuirk(null)
    await harness.fault('kie', null)
  })
})

test('no upstream was ever asked in a form that it does not document', () => {
  for (const provider of PROVIDERS) expect(harness.upstream(provider).upstream.refusals()).toEqual([])
})

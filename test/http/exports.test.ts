/** Timed lyrics and waveforms over HTTP: which format is answered, with which headers, and why there is none. */
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogue } from '../../src/canonical/catalogue.ts'
import { LYRIC_FORMATS, type LyricFormat, type TimestampedLyrics } from '../../src/canonical/lyrics.ts'
import type { Task, Track } from '../../src/canonical/task.ts'
import { timestampedLyrics } from '../../src/engine/timed-lyrics.ts'
import { attachment } from '../../src/http/exports.ts'
import { lyricsFile, waveformOf } from '../../src/http/lyrics.ts'
import { readers } from '../formats/parsers.ts'
import { type Harness, SONG, startHarness } from '../harness.ts'
import { expectProblem } from './problem.ts'

const TITLE = 'Rain "on"\r\nSet-Cookie: a=b; ☔\\..\\/x'
const FORMATS = Object.keys(readers) as (keyof typeof readers)[]

let harness: Harness
const make = async (change: Readonly<Record<string, unknown>> = {}): Promise<Task> => {
  const answer = await harness.post('/v1/music/generations', { ...SONG, ...change })
  return harness.ended(((await answer.json()) as Task).id)
}
const path = (track: string, query = '') => `/v1/tracks/${track}/timestamped-lyrics${query}`
const read = (track: string, { accept, query = '' }: { accept?: string; query?: string } = {}) =>
  harness.call(path(track, query), accept === undefined ? {} : { headers: { accept } })
const align = (track: string) => harness.call(path(track), { method: 'POST' })

let song: Task
let aligned: string
let lyrics: TimestampedLyrics
beforeAll(async () => {
  harness = await startHarness()
  song = await make({ title: TITLE })
  aligned = song.tracks[0]!.id
  lyrics = (await (await align(aligned)).json()) as TimestampedLyrics
})
afterAll(async () => {
  await harness.stop()
})

const TYPES: { readonly [Format in LyricFormat]: string } = {
  json: 'application/json',
  vtt: 'text/vtt; charset=utf-8',
  ttml: 'application/ttml+xml',
  srt: 'application/x-subrip; charset=utf-8',
  ass: 'text/x-ssa; charset=utf-8',
  lrc: 'text/plain; charset=utf-8',
  elrc: 'text/plain; charset=utf-8',
}

describe('timed lyrics', () => {
  test.each(FORMATS)('as %s are read by the parser of others, word for word', async (format) => {
    const answer = await read(aligned, { query: `?format=${format}` })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, TYPES[format]])
    expect(answer.headers.get('vary')).toBe('Accept')
    const lines = readers[format](await answer.text())
    expect(lines.length).toBeGreaterThan(1)
    expect(lines).toHaveLength(lyrics.lines.length)
    for (const [index, { start, text }] of lines.entries()) {
      const { start_seconds, words } = lyrics.lines[index]!
      expect(Math.abs(start - start_seconds)).toBeLessThanOrEqual(0.005_001)
      expect(text.split(' ')).toEqual(lyrics.words.slice(...words).map((word) => word.text))
    }
  })

  test('are JSON by default, as they were bought', async () => {
    for (const accept of [undefined, '*/*', 'application/json', 'text/html, application/xml;q=0.9, */*;q=0.8']) {
      const answer = await read(aligned, { accept })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
      expect([answer.headers.get('vary'), answer.headers.get('content-disposition')]).toEqual(['Accept', null])
      expect(await answer.json()).toEqual(lyrics)
    }
  })

  test.each<[string, LyricFormat]>([
    ['text/vtt', 'vtt'],
    ['TEXT/VTT; charset=utf-8', 'vtt'],
    ['application/ttml+xml, */*;q=0.1', 'ttml'],
    ['application/x-subrip', 'srt'],
    ['text/x-ssa', 'ass'],
    ['text/plain', 'lrc'],
    ['text/*', 'vtt'],
    ['application/*', 'json'],
    ['text/plain;q=0.5, text/vtt;q=0.4', 'lrc'],
    ['application/json;q=0, */*', 'vtt'],
    ['text/*;q=0.3, text/x-ssa;q=0.8, application/json;q=0.5', 'ass'],
    ['text/vtt;q=0, text/*', 'ass'],
    ['image/png, text/plain', 'lrc'],
  ])('accepted as %s are %s', async (accept, format) => {
    const answer = await read(aligned, { accept })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, TYPES[format]])
  })

  test('are of the format that is named, whatever is accepted', async () => {
    const named = await read(aligned, { accept: 'application/json', query: '?format=srt' })
    expect(named.headers.get('content-type')).toBe(TYPES.srt)
    const json = await read(aligned, { accept: 'text/vtt', query: '?format=json' })
    expect(await json.json()).toEqual(lyrics)
  })

  test('have a HEAD', async () => {
    const answer = await harness.call(path(aligned, '?format=vtt'), { method: 'HEAD' })
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([200, TYPES.vtt, ''])
  })
})

describe('an unknown format', () => {
  const names = Object.keys(LYRIC_FORMATS).join(', ')
  test.each(['?format=pdf', '?format=', '?format=LRC', '?format=__proto__'])(
    '%s is 406, and all there are are named',
    async (query) => {
      const wanted = { status: 406, code: 'not_acceptable', pointers: ['format'] }
      expect((await expectProblem(await read(aligned, { query }), wanted)).detail).toContain(names)
    },
  )

  test.each(['image/png', 'text/html', 'text/vtt;q=0', '*/*;q=0', 'application/json;q=0', 'nonsense'])(
    'accepted as %s is 406, and all there are are named',
    async (accept) => {
      const wanted = { status: 406, code: 'not_acceptable', pointers: ['Accept'] }
      expect((await expectProblem(await read(aligned, { accept }), wanted)).detail).toContain(names)
    },
  )

  test('of a waveform is 406, another parameter 422', async () => {
    const waveform = (query: string) => harness.call(`/v1/tracks/${aligned}/waveform${query}`)
    const refused = await expectProblem(await waveform('?format=dat'), { status: 406, code: 'not_acceptable' })
    expect(refused.detail).toContain('samples, peaks, audiowaveform')
    const wanted = { status: 422, code: 'validation_failed', pointers: ['page'], entries: ['unknown_field'] }
    await expectProblem(await waveform('?page=2'), wanted)
    await expectProblem(await read(aligned, { query: '?page=2' }), wanted)
  })
})

describe('the name of a file', () => {
  test('is the title, and breaks out of nothing', async () => {
    const answer = await read(aligned, { query: '?format=elrc' })
    expect(answer.headers.get('content-disposition')).toBe(
      'attachment; filename="Rain on Set-Cookie a=b _ .. x.lrc"; ' +
        "filename*=UTF-8''Rain%20on%20Set-Cookie%20a%3Db%20%E2%98%94%20..%20x.lrc",
    )
    expect(answer.headers.get('set-cookie')).toBeNull()
  })

  test.each([
    [null, 'track.vtt', 'track.vtt'],
    ['', 'track.vtt', 'track.vtt'],
    ['../../..', 'track.vtt', 'track.vtt'],
    ['Äpfel', 'Apfel.vtt', '%C3%84pfel.vtt'],
    ['שיר', '_.vtt', '%D7%A9%D7%99%D7%A8.vtt'],
    ['it\'s (a) "test"*', "it's (a) test.vtt", 'it%27s%20%28a%29%20test.vtt'],
    ['\u202etxt.exe\ud800', 'txt.exe_.vtt', 'txt.exe%EF%BF%BD.vtt'],
    ['＂x＂', ' x .vtt', '%EF%BC%82x%EF%BC%82.vtt'],
    ['a'.repeat(300), `${'a'.repeat(80)}.vtt`, `${'a'.repeat(80)}.vtt`],
  ])('of %j is safe', (title, plain, full) => {
    expect(attachment(title, 'track', 'vtt')).toBe(`attachment; filename="${plain}"; filename*=UTF-8''${full}`)
  })
})

describe('a waveform', () => {
  const waveform = async (query = '') => (await harness.call(`/v1/tracks/${aligned}/waveform${query}`)).json()

  test('is the samples of the provider, with how long they last', async () => {
    const { duration_seconds } = song.tracks[0]!
    const samples = { object: 'waveform', track_id: aligned, samples: lyrics.waveform, duration_seconds }
    expect(await waveform()).toEqual(samples)
    expect(await waveform('?format=samples')).toEqual(samples)
    expect(lyrics.waveform.length).toBeGreaterThan(10)
  })

  test('is peaks, and audiowaveform JSON, by the schemas of the catalogue', async () => {
    const { duration_seconds } = song.tracks[0]!
    const peaks = await waveform('?format=peaks')
    expect(peaks).toEqual({ peaks: [lyrics.waveform], duration: duration_seconds })
    const data = (await waveform('?format=audiowaveform')) as Record<string, number>
    expect(data).toMatchObject({ version: 2, channels: 1, bits: 16, length: lyrics.waveform.length })
    expect(data.length! * (data.samples_per_pixel! / data.sample_rate!)).toBeCloseTo(duration_seconds!, 2)
    for (const each of [peaks, data, await waveform()])
      expect(catalogue.getTrackWaveform.result.safeParse(each).success).toBe(true)
  })
})

describe('a track without timed lyrics says why', () => {
  const everywhere = (track: string) => [
    ...FORMATS.map((format) => path(track, `?format=${format}`)),
    `/v1/tracks/${track}/waveform`,
  ]

  test('not aligned yet: 409, and where to', async () => {
    const track = song.tracks[1]!.id
    for (const address of [...everywhere(track), path(track)]) {
      const answer = await harness.call(address)
      expect(answer.headers.get('link')).toBe(`<${path(track)}>; rel="create-form"`)
      // Reading it again would never help.
      expect(answer.headers.get('retry-after')).toBeNull()
      await expectProblem(answer, { status: 409, code: 'not_ready', retryable: false })
    }
  })

  test('instrumental: 422 in every format but JSON, which shows it; its waveform is there', async () => {
    const track = (await make({ instrumental: true, lyrics: undefined })).tracks[0]!.id
    await align(track)
    for (const format of FORMATS) {
      const answer = await read(track, { query: `?format=${format}` })
      const problem = await expectProblem(answer, { status: 422, code: 'lyrics_unavailable' })
      expect(problem.detail).toContain('instrumental')
    }
    expect(await (await read(track)).json()).toMatchObject({ words: [], reason: 'no_lyrics' })
    expect((await harness.call(`/v1/tracks/${track}/waveform`)).status).toBe(200)
  })

  test('failed: 422 everywhere', async () => {
    await harness.fault('kie', 'fails')
    const failed = await make({ routing: { provider: 'kie' }, failover: { after_accept: 'never' } })
    await harness.fault('kie', null)
    const left = failed.tracks.filter(({ status }) => status === 'failed')
    expect(left.length).toBeGreaterThan(0)
    for (const address of [...everywhere(left[0]!.id), path(left[0]!.id)])
      await expectProblem(await harness.call(address), { status: 422, code: 'lyrics_unavailable' })
  })

  test('unknown: 404', async () => {
    for (const address of everywhere(`track_${'0'.repeat(26)}`))
      await expectProblem(await harness.call(address), { status: 404, code: 'not_found' })
  })
})

describe('an alignment that can not be told', () => {
  const of = (words: readonly (readonly [raw: string, aligned: boolean])[]): TimestampedLyrics =>
    timestampedLyrics(aligned, {
      words: words.map(([raw, placed]) => ({
        raw,
        start_seconds: 1,
        end_seconds: 2,
        aligned: placed,
        confidence: null,
      })),
      waveform: [],
      error_rate: null,
      streaming: null,
    })
  const asFile = async (lyrics: TimestampedLyrics): Promise<unknown> => {
    let refused: unknown
    const app = new Hono().get('/', (c) => lyricsFile(c, lyrics, song.tracks[0]!, 'vtt'))
    app.onError((thrown, c) => {
      refused = thrown
      return c.body(null)
    })
    await app.request('/')
    return refused
  }
  const refusal = (message: string) =>
    expect.objectContaining({ code: 'lyrics_unavailable', message: expect.stringContaining(message) })

  test('for no word has a place is a failure', async () => {
    expect(await asFile(of([['Rain ', false]]))).toEqual(refusal('place none'))
    expect(await asFile(of([['[Solo]\n', true]]))).toEqual(refusal('instrumental'))
  })

  test('for it has no waveform, or nobody knows how long it lasts, is 422', () => {
    const track: Track = { ...song.tracks[0]!, duration_seconds: null }
    const without = () => waveformOf(of([]), track, 'samples')
    const endless = () => waveformOf({ ...of([]), waveform: [0.5] }, track, 'peaks')
    for (const each of [without, endless])
      expect(each).toThrow(expect.objectContaining({ code: 'waveform_unavailable' }))
    expect(waveformOf({ ...of([]), waveform: [0.5] }, track, 'samples')).toMatchObject({ duration_seconds: null })
    expect(waveformOf({ ...of([['a', true]]), waveform: [0.5] }, track, 'peaks')).toMatchObject({ duration: 2 })
  })
})

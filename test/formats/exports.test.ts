/** A thousand songs in every format, as the parsers of others read them: nothing lost, nothing moved. TUTTI_FIGURES=1 prints how well. */
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { TimestampedLyrics } from '../../src/canonical/lyrics.ts'
import { timestampedLyrics } from '../../src/engine/timed-lyrics.ts'
import { lyricExporters } from '../../src/formats/lyrics.ts'
import { songOf } from '../../src/formats/song.ts'
import { type ReadLine, type ReadWord, readers } from './parsers.ts'
import { songs } from './songs.ts'

const SONGS = 1000
const RUNS = { seed: 20_261_121, numRuns: SONGS } as const
type Format = keyof typeof readers

/** What each format can be wrong by, in milliseconds. */
const BOUNDS: { readonly [Each in Format]: number } = { lrc: 5, elrc: 5, vtt: 1, srt: 1, ttml: 1, ass: 5 }

/** A text without what any format may change: white space, control characters, and how wide a character is drawn. */
const bare = (text: string) =>
  text
    .toWellFormed()
    .normalize('NFKC')
    .replace(/[\s\p{Cc}\ufffe\uffff]/gu, '')

interface Wanted {
  readonly text: string
  readonly aligned: boolean
  /** Whether the provider said where it is, and it can be there. */
  readonly told: boolean
  /** In seconds, where nothing else that the provider said speaks against it. */
  readonly start: number | null
  readonly end: number | null
}

/** Per key the best of all up to it. */
const running = (keys: readonly (number | null)[], better: (one: number, other: number) => number): number[] => {
  let best: number | null = null
  return keys.map((key) => {
    if (key !== null) best = best === null ? key : better(best, key)
    return best ?? 0
  })
}

/** What the file has to say, worked out without the exporter: a start is undisputed if all others are in order with it. */
const wantedOf = ({ words }: TimestampedLyrics, duration_seconds: number | null): Wanted[] => {
  const sung = words.filter(({ text }) => bare(text) !== '')
  const starts = sung.map(({ aligned, start_seconds }) => (aligned ? start_seconds * 1000 : Number.NaN))
  // Half a minute after the end nobody sings, unless a tenth of all words does: then it is the end that is wrong.
  const placed = starts.filter((start) => !Number.isNaN(start))
  const end = ((duration_seconds ?? 0) + 30) * 1000
  const known = duration_seconds !== null && placed.filter((start) => start > end).length < placed.length / 10
  const last = known ? end : 36_000_000
  const keys = starts.map((start, index) =>
    Math.round(start) >= index && start <= Math.min(last, 36_000_000) ? Math.round(start) - index : null,
  )
  const highest = running(keys, Math.max)
  const lowest = running(keys.toReversed(), Math.min).toReversed()
  const fits = keys.map((key, at) => key !== null && key === highest[at] && key === lowest[at])
  return sung.map(({ text, aligned, start_seconds, end_seconds }, index) => {
    const next = sung[index + 1]
    const ends =
      end_seconds * 1000 >= start_seconds * 1000 + 1.5 &&
      end_seconds * 1000 <= last &&
      (next === undefined || (fits[index + 1] === true && next.start_seconds >= end_seconds))
    return {
      text: bare(text),
      aligned,
      told: keys[index] !== null,
      start: fits[index] ? start_seconds : null,
      end: fits[index] && ends ? end_seconds : null,
    }
  })
}

interface Figures {
  files: number
  lines: number
  words: number
  /** Words that nothing speaks against: these are measured. */
  undisputed: number
  worst: number
}
const figures = Object.fromEntries(
  Object.keys(readers).map((format) => [format, { files: 0, lines: 0, words: 0, undisputed: 0, worst: 0 }]),
) as { [Each in Format]: Figures }

/** Keeps the largest error of a format, in milliseconds. */
const off = (format: Format, read: number, wanted: number | null) => {
  if (wanted === null) return
  figures[format].worst = Math.max(figures[format].worst, Math.abs(read - wanted) * 1000)
}

const checkWord = (format: Format, word: ReadWord, wanted: Wanted) => {
  figures[format].words += 1
  if (wanted.start !== null) figures[format].undisputed += 1
  if (bare(word.text) !== wanted.text) throw new Error(`${word.text}, not ${wanted.text}`)
  off(format, word.start, wanted.start)
  if (word.end !== undefined) off(format, word.end, wanted.end)
  const marked = wanted.start !== null ? false : wanted.aligned ? word.estimated : true
  if (word.estimated !== undefined && word.estimated !== marked) throw new Error(`${word.text}: ${word.estimated}`)
}

/** Times never go back, and where words have whole milliseconds they go on. */
const checkOrder = (lines: readonly ReadLine[], apart: boolean) => {
  const starts = lines.flatMap((line) => line.words?.map(({ start }) => start) ?? [line.start])
  for (const [index, start] of starts.slice(1).entries())
    if (apart ? start <= starts[index]! : start < starts[index]! - 1e-6)
      throw new Error(`${start} after ${starts[index]}`)
}

const checkFile = (format: Format, lyrics: TimestampedLyrics, file: string, wanted: readonly Wanted[]) => {
  if (!file.isWellFormed()) throw new Error('half a character')
  const lines = readers[format](file)
  const own = figures[format]
  own.files += 1
  own.lines += lines.length
  checkOrder(lines, format === 'vtt' || format === 'ttml')
  const sung = lyrics.words.map(({ text }) => bare(text))
  const ranges = lyrics.lines
    .map(({ words: [from, to] }) => sung.slice(from, to).filter((text) => text !== '').length)
    .filter((count) => count > 0)
  expect(lines).toHaveLength(ranges.length)
  let at = 0
  for (const [index, line] of lines.entries()) {
    const inside = wanted.slice(at, at + ranges[index]!)
    at += inside.length
    expect(bare(line.text)).toBe(bare(inside.map(({ text }) => text).join('')))
    off(format, line.start, inside[0]!.start)
    if (line.words === undefined) continue
    expect(line.words).toHaveLength(inside.length)
    for (const [place, word] of line.words.entries()) checkWord(format, word, inside[place]!)
  }
}

describe('a thousand songs', () => {
  const kinds = { empty: 0, nowhere: 0, timed: 0, long: 0 }

  it('are read by parsers of others as they were sung', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(songs, ({ words, ...facts }) => {
        const lyrics = timestampedLyrics('track', { words, waveform: [], error_rate: null, streaming: null })
        const song = songOf(lyrics, facts)
        const all = wantedOf(lyrics, facts.duration_seconds)
        // Without any word in its place there is nothing to time.
        const placeable = all.some(({ told }) => told)
        const wanted = placeable ? all : []
        kinds[words.length === 0 ? 'empty' : placeable ? 'timed' : 'nowhere'] += 1
        if (song.lines.length > 80) kinds.long += 1
        for (const format of Object.keys(readers) as Format[])
          checkFile(
            format,
            placeable ? lyrics : { ...lyrics, words: [], lines: [] },
            lyricExporters[format](song),
            wanted,
          )
      }),
      RUNS,
    )
    for (const format of Object.keys(readers) as Format[]) {
      expect(figures[format].files).toBe(SONGS)
      expect([format, figures[format].worst <= BOUNDS[format] + 1e-6]).toEqual([format, true])
    }
  })

  it('are of every kind', () => {
    for (const count of Object.values(kinds)) expect(count).toBeGreaterThan(10)
  })

  afterAll(() => {
    if (process.env.TUTTI_FIGURES !== undefined) console.table({ ...figures, kinds })
  })
})

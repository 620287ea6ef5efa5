/** Lines and sections out of raw words, whatever is glued to them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linesOf, timestampedLyrics } from '../../src/engine/timed-lyrics.ts'

const words = (raws: readonly string[]) =>
  raws.map((raw, index) => ({ raw, start_seconds: index, end_seconds: index + 0.5, aligned: true, confidence: null }))
const shown = (...raws: string[]) => linesOf(words(raws)).map(({ section, words: [from, to] }) => [section, from, to])
const texts = (...raws: string[]) =>
  timestampedLyrics('track', { words: words(raws), waveform: [], error_rate: null, streaming: null }).words.map(
    ({ text }) => text,
  )

describe('lines', () => {
  const table: [string, string[], (string | number | null)[][]][] = [
    ['nothing', [], []],
    ['words without breaks', ['Rain ', 'on ', 'me'], [[null, 0, 3]]],
    [
      'a tag in front',
      ['[Verse]\nRain ', 'on\n', 'me'],
      [
        ['Verse', 0, 2],
        ['Verse', 2, 3],
      ],
    ],
    [
      'a break glued before',
      ['Rain', '\non', ' me'],
      [
        [null, 0, 1],
        [null, 1, 3],
      ],
    ],
    [
      'a break glued after',
      ['Rain\n', 'on ', 'me\n'],
      [
        [null, 0, 1],
        [null, 1, 3],
      ],
    ],
    [
      'a break on both sides',
      ['\nRain\n', '\non'],
      [
        [null, 0, 1],
        [null, 1, 2],
      ],
    ],
    [
      'a break as a word',
      ['Rain', '\n', 'on'],
      [
        [null, 0, 1],
        [null, 1, 3],
      ],
    ],
    [
      'a tag as a word',
      ['[Verse]', 'Rain\n', '[Chorus]\n', 'Light'],
      [
        ['Verse', 0, 2],
        ['Chorus', 2, 4],
      ],
    ],
    [
      'a tag after the last word',
      ['home\n\n[Chorus]\n', 'Light'],
      [
        [null, 0, 1],
        ['Chorus', 1, 2],
      ],
    ],
    [
      'a tag that holds the last letter before it',
      ['home\n[Verse]', 'Rain'],
      [
        [null, 0, 1],
        ['Verse', 1, 2],
      ],
    ],
    [
      'a tag before and one after',
      ['[Verse]\nhome\n[Chorus]\n', 'Light'],
      [
        ['Verse', 0, 1],
        ['Chorus', 1, 2],
      ],
    ],
    [
      'several tags',
      ['[Intro][Verse 2]\nRain\n', 'on'],
      [
        ['Verse 2', 0, 1],
        ['Verse 2', 1, 2],
      ],
    ],
    [
      'several tags as words',
      ['[Intro]', '[Verse]', 'Rain'],
      [
        ['Intro', 0, 1],
        ['Verse', 1, 3],
      ],
    ],
    [
      'a tag in front without a break',
      ['Rain\n', '[Chorus] Light ', 'on'],
      [
        [null, 0, 1],
        ['Chorus', 1, 3],
      ],
    ],
    [
      'CRLF',
      ['[Verse]\r\nRain\r\n', 'on\r\n', '\r\n[Chorus]\r\nme'],
      [
        ['Verse', 0, 1],
        ['Verse', 1, 2],
        ['Chorus', 2, 3],
      ],
    ],
    [
      'emoji',
      ['[🎸 Solo]\n🌧️ ', '☔\n', '👨‍👩‍👧'],
      [
        ['🎸 Solo', 0, 2],
        ['🎸 Solo', 2, 3],
      ],
    ],
    [
      'text from right to left',
      ['[פזמון]\nגשם ', 'על\n', 'אור'],
      [
        ['פזמון', 0, 2],
        ['פזמון', 2, 3],
      ],
    ],
    ['a bracket that is no tag', ['Rain [on', ' me'], [[null, 0, 2]]],
  ]
  it.each(table)('of %s', (_, raws, expected) => {
    expect(shown(...raws)).toEqual(expected)
  })

  it('last from the first start to the last end', () => {
    const given = words(['a ', 'b\n', 'c'])
    given[0]!.end_seconds = 9
    expect(linesOf(given).map(({ start_seconds, end_seconds }) => [start_seconds, end_seconds])).toEqual([
      [0, 9],
      [2, 2.5],
    ])
  })

  it('last as long as the words that could be aligned, where one of them could', () => {
    const given = words(['a ', 'b ', 'c\n', 'd'])
    Object.assign(given[0]!, { start_seconds: 0, end_seconds: 0, aligned: false })
    Object.assign(given[2]!, { start_seconds: 900, end_seconds: 901, aligned: false })
    Object.assign(given[3]!, { aligned: false })
    const [line, alone] = linesOf(given)
    expect([line!.start_seconds, line!.end_seconds]).toEqual([given[1]!.start_seconds, given[1]!.end_seconds])
    expect([alone!.start_seconds, alone!.end_seconds]).toEqual([given[3]!.start_seconds, given[3]!.end_seconds])
  })

  it('cover every word exactly once and in order, whatever the words are', () => {
    const piece = fc.constantFrom(
      'Rain',
      ' ',
      '\n',
      '\r\n',
      '[Verse]',
      '[Chorus 2]',
      '[',
      ']',
      '🌧️',
      'גשם',
      '',
      '\t',
      '[\n]',
    )
    const raw = fc.oneof(
      fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(fc.array(raw, { maxLength: 20 }), (raws) => {
        const lines = linesOf(words(raws))
        const covered = lines.flatMap(({ words: [from, to] }) =>
          Array.from({ length: to - from }, (_, index) => from + index),
        )
        expect(covered).toEqual(raws.map((_, index) => index))
        expect(lines.every(({ words: [from, to] }) => from < to)).toBe(true)
      }),
      { seed: 20_261_121, numRuns: 500 },
    )
  })
})

describe('words', () => {
  it('are told without tags and outer white space, and kept as they were', () => {
    expect(texts('[Verse]\nRain ', 'on\r\n', '[Chorus]', ' 🌧️\n', '')).toEqual(['Rain', 'on', '', '🌧️', ''])
    const raws = ['[Verse]\nRain ', 'on\r\n']
    const lyrics = timestampedLyrics('track', { words: words(raws), waveform: [1], error_rate: 0.3, streaming: false })
    expect(lyrics.words.map(({ raw }) => raw)).toEqual(raws)
    expect(lyrics).toMatchObject({ track_id: 'track', waveform: [1], error_rate: 0.3, streaming: false })
    expect(lyrics).not.toHaveProperty('reason')
  })

  it('that are none have a reason', () => {
    const none = { words: [], waveform: [], error_rate: null, streaming: null }
    expect(timestampedLyrics('track', none)).toMatchObject({ words: [], lines: [], reason: 'no_lyrics' })
  })
})

// Whoever goes back over what was read needs hours for these.
it.each([
  ['tags that never end', '['.repeat(1_000_000)],
  ['tags that never end before a line', 'x[a\n'.repeat(300_000)],
  ['white space inside', `a${' '.repeat(1_000_000)}b`],
  ['breaks all around', `${'\n'.repeat(500_000)}a${'\n'.repeat(500_000)}`],
  ['a tag after a tag', `x${'[a]'.repeat(300_000)}y`],
])('a word of %s is read through once', (_, raw) => {
  expect(texts(raw)[0]!.length).toBeGreaterThan(0)
  expect(shown(raw).length).toBe(1)
})

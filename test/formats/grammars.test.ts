/** Each grammar, to the letter, and the waveforms. */
import { describe, expect, it } from 'vitest'
import type { AlignedWord } from '../../src/canonical/lyrics.ts'
import { timestampedLyrics } from '../../src/engine/timed-lyrics.ts'
import { lyricExporters } from '../../src/formats/lyrics.ts'
import { songOf, textOf } from '../../src/formats/song.ts'
import { audiowaveform, wavesurferPeaks } from '../../src/formats/waveform.ts'

type Row = readonly [raw: string, start: number, end: number, aligned?: boolean]
const wordOf = ([raw, start_seconds, end_seconds, aligned = true]: Row): AlignedWord => ({
  raw,
  start_seconds,
  end_seconds,
  aligned,
  confidence: null,
})
const song = (rows: readonly Row[], title: string | null = null, duration_seconds: number | null = null) =>
  songOf(timestampedLyrics('track', { words: rows.map(wordOf), waveform: [], error_rate: null, streaming: null }), {
    title,
    duration_seconds,
  })

const RAIN = song(
  [
    ['[Verse]\nRain ', 1.36, 1.79],
    ['& ', 1.79, 1.95],
    ['wire\n', 2.5, 2.7404],
    ['\n[Chorus]\nho', 14, 14.5],
    ['me', 0, 0, false],
    ['\n', 15, 15],
  ],
  'A & B [live]',
  3723,
)

describe('a song with a rest, a syllable that was not placed, and characters of each grammar', () => {
  it('is LRC', () => {
    expect(lyricExporters.lrc(RAIN)).toBe(`[ti:A & B ［live］]
[length:62:03]
[00:01.36]Rain & wire
[00:02.74]
[00:14.00]home
[00:15.00]
`)
  })

  it('is enhanced LRC', () => {
    expect(lyricExporters.elrc(RAIN)).toBe(`[ti:A & B ［live］]
[length:62:03]
[00:01.36]<00:01.36>Rain <00:01.79>& <00:02.50>wire<00:02.74>
[00:02.74]
[00:14.00]<00:14.00>ho<00:14.50>me<00:15.00>
[00:15.00]
`)
  })

  it('is WebVTT', () => {
    expect(lyricExporters.vtt(RAIN)).toBe(`WEBVTT

00:00:01.360 --> 00:00:02.740
Rain <00:00:01.790>&amp; <00:00:02.500>wire

00:00:14.000 --> 00:00:15.000
ho<00:00:14.500><c.estimated>me</c>
`)
  })

  it('is SubRip', () => {
    expect(lyricExporters.srt(RAIN)).toBe(`1
00:00:01,360 --> 00:00:02,740
Rain & wire

2
00:00:14,000 --> 00:00:15,000
home
`)
  })

  it('is TTML', () => {
    expect(lyricExporters.ttml(RAIN)).toContain(
      [
        '<head><metadata><ttm:title>A &amp; B [live]</ttm:title><ttm:agent type="person" xml:id="v1"/></metadata></head>',
        '<body dur="01:02:03.000">',
        '<div itunes:song-part="Verse"><p begin="00:00:01.360" end="00:00:02.740" ttm:agent="v1" itunes:key="L1">',
        '<span begin="00:00:01.360" end="00:00:01.790">Rain</span> <span begin="00:00:01.790" end="00:00:01.950">&amp;</span> ',
        '<span begin="00:00:02.500" end="00:00:02.740">wire</span></p></div>',
        '<div itunes:song-part="Chorus"><p begin="00:00:14.000" end="00:00:15.000" ttm:agent="v1" itunes:key="L2">',
        '<span begin="00:00:14.000" end="00:00:14.500">ho</span>',
        '<span begin="00:00:14.500" end="00:00:15.000" tutti:estimated="true">me</span></p></div></body></tt>\n',
      ].join(''),
    )
  })

  it('is ASS', () => {
    const file = lyricExporters.ass(RAIN)
    expect(file.startsWith('[Script Info]\nTitle: A & B [live]\nScriptType: v4.00+\n')).toBe(true)
    expect(file.slice(file.indexOf('[Events]'))).toBe(`[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.36,0:00:02.74,Karaoke,Verse,0,0,0,,{\\kf43}Rain {\\kf16}& {\\k55}{\\kf24}wire
Dialogue: 0,0:00:14.00,0:00:15.00,Karaoke,Chorus,0,0,0,,{\\kf50}ho{\\kf50}me
`)
  })
})

describe('markup in a text', () => {
  const odd = song([['[00:02.00]<00:03.00>x{\\an8}<b>--> ]]>"&amp;', 1, 2]])
  const lines = (format: keyof typeof lyricExporters) => lyricExporters[format](odd).trimEnd().split('\n')
  it.each([
    ['lrc', -2, '[00:01.00]＜00:03.00>x{\\an8}<b>--> ］］>"&amp;'],
    ['elrc', -2, '[00:01.00]<00:01.00>＜00:03.00＞x{\\an8}＜b＞--＞ ］］＞"&amp;<00:02.00>'],
    ['vtt', -1, '&lt;00:03.00&gt;x{\\an8}&lt;b&gt;--&gt; ]]&gt;"&amp;amp;'],
    ['srt', -1, '＜00:03.00>x｛\\an8}＜b>－－＞ ]]>"&amp;'],
    [
      'ass',
      -1,
      'Dialogue: 0,0:00:01.00,0:00:02.00,Karaoke,00:02.00,0,0,0,,{\\kf100}<00:03.00>x｛＼an8｝<b>--> ]]>"&amp;',
    ],
  ] as const)('of %s is harmless', (format, at, expected) => {
    expect(lines(format).at(at)).toBe(expected)
  })

  it('of TTML is harmless, in a section too', () => {
    const file = lyricExporters.ttml(song([['[a"<&]\n]]>&lt;\u0000\ufffe', 1, 2]]))
    expect(file).toContain('itunes:song-part="a&quot;&lt;&amp;"')
    expect(file).toContain('>]]&gt;&amp;lt;</span>')
  })
})

describe('spaces', () => {
  const text = (...raws: string[]) => song(raws.map((raw, at) => [raw, at, at + 1])).lines.map(textOf)
  it.each([
    ['stand where they are told', ['Rain ', 'on ', 'the ', 'wa', 'ter'], ['Rain on the water']],
    ['may stand before a word', ['Rain', ' on', ' me'], ['Rain on me']],
    ['may be words', ['Rain', ' ', 'on ', 'me'], ['Rain on me']],
    ['are put between words where none are told', ['[Verse]\nRain', 'on', 'me\n', 'home'], ['Rain on me', 'home']],
    ['are not put where a script has none', ['雨が', '降る', 'เมื่อ', 'ฝน', 'rain'], ['雨が降るเมื่อฝน rain']],
    ['are one, and no other white space', ['a\tb\u2028c  d ', 'e'], ['a b c d e']],
  ])('%s', (_, raws, expected) => {
    expect(text(...raws)).toEqual(expected)
  })
})

describe('places', () => {
  const times = (rows: readonly Row[], seconds: number | null) =>
    song(rows, null, seconds).lines.flatMap(({ words }) =>
      words.map(({ start, end, estimated }) => [Math.round(start), Math.round(end), estimated]),
    )

  it('far behind the end of the song are none', () => {
    const orderly = Array.from({ length: 20 }, (_, index): Row => ['a ', 10 + index, 10.5 + index])
    const late = times([['a ', 1, 35_999], ['b ', 400, 401], ...orderly], 60)
    expect(late.slice(0, 3)).toEqual([
      [1000, 1500, false],
      [1500, 2000, true],
      [10_000, 10_500, false],
    ])
    // Somewhat later may be so: what is told of the length is not exact.
    expect(times([['a ', 70, 71]], 60)).toEqual([[70_000, 71_000, false]])
    // Where many words are, the length is the mistake.
    for (const length of [60, 0, null]) expect(times([['a ', 400, 401]], length)).toEqual([[400_000, 401_000, false]])
    const long = Array.from({ length: 240 }, (_, index): Row => ['a ', index, index + 0.5])
    expect(times(long, 60).filter(([, , estimated]) => estimated)).toEqual([])
  })

  const starts = (...rows: Row[]) =>
    song(rows).lines.flatMap(({ words }) => words.map(({ start, end, estimated }) => [start, end, estimated]))

  it('are kept where they are in order, overlaps cut at the next word', () => {
    expect(starts(['a ', 1, 1.5], ['b ', 1.5, 4], ['c', 2, 2.25])).toEqual([
      [1000, 1500, false],
      [1500, 2000, false],
      [2000, 2250, false],
    ])
  })

  it('are shared out evenly to words that have none', () => {
    expect(starts(['a ', 1, 2], ['b ', 0, 0, false], ['c ', 0, 0, false], ['d', 4, 5])).toEqual([
      [1000, 2000, false],
      [2000, 2500, true],
      [3000, 3500, true],
      [4000, 5000, false],
    ])
  })

  it('come before the first and after the last word that has one', () => {
    expect(starts(['a ', 9, 9, false], ['b ', 9, 9, false], ['c ', 1, 1.5], ['d', 0, 0, false])).toEqual([
      [0, 500, true],
      [500, 1000, true],
      [1000, 1500, false],
      [1500, 2000, true],
    ])
  })

  it('are taken from those who contradict the most others', () => {
    expect(starts(['a ', 1, 1.5], ['b ', 99, 100], ['c ', 2, 2.5], ['d', 3, 3.5])).toEqual([
      [1000, 1500, false],
      [1500, 2000, true],
      [2000, 2500, false],
      [3000, 3500, false],
    ])
  })

  it('of words at the same time are apart, the first where it was', () => {
    expect(starts(['a ', 1, 2], ['b ', 1, 2], ['c ', 1, 2], ['d', 1.3, 2])).toEqual([
      [1000, 1100, false],
      [1100, 1200, true],
      [1200, 1300, true],
      [1300, 2000, false],
    ])
  })

  it('that end before they start last a little', () => {
    expect(starts(['a ', 2, 1], ['b', 8, 8])).toEqual([
      [2000, 2500, false],
      [8000, 8500, false],
    ])
  })

  it('are nowhere where no word has one', () => {
    expect(
      song([
        ['a ', 1, 2, false],
        ['b', -3, 2],
        ['c', 1e300, 1e301],
      ]).lines,
    ).toEqual([])
    expect(song([]).lines).toEqual([])
  })
})

describe('karaoke', () => {
  it('does not drift over eight minutes of thirds', () => {
    const third = 1 / 3
    const file = lyricExporters.ass(
      song(Array.from({ length: 1440 }, (_, at): Row => ['la ', at * third, (at + 1) * third])),
    )
    const lengths = [...file.matchAll(/\{\\kf?(\d+)\}/g)].map(([, length]) => Number(length))
    expect(lengths).toHaveLength(1440)
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(48_000)
  })

  it('rounds once: no place is off by more than half of a hundredth', () => {
    const file = lyricExporters.lrc(song([['a', 1.3749, 2]]))
    expect(file).toContain('[00:01.37]a')
  })
})

describe('a line that is shorter than a hundredth', () => {
  it.each(['lrc', 'elrc'] as const)(
    'is shown in %s before a rest and at the end, since it ends later than it begins',
    (format) => {
      const file = lyricExporters[format](
        song([
          ['a\n', 1.36, 1.364],
          ['b\n', 9, 9.001],
        ]),
      )
      const times = [...file.matchAll(/^\[(\d\d:\d\d\.\d\d)\]/gm)].map(([, at]) => at)
      expect(times).toEqual(['00:01.36', '00:01.37', '00:09.00', '00:09.01'])
    },
  )
})

describe('a waveform', () => {
  it('is peaks for wavesurfer, brought down together where any is too loud', () => {
    expect(wavesurferPeaks([0, 0.5, 1], 3)).toEqual({ peaks: [[0, 0.5, 1]], duration: 3 })
    expect(wavesurferPeaks([0, 1, 2], 3).peaks).toEqual([[0, 0.5, 1]])
  })

  it('is audiowaveform JSON', () => {
    expect(audiowaveform([0, 0.5, 1], 3)).toEqual({
      version: 2,
      channels: 1,
      sample_rate: 44_100,
      samples_per_pixel: 44_100,
      bits: 16,
      length: 3,
      data: [0, 0, -16_384, 16_384, -32_767, 32_767],
    })
  })

  it.each([
    [1, 0.1],
    [500, 182.4],
    [10_000, 480.123],
    [100_000, 3],
  ])('of %i samples fills its duration of %f seconds', (count, duration) => {
    const { length, samples_per_pixel, sample_rate, data } = audiowaveform(Array(count).fill(0.3), duration)
    expect([length, data.length]).toEqual([count, 2 * count])
    expect(Math.abs((length * samples_per_pixel) / sample_rate - duration)).toBeLessThan(0.01)
  })
})

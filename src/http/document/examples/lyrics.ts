/** Timed lyrics, as JSON and as files. */
import type { OperationId } from '../../../canonical/catalogue.ts'
import type { Alignment, LyricFormat, TimestampedLyrics } from '../../../canonical/lyrics.ts'
import { timestampedLyrics } from '../../../engine/timed-lyrics.ts'
import { lyricExporters } from '../../../formats/lyrics.ts'
import { songOf } from '../../../formats/song.ts'
import { type Example, type Examples, TRACK } from './example.ts'
import { readyTrack } from './tasks.ts'

const word = (raw: string, start_seconds: number, end_seconds: number): Alignment['words'][number] => ({
  raw,
  start_seconds,
  end_seconds,
  aligned: true,
  confidence: 0,
})

export const aligned: TimestampedLyrics = timestampedLyrics(TRACK, {
  words: [
    word('[Verse]\nRain ', 1.36, 1.79),
    word('on ', 1.79, 1.95),
    word('the ', 1.95, 2.1),
    word('wire, ', 2.1, 2.74),
    word('home ', 3.02, 3.4),
    word('by ', 3.4, 3.55),
    word('the ', 3.55, 3.68),
    word('light\n', 3.68, 4.2),
  ],
  waveform: [0, 0.12, 0.5, 0.75, 0.31],
  error_rate: 0.38,
  streaming: false,
})

const noLyrics: TimestampedLyrics = timestampedLyrics(TRACK, {
  words: [],
  waveform: [0, 0.5, 0.75],
  error_rate: null,
  streaming: false,
})

export const timedLyrics: Examples = {
  aligned: { summary: 'Words, the lines made of them, and the waveform', value: aligned },
  instrumental: { summary: 'A track without lyrics', value: noLyrics },
}

export const song = readyTrack(TRACK, 0, 182.4)

const FILES = {
  vtt: 'WebVTT, with a time for each word',
  ttml: 'TTML, with a span for each word',
  srt: 'SubRip, by lines',
  ass: 'Advanced SubStation Alpha, as karaoke',
  lrc: 'LRC, by lines',
  elrc: 'Enhanced LRC, with a time for each word',
} as const satisfies Readonly<Partial<Record<LyricFormat, string>>>

/** Answers that are not JSON, by the name of their format. */
export const formatExamples: Readonly<Partial<Record<OperationId, Readonly<Record<string, Example>>>>> = {
  getTimestampedLyrics: Object.fromEntries(
    Object.entries(FILES).map(([format, summary]) => [
      format,
      { summary, value: lyricExporters[format as keyof typeof FILES](songOf(aligned, song)) },
    ]),
  ),
}

/** Lines and sections, derived from the provider's words: tags and line breaks are inside them. */
import type { AlignedWord, Alignment, TimestampedLyrics } from '../canonical/lyrics.ts'

/** A section tag on its own, such as `[Verse 2]`. */
const TAG = /\[([^\]\n]*)\]/g

type Line = TimestampedLyrics['lines'][number]

interface Open {
  readonly section: string | null
  readonly from: number
}

const closed = (words: readonly AlignedWord[], line: Open, to: number): Line[] => {
  const inside = words.slice(line.from, to)
  if (inside.length === 0) return []
  // The times of a word that could not be aligned mean nothing.
  const aligned = inside.filter((word) => word.aligned)
  const timed = aligned.length > 0 ? aligned : inside
  return [
    {
      section: line.section,
      start_seconds: Math.min(...timed.map((word) => word.start_seconds)),
      end_seconds: Math.max(...timed.map((word) => word.end_seconds)),
      words: [line.from, to],
    },
  ]
}

/** What stands before the sung text of a word, and after it. A word of tags only has all of it before. */
const AROUND = /^((?:\s|\[[^\]\n]*\])*)[\s\S]*?((?:\s|\[[^\]\n]*\])*)$/
const tagIn = (text: string) => [...text.matchAll(TAG)].at(-1)?.[1]?.trim()

const spokenText = (raw: string) => raw.replace(TAG, '').trim()

/** Where the spoken part of a word begins: what stands before it closes the line before. */
const breaksBefore = (raw: string) => /^\s*(\[[^\]\n]*\]\s*)*\n/.test(raw) || /^\s*\[[^\]\n]*\]/.test(raw)
const breaksAfter = (raw: string) => /\n\s*(\[[^\]\n]*\]\s*)*$/.test(raw)

/** The lines of a list of words: a line ends at a line break, a section begins at its tag. */
export const linesOf = (words: readonly AlignedWord[]): Line[] => {
  const lines: Line[] = []
  let line: Open = { section: null, from: 0 }
  let section: string | null = null
  for (const [index, { raw }] of words.entries()) {
    const [, before = '', behind = ''] = AROUND.exec(raw) ?? []
    if (breaksBefore(raw)) {
      lines.push(...closed(words, line, index))
      section = tagIn(before) ?? section
      line = { section, from: index }
    }
    if (breaksAfter(raw) && spokenText(raw) !== '') {
      lines.push(...closed(words, line, index + 1))
      // A tag after the last word of a line opens the section of the next line.
      section = tagIn(behind) ?? section
      line = { section, from: index + 1 }
    }
  }
  return [...lines, ...closed(words, line, words.length)]
}

/** The answer for a stored alignment. */
export const timestampedLyrics = (track_id: string, alignment: Alignment): TimestampedLyrics => ({
  track_id,
  words: alignment.words.map(({ raw, start_seconds, end_seconds, aligned, confidence }) => ({
    text: spokenText(raw),
    raw,
    start_seconds,
    end_seconds,
    aligned,
    confidence,
  })),
  lines: linesOf(alignment.words),
  waveform: alignment.waveform,
  error_rate: alignment.error_rate,
  streaming: alignment.streaming,
  ...(alignment.words.length === 0 ? { reason: 'no_lyrics' as const } : {}),
})

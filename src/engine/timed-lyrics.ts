/** Lines and sections, derived from the provider's words: tags and line breaks are inside them. */
import type { AlignedWord, Alignment, TimestampedLyrics } from '../canonical/lyrics.ts'

type Line = TimestampedLyrics['lines'][number]

interface Open {
  readonly section: string | null
  readonly from: number
}

const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b))
const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b))

const closed = (words: readonly AlignedWord[], line: Open, to: number): Line[] => {
  const inside = words.slice(line.from, to)
  if (inside.length === 0) return []
  // The times of a word that could not be aligned mean nothing.
  const aligned = inside.filter((word) => word.aligned)
  const timed = aligned.length > 0 ? aligned : inside
  return [
    {
      section: line.section,
      start_seconds: least(timed.map((word) => word.start_seconds)),
      end_seconds: most(timed.map((word) => word.end_seconds)),
      words: [line.from, to],
    },
  ]
}

interface Tag {
  readonly from: number
  readonly to: number
}

/** The end of a tag, or of what could have become one. */
const CLOSES = /[\]\n]/g

/** Section tags, such as `[Verse 2]`, on one line each. Whatever a provider writes, it is read through once. */
const tagsOf = (raw: string): Tag[] => {
  const tags: Tag[] = []
  for (let from = raw.indexOf('['); from !== -1; ) {
    CLOSES.lastIndex = from
    const end = CLOSES.exec(raw)?.index
    if (end === undefined) break
    if (raw[end] === ']') tags.push({ from, to: end + 1 })
    from = raw.indexOf('[', end + 1)
  }
  return tags
}

interface Parts {
  /** Tags and white space before what is sung, and after it. A word of nothing else has all of it before. */
  readonly before: string
  readonly behind: string
  /** What is sung. */
  readonly text: string
}

const partsOf = (raw: string): Parts => {
  const tags = tagsOf(raw)
  const pieces = [
    ...tags.map(({ from }, at) => raw.slice(tags[at - 1]?.to ?? 0, from)),
    raw.slice(tags.at(-1)?.to ?? 0),
  ]
  const text = pieces.join('').trim()
  if (text === '') return { before: raw, behind: '', text }
  const first = pieces.findIndex((piece) => piece.trim() !== '')
  const last = pieces.findLastIndex((piece) => piece.trim() !== '')
  const begins = (tags[first - 1]?.to ?? 0) + pieces[first]!.length - pieces[first]!.trimStart().length
  const ends = (tags[last - 1]?.to ?? 0) + pieces[last]!.trimEnd().length
  return { before: raw.slice(0, begins), behind: raw.slice(ends), text }
}

/** What the last of the tags says. */
const tagIn = (around: string): string | undefined => {
  const last = tagsOf(around).at(-1)
  return last && around.slice(last.from + 1, last.to - 1).trim()
}

/** The lines of a list of words: a line ends at a line break, a section begins at its tag. */
export const linesOf = (words: readonly AlignedWord[]): Line[] => {
  const lines: Line[] = []
  let line: Open = { section: null, from: 0 }
  let section: string | null = null
  for (const [index, { raw }] of words.entries()) {
    const { before, behind, text } = partsOf(raw)
    // What stands before the sung part of a word closes the line before.
    if (before.includes('\n') || before.includes('[')) {
      lines.push(...closed(words, line, index))
      section = tagIn(before) ?? section
      line = { section, from: index }
    }
    if (behind.includes('\n') && text !== '') {
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
    text: partsOf(raw).text,
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

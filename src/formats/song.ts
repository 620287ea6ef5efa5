/** A song as every exporter takes it: lines of words, each in its place, out of canonical timed lyrics. */
import type { TimestampedLyrics } from '../canonical/lyrics.ts'
import { type Place, place, type Told } from './place.ts'
import { oneLine } from './text.ts'

export interface SungWord extends Place {
  /** One line of text, never empty. */
  readonly text: string
  /** Whether a space stands before it. Syllables of one word have none. */
  readonly spaced: boolean
}

export interface SungLine {
  readonly section: string | null
  readonly start: number
  readonly end: number
  readonly words: readonly SungWord[]
}

export interface Song {
  readonly title: string | null
  /** In milliseconds. */
  readonly duration: number
  readonly lines: readonly SungLine[]
}

export interface SongFacts {
  readonly title: string | null
  readonly duration_seconds: number | null
}

type Word = TimestampedLyrics['words'][number]

/** No song lasts longer: a later place is a mistake. */
const LONGEST = 10 * 3600 * 1000
/** So much later than a song is said to end a word may be sung: the length that is told is not exact. */
const TOLERANCE = 30 * 1000

const milliseconds = (seconds: number, most = LONGEST): number | null => {
  const place = seconds * 1000
  return place >= 0 && place <= most ? place : null
}

const toldWithin =
  (most: number) =>
  ({ aligned, start_seconds, end_seconds }: Word): Told => ({
    start: aligned ? milliseconds(start_seconds, most) : null,
    end: milliseconds(end_seconds, most),
  })

/** Until where a word may stand: a few behind the end of the song are mistaken, of many the length of the song is. */
const endFor = (words: readonly Word[], length: number): number => {
  const aligned = words.filter((word) => word.aligned)
  const late = aligned.filter(({ start_seconds }) => start_seconds * 1000 > length + TOLERANCE)
  return length > 0 && late.length * 10 < aligned.length ? length + TOLERANCE : LONGEST
}

const OUTER_SPACE = /^[ \t]|[ \t]$/
/** Scripts that put no space between words. */
const SOLID = String.raw`[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]`
const SOLID_BEFORE = new RegExp(`${SOLID}$`, 'u')
const SOLID_AFTER = new RegExp(`^${SOLID}`, 'u')

/** Whether there is a space between two words. Where a provider tells none at all, there is one between all words that take one. */
const spaceBetween = (spacesTold: boolean, left: Word, right: Word): boolean =>
  spacesTold
    ? /\s$/.test(left.raw) || /^\s/.test(right.raw)
    : !(SOLID_BEFORE.test(left.text) && SOLID_AFTER.test(right.text))

/** Words that are tags or white space only are not sung. Without any word in its place there are no lines. */
export const songOf = (lyrics: TimestampedLyrics, { title, duration_seconds }: SongFacts): Song => {
  const texts = lyrics.words.map(({ text }) => oneLine(text))
  const sung = [...lyrics.words.keys()].filter((index) => texts[index] !== '')
  const length = (duration_seconds === null ? null : milliseconds(duration_seconds)) ?? 0
  const words = sung.map((index) => lyrics.words[index]!)
  const places = place(words.map(toldWithin(endFor(words, length))))
  const placeOf = new Map(sung.map((index, at) => [index, places[at]]))
  const spacesTold = lyrics.words.some(({ raw }) => OUTER_SPACE.test(raw))

  const lineOf = ({ section, words: [from, to] }: TimestampedLyrics['lines'][number]): SungLine[] => {
    const inside = Array.from({ length: to - from }, (_, at) => from + at).filter(
      (index) => placeOf.get(index) !== undefined,
    )
    const words = inside.map((index, at): SungWord => {
      const last = inside[at - 1]
      const apart = last !== undefined && last !== index - 1
      const spaced =
        last !== undefined && (apart || spaceBetween(spacesTold, lyrics.words[last]!, lyrics.words[index]!))
      return { ...placeOf.get(index)!, text: texts[index]!, spaced }
    })
    if (words.length === 0) return []
    return [{ section, start: words[0]!.start, end: words.at(-1)!.end, words }]
  }

  const lines = lyrics.lines.flatMap(lineOf)
  const end = lines.at(-1)?.end ?? 0
  const name = title === null ? '' : oneLine(title)
  return { title: name === '' ? null : name, duration: Math.max(length, end), lines }
}

/** A line as one text. */
export const textOf = (line: SungLine): string =>
  line.words.map(({ text, spaced }) => (spaced ? ` ${text}` : text)).join('')

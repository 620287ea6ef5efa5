/** The studio's words: lyrics placed on a musical grid, as providers report them. Pure and deterministic. */
import { BEATS_PER_BAR, beatSecondsOf, lengthOf, outroSeconds } from './metre.ts'

/** One word in time; the canonical aligned word fits. */
export interface SungWord {
  /** As a provider reports it: section tag and line break in front, white space behind. */
  readonly raw: string
  readonly start_seconds: number
  readonly end_seconds: number
}

/** Times are whole numbers of these: five decimals of a second, as providers give them. */
const TICKS_PER_SECOND = 100_000

const TAG = '\\[[^\\][\\n]*\\]'
/** Scripts that set no spaces are sung by the character; small kana, marks and closing punctuation stay with theirs. */
const IDEOGRAPH = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]'
const CLINGING = '[\\p{M}\\u30fcゝゞヽヾ々っッぁぃぅぇぉゃゅょァィゥェォャュョ]'
const OPENING = `(?!${TAG})[\\p{Ps}\\p{Pi}]`
const CLOSING = '[\\p{Pe}\\p{Pf}\\p{Po}\\p{Pd}]'
const SUNG = `(?:${OPENING})*${IDEOGRAPH}${CLINGING}*${CLOSING}*|(?:(?!${TAG}|${IDEOGRAPH})\\S)+`
const WORD = new RegExp(`(?:\\s*${TAG})*\\s*(?:${SUNG})\\s*`, 'gyu')
const LEADING_TAG = new RegExp(`^\\s*${TAG}`, 'u')
const TAGS = new RegExp(TAG, 'gu')

/** The pieces between which nothing is lost; tags with no word after them stay with the last word. */
const split = (lyrics: string): string[] => {
  if (lyrics.trim() === '') return []
  const pieces = lyrics.match(WORD) ?? []
  const rest = lyrics.slice(pieces.reduce((length, piece) => length + piece.length, 0))
  if (rest === '') return pieces
  return [...pieces.slice(0, -1), (pieces.at(-1) ?? '') + rest]
}

/** Nobody sings a thousand words a second: beyond that, neighbours are reported as one. */
const gather = (pieces: readonly string[], most: number): string[] => {
  if (pieces.length <= most || most < 1) return most < 1 ? [] : [...pieces]
  const size = Math.ceil(pieces.length / most)
  return Array.from({ length: Math.ceil(pieces.length / size) }, (_, at) =>
    pieces.slice(at * size, (at + 1) * size).join(''),
  )
}

interface Placed {
  readonly starts: readonly number[]
  readonly lengths: readonly number[]
  /** From the first start to the end of the last rest, in beats. */
  readonly span: number
}

const endsLine = (raw: string) => raw.slice(raw.trimEnd().length).includes('\n')
const upTo = (beats: number, grid: number) => Math.ceil(beats / grid) * grid

/** Positions in beats: sections begin on a bar, lines on half a bar; long words and the ends of lines are held. */
const place = (pieces: readonly string[], unit: number, restBeats: number): Placed => {
  const starts: number[] = []
  const lengths: number[] = []
  let at = 0
  for (const raw of pieces) {
    if (LEADING_TAG.test(raw)) at = upTo(at, BEATS_PER_BAR)
    const letters = raw.replace(TAGS, '').trim().length
    const length = unit * (1 + (letters > 6 ? 1 : 0) + (endsLine(raw) ? 1 : 0))
    starts.push(at)
    lengths.push(length)
    at += length
    if (endsLine(raw)) at = upTo(at + unit, BEATS_PER_BAR / 2) + restBeats
  }
  return { starts, lengths, span: at }
}

/** The widest grid that fits; words that fit none of them take the narrowest, and that is shrunk by the caller. */
const fitInto = (pieces: readonly string[], roomBeats: number): Placed => {
  const unit = [1, 0.5, 0.25].find((each) => place(pieces, each, 0).span <= roomBeats) ?? 0.25
  const tight = place(pieces, unit, 0)
  const spare = (roomBeats - tight.span) / Math.max(1, pieces.filter(endsLine).length)
  const restBeats = Math.min(4, Math.floor(Math.max(0, spare) / BEATS_PER_BAR)) * BEATS_PER_BAR
  return restBeats === 0 ? tight : place(pieces, unit, restBeats)
}

/**
 * Splits lyrics into words and gives each its time in the song, in seconds with five decimals: strictly increasing, one
 * after the other, within the duration. All `raw` together are the lyrics. Lyrics that are tags only are one word;
 * null or blank lyrics, and a duration under a millisecond, have none.
 * @example songWords('[Verse]\nRain falls\n', 30, 'task_1').map((word) => word.raw) // ['[Verse]\nRain ', 'falls\n']
 */
export const songWords = (lyrics: string | null, durationSeconds: number, seed: string): SungWord[] => {
  const duration = lengthOf(durationSeconds)
  const pieces = gather(split(lyrics ?? ''), Math.floor(duration * 1000))
  const beat = beatSecondsOf(seed)
  const intro = Math.min(2 * BEATS_PER_BAR, Math.floor((duration * 0.12) / beat)) * beat
  const room = duration - intro - outroSeconds(duration)
  const { starts, lengths, span } = fitInto(pieces, room / beat)
  const scale = Math.min(beat, room / span)
  const ticks = (beats: number) => Math.round((intro + beats * scale) * TICKS_PER_SECOND)
  return pieces.map((raw, at) => {
    const start = starts[at] ?? 0
    const next = starts[at + 1]
    // A breath before the next word, so that two words of one pitch are two notes.
    const end = ticks(start + (lengths[at] ?? 0) * 0.92)
    const latest = next === undefined ? end : ticks(next) - 1
    return {
      raw,
      start_seconds: ticks(start) / TICKS_PER_SECOND,
      end_seconds: Math.max(ticks(start) + 1, Math.min(end, latest)) / TICKS_PER_SECOND,
    }
  })
}

/** Songs of every kind a provider could send, good and bad, out of a seed. */
import fc from 'fast-check'
import type { AlignedWord } from '../../src/canonical/lyrics.ts'

/** A word before it has a place: its text, how long it is sung and how long it rests after it, in milliseconds. */
interface Sung {
  readonly text: string
  readonly length: number
  readonly rest: number
}

const plainWord = fc.constantFrom('Rain', 'on', 'the', "wire's", 'wire,', 'home', 'light.', '1999', 'I', 'a')
const worldWord = fc.constantFrom(
  'שלום',
  'עולם',
  'مرحبا',
  'بكم',
  '雨が',
  '降る',
  'น้ำ',
  '비가',
  'Ünï',
  'é',
  '\u202eabc\u202c',
)
const emojiWord = fc.constantFrom('🌧️', '👨‍👩‍👧', '🏳️‍🌈', '<3', '☔', '🇩🇪')
/** What means something in one of the grammars. */
const markup = fc.constantFrom(
  ...['-->', '<b>', '</i>', '<00:01.00>', '<00:00:01.000>', '[00:01.00]', '[', ']', '{\\an8}', '{', '}', '\\N', '\\h'],
  ...['&amp;', '&', '&#10;', ']]>', '<!--', '<![CDATA[', '"', "'", '<v Bob>', 'NOTE', 'STYLE', 'WEBVTT', '{\\k10}'],
  ...['a\nb', 'a\n\n2\n00:00:01,000 --> 00:00:02,000\nb', 'Dialogue: 0,0', ';', 'ti:', ',', '%s', '\\', '\t', 'a  b'],
  ...['\u0000', '\u001b[0m', '\u2028', '\u0085', '\ufeff', '\ufffe', '\ud800', '\udc00a', '\u00a0', '\u200b', '\r'],
)
const oddWord = fc.oneof(worldWord, emojiWord, markup, fc.string({ unit: 'binary', maxLength: 8 }))

const sung = (word: fc.Arbitrary<string>): fc.Arbitrary<Sung> =>
  fc.record({
    text: word,
    length: fc.integer({ min: 20, max: 900 }),
    rest: fc.oneof(
      { weight: 8, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ max: 9000, min: 1 }) },
    ),
  })

const tag = fc.constantFrom('[Verse]', '[Chorus 2]', '[פזמון]', '[🎸 "Solo" & <more>, x]', '[]')

/** Lines of words as providers glue them: a space behind or before, a tag in front, a line break behind. */
const rows = (word: fc.Arbitrary<string>, lines: fc.ArrayConstraints) =>
  fc.record({
    lines: fc.array(
      fc.record({ tag: fc.option(tag, { freq: 4 }), words: fc.array(sung(word), { minLength: 1, maxLength: 8 }) }),
      lines,
    ),
    glue: fc.constantFrom('behind', 'before', 'none'),
    start: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30_000 })),
    // Providers tell more digits than a millisecond has.
    fraction: fc.double({ min: -0.00049, max: 0.00049, noNaN: true }),
  })

type Rows = typeof rows extends (...args: never[]) => fc.Arbitrary<infer Value> ? Value : never

/** The words, each where it is sung. `stretch` makes the song last until then, in milliseconds. */
const laid = ({ lines, glue, start, fraction }: Rows, stretch: number | null): AlignedWord[] => {
  const all = lines.flatMap(({ words }) => words)
  const length = all.reduce((sum, word) => sum + word.length + word.rest, start)
  const factor = stretch === null ? 1 : stretch / length
  let at = start
  return lines.flatMap(({ tag: section, words }) =>
    words.map(({ text, length, rest }, index) => {
      const begins = at
      at += length + rest
      const space = index === words.length - 1 ? '\n' : glue === 'behind' ? ' ' : ''
      const before = index === 0 && section !== null ? `${section}\n` : index > 0 && glue === 'before' ? ' ' : ''
      return {
        raw: `${before}${text}${space}`,
        start_seconds: Math.max(0, (begins * factor) / 1000 + fraction),
        end_seconds: ((begins + length) * factor) / 1000 + fraction,
        aligned: true,
        confidence: null,
      }
    }),
  )
}

const EIGHT_MINUTES = 480_000

const FEW = { minLength: 1, maxLength: 12 }
/** Of full length whatever the run: some 400 words. */
const MANY = { minLength: 80, maxLength: 120 }

const orderly = rows(fc.oneof(plainWord, oddWord), FEW).map((each) => laid(each, null))
const odd = rows(oddWord, FEW).map((each) => laid(each, null))
const long = rows(fc.oneof({ weight: 5, arbitrary: plainWord }, { weight: 1, arbitrary: oddWord }), MANY).map((each) =>
  laid(each, EIGHT_MINUTES),
)

/** What else can be wrong with a time. */
const mistake = fc.constantFrom<(word: AlignedWord, other: AlignedWord) => Partial<AlignedWord>>(
  () => ({ aligned: false }),
  () => ({ aligned: false, start_seconds: 0, end_seconds: 0 }),
  (word) => ({ start_seconds: word.end_seconds, end_seconds: word.start_seconds }),
  (word) => ({ end_seconds: word.end_seconds + 3 }),
  (word) => ({ end_seconds: word.start_seconds }),
  (word) => ({ start_seconds: Math.max(0, word.start_seconds - 2) }),
  (_, other) => ({ start_seconds: other.start_seconds, end_seconds: other.end_seconds }),
  () => ({ start_seconds: -1, end_seconds: -0.5 }),
  () => ({ start_seconds: 1e9, end_seconds: 1e300 }),
  (word) => ({ end_seconds: word.start_seconds + 0.0001 }),
)
const spoiled = fc
  .record({
    words: orderly,
    every: fc.integer({ min: 1, max: 6 }),
    mistakes: fc.array(mistake, { minLength: 1, maxLength: 5 }),
  })
  .map(({ words, every, mistakes }) =>
    words.map((word, index) =>
      index % every === 0
        ? { ...word, ...mistakes[(index / every) % mistakes.length]!(word, words[(index * 7) % words.length]!) }
        : word,
    ),
  )
const crowded = fc
  .record({ words: orderly, step: fc.constantFrom(0, 0.0003, 0.001, 0.004) })
  .map(({ words, step }) =>
    words.map((word, index) => ({ ...word, start_seconds: 1 + index * step, end_seconds: 1 + index * step + 0.002 })),
  )
const nowhere = orderly.map((words) => words.map((word) => ({ ...word, aligned: false })))

export const songs: fc.Arbitrary<{ words: AlignedWord[]; title: string | null; duration_seconds: number | null }> =
  fc.record({
    words: fc.oneof(
      { weight: 12, arbitrary: orderly },
      { weight: 1, arbitrary: long },
      { weight: 8, arbitrary: odd },
      { weight: 12, arbitrary: spoiled },
      { weight: 4, arbitrary: crowded },
      { weight: 2, arbitrary: nowhere },
      { weight: 2, arbitrary: fc.constant<AlignedWord[]>([]) },
    ),
    title: fc.option(fc.oneof(plainWord, oddWord), { freq: 4 }),
    duration_seconds: fc.option(fc.double({ min: 1, max: EIGHT_MINUTES / 1000, noNaN: true }), { freq: 4 }),
  })

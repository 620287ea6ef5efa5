/** The studio's sound: lyrics that lose nothing, times in order, and a playable file that sings on the words. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { peaks, renderSong, SAMPLE_RATE } from '../../src/sandbox/audio.ts'
import { songWords } from '../../src/sandbox/words.ts'

const LYRICS = `[Verse]
Rain on the wire, home by the light
Singing the river all through the night

[Chorus]
Hold on, hold on
Remember the morning

[Outro]
Goodbye`

const joined = (words: readonly { raw: string }[]) => words.map((word) => word.raw).join('')
const raws = (lyrics: string) => songWords(lyrics, 60, 'seed').map((word) => word.raw)

/** Lyrics as people write them, and as nobody should. */
const lyrics = fc.oneof(
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '[Verse]',
          '[Chorus: x2]',
          '[]',
          '[End]',
          '[unclosed',
          '] ',
          '(ooh)',
          '「',
          '」',
          '、',
          '—',
          "don't",
        ),
        fc.constantFrom(' ', '  ', '\n', '\n\n', '\r\n', '\t', '\u00a0', '\u3000'),
        fc.constantFrom(
          'Rain',
          'remember',
          '雨',
          'が降る',
          'きゃっと',
          'ラーメン',
          '사랑해',
          'שלום',
          'مرحبا',
          '👩‍👩‍👧',
          '🎵',
          'é',
          'ก็',
          '\ud800',
        ),
      ),
      { maxLength: 120 },
    )
    .map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
)
const duration = fc.double({ min: 1, max: 360, noNaN: true })

describe('songWords', () => {
  it('splits the way the providers report', () => {
    expect(raws('[Verse]\nRain on\nthe wire\n\n[Chorus]\nHold [soft] on\n[End]')).toEqual([
      '[Verse]\nRain ',
      'on\n',
      'the ',
      'wire\n\n',
      '[Chorus]\nHold ',
      '[soft] on\n[End]',
    ])
  })

  it.each([
    ['by the character where no spaces are set', '雨が降る、\n「愛」', ['雨', 'が', '降', 'る、\n', '「愛」']],
    ['small kana with theirs', 'きゃっとラーメン', ['きゃっ', 'と', 'ラー', 'メ', 'ン']],
    ['right to left in reading order', 'שלום עולם', ['שלום ', 'עולם']],
    ['emoji whole', '👩‍👩‍👧 🎵🎵 👍🏽', ['👩‍👩‍👧 ', '🎵🎵 ', '👍🏽']],
    ['tags alone as one', '[Intro]\n[Instrumental]\n', ['[Intro]\n[Instrumental]\n']],
    ['an unclosed bracket as a letter', '[Verse rain', ['[Verse ', 'rain']],
  ])('%s', (_, text, expected) => {
    expect(raws(text)).toEqual(expected)
  })

  it.each([null, '', '  \n\t '])('has no word in %j', (text) => {
    expect(songWords(text, 60, 'seed')).toEqual([])
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('has no word in %d seconds', (seconds) => {
    expect(songWords(LYRICS, seconds, 'seed')).toEqual([])
  })

  it('loses no character', () => {
    fc.assert(
      fc.property(lyrics, duration, fc.string(), (text, seconds, seed) => {
        expect(joined(songWords(text, seconds, seed))).toBe(text.trim() === '' ? '' : text)
      }),
    )
  })

  it('keeps words in order, apart, within the song and to five decimals', () => {
    fc.assert(
      fc.property(lyrics, duration, fc.string(), (text, seconds, seed) => {
        let before = -1
        for (const { start_seconds: start, end_seconds: end } of songWords(text, seconds, seed)) {
          expect(start).toBeGreaterThan(before)
          expect(end).toBeGreaterThan(start)
          expect([Number(start.toFixed(5)), Number(end.toFixed(5))]).toEqual([start, end])
          before = end
        }
        expect(before).toBeLessThanOrEqual(seconds)
      }),
    )
  })

  it.each([
    ['words', 'la '.repeat(5000), 10],
    ['characters', '雨'.repeat(5000), 10],
    ['lines with a section each', '[A]\nla\n'.repeat(2000), 5],
    ['words for a second', 'la '.repeat(5000), 1],
  ])('shrinks the grid for too many %s', (_, text, seconds) => {
    const words = songWords(text, seconds, 'seed')
    expect(joined(words)).toBe(text)
    const times = words.flatMap((word) => [word.start_seconds, word.end_seconds])
    expect(times.every((time, at) => at === 0 || time > (times[at - 1] as number))).toBe(true)
    expect(times.at(-1)).toBeLessThan(seconds)
  })

  it('does not hang on lyrics that are all white space or brackets', () => {
    // Whoever needs the square of the time runs into the limit of every test.
    for (const text of [`[A]${' '.repeat(20_000)}`, '['.repeat(20_000), '('.repeat(20_000), '[A] '.repeat(5000)]) {
      expect(joined(songWords(text, 180, 'seed'))).toBe(text)
    }
  })

  it('depends on the seed, and on nothing else', () => {
    expect(songWords(LYRICS, 60, 'one')).toEqual(songWords(LYRICS, 60, 'one'))
    expect(songWords(LYRICS, 60, 'one')).not.toEqual(songWords(LYRICS, 60, 'two'))
  })
})

const song = (durationSeconds: number, seed: string, text: string | null = LYRICS) => {
  const words = songWords(text, durationSeconds, seed)
  const file = renderSong({ words, durationSeconds, seed })
  return { words, file, samples: new Int16Array(file.buffer, 44) }
}
const rms = (samples: Int16Array, start: number, end: number) => {
  const part = samples.subarray(Math.ceil(start * SAMPLE_RATE), Math.floor(end * SAMPLE_RATE))
  return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length)
}
const text = (file: Uint8Array, at: number) => String.fromCharCode(...file.subarray(at, at + 4))

describe('renderSong', () => {
  it.each([30, 12.34567, 0.5, 0])('is a WAV file of %d seconds', (seconds) => {
    const { file } = song(seconds, 'seed')
    const view = new DataView(file.buffer)
    const samples = Math.round(seconds * SAMPLE_RATE)
    expect(file.length).toBe(44 + samples * 2)
    expect([text(file, 0), text(file, 8), text(file, 12), text(file, 36)]).toEqual(['RIFF', 'WAVE', 'fmt ', 'data'])
    expect([view.getUint32(4, true), view.getUint32(16, true), view.getUint32(40, true)]).toEqual([
      file.length - 8,
      16,
      samples * 2,
    ])
    expect([view.getUint16(20, true), view.getUint16(22, true), view.getUint16(34, true)]).toEqual([1, 1, 16])
    expect([view.getUint32(24, true), view.getUint32(28, true), view.getUint16(32, true)]).toEqual([16_000, 32_000, 2])
  })

  it('is the same bytes for the same song, and others for another', () => {
    const bytes = (seed: string) => Buffer.from(song(20, seed).file)
    expect(bytes('one').equals(bytes('one'))).toBe(true)
    expect(bytes('one').equals(bytes('two'))).toBe(false)
  })

  it.each(['one', 'two', 'three', 'four'])('is louder on every word than in any gap (seed %s)', (seed) => {
    const { words, samples } = song(60, seed)
    const gaps = words.flatMap((word, at) => {
      const next = words[at + 1]?.start_seconds ?? 0
      return next - word.end_seconds > 0.4 ? [rms(samples, word.end_seconds, next)] : []
    })
    const sung = words.map((word) => rms(samples, word.start_seconds, word.end_seconds))
    expect(gaps.length).toBeGreaterThan(1)
    expect(Math.min(...sung)).toBeGreaterThan(1.2 * Math.max(...gaps))
  })

  it.each([
    ['with lyrics', LYRICS],
    ['instrumental', null],
  ])('sounds, does not clip and fades out (%s)', (_, words) => {
    const { samples } = song(60, 'seed', words)
    const loudest = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    expect(loudest).toBeGreaterThan(16_000)
    expect(loudest).toBeLessThan(32_001)
    expect(rms(samples, 1, 3)).toBeGreaterThan(500)
    expect(rms(samples, 59.5, 60)).toBeLessThan(0.1 * rms(samples, 50, 55))
    expect(Math.abs(samples.reduce((sum, value) => sum + value, 0) / samples.length)).toBeLessThan(50)
  })

  it('takes words it did not place itself', () => {
    const times = [
      [-3, 1],
      [0.5, 0.9],
      [0.6, 99],
      [Number.NaN, 2],
      [4, 3],
      [50, 60],
    ] as const
    const words = times.map(([start_seconds, end_seconds]) => ({ start_seconds, end_seconds }))
    expect(renderSong({ words, durationSeconds: 5, seed: 'seed' }).length).toBe(44 + 5 * SAMPLE_RATE * 2)
    expect(peaks(words, 5, 'seed', 50).every((peak) => peak >= 0 && peak <= 1)).toBe(true)
  })

  it('renders three minutes', () => {
    const { file } = song(180, 'seed', `${LYRICS}\n\n`.repeat(6))
    expect(file.length).toBe(44 + 180 * SAMPLE_RATE * 2)
  })
})

describe('peaks', () => {
  const { words, samples } = song(60, 'seed')

  it('follow the rendered sound', () => {
    const guessed = peaks(words, 60, 'seed', 300)
    const size = samples.length / 300
    const heard = guessed.map((_, at) =>
      samples.subarray(at * size, (at + 1) * size).reduce((most, value) => Math.max(most, Math.abs(value)), 0),
    )
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const centred = (values: number[]) => values.map((value) => value - mean(values))
    const [x, y] = [centred(guessed), centred(heard)]
    const dot = (a: number[], b: number[]) => a.reduce((sum, value, at) => sum + value * (b[at] as number), 0)
    expect(dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y))).toBeGreaterThan(0.85)
  })

  it('are as many as asked for, from 0 to 1, the same each time', () => {
    for (const count of [0, 1, 7, 800]) {
      const some = peaks(words, 60, 'seed', count)
      expect(some).toHaveLength(count)
      expect(some.every((peak) => peak >= 0 && peak <= 1)).toBe(true)
      expect(some).toEqual(peaks(words, 60, 'seed', count))
    }
    expect(Math.max(...peaks(words, 60, 'seed', 800))).toBe(1)
    expect(peaks([], 0, 'seed', 3)).toEqual([0, 0, 0])
  })
})

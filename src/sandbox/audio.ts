/** The studio's sound: a small arrangement that sings words at their times. Pure and deterministic. */
import { BEATS_PER_BAR, beatSecondsOf, lengthOf, outroSeconds, randomFrom } from './metre.ts'
import type { SungWord } from './words.ts'

export interface Song {
  readonly words: readonly Pick<SungWord, 'start_seconds' | 'end_seconds'>[]
  readonly durationSeconds: number
  readonly seed: string
}

/** Samples per second of a rendered song: mono, 16 bit. */
export const SAMPLE_RATE = 16_000

const fadeAt = (seconds: number, duration: number) => {
  const left = Math.min(1, (duration - seconds) / Math.max(outroSeconds(duration), 1e-6))
  return Math.max(0, left) ** 2 * Math.min(1, seconds / 0.02)
}

const TABLE_SIZE = 2048
/** One period of a sound, as loud as 1 at its loudest; one sample longer, so that interpolation needs no wrap. */
const waveform = (partials: readonly number[]): Float32Array => {
  const table = Float32Array.from({ length: TABLE_SIZE + 1 }, (_, at) =>
    partials.reduce((sum, gain, n) => sum + gain * Math.sin((2 * Math.PI * (n + 1) * at) / TABLE_SIZE), 0),
  )
  const peak = table.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return table.map((value) => value / peak)
}
const PAD = waveform([1, 0.35, 0.18, 0.08, 0.05])
const BASS = waveform([1, 0.4, 0.12])
/** Three vowels, by where their partials are strong. Ten partials of the highest note stay below half the sample rate. */
const VOWELS = [
  waveform([1, 0.8, 0.6, 0.3, 0.14, 0.1, 0.08, 0.05, 0.02, 0.01]),
  waveform([1, 0.6, 0.22, 0.08, 0.03, 0.02, 0.03, 0.04, 0.02, 0.01]),
  waveform([1, 0.45, 0.15, 0.1, 0.18, 0.2, 0.12, 0.05, 0.02, 0.01]),
]

interface Note {
  readonly start: number
  readonly end: number
  readonly pitch: number
  readonly wave: Float32Array
  readonly gain: number
  /** Share of the note in which it swells and in which it dies away. */
  readonly attack: number
  readonly release: number
  /** Depth of a slow vibrato, as a share of the frequency. */
  readonly vibrato: number
}

/** Adds one note, times in seconds, pitch as a MIDI number. The envelope is zero at both ends: no clicks. */
const play = (mix: Float32Array, note: Note) => {
  const first = Math.round(note.start * SAMPLE_RATE)
  const count = Math.min(Math.round(note.end * SAMPLE_RATE), mix.length) - first
  const swell = Math.max(1, Math.round(count * note.attack))
  const fall = Math.max(1, Math.round(count * note.release))
  const step = (440 * 2 ** ((note.pitch - 69) / 12) * TABLE_SIZE) / SAMPLE_RATE
  const swing = (5.2 * TABLE_SIZE) / SAMPLE_RATE
  let phase = 0
  for (let at = 0; at < count; at++) {
    const whole = phase | 0
    const low = note.wave[whole] as number
    const value = low + ((note.wave[whole + 1] as number) - low) * (phase - whole)
    const level = Math.min(1, at / swell, (count - at) / fall)
    mix[first + at] = (mix[first + at] as number) + value * level * note.gain
    phase += step * (1 + note.vibrato * (BASS[((at * swing) | 0) % TABLE_SIZE] as number))
    if (phase >= TABLE_SIZE) phase -= TABLE_SIZE
  }
}

const blend = (mix: Float32Array, clip: Float32Array, startSeconds: number, gain: number) => {
  const first = Math.round(startSeconds * SAMPLE_RATE)
  const count = Math.min(clip.length, mix.length - first)
  for (let at = 0; at < count; at++) mix[first + at] = (mix[first + at] as number) + (clip[at] as number) * gain
}

/** Steps of the major scale each of four bars stands on; every one of them ends where the first begins again. */
const PROGRESSIONS = [
  [0, 4, 5, 3],
  [5, 3, 0, 4],
  [0, 5, 3, 4],
  [3, 0, 4, 5],
] as const
const MAJOR = [0, 2, 4, 5, 7, 9, 11]
const scaleStep = (step: number) => 12 * Math.floor(step / 7) + (MAJOR[((step % 7) + 7) % 7] as number)

interface Tune {
  readonly beat: number
  readonly bar: number
  /** MIDI number of the key, around middle C. */
  readonly key: number
  readonly chords: readonly number[]
}

const tuneOf = (seed: string): Tune => {
  const next = randomFrom(`${seed}/tune`)
  const beat = beatSecondsOf(seed)
  const key = 57 + Math.floor(next() * 8)
  const chords = PROGRESSIONS[Math.floor(next() * PROGRESSIONS.length)] ?? PROGRESSIONS[0]
  return { beat, bar: beat * BEATS_PER_BAR, key, chords }
}
const chordAt = (tune: Tune, bar: number) => tune.chords[bar % tune.chords.length] as number

/** The band under the voice comes in after two bars and breathes over eight. */
const drumsPlay = (bar: number) => bar >= 2
const bandLevel = (bar: number) => (bar < 2 ? 0.7 : 0.88 + 0.12 * Math.sin((Math.PI * (bar % 8)) / 8))

/** A bar of pad and bass on one chord, a little longer than the bar so that chords run into each other. */
const chordClip = ({ key, bar, beat }: Tune, chord: number): Float32Array => {
  const clip = new Float32Array(Math.ceil(bar * 1.12 * SAMPLE_RATE))
  const pad = { start: 0, end: bar * 1.12, wave: PAD, gain: 0.032, attack: 0.12, release: 0.16, vibrato: 0 }
  for (const third of [0, 2, 4]) {
    const pitch = key + (scaleStep(chord + third) % 12)
    // Two voices a few hundredths apart beat slowly against each other.
    play(clip, { ...pad, pitch: pitch - 0.05 })
    play(clip, { ...pad, pitch: pitch + 0.05 })
  }
  const root = key - 24 + (scaleStep(chord) % 12)
  const bass = { wave: BASS, attack: 0.03, release: 0.6, vibrato: 0 }
  for (const [at, length, gain] of [
    [0, 1.9, 0.15],
    [2, 0.9, 0.11],
    [3, 0.9, 0.12],
  ] as const) {
    play(clip, { ...bass, start: at * beat, end: (at + length) * beat, pitch: root, gain })
  }
  return clip
}

/** A thump that falls in pitch, and a breath of noise: as much percussion as a demo can bear. */
const kickClip = (): Float32Array =>
  Float32Array.from({ length: SAMPLE_RATE * 0.16 }, (_, at) => {
    const seconds = at / SAMPLE_RATE
    const falling = 48 * seconds + 2.4 * (1 - Math.exp(-seconds * 40))
    return 0.16 * Math.sin(2 * Math.PI * falling) * Math.exp(-seconds * 22) * Math.min(1, at / 24)
  })
const hatClip = (seed: string): Float32Array => {
  const next = randomFrom(`${seed}/hat`)
  let before = 0
  return Float32Array.from({ length: SAMPLE_RATE * 0.06 }, (_, at) => {
    const noise = next() * 2 - 1
    const bright = noise - before
    before = noise
    return 0.028 * bright * Math.exp((-at / SAMPLE_RATE) * 70)
  })
}

const playBand = (mix: Float32Array, tune: Tune, seed: string) => {
  const clips = new Map(tune.chords.map((chord) => [chord, chordClip(tune, chord)]))
  const kick = kickClip()
  const hat = hatClip(seed)
  for (let bar = 0; bar * tune.bar * SAMPLE_RATE < mix.length; bar++) {
    const start = bar * tune.bar
    const clip = clips.get(chordAt(tune, bar))
    if (clip) blend(mix, clip, start, bandLevel(bar))
    if (!drumsPlay(bar)) continue
    for (const beat of [0, 2]) blend(mix, kick, start + beat * tune.beat, 1)
    for (const beat of [0.5, 1, 1.5, 2.5, 3, 3.5]) blend(mix, hat, start + beat * tune.beat, beat % 2 === 1 ? 1.6 : 1)
  }
}

interface Sung {
  readonly start: number
  readonly end: number
}

/** Where the lead sounds: on the words, clipped to the song, or on beats of its own where nobody sings. */
const leadOf = ({ words, durationSeconds, seed }: Song): Sung[] => {
  const duration = lengthOf(durationSeconds)
  if (words.length > 0) {
    return words
      .map((word) => ({ start: Math.max(0, word.start_seconds), end: Math.min(duration, word.end_seconds) }))
      .filter((sung) => sung.end > sung.start)
  }
  const { beat } = tuneOf(seed)
  const next = randomFrom(`${seed}/lead`)
  const last = (duration - outroSeconds(duration)) / beat
  const notes: Sung[] = []
  for (let at = 2 * BEATS_PER_BAR; at + 2 < last; at += next() < 0.3 ? 2 : 1) {
    if (next() < 0.75) notes.push({ start: at * beat, end: (at + 0.8) * beat })
  }
  return notes
}

const VOICE = 0.4
/** A walk over the scale that keeps near the chord: steps are small, and the start of a bar lands on a chord tone. */
const playLead = (mix: Float32Array, song: Song, tune: Tune) => {
  const next = randomFrom(`${song.seed}/melody`)
  let degree = 4
  for (const { start, end } of leadOf(song)) {
    const bar = Math.floor(start / tune.bar + 1e-6)
    const chord = chordAt(tune, bar)
    const wanted = degree + Math.floor(next() * 5) - 2
    const strong = start / tune.beat - bar * BEATS_PER_BAR < 0.1 || next() < 0.5
    const near = [-5, -3, 0, 2, 4, 7].map((third) => chord + third)
    const chordTone = near.reduce((best, tone) => (Math.abs(tone - wanted) < Math.abs(best - wanted) ? tone : best))
    degree = Math.max(0, Math.min(7, strong ? chordTone : wanted))
    const wave = VOWELS[Math.floor(next() * VOWELS.length)] as Float32Array
    const long = end - start > 0.35
    const shape = long ? { attack: 0.06, release: 0.2, vibrato: 0.006 } : { attack: 0.1, release: 0.2, vibrato: 0 }
    play(mix, { start, end, pitch: tune.key + scaleStep(degree), wave, gain: VOICE, ...shape })
  }
}

/** The header of a canonical WAV file (RIFF, `fmt ` of 16 bytes, `data`). */
const wavHeader = (view: DataView, samples: number) => {
  const text = (at: number, word: string) => {
    for (let each = 0; each < word.length; each++) view.setUint8(at + each, word.charCodeAt(each))
  }
  text(0, 'RIFF')
  view.setUint32(4, 36 + samples * 2, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, SAMPLE_RATE, true)
  view.setUint32(28, SAMPLE_RATE * 2, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  text(36, 'data')
  view.setUint32(40, samples * 2, true)
}

/** Brings the loudest moments close to full scale. */
const DRIVE = 1.4
/** Bends what is loud instead of cutting it off: never beyond ±1. */
const soften = (value: number) => {
  const inside = Math.max(-1.5, Math.min(1.5, value))
  return inside - (4 / 27) * inside ** 3
}

/**
 * Renders a song as a WAV file: 16-bit PCM, mono, 16 kHz. Chords, bass and light percussion, a lead note on every word,
 * and a fade at the end. The same song has the same bytes. A duration that is not a positive number gives an empty file.
 * @example renderSong({ words: songWords(lyrics, 180, 'task_1'), durationSeconds: 180, seed: 'task_1' }).length // 5760044
 */
export const renderSong = (song: Song): Uint8Array<ArrayBuffer> => {
  const duration = lengthOf(song.durationSeconds)
  const mix = new Float32Array(Math.round(duration * SAMPLE_RATE))
  const tune = tuneOf(song.seed)
  playBand(mix, tune, song.seed)
  playLead(mix, song, tune)
  const file = new ArrayBuffer(44 + mix.length * 2)
  const view = new DataView(file)
  wavHeader(view, mix.length)
  for (let at = 0; at < mix.length; at++) {
    const value = soften(DRIVE * (mix[at] as number)) * fadeAt(at / SAMPLE_RATE, duration)
    view.setInt16(44 + at * 2, Math.round(value * 32_000), true)
  }
  return new Uint8Array(file)
}

/**
 * The waveform of a rendered song as `count` peaks from 0 to 1, from its envelopes alone: nothing is rendered.
 * @example peaks(words, 180, 'task_1', 800).length // 800
 */
export const peaks = (words: Song['words'], durationSeconds: number, seed: string, count: number): number[] => {
  const duration = lengthOf(durationSeconds)
  const buckets = Math.max(0, Math.floor(count))
  const width = duration / buckets
  const tune = tuneOf(seed)
  const levels = new Float64Array(buckets)
  for (let at = 0; at < buckets; at++) {
    const bar = Math.floor((at * width) / tune.bar)
    // Kicks stand on every other beat: one is in the bucket where such a beat lies between its ends.
    const kicks = Math.ceil(((at + 1) * width) / tune.beat / 2) - Math.ceil((at * width) / tune.beat / 2)
    levels[at] = 0.3 * bandLevel(bar) + (drumsPlay(bar) && kicks > 0 ? 0.12 : 0)
  }
  for (const { start, end } of leadOf({ words, durationSeconds, seed })) {
    const last = Math.min(buckets - 1, Math.floor(end / width))
    const first = Math.floor(start / width)
    for (let at = first; at <= last; at++) {
      // The share of the bucket that is sung tells a word that only touches it from one that fills it.
      const share = Math.min(1, (Math.min(end, (at + 1) * width) - Math.max(start, at * width)) / Math.min(width, 0.05))
      levels[at] = Math.max(levels[at] as number, 0.3 * bandLevel(Math.floor(start / tune.bar)) + VOICE * share)
    }
  }
  const faded = levels.map((level, at) => level * fadeAt((at + 0.5) * width, duration))
  const most = faded.reduce((best, level) => Math.max(best, level), 0)
  return Array.from(faded, (level) => (most > 0 ? Math.round((level / most) * 1000) / 1000 : 0))
}

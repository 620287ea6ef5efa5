/** The studio's sound: a small arrangement that sings words at their times. Pure and deterministic. */
import { lengthOf, outroSeconds, randomFrom } from './metre.ts'
import {
  BASS_BEATS,
  bandLevel,
  bassPitch,
  chordAt,
  chordPitches,
  drumsPlay,
  HAT_BEATS,
  KICK_BEATS,
  leadOf,
  melodyOf,
  PARTS,
  type Part,
  type Song,
  type Tune,
  tuneOf,
} from './score.ts'
import { SAMPLE_RATE, wavFile } from './wav.ts'

export { SAMPLE_RATE } from './wav.ts'

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
/** The vowels, by where their partials are strong. Ten partials of the highest note stay below half the sample rate. */
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

/** A bar of pad and bass on one chord, a little longer than the bar so that chords run into each other. */
const chordClip = (tune: Tune, chord: number, parts: readonly Part[]): Float32Array => {
  const { bar, beat } = tune
  const clip = new Float32Array(Math.ceil(bar * 1.12 * SAMPLE_RATE))
  const pad = { start: 0, end: bar * 1.12, wave: PAD, gain: 0.032, attack: 0.12, release: 0.16, vibrato: 0 }
  for (const pitch of parts.includes('chords') ? chordPitches(tune, chord) : []) {
    // Two voices a few hundredths apart beat slowly against each other.
    play(clip, { ...pad, pitch: pitch - 0.05 })
    play(clip, { ...pad, pitch: pitch + 0.05 })
  }
  const bass = { wave: BASS, attack: 0.03, release: 0.6, vibrato: 0, pitch: bassPitch(tune, chord) }
  for (const [at, length, gain] of parts.includes('bass') ? BASS_BEATS : [])
    play(clip, { ...bass, start: at * beat, end: (at + length) * beat, gain })
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

const playBand = (mix: Float32Array, tune: Tune, seed: string, parts: readonly Part[]) => {
  const clips = new Map(tune.chords.map((chord) => [chord, chordClip(tune, chord, parts)]))
  const kick = kickClip()
  const hat = hatClip(seed)
  for (let bar = 0; bar * tune.bar * SAMPLE_RATE < mix.length; bar++) {
    const start = bar * tune.bar
    const clip = clips.get(chordAt(tune, bar))
    if (clip) blend(mix, clip, start, bandLevel(bar))
    if (!drumsPlay(bar) || !parts.includes('drums')) continue
    for (const beat of KICK_BEATS) blend(mix, kick, start + beat * tune.beat, 1)
    for (const beat of HAT_BEATS) blend(mix, hat, start + beat * tune.beat, beat % 2 === 1 ? 1.6 : 1)
  }
}

const VOICE = 0.4
const playLead = (mix: Float32Array, song: Song, tune: Tune) => {
  for (const { start, end, pitch, vowel } of melodyOf(song, tune)) {
    const wave = VOWELS[vowel] as Float32Array
    const long = end - start > 0.35
    const shape = long ? { attack: 0.06, release: 0.2, vibrato: 0.006 } : { attack: 0.1, release: 0.2, vibrato: 0 }
    play(mix, { start, end, pitch, wave, gain: VOICE, ...shape })
  }
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
 * @param parts only these are heard
 * @example renderSong({ words: songWords(lyrics, 180, 'task_1'), durationSeconds: 180, seed: 'task_1' }).length // 5760044
 */
export const renderSong = (song: Song, parts: readonly Part[] = PARTS): Uint8Array<ArrayBuffer> => {
  const duration = lengthOf(song.durationSeconds)
  const mix = new Float32Array(Math.round(duration * SAMPLE_RATE))
  const tune = tuneOf(song.seed)
  playBand(mix, tune, song.seed, parts)
  if (parts.includes('voice')) playLead(mix, song, tune)
  return wavFile(mix.length, (at) =>
    Math.round(soften(DRIVE * (mix[at] as number)) * fadeAt(at / SAMPLE_RATE, duration) * 32_000),
  )
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

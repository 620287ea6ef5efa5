/** What a song of the studio is made of, as notes: key, chords, bass, beats, and a melody on the words. Pure and deterministic. */
import { BEATS_PER_BAR, beatSecondsOf, lengthOf, outroSeconds, randomFrom } from './metre.ts'
import type { SungWord } from './words.ts'

export interface Song {
  readonly words: readonly Pick<SungWord, 'start_seconds' | 'end_seconds'>[]
  readonly durationSeconds: number
  readonly seed: string
}

/** What a song can be taken apart into. */
export const PARTS = ['voice', 'chords', 'bass', 'drums'] as const
export type Part = (typeof PARTS)[number]

/** Steps of the major scale each of four bars stands on; every one of them ends where the first begins again. */
const PROGRESSIONS = [
  [0, 4, 5, 3],
  [5, 3, 0, 4],
  [0, 5, 3, 4],
  [3, 0, 4, 5],
] as const
const MAJOR = [0, 2, 4, 5, 7, 9, 11]
const scaleStep = (step: number) => 12 * Math.floor(step / 7) + (MAJOR[((step % 7) + 7) % 7] as number)

export interface Tune {
  readonly beat: number
  readonly bar: number
  /** MIDI number of the key, around middle C. */
  readonly key: number
  readonly chords: readonly number[]
}

export const tuneOf = (seed: string): Tune => {
  const next = randomFrom(`${seed}/tune`)
  const beat = beatSecondsOf(seed)
  const key = 57 + Math.floor(next() * 8)
  const chords = PROGRESSIONS[Math.floor(next() * PROGRESSIONS.length)] ?? PROGRESSIONS[0]
  return { beat, bar: beat * BEATS_PER_BAR, key, chords }
}
export const chordAt = (tune: Tune, bar: number) => tune.chords[bar % tune.chords.length] as number

/** MIDI numbers of a chord's three notes, and of the bass under it. */
export const chordPitches = ({ key }: Tune, chord: number) =>
  [0, 2, 4].map((third) => key + (scaleStep(chord + third) % 12))
export const bassPitch = ({ key }: Tune, chord: number) => key - 24 + (scaleStep(chord) % 12)

/** Beats of a bar on which something is played; of the bass with length in beats and gain too. */
export const BASS_BEATS = [
  [0, 1.9, 0.15],
  [2, 0.9, 0.11],
  [3, 0.9, 0.12],
] as const
export const KICK_BEATS = [0, 2] as const
export const HAT_BEATS = [0.5, 1, 1.5, 2.5, 3, 3.5] as const

/** The band under the voice comes in after two bars and breathes over eight. */
export const drumsPlay = (bar: number) => bar >= 2
export const bandLevel = (bar: number) => (bar < 2 ? 0.7 : 0.88 + 0.12 * Math.sin((Math.PI * (bar % 8)) / 8))

interface Sung {
  readonly start: number
  readonly end: number
}

/** Where the lead sounds: on the words, clipped to the song, or on beats of its own where nobody sings. */
export const leadOf = ({ words, durationSeconds, seed }: Song): Sung[] => {
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

const VOWEL_COUNT = 3
/** A walk over the scale that keeps near the chord: steps are small, and the start of a bar lands on a chord tone. */
export const melodyOf = (song: Song, tune: Tune) => {
  const next = randomFrom(`${song.seed}/melody`)
  let degree = 4
  return leadOf(song).map(({ start, end }) => {
    const bar = Math.floor(start / tune.bar + 1e-6)
    const chord = chordAt(tune, bar)
    const wanted = degree + Math.floor(next() * 5) - 2
    const strong = start / tune.beat - bar * BEATS_PER_BAR < 0.1 || next() < 0.5
    const near = [-5, -3, 0, 2, 4, 7].map((third) => chord + third)
    const chordTone = near.reduce((best, tone) => (Math.abs(tone - wanted) < Math.abs(best - wanted) ? tone : best))
    degree = Math.max(0, Math.min(7, strong ? chordTone : wanted))
    return { start, end, pitch: tune.key + scaleStep(degree), vowel: Math.floor(next() * VOWEL_COUNT) }
  })
}

export interface ScoreNote {
  /** MIDI number. */
  readonly pitch: number
  readonly start_seconds: number
  readonly end_seconds: number
  /** 0 to 1. */
  readonly velocity: number
}

/** General MIDI numbers of percussion. */
const KICK = 36
const HAT = 42

type BarOf = (
  tune: Tune,
  chord: number,
  bar: number,
) => readonly (readonly [beat: number, beats: number, pitch: number])[]
const BARS: { readonly [P in Exclude<Part, 'voice'>]: BarOf } = {
  chords: (tune, chord) => chordPitches(tune, chord).map((pitch) => [0, BEATS_PER_BAR, pitch] as const),
  bass: (tune, chord) => BASS_BEATS.map(([at, beats]) => [at, beats, bassPitch(tune, chord)] as const),
  drums: (_tune, _chord, bar) =>
    drumsPlay(bar)
      ? [...KICK_BEATS.map((at) => [at, 0.25, KICK] as const), ...HAT_BEATS.map((at) => [at, 0.125, HAT] as const)]
      : [],
}

/** The notes of one part, in seconds, within the song. */
export const notesOf = (song: Song, part: Part): ScoreNote[] => {
  const tune = tuneOf(song.seed)
  const duration = lengthOf(song.durationSeconds)
  const note = (start: number, end: number, pitch: number, velocity: number) =>
    start < duration ? [{ pitch, start_seconds: start, end_seconds: Math.min(end, duration), velocity }] : []
  if (part === 'voice') return melodyOf(song, tune).flatMap(({ start, end, pitch }) => note(start, end, pitch, 0.8))
  const bars = Array.from({ length: Math.ceil(duration / tune.bar) }, (_, bar) => bar)
  return bars.flatMap((bar) =>
    BARS[part](tune, chordAt(tune, bar), bar).flatMap(([at, beats, pitch]) =>
      note(bar * tune.bar + at * tune.beat, bar * tune.bar + (at + beats) * tune.beat, pitch, bandLevel(bar) * 0.7),
    ),
  )
}

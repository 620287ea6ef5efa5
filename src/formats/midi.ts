/** MIDI: notes as a Standard MIDI File of format 1, as SMF 1.0 (MIDI Manufacturers Association, RP-001) writes them. */
import type { MidiReport } from '../canonical/createMidi.ts'
import { DRUMS, programOf } from './instruments.ts'
import { oneLine } from './text.ts'

/** Ticks of a quarter note, and its microseconds: 120 in a minute. Times are in seconds, the song's own tempo is not known. */
const DIVISION = 960
const QUARTER = 500_000
/** 1,920 ticks a second: a time is wrong by 0.26 ms at most. */
const PER_SECOND = (DIVISION * 1_000_000) / QUARTER
/** The largest number of variable length (SMF 1.0), in ticks: 38 hours. */
const LAST = 0x0f_ff_ff_ff

const META = 0xff
const TEMPO = 0x51
const NAME = 0x03
const END = 0x2f
const NOTE_ON = 0x90
const NOTE_OFF = 0x80
const PROGRAM = 0xc0
/** A note is let go as if nobody had said how fast. */
const RELEASE = 64

type Bytes = readonly number[]
type Note = MidiReport['instruments'][number]['notes'][number]

const big = (value: number, bytes: number): Bytes =>
  Array.from({ length: bytes }, (_, index) => (value >>> (8 * (bytes - 1 - index))) & 0xff)

/** A number of variable length: seven bits a byte, the first ones marked. */
const variable = (value: number): Bytes =>
  value < 0x80 ? [value] : [...variable(value >>> 7).map((byte) => byte | 0x80), value & 0x7f]

const chunk = (type: string, bytes: Bytes): Bytes => [
  ...Array.from(type, (letter) => letter.charCodeAt(0)),
  ...big(bytes.length, 4),
  ...bytes,
]

const meta = (type: number, bytes: Bytes): Bytes => [0, META, type, ...variable(bytes.length), ...bytes]
const named = (name: string | null): Bytes => {
  const text = oneLine(name ?? '')
  return text === '' ? [] : meta(NAME, [...new TextEncoder().encode(text)])
}

/** A note in ticks from the beginning, as it is played. */
interface Played {
  readonly pitch: number
  readonly velocity: number
  readonly from: number
  readonly to: number
}

const tick = (seconds: number, least: number) =>
  Math.max(Number.isFinite(seconds) ? Math.round(Math.min(seconds * PER_SECOND, LAST)) : Number.NaN, least)

/** 1 to 127: a note that begins with 0 would be one that ends. */
const loudness = (velocity: number) =>
  Number.isFinite(velocity) ? Math.min(Math.max(Math.round(velocity * 127), 1), 127) : RELEASE

/** Each time is rounded by itself, so nothing drifts. What has no place or is no pitch is left out; nothing lasts less than a tick. */
const played = ({ pitch, start_seconds, end_seconds, velocity }: Note): Played[] => {
  const key = Math.round(pitch)
  const from = tick(start_seconds, 0)
  if (!(key >= 0 && key <= 127) || !(from < LAST) || !Number.isFinite(end_seconds)) return []
  return [{ pitch: key, velocity: loudness(velocity), from, to: tick(end_seconds, from + 1) }]
}

/** One key can be held down once: where it is struck again the note before ends, and of two struck together one remains. */
const held = <Note extends Played>(notes: readonly Note[]): Note[] => {
  const kept: Note[] = []
  const last = new Map<number, number>()
  for (const note of notes.toSorted((one, other) => one.from - other.from)) {
    const index = last.get(note.pitch)
    const before = index === undefined ? undefined : kept[index]!
    if (before !== undefined && before.from === note.from) {
      const velocity = Math.max(before.velocity, note.velocity)
      kept[index!] = { ...before, velocity, to: Math.max(before.to, note.to) }
      continue
    }
    if (before !== undefined) kept[index!] = { ...before, to: Math.min(before.to, note.from) }
    last.set(note.pitch, kept.push(note) - 1)
  }
  return kept
}

interface Moment {
  readonly at: number
  readonly bytes: Bytes
}

/** What happens on a channel, in order: at the same moment a note ends before another begins. */
const moments = (notes: readonly Played[], channel: number): Moment[] =>
  notes
    .flatMap(({ pitch, velocity, from, to }) => [
      { at: from, ends: false, pitch, bytes: [NOTE_ON | channel, pitch, velocity] },
      { at: to, ends: true, pitch, bytes: [NOTE_OFF | channel, pitch, RELEASE] },
    ])
    .sort((one, other) => one.at - other.at || Number(other.ends) - Number(one.ends) || one.pitch - other.pitch)

/** The times between moments, in ticks: differences of rounded times, never rounded differences. */
const spaced = (all: readonly Moment[]): Bytes =>
  all.flatMap(({ at, bytes }, index) => [...variable(at - (all[index - 1]?.at ?? 0)), ...bytes])

const track = (...parts: readonly Bytes[]): Bytes => chunk('MTrk', [...parts.flat(), ...meta(END, [])])

/** Channels of instruments with keys, from 0: the tenth is that of drums in General MIDI. */
const KEYED = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15]
const DRUM_CHANNEL = 9

/** Instruments with their channel. Several may share one, whose keys are still held once each. */
const partsOf = (instruments: MidiReport['instruments']) => {
  let keyed = 0
  const parts = instruments.flatMap(({ name, notes }, part) => {
    const program = programOf(name)
    const own = notes.flatMap(played).map((note) => ({ ...note, part }))
    if (own.length === 0) return []
    // A sixteenth instrument shares a channel with the first: there are no more.
    const channel = program === DRUMS ? DRUM_CHANNEL : KEYED[keyed++ % KEYED.length]!
    return [{ part, name, program, channel, own }]
  })
  const heard = [...new Set(parts.map(({ channel }) => channel))].flatMap((channel) =>
    held(parts.flatMap((each) => (each.channel === channel ? each.own : []))),
  )
  const notesOf = Map.groupBy(heard, ({ part }) => part)
  return parts.map((each) => ({ ...each, notes: notesOf.get(each.part) ?? [] }))
}

/**
 * The whole file: a track of tempo, then one for each instrument that has notes.
 * @param instruments as createMidi reports them: times in seconds from the beginning of the song, velocities from 0 to 1
 * @param title of the song
 */
export const midiFile = ({ instruments }: MidiReport, title: string | null): Uint8Array<ArrayBuffer> => {
  const parts = partsOf(instruments).map(({ name, program, channel, notes }) => {
    const sound = program === DRUMS || program === null ? [] : [0, PROGRAM | channel, program]
    return track(named(name), sound, spaced(moments(notes, channel)))
  })
  const head = chunk('MThd', [...big(1, 2), ...big(parts.length + 1, 2), ...big(DIVISION, 2)])
  return Uint8Array.from([head, track(named(title), meta(TEMPO, big(QUARTER, 3))), ...parts].flat())
}

/** Whether anything can be heard of it. */
export const hasNotes = ({ instruments }: MidiReport): boolean =>
  instruments.some(({ notes }) => notes.some((note) => played(note).length > 0))

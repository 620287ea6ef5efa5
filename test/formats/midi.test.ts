/** Notes as MIDI files, as another parser reads them: nothing lost, nothing moved. TUTTI_FIGURES=1 prints how well. */
import fc from 'fast-check'
import { type MidiEvent, parseMidi } from 'midi-file'
import { afterAll, describe, expect, it } from 'vitest'
import type { MidiReport } from '../../src/canonical/createMidi.ts'
import { STEMS } from '../../src/canonical/words.ts'
import { DRUMS, programOf } from '../../src/formats/instruments.ts'
import { hasNotes, midiFile } from '../../src/formats/midi.ts'

const FILES = 1500
const RUNS = { seed: 20_261_121, numRuns: FILES } as const

type Instrument = MidiReport['instruments'][number]
type Note = Instrument['notes'][number]

const note = (pitch: number, start_seconds: number, end_seconds: number, velocity = 0.8): Note => ({
  pitch,
  start_seconds,
  end_seconds,
  velocity,
})
const drums = (...notes: Note[]): MidiReport => ({ instruments: [{ name: 'Drums', notes }] })

/** A note as it is heard: seconds from the beginning, worked out from the file alone. */
interface Heard {
  readonly pitch: number
  readonly start: number
  readonly end: number
  readonly velocity: number
}

const secondsOf = (events: readonly MidiEvent[], perTick: number) => {
  let now = 0
  return events.map((event) => {
    now += event.deltaTime
    return { event, at: now * perTick }
  })
}

/** Pairs what begins and ends on one key; whatever is left open, ends nothing or begins twice is no sound file. */
const heardIn = (events: readonly MidiEvent[], perTick: number): Heard[] => {
  const down = new Map<string, { at: number; velocity: number }>()
  const heard: Heard[] = []
  for (const { event, at } of secondsOf(events, perTick)) {
    if (event.type !== 'noteOn' && event.type !== 'noteOff') continue
    const key = `${event.channel} ${event.noteNumber}`
    const before = down.get(key)
    if (event.type === 'noteOn') {
      if (before !== undefined) throw new Error(`${key} is struck while it is down`)
      down.set(key, { at, velocity: event.velocity })
      continue
    }
    if (before === undefined) throw new Error(`${key} is let go while it is up`)
    down.delete(key)
    if (at <= before.at) throw new Error(`${key} is not heard`)
    heard.push({ pitch: event.noteNumber, start: before.at, end: at, velocity: before.velocity })
  }
  if (down.size > 0) throw new Error(`${[...down.keys()]} sound for ever`)
  return heard
}

const read = (report: MidiReport, title: string | null = null) => {
  const { header, tracks } = parseMidi(midiFile(report, title))
  const [tempo] = tracks.flat().filter((event) => event.type === 'setTempo')
  const perTick = (tempo as { microsecondsPerBeat: number }).microsecondsPerBeat / 1e6 / header.ticksPerBeat!
  const parts = tracks.slice(1).map((events) => ({
    name: Buffer.from((events.find(({ type }) => type === 'trackName') as { text?: string })?.text ?? '', 'latin1'),
    program: (events.find(({ type }) => type === 'programChange') as { programNumber?: number })?.programNumber,
    channels: new Set(events.flatMap((event) => ('channel' in event ? [event.channel] : []))),
    notes: heardIn(events, perTick),
  }))
  return { header, tracks, parts }
}
const heard = (...notes: Note[]) => read(drums(...notes)).parts.flatMap((part) => part.notes)

/** 38 hours, where a file ends. */
const LONGEST = 0x0f_ff_ff_ff / 1920

const sound = ({ pitch, start_seconds, end_seconds }: Note) =>
  Math.round(pitch) >= 0 &&
  Math.round(pitch) <= 127 &&
  Number.isFinite(start_seconds) &&
  Number.isFinite(end_seconds) &&
  start_seconds < LONGEST

const time = fc.oneof(
  { weight: 12, arbitrary: fc.double({ min: 0, max: 600, noNaN: true }) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 40 }).map((each) => each / 4) },
  { weight: 1, arbitrary: fc.double({ min: -5, max: 0, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e9, -1e9) },
)
const notes: fc.Arbitrary<Note> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      pitch: fc.integer({ min: 55, max: 61 }),
      start_seconds: time,
      end_seconds: time,
      velocity: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 12,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 127 }), time, fc.double({ min: 0, max: 4, noNaN: true }), fc.double())
      .map(([pitch, start, length, velocity]) => note(pitch, start, start + length, velocity)),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      pitch: fc.double(),
      start_seconds: fc.double(),
      end_seconds: fc.double(),
      velocity: fc.double(),
    }),
  },
)
const reports: fc.Arbitrary<MidiReport> = fc.record({
  instruments: fc.array(
    fc.record({
      name: fc.oneof(fc.constantFrom(...STEMS), fc.string({ unit: 'grapheme' }), fc.constantFrom('Vocals', 'FX', '')),
      notes: fc.array(notes, { maxLength: 120 }),
    }),
    { maxLength: 20 },
  ),
})

/** An instrument all of whose notes are played by another already has no event with a channel: it is one of drums. */
const DRUM_CHANNEL = 9

const figures = { files: 0, notes: 0, undisputed: 0, worst: 0 }
const tolerance = 0.001

/** Where a note has to begin, and where it has to end unless its key is struck again before. */
const wantedOf = ({ pitch, start_seconds, end_seconds }: Note) => {
  const start = Math.max(start_seconds, 0)
  return { pitch: Math.round(pitch), start, end: Math.min(Math.max(end_seconds, start), LONGEST) }
}

/** Complaints about one instrument: every sound note is heard at its time, and nothing else is. */
const judge = ({ notes: told }: Instrument, got: readonly Heard[]): string[] => {
  const wanted = told.filter(sound).map(wantedOf)
  const complaints: string[] = []
  const measure = (error: number, what: string) => {
    figures.worst = Math.max(figures.worst, error)
    if (error > tolerance) complaints.push(`${what} is ${error * 1000} ms off`)
  }
  const of = (pitch: number) => got.filter((each) => each.pitch === pitch)
  for (const each of wanted) {
    figures.notes += 1
    const own = of(each.pitch)
    const nearest = own.reduce(
      (best, one) => (Math.abs(one.start - each.start) < Math.abs(best.start - each.start) ? one : best),
      own[0] ?? { pitch: 0, start: Number.POSITIVE_INFINITY, end: 0, velocity: 0 },
    )
    measure(Math.abs(nearest.start - each.start), `the start of ${each.pitch} at ${each.start}`)
    // Those that no other note of the key begins in, or at the same moment.
    const others = wanted.filter((one) => one !== each && one.pitch === each.pitch)
    const alone = others.every((one) => one.start > each.end + tolerance || one.start < each.start - tolerance)
    if (!alone) continue
    figures.undisputed += 1
    measure(Math.abs(nearest.end - each.end), `the end of ${each.pitch} at ${each.start}`)
  }
  const strange = got.filter(
    ({ pitch, start }) => !wanted.some((each) => each.pitch === pitch && Math.abs(each.start - start) <= tolerance),
  )
  return [...complaints, ...strange.map(({ pitch, start }) => `nobody told of ${pitch} at ${start}`)]
}

describe('a file of any notes', () => {
  it(`is read by another parser with every note within a millisecond (${FILES} files)`, () => {
    fc.assert(
      fc.property(reports, fc.option(fc.string({ unit: 'grapheme' })), (report, title) => {
        const { header, tracks, parts } = read(report, title)
        const sounding = report.instruments.filter((each) => each.notes.some(sound))
        expect(header).toMatchObject({ format: 1, numTracks: tracks.length })
        expect(parts.length).toBeGreaterThanOrEqual(sounding.length)
        const audible = report.instruments.filter((each) => hasNotes({ instruments: [each] }))
        expect(parts).toHaveLength(audible.length)
        // What shares a channel is one instrument to whoever plays it.
        const channels = Map.groupBy(audible.entries(), ([index]) => [...parts[index]!.channels][0] ?? DRUM_CHANNEL)
        for (const sharing of channels.values()) {
          const all = { name: '', notes: sharing.flatMap(([, each]) => each.notes) }
          expect(
            judge(
              all,
              sharing.flatMap(([index]) => parts[index]!.notes),
            ),
          ).toEqual([])
        }
        for (const each of tracks) expect(each.findIndex(({ type }) => type === 'endOfTrack')).toBe(each.length - 1)
        for (const { velocity } of parts.flatMap((part) => part.notes)) {
          expect(velocity).toBeGreaterThanOrEqual(1)
          expect(velocity).toBeLessThanOrEqual(127)
        }
        figures.files += 1
      }),
      RUNS,
    )
    expect(figures.undisputed).toBeGreaterThan(FILES * 10)
  })

  afterAll(() => {
    if (process.env.TUTTI_FIGURES) console.log(figures)
  })

  it('does not drift over ten thousand notes', () => {
    // A length that no tick divides.
    const length = 0.0364583
    const all = Array.from({ length: 10_000 }, (_, index) => note(60, index * length, (index + 1) * length))
    const [first, last] = [heard(...all)[0]!, heard(...all).at(-1)!]
    expect(first.start).toBe(0)
    expect(Math.abs(last.end - 10_000 * length)).toBeLessThan(tolerance)
  })
})

describe('notes', () => {
  it('of one key end where the key is struck again', () => {
    expect(heard(note(60, 0, 10), note(60, 2, 4))).toMatchObject([
      { start: 0, end: 2 },
      { start: 2, end: 4 },
    ])
  })

  it('of one key struck at once are one: the longest and loudest', () => {
    const velocity = Math.round(0.9 * 127)
    expect(heard(note(60, 1, 2, 0.9), note(60, 1, 3, 0.1))).toEqual([{ pitch: 60, start: 1, end: 3, velocity }])
  })

  it('that meet do not end each other', () => {
    expect(heard(note(60, 0, 1), note(60, 1, 2))).toMatchObject([
      { start: 0, end: 1 },
      { start: 1, end: 2 },
    ])
  })

  it('of no length, or that end before they begin, are heard for a tick', () => {
    for (const each of [note(60, 1, 1), note(60, 1, 0.5)]) {
      const [only] = heard(each)
      expect(only!.end - only!.start).toBeCloseTo(1 / 1920)
    }
  })

  it('in any order are written in order', () => {
    const all = [note(62, 3, 4), note(60, 1, 2), note(61, 2, 3)]
    expect(heard(...all).map(({ pitch }) => pitch)).toEqual([60, 61, 62])
  })

  it('before the song begin with it', () => {
    expect(heard(note(60, -0.5, 1))).toMatchObject([{ start: 0, end: 1 }])
  })

  it('without a time or a pitch are left out', () => {
    const none = [
      note(60, Number.NaN, 1),
      note(60, 0, Number.POSITIVE_INFINITY),
      note(Number.NaN, 0, 1),
      note(-1, 0, 1),
      note(128, 0, 1),
    ]
    expect(hasNotes(drums(...none))).toBe(false)
    expect(heard(...none, note(64, 0, 1)).map(({ pitch }) => pitch)).toEqual([64])
  })

  it('are never written as silence', () => {
    const velocities = heard(note(60, 0, 1, 0), note(61, 0, 1, 1), note(62, 0, 1, 7), note(63, 0, 1, Number.NaN))
    expect(velocities.map(({ velocity }) => velocity)).toEqual([1, 127, 127, 64])
  })
})

describe('instruments', () => {
  it('have a track, a name, a channel and a sound of their own', () => {
    const names = ['Drums', 'Bass', 'Vocals', 'FX']
    const { tracks, parts } = read({ instruments: names.map((name) => ({ name, notes: [note(60, 0, 1)] })) }, 'Rain 🌧')
    expect(parts.map(({ name }) => name.toString())).toEqual(names)
    expect(parts.map(({ program }) => program)).toEqual([undefined, 33, 53, undefined])
    expect(parts.map(({ channels }) => [...channels])).toEqual([[9], [0], [1], [2]])
    expect(tracks[0]).toMatchObject([{ type: 'trackName' }, { type: 'setTempo', microsecondsPerBeat: 500_000 }, {}])
  })

  it('named 808 play a bass line, and its drums are drums', () => {
    expect(['808', '808 Bass', '808 Kick'].map(programOf)).toEqual([38, 38, DRUMS])
  })

  it('without notes have no track', () => {
    expect(read({ instruments: [{ name: 'Bass', notes: [] }] }).parts).toEqual([])
    expect(hasNotes({ instruments: [{ name: 'Bass', notes: [] }] })).toBe(false)
    expect(read({ instruments: [] }).header).toMatchObject({ format: 1, numTracks: 1 })
  })

  it('never take the channel of drums, however many they are', () => {
    const many = Array.from({ length: 20 }, () => ({ name: 'Piano', notes: [note(60, 0, 1)] }))
    const { parts } = read({ instruments: many })
    expect(parts.flatMap(({ channels }) => [...channels])).not.toContain(9)
    expect(new Set(parts.slice(0, 15).flatMap(({ channels }) => [...channels])).size).toBe(15)
  })

  it('that share a channel hold each of its keys once: two stems of drums, and more than there are channels', () => {
    const stems = [
      { name: 'Drums', notes: [note(36, 1, 1.2), note(40, 5, 6)] },
      { name: 'Percussion', notes: [note(36, 1.1, 3), note(40, 5, 6)] },
    ]
    const pianos = Array.from({ length: 16 }, (_, index) => ({ name: 'Piano', notes: [note(60, index / 10, 9)] }))
    const { tracks, parts } = read({ instruments: [...stems, ...pianos] })
    expect(parts.map(({ notes }) => notes.length)).toEqual([2, 1, ...pianos.map(() => 1)])
    const perTick = 1 / 1920
    const merged = tracks
      .flatMap((events) => secondsOf(events, 1))
      .sort(
        (one, other) =>
          one.at - other.at || Number(one.event.type === 'noteOn') - Number(other.event.type === 'noteOn'),
      )
    let before = 0
    const asOne = merged.map(({ event, at }) => {
      const deltaTime = at - before
      before = at
      return { ...event, deltaTime }
    })
    const drums = heardIn(asOne, perTick).filter(({ pitch }) => pitch === 36)
    expect(drums.map(({ start, end }) => [start, end].map((at) => Math.round(at * 100) / 100))).toEqual([
      [1, 1.1],
      [1.1, 3],
    ])
  })

  it('of every stem that can be asked for have a sound, or say that they are none', () => {
    const silent = STEMS.filter((name) => programOf(name) === null)
    // General MIDI has no didgeridoo.
    expect(silent).toEqual(['Risers', 'Sound Effects', 'Didgeridoo'])
    for (const name of STEMS) {
      const program = programOf(name)
      if (program !== null && program !== DRUMS) expect(program >= 0 && program <= 127).toBe(true)
    }
  })

  it.each([
    ['Drum Kit', DRUMS],
    ['Hi-Hat', DRUMS],
    ['Bass', 33],
    ['Brass Section', 61],
    ['Bassoon', 70],
    ['Backing Vocals', 52],
    ['Piano', 0],
    ['Strings', 48],
    ['Woodwinds', 73],
    ['Guitar', 27],
    ['constructor', null],
  ] as const)('called %s sound like %s', (name, program) => {
    expect(programOf(name)).toBe(program)
  })
})

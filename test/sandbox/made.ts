/** What a test expects to find of what each form has made: files that can be read, notes within the song. */
import { expect } from 'vitest'
import type { TaskForm } from '../../src/contract/operations.ts'
import type { Snapshot } from '../../src/contract/shapes.ts'
import { IMAGE_SIZE } from '../../src/sandbox/image.ts'
import { SAMPLE_RATE } from '../../src/sandbox/wav.ts'
import type { SimulatedProvider } from './provider.ts'

export type Order = Readonly<Record<string, unknown>>
interface Stage {
  readonly provider: SimulatedProvider
  /** The song whose second track the follow-ups are about. */
  readonly song: Snapshot
}

const text = (bytes: Uint8Array, from: number, to: number) => String.fromCharCode(...bytes.slice(from, to))
const u32 = (bytes: Uint8Array, from: number) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(from)

/** Seconds of a WAV file. */
const wavSeconds = async (provider: SimulatedProvider, url: string): Promise<number> => {
  const { bytes, type } = await provider.file(url)
  expect(type).toBe('audio/wav')
  expect(text(bytes, 0, 4) + text(bytes, 8, 12)).toBe('RIFFWAVE')
  expect(bytes.slice(44).some((byte) => byte !== 0)).toBe(true)
  return (bytes.length - 44) / 2 / SAMPLE_RATE
}

type Check = (snapshot: Snapshot, request: Order, stage: Stage) => void | Promise<void>

const songs: Check = async ({ tracks }, request, { provider }) => {
  const [first] = tracks
  for (const field of ['title', 'style'] as const)
    if (first![field] !== null && request[field] !== undefined) expect(first![field]).toBe(request[field])
  const seconds = await wavSeconds(provider, first!.audio_url!)
  if (first!.duration_seconds !== null) expect(seconds).toBeCloseTo(first!.duration_seconds, 2)
  for (const each of tracks) if (each.image_url !== null) await provider.file(each.image_url)
}

interface Stems {
  readonly stems: readonly { name: string; url: string; provider_stem_id: string | null; duration_seconds: number }[]
}
interface Midi {
  readonly instruments: readonly { name: string; notes: readonly Record<string, number>[] }[]
}
/** The stems that were asked for, each a file as long as it says. */
const stems: Check = async ({ result }, { separation, stem }, { provider }) => {
  const { stems: made } = result as Stems
  const names = {
    vocals: ['Vocals', 'Instrumental'],
    stems: expect.arrayContaining(['Vocals', 'Bass']),
    stem: [stem],
  }
  expect(made.map(({ name }) => name)).toEqual(names[separation as 'vocals'])
  expect(made.every((each) => each.provider_stem_id !== null)).toBe(true)
  for (const { url, duration_seconds } of made) expect(await wavSeconds(provider, url)).toBeCloseTo(duration_seconds, 2)
}
const RESULTS: { readonly [F in TaskForm]?: Check } = {
  writeLyrics: ({ result }) => {
    const { variants } = result as { variants: { title: string; lyrics: string; error: null }[] }
    expect(variants).toHaveLength(2)
    for (const each of variants)
      expect(each).toEqual({ title: expect.any(String), lyrics: expect.any(String), error: null })
  },
  convertToWav: async ({ result }, _, { provider, song }) => {
    const seconds = await wavSeconds(provider, (result as { url: string }).url)
    expect(seconds).toBeCloseTo(song.tracks[1]!.duration_seconds!, 2)
  },
  createVideo: async ({ result }, _, { provider }) => {
    const { bytes, type } = await provider.file((result as { url: string }).url)
    expect([type, text(bytes, 4, 8)]).toEqual(['video/mp4', 'ftyp'])
    const boxes: string[] = []
    for (let from = 0; from < bytes.length; from += u32(bytes, from)) boxes.push(text(bytes, from + 4, from + 8))
    expect(boxes).toEqual(['ftyp', 'free', 'mdat', 'moov'])
  },
  createCoverArt: async ({ result }, _, { provider }) => {
    const { images } = result as { images: string[] }
    expect(images).toHaveLength(2)
    const files = await Promise.all(images.map((url) => provider.file(url)))
    for (const { bytes, type } of files) {
      expect([type, text(bytes, 1, 4), text(bytes, 12, 16)]).toEqual(['image/png', 'PNG', 'IHDR'])
      expect([u32(bytes, 16), u32(bytes, 20)]).toEqual([IMAGE_SIZE, IMAGE_SIZE])
    }
    expect(files[0]!.bytes).not.toEqual(files[1]!.bytes)
  },
  separateStems: async (snapshot, request, stage) => {
    await stems(snapshot, request, stage)
    const { stems: made } = snapshot.result as Stems
    for (const { url } of made)
      expect(await wavSeconds(stage.provider, url)).toBeCloseTo(stage.song.tracks[1]!.duration_seconds!, 2)
  },
  separateAudio: stems,
  createMidi: ({ result }, _, { song }) => {
    const { instruments } = result as Midi
    expect(instruments.map(({ name }) => name)).toEqual(expect.arrayContaining(['Vocals', 'Bass']))
    for (const { notes } of instruments) {
      expect(notes.length).toBeGreaterThan(0)
      for (const { pitch, start_seconds, end_seconds, velocity } of notes) {
        expect(start_seconds).toBeLessThan(end_seconds!)
        expect(end_seconds).toBeLessThanOrEqual(song.tracks[1]!.duration_seconds!)
        expect(pitch! >= 0 && pitch! <= 127 && velocity! > 0 && velocity! <= 1).toBe(true)
      }
    }
  },
  startVoice: ({ result }) => expect(result).toEqual({ phrase: expect.stringMatching(/\S/) }),
  renewPhrase: ({ result }) => expect(result).toEqual({ phrase: expect.stringMatching(/\S/) }),
  confirmVoice: ({ result }) => expect(result).toEqual({ provider_voice_id: expect.stringMatching(/^[0-9a-f-]{36}$/) }),
  recoverTrack: async ({ result }, _, { provider, song }) => {
    const { tracks } = result as { tracks: { provider_track_id: string; audio_url: string }[] }
    expect(tracks.map((each) => each.provider_track_id)).toEqual(song.tracks.map((each) => each.provider_track_id))
    for (const { audio_url } of tracks) await wavSeconds(provider, audio_url)
  },
}

export const isThere = (form: TaskForm): Check => RESULTS[form] ?? songs

/** The studio's films: an MP4 file of one still picture that stands for the length of a song, without sound. */
import { joined, type Piece, u16, u32 } from './bytes.ts'
import { randomFrom } from './metre.ts'

const WIDTH = 128
const HEIGHT = 96
/** Ticks a second. */
const TIMESCALE = 1000

/** H.264 baseline, 128 × 96, no reference frames (ITU-T H.264, 7.3.2). */
const SEQUENCE = [0x67, 0x42, 0x00, 0x0a, 0xf8, 0x41, 0xa2]
const PICTURE = [0x68, 0xce, 0x38, 0x80]
/** An IDR slice up to its first macroblock, and before each of the others: all hold their samples as they are (I_PCM). */
const SLICE = [0x65, 0x88, 0x84, 0x08, 0x68]
const MACROBLOCK = [0x0d, 0x00]
const SLICE_END = [0x80]

/** The one frame: light that falls off to the right, in one tint. No sample is 0, which would need escaping. */
const frame = (seed: string): Uint8Array => {
  const next = randomFrom(`${seed}/video`)
  const tint = [Math.floor(64 + next() * 128), Math.floor(64 + next() * 128)] as const
  const pieces: Piece[] = [SLICE]
  for (let block = 0; block < (WIDTH * HEIGHT) / 256; block++) {
    const left = (block % (WIDTH / 16)) * 16
    if (block > 0) pieces.push(MACROBLOCK)
    pieces.push(Uint8Array.from({ length: 256 }, (_, at) => 200 - left - (at % 16)))
    pieces.push(new Uint8Array(64).fill(tint[0]), new Uint8Array(64).fill(tint[1]))
  }
  return joined(...pieces, SLICE_END)
}

const box = (type: string, ...pieces: readonly Piece[]): Uint8Array<ArrayBuffer> => {
  const content = joined(...pieces)
  return joined(u32(content.length + 8), type, content)
}
/** A box with a version, 0, and flags (ISO/IEC 14496-12, 4.2). */
const fullBox = (type: string, flags: number, ...pieces: readonly Piece[]) => box(type, u32(flags), ...pieces)

const zeros = (count: number) => new Uint8Array(count)
const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)

const sampleTable = (size: number, duration: number, offset: number) => {
  const avcC = box(
    'avcC',
    [1, 66, 0, 10, 0xff, 0xe1],
    u16(SEQUENCE.length),
    SEQUENCE,
    [1],
    u16(PICTURE.length),
    PICTURE,
  )
  const avc1 = box(
    'avc1',
    zeros(6),
    u16(1),
    zeros(16),
    u16(WIDTH, HEIGHT),
    u32(0x480000, 0x480000, 0),
    u16(1),
    zeros(32),
    u16(24, 0xffff),
    avcC,
  )
  return box(
    'stbl',
    fullBox('stsd', 0, u32(1), avc1),
    fullBox('stts', 0, u32(1, 1, duration)),
    fullBox('stsc', 0, u32(1, 1, 1, 1)),
    fullBox('stsz', 0, u32(0, 1, size)),
    fullBox('stco', 0, u32(1, offset)),
  )
}

const movie = (size: number, duration: number, offset: number) => {
  const media = box(
    'mdia',
    fullBox('mdhd', 0, u32(0, 0, TIMESCALE, duration), u16(0x55c4, 0)),
    fullBox('hdlr', 0, u32(0), 'vide', zeros(12), 'still\0'),
    box(
      'minf',
      fullBox('vmhd', 1, zeros(8)),
      box('dinf', fullBox('dref', 0, u32(1), fullBox('url ', 1))),
      sampleTable(size, duration, offset),
    ),
  )
  const head = u32(0, 0, 1, 0, duration, 0, 0)
  return box(
    'moov',
    fullBox('mvhd', 0, u32(0, 0, TIMESCALE, duration, 0x10000), u16(0x100), zeros(10), MATRIX, zeros(24), u32(2)),
    box('trak', fullBox('tkhd', 3, head, zeros(8), MATRIX, u32(WIDTH << 16, HEIGHT << 16)), media),
  )
}

/**
 * A film of so many seconds: the same seed has the same bytes.
 * @example stillVideo('Lanterns', 60).slice(4, 8) // 'ftyp' in ASCII
 */
export const stillVideo = (seed: string, seconds: number): Uint8Array<ArrayBuffer> => {
  const picture = frame(seed)
  const sample = joined(u32(picture.length), picture)
  const front = joined(
    box('ftyp', 'isom', u32(0x200), 'isomavc1mp41'),
    box('free', 'A still picture of the Tutti sandbox: no music company made this film.'),
  )
  return joined(
    front,
    box('mdat', sample),
    movie(sample.length, Math.max(1, Math.round(seconds * TIMESCALE)), front.length + 8),
  )
}

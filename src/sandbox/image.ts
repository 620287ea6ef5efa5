/** The studio's pictures: square PNG files of rings in a few colours. Nothing is compressed, so that it runs anywhere. */
import { joined, type Piece, u16, u32 } from './bytes.ts'
import { randomFrom } from './metre.ts'

/** Pixels of an edge. */
export const IMAGE_SIZE = 256
const COLOURS = 8

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1
  return crc
})
/** ISO 3309, as PNG has it (W3C PNG, annex D). */
const crc32 = (bytes: Uint8Array): number => {
  let crc = 0xffffffff
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

/** RFC 1950. */
const adler32 = (bytes: Uint8Array): number => {
  let low = 1
  let high = 0
  for (const byte of bytes) {
    low = (low + byte) % 65_521
    high = (high + low) % 65_521
  }
  return high * 65_536 + low
}

const LONGEST_BLOCK = 0xffff
/** A zlib stream of stored blocks (RFC 1951, 3.2.4); their lengths are little-endian. */
const stored = (bytes: Uint8Array): Uint8Array => {
  const blocks: Piece[] = []
  for (let at = 0; at < bytes.length; at += LONGEST_BLOCK) {
    const block = bytes.subarray(at, at + LONGEST_BLOCK)
    const [high = 0, low = 0] = u16(block.length)
    const last = at + LONGEST_BLOCK >= bytes.length ? 1 : 0
    blocks.push([last, low, high, low ^ 255, high ^ 255], block)
  }
  return joined([0x78, 0x01], ...blocks, u32(adler32(bytes)))
}

const chunk = (type: string, ...pieces: readonly Piece[]): Uint8Array => {
  const named = joined(type, ...pieces)
  return joined(u32(named.length - 4), named, u32(crc32(named)))
}

/** A colour of the wheel, in red, green and blue. */
const colour = (hue: number, light: number): number[] =>
  [0, 8, 4].map((offset) => {
    const at = (offset + hue * 12) % 12
    return Math.round(255 * (light - 0.5 * Math.min(light, 1 - light) * Math.max(-1, Math.min(at - 3, 9 - at, 1))))
  })

/**
 * A picture for a song: the same seed has the same bytes.
 * @example coverImage('Lanterns/0').slice(1, 4) // 'PNG' in ASCII
 */
export const coverImage = (seed: string): Uint8Array<ArrayBuffer> => {
  const next = randomFrom(`${seed}/image`)
  const hue = next()
  const [x, y, width] = [next(), next(), 10 + next() * 20].map((each, at) => (at < 2 ? each * IMAGE_SIZE : each))
  const palette = Array.from({ length: COLOURS }, (_, at) => colour((hue + at * 0.03) % 1, 0.2 + 0.09 * at)).flat()
  const rows = new Uint8Array(IMAGE_SIZE * (IMAGE_SIZE + 1))
  for (let row = 0; row < IMAGE_SIZE; row++)
    for (let column = 0; column < IMAGE_SIZE; column++)
      // The first byte of a row names its filter: none.
      rows[row * (IMAGE_SIZE + 1) + 1 + column] = Math.floor(Math.hypot(column - x!, row - y!) / width!) % COLOURS
  return joined(
    [0x89, ...u32(0x504e470d), 0x0a, 0x1a, 0x0a],
    chunk('IHDR', u32(IMAGE_SIZE, IMAGE_SIZE), [8, 3, 0, 0, 0]),
    chunk('PLTE', palette),
    chunk('IDAT', stored(rows)),
    chunk('IEND'),
  )
}

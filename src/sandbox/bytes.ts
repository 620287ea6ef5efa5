/** Files byte by byte, as formats with big-endian numbers want them. */

export type Piece = string | readonly number[] | Uint8Array

/** One file of many pieces; a text is one byte a character. */
export const joined = (...pieces: readonly Piece[]): Uint8Array<ArrayBuffer> => {
  const parts = pieces.map((piece) =>
    typeof piece === 'string' ? Uint8Array.from(piece, (letter) => letter.charCodeAt(0)) : Uint8Array.from(piece),
  )
  const file = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    file.set(part, at)
    at += part.length
  }
  return file
}

export const u16 = (...numbers: readonly number[]) => numbers.flatMap((each) => [(each >>> 8) & 255, each & 255])
export const u32 = (...numbers: readonly number[]) =>
  numbers.flatMap((each) => [(each >>> 24) & 255, (each >>> 16) & 255, (each >>> 8) & 255, each & 255])

/** A WAV file of 16-bit samples, one channel. */

/** Samples per second: mono, 16 bit. */
export const SAMPLE_RATE = 16_000
const HEADER = 44

/** The header of a canonical WAV file (RIFF, `fmt ` of 16 bytes, `data`). */
const writeHeader = (view: DataView, samples: number) => {
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

/** @param sample the sample at a place, as a whole number of 16 bits */
export const wavFile = (samples: number, sample: (at: number) => number): Uint8Array<ArrayBuffer> => {
  const file = new ArrayBuffer(HEADER + samples * 2)
  const view = new DataView(file)
  writeHeader(view, samples)
  for (let at = 0; at < samples; at++) view.setInt16(HEADER + at * 2, sample(at), true)
  return new Uint8Array(file)
}

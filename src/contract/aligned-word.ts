/** A word of timed lyrics: one whose times say nothing has no place in the song, and the other words keep theirs. */
import * as z from 'zod'
import { AlignedWord } from '../canonical/lyrics.ts'
import { type Codec, fields, orNull } from './codec.ts'

const seconds = z.codec(z.unknown().optional(), z.number().nullable(), {
  decode: (wire) =>
    typeof wire === 'number' || (typeof wire === 'string' && /^\d+(\.\d+)?$/.test(wire)) ? Number(wire) : null,
  encode: (value) => value,
})
/** What does not say that it was aligned was not. */
const aligned = z.codec(z.boolean().nullish(), z.boolean(), {
  decode: (wire) => wire ?? false,
  encode: (value) => value,
})
const Sent = AlignedWord.extend({ start_seconds: z.number().nullable(), end_seconds: z.number().nullable() })

/** A codec for a word by the provider's names. Paid for is the whole: it is not lost over one word. */
export const alignedWord = (names: { readonly [Field in keyof AlignedWord]: string }): Codec<AlignedWord> =>
  z.codec(
    fields(Sent, {
      ...names,
      start_seconds: [names.start_seconds, seconds],
      end_seconds: [names.end_seconds, seconds],
      aligned: [names.aligned, aligned],
      confidence: [names.confidence, orNull(z.number())],
    }),
    // What comes out was looked at field by field already.
    z.custom<AlignedWord>(),
    {
      decode: ({ start_seconds: start, end_seconds: end, ...word }) =>
        start === null || end === null
          ? { ...word, start_seconds: 0, end_seconds: 0, aligned: false }
          : { ...word, start_seconds: start, end_seconds: end },
      encode: (word) => word,
    },
  )

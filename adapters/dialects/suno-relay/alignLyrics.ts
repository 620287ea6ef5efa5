/** Timestamped lyrics as the suno-relay dialect answers them: kie.md 8.1, apibox.md 6.8. */
import * as z from 'zod'
import { Alignment } from '../../../src/canonical/lyrics.ts'
import { alignedWord } from '../../../src/contract/aligned-word.ts'
import { fields, list, orNull } from '../../../src/contract/codec.ts'

const word = alignedWord({
  raw: 'word',
  start_seconds: 'startS',
  end_seconds: 'endS',
  aligned: 'success',
  confidence: 'palign',
})

export const alignment = fields(Alignment, {
  words: ['alignedWords', list(word)],
  waveform: ['waveformData', list(z.number())],
  error_rate: ['hootCer', orNull(z.number())],
  streaming: ['isStreamed', orNull(z.boolean())],
})

/** A track without lyrics may be answered with no data at all (both pages leave it open). */
export const nothingToAlign = (payload: unknown) => payload ?? {}

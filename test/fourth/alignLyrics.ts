/** alignLyrics at aria: aria.md 7. */
import * as z from 'zod'
import { AlignedWord, Alignment } from '../../src/canonical/lyrics.ts'
import type { CallBinding } from '../../src/contract/adapter.ts'
import { fields, list, orNull, unsupported } from '../../src/contract/codec.ts'
import { TrackReference } from '../../src/contract/shapes.ts'
import { milliseconds } from './units.ts'

const word = fields(AlignedWord, {
  raw: 'sung',
  start_seconds: ['from-ms', milliseconds],
  end_seconds: ['to-ms', milliseconds],
  aligned: 'found',
  confidence: ['sure', orNull(z.number())],
})

export const alignLyrics: CallBinding<TrackReference, Alignment> = {
  call: {
    method: 'POST',
    path: '/words:time',
    carries: 'json',
    request: fields(TrackReference, {
      provider_task_id: 'of.work-ref',
      provider_track_id: 'of.song-ref',
      track_index: unsupported,
    }),
    response: fields(Alignment, {
      words: ['timing', list(word)],
      waveform: ['loudness', list(z.number())],
      error_rate: ['misses', orNull(z.number())],
      streaming: ['unfinished', orNull(z.boolean())],
    }),
  },
}

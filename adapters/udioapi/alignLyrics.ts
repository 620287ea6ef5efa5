/** alignLyrics at udioapi: udioapi.md 8. */
import * as z from 'zod'
import { Alignment } from '../../src/canonical/lyrics.ts'
import type { CallBinding } from '../../src/contract/adapter.ts'
import { alignedWord } from '../../src/contract/aligned-word.ts'
import { fields, list, orNull, unsupported } from '../../src/contract/codec.ts'
import { TrackReference } from '../../src/contract/shapes.ts'
import { ownSongs } from './task.ts'

const word = alignedWord({
  raw: 'text',
  start_seconds: 'startTime',
  end_seconds: 'endTime',
  aligned: 'aligned',
  confidence: 'confidence',
})

export const alignLyrics: CallBinding<TrackReference, Alignment> = {
  call: {
    method: 'POST',
    path: '/v2/timestamped-lyrics',
    carries: 'json',
    request: fields(TrackReference, {
      provider_task_id: 'task_id',
      provider_track_id: 'audio_id',
      track_index: unsupported,
    }),
    response: fields(Alignment, {
      words: ['lyricAlignment.words', list(word)],
      waveform: ['audioWaveform', list(z.number())],
      error_rate: ['alignmentScore', orNull(z.number())], // an error rate despite its name
      streaming: ['isStreaming', orNull(z.boolean())],
    }),
    repair: (payload) => payload ?? {},
  },
  takes: ownSongs,
}

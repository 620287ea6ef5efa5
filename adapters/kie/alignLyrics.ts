/** alignLyrics at KIE: kie.md 8.1. */
import type { Alignment } from '../../src/canonical/lyrics.ts'
import type { CallBinding } from '../../src/contract/adapter.ts'
import { fields, unsupported } from '../../src/contract/codec.ts'
import { TrackReference } from '../../src/contract/shapes.ts'
import { alignment, nothingToAlign } from '../dialects/suno-relay/alignLyrics.ts'

export const alignLyrics: CallBinding<TrackReference, Alignment> = {
  call: {
    method: 'POST',
    path: '/api/v1/generate/get-timestamped-lyrics',
    carries: 'json',
    request: fields(TrackReference, {
      provider_task_id: 'taskId',
      provider_track_id: 'audioId',
      track_index: unsupported,
    }),
    response: alignment,
    repair: nothingToAlign,
  },
}

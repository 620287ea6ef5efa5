/** checkVoice at api.box: apibox.md 6.24. */
import type { AvailabilityReport } from '../../src/canonical/checkVoice.ts'
import type { CallBinding } from '../../src/contract/adapter.ts'
import type { TaskReference } from '../../src/contract/shapes.ts'
import { availability, checkRequest } from '../dialects/suno-relay/voice.ts'

export const checkVoice: CallBinding<TaskReference, AvailabilityReport> = {
  call: {
    method: 'POST',
    path: '/api/v1/voice/check-voice',
    carries: 'json',
    request: checkRequest,
    response: availability,
  },
}

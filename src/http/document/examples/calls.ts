/** What calls make, and what a request would come to. */
import type { Persona } from '../../../canonical/createPersona.ts'
import type { Estimate } from '../../../canonical/estimate.ts'
import type { Upload } from '../../../canonical/uploadAudio.ts'
import type { Voice } from '../../../canonical/voice.ts'
import { CREATED, PROVIDER, SECOND_PROVIDER, SECOND_TASK, TASK, TRACK, UPLOAD } from './example.ts'

export const persona: Persona = {
  id: 'persona_01JD3W8Q4T7X2M5N9P6R0S1V31',
  object: 'persona',
  task_id: TASK,
  track_id: TRACK,
  provider: PROVIDER,
  provider_persona_id: 'a1c9d4f07b3e4c2f',
  name: 'Night Radio',
  description: 'Warm close baritone over slow synth pop',
  created_at: CREATED,
}

export const upload: Upload = {
  id: UPLOAD,
  object: 'upload',
  provider: PROVIDER,
  url: 'https://files.example.com/tutti/take1.mp3',
  file_name: 'take1.mp3',
  size_bytes: 4_215_233,
  media_type: 'audio/mpeg',
  created_at: CREATED,
  expires_at: '2026-11-24T09:30:00.000Z',
}

export const voice: Voice = {
  id: 'voice_01JD3W8Q4T7X2M5N9P6R0S1V31',
  object: 'voice',
  status: 'awaiting_recording',
  provider: PROVIDER,
  phrase: 'The river keeps the morning light',
  available: null,
  checked_at: null,
  start_task_id: SECOND_TASK,
  phrase_task_id: SECOND_TASK,
  confirm_task_id: null,
  created_at: CREATED,
}

export const estimate: Estimate = {
  object: 'estimate',
  operation: 'generateSound',
  candidates: [
    { provider: PROVIDER, model: 'v5', credits: 2, usd: 0.01, reason: 'priority', state: 'healthy', warnings: [] },
  ],
  excluded: [
    {
      provider: SECOND_PROVIDER,
      code: 'capability_unsupported',
      errors: [
        { pointer: '', code: 'unsupported', detail: `${SECOND_PROVIDER}: has no generateSound; ${PROVIDER} has it` },
      ],
    },
  ],
  usd: { min: 0.01, max: 0.01 },
  unknown_prices: false,
}

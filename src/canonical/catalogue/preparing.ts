/** What goes before a song: a style, a file, a track from before, a price. */
import { EnhancedStyle, EnhanceStyleRequest } from '../enhanceStyle.ts'
import { Estimate, EstimateRequest } from '../estimate.ts'
import { IMPORT_RULES, ImportTrackRequest } from '../importTrack.ts'
import { Track } from '../task.ts'
import { Upload, UploadAudioRequest, UploadFile } from '../uploadAudio.ts'
import { ASKED, IDEMPOTENCY, type Operation, READ, SENT } from './operation.ts'

export const preparing = {
  enhanceStyle: {
    kind: 'call',
    method: 'post',
    path: '/v1/styles/enhancements',
    tag: 'Music',
    summary: 'A few words of style, written out',
    description: 'A paid call to one provider, which is waited for.',
    body: EnhanceStyleRequest,
    result: EnhancedStyle,
    headers: ['Idempotency-Key'],
    errors: [
      ...SENT,
      ...IDEMPOTENCY,
      'not_ready',
      'provider_not_configured',
      'no_provider_available',
      'cost_above_max',
      ...ASKED,
    ],
    example: { style: 'pop, mysterious' },
  },
  uploadAudio: {
    kind: 'call',
    method: 'post',
    path: '/v1/uploads',
    tag: 'Uploads',
    summary: 'Put a file where providers can fetch it',
    description:
      'As `multipart/form-data` with a part `file` of up to 10 MB, or by URL. Free of charge; the provider deletes it at `expires_at`.',
    body: UploadAudioRequest,
    multipart: UploadFile,
    result: Upload,
    headers: ['Idempotency-Key'],
    errors: [...SENT, ...IDEMPOTENCY, 'not_ready', 'provider_not_configured', 'no_provider_available', ...ASKED],
    example: { url: 'https://cdn.example.com/take1.mp3' },
  },
  importTrack: {
    kind: 'call',
    method: 'post',
    path: '/v1/tracks',
    tag: 'Tracks',
    summary: 'Take up a track made at a provider before',
    description:
      'Reads the record at the provider, free of charge; afterwards the track is like any other here. It is a track of its own, also where the same song is here already: timed lyrics of one are not those of the other. Its file is kept from when the provider made it, where the record says so.',
    body: ImportTrackRequest,
    rules: IMPORT_RULES,
    result: Track,
    headers: ['Idempotency-Key'],
    errors: [...SENT, ...IDEMPOTENCY, 'not_ready', 'track_index_out_of_range', 'provider_not_configured', ...READ],
    example: { provider: 'aria', provider_task_id: '5c79be8e4a2f4c1d9f3b', index: 0 },
  },
  estimate: {
    kind: 'read',
    method: 'post',
    path: '/v1/estimates',
    tag: 'Providers',
    summary: 'What a request would come to',
    description: 'The providers that would be asked, in order, with prices and warnings. Nothing is made or sent.',
    body: EstimateRequest,
    result: Estimate,
    headers: [],
    errors: [...SENT, 'not_ready', 'upload_expired', 'provider_not_configured', 'provider_pinned_unavailable'],
    example: { operation: 'generateSound', request: { description: 'Rain on a tin roof' } },
  },
} as const satisfies Readonly<Record<string, Operation>>

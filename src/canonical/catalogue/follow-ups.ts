/** More of a finished track. */
import { ConvertToWavRequest } from '../convertToWav.ts'
import { CreateCoverArtRequest } from '../createCoverArt.ts'
import { CreateMidiRequest, TranscribeStemsRequest } from '../createMidi.ts'
import { CreateVideoRequest } from '../createVideo.ts'
import { RecoverTrackRequest } from '../recoverTrack.ts'
import { SeparateAudioRequest, SeparateStemsRequest, STEM_RULES } from '../separateStems.ts'
import { creates, derives, follows } from './making.ts'
import { CREATE, type Operation } from './operation.ts'

export const followUps = {
  convertToWav: follows({
    path: '/v1/tracks/{track_id}/wav',
    summary: 'The same audio without loss',
    body: ConvertToWavRequest,
    example: {},
  }),
  separateStems: follows({
    path: '/v1/tracks/{track_id}/stems',
    summary: 'A track taken apart into voices and instruments',
    description: 'Every request is charged by the provider, also for the same track.',
    body: SeparateStemsRequest,
    bodyOptional: undefined,
    rules: STEM_RULES,
    example: { separation: 'vocals' },
  }),
  separateAudio: derives({
    path: '/v1/stems',
    tag: 'Follow-ups',
    summary: 'Any audio taken apart into voices and instruments',
    description:
      'Audio by URL or upload goes to any provider that takes it. A track is taken apart by the provider that made it, or by its audio at another. Every request is charged by the provider, also for the same audio.',
    body: SeparateAudioRequest,
    rules: STEM_RULES,
    example: { source: { audio_url: 'https://cdn.example.com/demo.mp3' }, separation: 'vocals' },
  }),
  createMidi: follows({
    path: '/v1/tracks/{track_id}/midi',
    summary: 'The notes of a track',
    description:
      'Needs a finished separateStems or separateAudio task of the same track: without it, 422 `prerequisite_required`. getMidi has the notes as a file.',
    body: CreateMidiRequest,
    errors: ['prerequisite_required'],
    example: { stems_task_id: 'task_01JD3W8Q4T7X2M5N9P6R0S1V30' },
  }),
  transcribeStems: creates({
    path: '/v1/midi',
    tag: 'Follow-ups',
    summary: 'The notes of stems, whatever they were separated from',
    description:
      'For stems of audio that is no track here; createMidi does the same for a track. Only the provider that separated them can do this, with the key it was done with. getMidi has the notes as a file.',
    body: TranscribeStemsRequest,
    errors: [...CREATE, 'not_ready', 'provider_pinned_unavailable'],
    example: { stems_task_id: 'task_01JD3W8Q4T7X2M5N9P6R0S1V30' },
  }),
  createVideo: follows({
    path: '/v1/tracks/{track_id}/video',
    summary: 'A track as a film',
    body: CreateVideoRequest,
    example: { author: 'Rain & Co' },
  }),
  createCoverArt: follows({
    path: '/v1/tracks/{track_id}/cover-art',
    summary: 'Pictures for a track',
    description: 'Providers make one set for all tracks of a task.',
    body: CreateCoverArtRequest,
    example: {},
  }),
  recoverTrack: follows({
    path: '/v1/tracks/{track_id}/recovery',
    summary: 'Fresh links for audio that has expired',
    body: RecoverTrackRequest,
    example: {},
  }),
} as const satisfies Readonly<Record<string, Operation>>

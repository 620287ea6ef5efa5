/** What each operation may be sent. */
import { catalogue, type Operation, type OperationId } from '../../../canonical/catalogue.ts'
import type { CoverMusicRequest } from '../../../canonical/coverMusic.ts'
import type { EstimateRequest } from '../../../canonical/estimate.ts'
import type { ExtendMusicRequest } from '../../../canonical/extendMusic.ts'
import type { GenerateMusicRequest } from '../../../canonical/generateMusic.ts'
import { compose, type Examples, LYRICS, PROVIDER, TASK, TRACK, UPLOAD } from './example.ts'
import { keyRequests } from './keys.ts'

/** Requests beside the catalogue's own example of each operation. */
const furtherRequests: Readonly<Partial<Record<OperationId, Examples>>> = {
  ...keyRequests,
  generateMusic: {
    labelled: { summary: 'With labels of your own', value: compose },
    describe: {
      summary: 'An idea; the provider writes the lyrics',
      value: {
        mode: 'describe',
        description: 'A lullaby about a lighthouse that is afraid of the dark',
        vocal_gender: 'female',
        duration_seconds: 120,
      } satisfies GenerateMusicRequest,
    },
    instrumental: {
      summary: 'Without vocals no lyrics are needed',
      value: {
        mode: 'compose',
        title: 'Night Shift',
        style: 'lo-fi, vinyl crackle, slow',
        instrumental: true,
        routing: { allow_fallbacks: false },
      } satisfies GenerateMusicRequest,
    },
  },
  extendMusic: {
    words: {
      summary: 'From a place of your choice, with new words',
      value: {
        source: { upload_id: UPLOAD },
        continue_at_seconds: 61.5,
        lyrics: '[Bridge]\nAnd the wire begins to hum',
        style: 'indie folk, strings',
        title: 'Rain on the Wire, longer',
      } satisfies ExtendMusicRequest,
    },
  },
  coverMusic: {
    describe: {
      summary: 'An idea; the provider writes the lyrics',
      value: { source: { track_id: TRACK }, description: 'A slow waltz for a wet evening' } satisfies CoverMusicRequest,
    },
    words: {
      summary: 'The words of the source track',
      value: { source: { track_id: TRACK } } satisfies CoverMusicRequest,
    },
  },
  mashupMusic: {
    describe: {
      summary: 'An idea; the provider writes the lyrics',
      value: {
        sources: [{ track_id: TRACK }, { upload_id: UPLOAD }],
        description: 'Two storms that meet over the sea',
      },
    },
    words: {
      summary: 'With words of its own',
      value: {
        sources: [{ track_id: TRACK }, { audio_url: 'https://cdn.example.com/two.mp3' }],
        lyrics: LYRICS,
        style: 'electro swing',
        title: 'Two in One',
      },
    },
  },
  separateStems: { stem: { summary: 'One instrument', value: { separation: 'stem', stem: 'Bass' } } },
  separateAudio: {
    track: { summary: 'A track, wherever it was made', value: { source: { track_id: TRACK }, separation: 'stems' } },
    stem: {
      summary: 'One instrument of an upload',
      value: { source: { upload_id: UPLOAD }, separation: 'stem', stem: 'Bass' },
    },
  },
  transcribeStems: { stem: { summary: 'One stem of them', value: { stems_task_id: TASK, stem: 'Vocals' } } },
  createMidi: { stem: { summary: 'One stem of them', value: { stems_task_id: TASK, stem: 'Vocals' } } },
  importTrack: {
    named: {
      summary: "By the provider's id of the track",
      value: {
        provider: PROVIDER,
        provider_task_id: '5c79be8e4a2f4c1d9f3b',
        provider_track_id: 'e3b0c442-98fc-4c14-9afb-f4c8996fb921',
      },
    },
  },
  estimate: {
    song: { summary: 'A song', value: { operation: 'generateMusic', request: compose } satisfies EstimateRequest },
  },
}

/** What each operation may be sent as JSON. */
export const requestExamples = (id: OperationId): Examples => {
  const { example, summary }: Operation = catalogue[id]
  return { ...(example === undefined ? {} : { example: { summary, value: example } }), ...furtherRequests[id] }
}

/** What may be sent as parts of a form. */
export const fileExamples: Readonly<Partial<Record<OperationId, Examples>>> = {
  uploadAudio: {
    file: { summary: 'A file of your own', value: { file: '(the bytes of take1.mp3)', file_name: 'take1.mp3' } },
  },
}

/** Examples of the document. Provider ids are invented: a reader learns the real ones from listProviders. */
import * as z from 'zod'
import { catalogue, type Operation, type OperationId } from '../canonical/catalogue.ts'
import type { CoverMusicRequest } from '../canonical/coverMusic.ts'
import type { Persona } from '../canonical/createPersona.ts'
import type { ErrorCode, FieldError, Problem } from '../canonical/error.ts'
import type { Estimate, EstimateRequest } from '../canonical/estimate.ts'
import type { Event, EventType } from '../canonical/event.ts'
import type { ExtendMusicRequest } from '../canonical/extendMusic.ts'
import type { GenerateMusicRequest } from '../canonical/generateMusic.ts'
import type { Alignment, LyricFormat, TimestampedLyrics } from '../canonical/lyrics.ts'
import { TASK_OPERATIONS, type TaskOperation } from '../canonical/operations.ts'
import type { Capability } from '../canonical/provider.ts'
import type { Result } from '../canonical/results.ts'
import type { Task, Track } from '../canonical/task.ts'
import type { DeletedTask } from '../canonical/tombstone.ts'
import type { Upload } from '../canonical/uploadAudio.ts'
import type { Voice } from '../canonical/voice.ts'
import { GatewayError } from '../engine/errors.ts'
import { policy } from '../engine/policy.ts'
import { timestampedLyrics } from '../engine/timed-lyrics.ts'
import { lyricExporters } from '../formats/lyrics.ts'
import { songOf } from '../formats/song.ts'
import { keyExamples, keyRequests } from './document-keys.ts'
import { webhookExamples } from './document-webhooks.ts'
import { waveformOf } from './lyrics.ts'
import { problemOf } from './problems.ts'

export interface Example {
  readonly summary: string
  readonly value: unknown
}
export type Examples = Readonly<Record<string, Example>>

const PROVIDER = 'aria'
const SECOND_PROVIDER = 'cadence'
const TASK = 'task_01JD3W8Q4T7X2M5N9P6R0S1V30'
/** What is made from a track is another task than the one that made the track. */
const SECOND_TASK = 'task_01JD3WB2M7H4Q8T5X9N6P3R1S0'
const TRACK = 'track_01JD3W8Q4T7X2M5N9P6R0S1V31'
const SECOND_TRACK = 'track_01JD3W8Q4T7X2M5N9P6R0S1V32'
const UPLOAD = 'upload_01JD3W8Q4T7X2M5N9P6R0S1V3D'
const REQUEST = 'req_9P6R0S1V301JD3W8Q4T7X2M5ND'

const at = (time: string) => `2026-11-21T${time}.000Z`
const CREATED = at('09:30:00')

const LYRICS = '[Verse]\nRain on the wire, home by the light'

const compose: GenerateMusicRequest = {
  mode: 'compose',
  title: 'Rain on the Wire',
  style: 'indie folk, warm, fingerpicked guitar',
  lyrics: LYRICS,
  model: 'auto',
  metadata: { album: '2026-11' },
}

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

const track = (id: string, index: number, change: Partial<Track>): Track => ({
  id,
  object: 'track',
  task_id: TASK,
  index,
  status: 'pending',
  provider: PROVIDER,
  provider_track_id: `e3b0c442-98fc-4c14-9afb-f4c8996fb92${index}`,
  title: 'Rain on the Wire',
  lyrics: LYRICS,
  style: 'indie folk, warm, fingerpicked guitar',
  duration_seconds: null,
  audio: null,
  stream_url: null,
  image_url: null,
  error: null,
  verified: true,
  created_at: at('09:30:41'),
  ...change,
})

const audioOf = (id: string) => ({ url: `https://cdn.example.com/${id}.mp3`, expires_at: '2026-12-06T09:30:41.000Z' })

const readyTrack = (id: string, index: number, duration_seconds: number): Track =>
  track(id, index, {
    status: 'ready',
    duration_seconds,
    audio: audioOf(id),
    image_url: `https://cdn.example.com/${id}.jpeg`,
  })

const accepted: Task = {
  id: TASK,
  object: 'task',
  operation: 'generateMusic',
  status: 'queued',
  stage: 'accepted',
  seq: 1,
  created_at: CREATED,
  updated_at: CREATED,
  livemode: true,
  provider: null,
  model: null,
  request: compose,
  stages: [{ stage: 'accepted', at: CREATED }],
  tracks: [],
  result: null,
  error: null,
  deadline_at: null,
  stalled: false,
  salvaged_from: null,
  billing: { charged: 'no', credits: 0, usd: 0 },
  warnings: [],
  attempts: [],
  metadata: { album: '2026-11' },
  links: { self: `/v1/tasks/${TASK}` },
}

const attempt = (updated_at: string, charged: Task['billing']['charged']): Task['attempts'][number] => ({
  id: 'att_7Q4T01JD3W8X2M5N9P6R0S1V3A',
  provider: PROVIDER,
  model: 'v5',
  state: 'accepted',
  chosen_by: 'priority',
  provider_task_id: '5c79be8e4a2f4c1d9f3b',
  charged,
  error: null,
  created_at: at('09:30:01'),
  updated_at,
})

const running: Task = {
  ...accepted,
  status: 'running',
  stage: 'first_ready',
  seq: 5,
  updated_at: at('09:31:10'),
  provider: PROVIDER,
  model: 'v5',
  stages: [
    ...accepted.stages,
    { stage: 'submitting', at: at('09:30:01') },
    { stage: 'submitted', at: at('09:30:02') },
    { stage: 'text_ready', at: at('09:30:41') },
    { stage: 'first_ready', at: at('09:31:10') },
  ],
  tracks: [
    readyTrack(TRACK, 0, 182.4),
    track(SECOND_TRACK, 1, { status: 'streaming', stream_url: `https://cdn.example.com/${SECOND_TRACK}.stream` }),
  ],
  billing: { charged: 'yes', credits: 12, usd: 0.06 },
  attempts: [attempt(at('09:30:02'), 'yes')],
}

const succeeded: Task = {
  ...running,
  status: 'succeeded',
  stage: 'complete',
  seq: 6,
  updated_at: at('09:31:44'),
  stages: [...running.stages, { stage: 'complete', at: at('09:31:44') }],
  tracks: [readyTrack(TRACK, 0, 182.4), readyTrack(SECOND_TRACK, 1, 176.92)],
}

const REFUSAL: NonNullable<Task['error']> = {
  code: 'content_rejected',
  detail: 'The provider refused the content: change the lyrics and send a new request',
  retryable: false,
  may_have_been_charged: false,
  provider: PROVIDER,
  provider_code: '400',
  provider_message: 'Lyrics contain sensitive words',
}

const failed: Task = {
  ...accepted,
  status: 'failed',
  stage: 'submitting',
  seq: 3,
  updated_at: at('09:30:03'),
  provider: PROVIDER,
  model: 'v5',
  request: { ...compose, audio_weight: 0.3 },
  stages: running.stages.slice(0, 2),
  error: REFUSAL,
  warnings: [{ pointer: '/audio_weight', code: 'parameter_ignored', detail: 'Aria takes it and does nothing with it' }],
  attempts: [{ ...attempt(at('09:30:03'), 'no'), state: 'refused', provider_task_id: null, error: REFUSAL }],
}

const canceled: Task = { ...accepted, status: 'canceled', seq: 2, updated_at: at('09:30:20') }

const eventOf = (task: Task, type: EventType): Event => ({
  id: `evt_${task.id.slice('task_'.length, -1)}0${task.seq}`,
  object: 'event',
  type,
  seq: task.seq,
  timestamp: task.updated_at,
  data: { task },
})
export const metricsExamples: Examples = {
  figures: {
    summary: 'Two of many lines',
    value:
      'tutti_tasks_queued 0\ntutti_attempts_total{provider="aria",operation="generateMusic",outcome="accepted"} 12\n',
  },
}
export const streamExamples: Examples = {
  stream: {
    summary: 'It was taken back',
    value:
      'retry: 3000\n\nid: evt_01JD3W8Q4T7X2M5N9P6R0S1V302\nevent: task.canceled\ndata: {"id":"evt_01JD3W8Q4T7X2M5N9P6R0S1V302", …}\n\n',
  },
}
const tombstone: DeletedTask = {
  id: TASK,
  object: 'task',
  deleted: true,
  project: 'radio-nord',
  operation: 'generateMusic',
  status: 'succeeded',
  livemode: true,
  key: 'key_01JD3W8Q4T7X2M5N9P6R0S1V3G',
  billing: succeeded.billing,
  attempts: succeeded.attempts.map(({ id, provider, model, state, provider_task_id, charged, created_at }) => ({
    id,
    provider,
    credential: `${provider}:main`,
    model,
    state,
    provider_task_id,
    charged,
    credits: succeeded.billing.credits,
    usd: succeeded.billing.usd,
    created_at,
  })),
  created_at: CREATED,
  deleted_at: '2026-12-21T09:30:00.000Z',
  deleted_by: 'client',
  kept_until: '2027-03-21T09:30:00.000Z',
}

export const lineExamples: Examples = {
  lines: { summary: 'Two tasks', value: `${JSON.stringify(succeeded)}\n${JSON.stringify(failed)}\n` },
}
const events = [eventOf(accepted, 'task.queued'), eventOf(canceled, 'task.canceled')]

const word = (raw: string, start_seconds: number, end_seconds: number): Alignment['words'][number] => ({
  raw,
  start_seconds,
  end_seconds,
  aligned: true,
  confidence: 0,
})

const aligned: TimestampedLyrics = timestampedLyrics(TRACK, {
  words: [
    word('[Verse]\nRain ', 1.36, 1.79),
    word('on ', 1.79, 1.95),
    word('the ', 1.95, 2.1),
    word('wire, ', 2.1, 2.74),
    word('home ', 3.02, 3.4),
    word('by ', 3.4, 3.55),
    word('the ', 3.55, 3.68),
    word('light\n', 3.68, 4.2),
  ],
  waveform: [0, 0.12, 0.5, 0.75, 0.31],
  error_rate: 0.38,
  streaming: false,
})

const noLyrics: TimestampedLyrics = timestampedLyrics(TRACK, {
  words: [],
  waveform: [0, 0.5, 0.75],
  error_rate: null,
  streaming: false,
})

const capability: Capability = {
  provider: PROVIDER,
  operation: 'generateMusic',
  models: ['v5.5', 'v5', 'v4.5'],
  fields: {
    lyrics: 'exact',
    style: 'exact',
    style_weight: 'lossy',
    vocal_gender: 'exact',
    duration_seconds: 'unsupported',
  },
  rules: [
    {
      field: 'title',
      rule: 'max',
      value: [80],
      when: { model: ['v4.5', 'v5'] },
      source: 'Documentation of Aria, 2026-11-01',
    },
    {
      field: 'persona_id',
      rule: 'forbid',
      value: [],
      when: { mode: ['describe'] },
      source: 'Documentation of Aria, 2026-11-01',
    },
  ],
}

const timedLyrics: Examples = {
  aligned: { summary: 'Words, the lines made of them, and the waveform', value: aligned },
  instrumental: { summary: 'A track without lyrics', value: noLyrics },
}

const song = readyTrack(TRACK, 0, 182.4)

const FILES = {
  vtt: 'WebVTT, with a time for each word',
  ttml: 'TTML, with a span for each word',
  srt: 'SubRip, by lines',
  ass: 'Advanced SubStation Alpha, as karaoke',
  lrc: 'LRC, by lines',
  elrc: 'Enhanced LRC, with a time for each word',
} as const satisfies Readonly<Partial<Record<LyricFormat, string>>>

/** Answers that are not JSON, by the name of their format. */
export const formatExamples: Readonly<Partial<Record<OperationId, Readonly<Record<string, Example>>>>> = {
  getTimestampedLyrics: Object.fromEntries(
    Object.entries(FILES).map(([format, summary]) => [
      format,
      { summary, value: lyricExporters[format as keyof typeof FILES](songOf(aligned, song)) },
    ]),
  ),
}

const persona: Persona = {
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

const upload: Upload = {
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

const voice: Voice = {
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

const unwell = { why: 'provider_credits_exhausted', since: CREATED, retry_at: at('09:40:00') } as const

const estimate: Estimate = {
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

/** A task of another operation than generateMusic, as it is accepted and as it ends. */
const taskOf = (operation: TaskOperation, task: Task): Task => {
  const { example, params, body }: Operation = catalogue[operation]
  const about = params === undefined ? {} : 'voice_id' in params.shape ? { voice_id: voice.id } : { track_id: TRACK }
  const { title = null, lyrics = null, style = null } = example as Partial<Pick<Track, 'title' | 'lyrics' | 'style'>>
  // What goes on like its source has the words of its source.
  const words = operation === 'extendMusic' ? {} : { title, lyrics, style }
  const model = body instanceof z.ZodObject && 'model' in body.shape ? task.model : null
  const tracks = task.tracks.map((each, index) => {
    const id = `${SECOND_TASK.replace('task_', 'track_').slice(0, -1)}${index}`
    return { ...each, ...words, id, task_id: SECOND_TASK, audio: audioOf(id) }
  })
  const stages = task.stages.filter(({ stage }) => tracks.length > 0 || !/_ready$/.test(stage))
  return {
    ...task,
    id: SECOND_TASK,
    operation,
    model,
    request: { ...about, ...(example as object) } as Task['request'],
    seq: stages.length,
    stages,
    tracks,
    attempts: task.attempts.map((each) => ({ ...each, model })),
    metadata: {},
    links: { self: `/v1/tasks/${SECOND_TASK}` },
  }
}

const FILE = { object: 'file', url: 'https://files.example.com/a.wav', expires_at: '2026-12-05T09:31:44.000Z' } as const
const { expires_at } = FILE
const stems: Result = {
  object: 'stems',
  stems: ['Vocals', 'Instrumental'].map((name) => ({
    name,
    url: `https://files.example.com/${name}.mp3`,
    duration_seconds: 182.4,
    expires_at,
  })),
}
const midi: Result = {
  object: 'midi',
  instruments: [{ name: 'Drums', notes: [{ pitch: 38, start_seconds: 0.5, end_seconds: 0.62, velocity: 0.9 }] }],
}
const results: { readonly [Id in TaskOperation]?: Result } = {
  writeLyrics: {
    object: 'lyrics',
    variants: [{ title: 'Afraid of the Dark', lyrics: '[Verse]\nOnce there was a light', error: null }],
  },
  convertToWav: FILE,
  createVideo: { ...FILE, url: 'https://files.example.com/a.mp4' },
  separateStems: stems,
  separateAudio: stems,
  createMidi: midi,
  transcribeStems: midi,
  createCoverArt: { object: 'images', images: [{ url: 'https://files.example.com/a.png', expires_at }] },
  recoverTrack: {
    object: 'recovery',
    tracks: [{ track_id: TRACK, audio: { url: 'https://files.example.com/a.m4a', expires_at }, error: null }],
  },
  startVoice: { object: 'voice', voice_id: voice.id, phrase: voice.phrase },
  renewPhrase: { object: 'voice', voice_id: voice.id, phrase: 'Every window holds a quiet fire' },
  confirmVoice: { object: 'voice', voice_id: voice.id, phrase: null },
}

const createdExamples = (operation: TaskOperation): Readonly<Record<string, Examples>> => {
  const result = results[operation]
  const end: Task = result === undefined ? succeeded : { ...succeeded, tracks: [], result }
  const shown = (task: Task) => (operation === 'generateMusic' ? task : taskOf(operation, task))
  return {
    200: { succeeded: { summary: 'It ended within the wait', value: shown(end) } },
    202: { accepted: { summary: 'Stored, not yet submitted', value: shown(accepted) } },
  }
}

/** What each operation answers, by HTTP status. */
export const answerExamples: { readonly [Id in OperationId]: Readonly<Record<string, Examples>> } = {
  ...(Object.fromEntries(TASK_OPERATIONS.map((operation) => [operation, createdExamples(operation)])) as {
    readonly [Id in TaskOperation]: Readonly<Record<string, Examples>>
  }),
  createPersona: { 200: { persona: { summary: 'A new persona', value: persona } } },
  checkVoice: {
    200: {
      check: {
        summary: 'It is there',
        value: { object: 'voice_check', voice_id: voice.id, available: true, checked_at: at('09:40:00') },
      },
    },
  },
  enhanceStyle: {
    200: {
      style: {
        summary: 'For `style` of a create',
        value: { object: 'style', style: 'Hushed pop with felt piano and close, breathy vocals' },
      },
    },
  },
  uploadAudio: { 200: { upload: { summary: 'A file for three days', value: upload } } },
  importTrack: { 200: { track: { summary: 'The track, under an id of ours', value: readyTrack(TRACK, 0, 182.4) } } },
  getVoice: { 200: { voice: { summary: 'It waits for its recording', value: voice } } },
  estimate: { 200: { estimate: { summary: 'One provider can do it, one can not', value: estimate } } },
  getTask: {
    200: {
      running: { summary: 'The first track is ready, the second streams', value: running },
      succeeded: { summary: 'Both tracks are ready', value: succeeded },
      failed: { summary: 'The provider refused it, nothing was charged', value: failed },
    },
  },
  cancelTask: { 200: { canceled: { summary: 'It was waiting for a provider', value: canceled } } },
  deleteTask: { 200: { tombstone: { summary: 'A song that was paid for', value: tombstone } } },
  getTombstone: { 200: { tombstone: { summary: 'A song that was paid for', value: tombstone } } },
  listTaskEvents: { 200: { events: { summary: 'It was taken back', value: { data: events } } } },
  listEvents: {
    200: {
      page: { summary: 'One page of several', value: { data: [events[1]], has_more: true, next_cursor: 'MQ==' } },
    },
  },
  listTasks: {
    200: {
      page: {
        summary: 'One page of several',
        value: { data: [running], has_more: true, next_cursor: 'MTc5NTI1MzQwMDAwMCB0YXNrXzAxSkQzVzhR' },
      },
      last: { summary: 'The last page', value: { data: [], has_more: false, next_cursor: null } },
    },
  },
  getTrack: { 200: { ready: { summary: 'A finished track', value: readyTrack(TRACK, 0, 182.4) } } },
  getTrackAudio: {},
  alignLyrics: { 200: timedLyrics },
  getTimestampedLyrics: { 200: timedLyrics },
  getMidi: { 200: { notes: { summary: 'One note of the drums', value: midi } } },
  getWaveform: {
    200: {
      samples: { summary: "The provider's samples", value: waveformOf(aligned, song, 'samples') },
      peaks: { summary: 'For wavesurfer', value: waveformOf(aligned, song, 'peaks') },
      audiowaveform: { summary: 'audiowaveform JSON', value: waveformOf(aligned, song, 'audiowaveform') },
    },
  },
  ...webhookExamples,
  ...keyExamples,
  getCredits: {
    200: {
      credits: {
        summary: 'One provider answered, one did not',
        value: {
          data: [
            { provider: PROVIDER, credential: '4f1c09ab', remaining: 1250, usd: 6.25, error: null },
            {
              provider: SECOND_PROVIDER,
              credential: 'b07e55d2',
              remaining: null,
              usd: null,
              error: 'provider_unavailable',
            },
          ],
        },
      },
    },
  },
  listProviders: {
    200: {
      providers: {
        summary: 'One provider has a key here',
        value: {
          data: [
            {
              id: PROVIDER,
              object: 'provider',
              title: 'Aria',
              state: 'no_credits',
              ...unwell,
              credits: 3,
              credentials: [{ credential: 'aria_9f2c41d07be3', state: 'no_credits', ...unwell, credits: 3 }],
              observed: {
                attempts: 812,
                submit_seconds: { p50: 0.9, p95: 2.4 },
                render_seconds: { p50: 81.5, p95: 164 },
                success_rate: 0.9803,
                refund_rate: 0.0074,
              },
              operations: ['generateMusic', 'alignLyrics', 'getCredits'],
            },
            {
              id: SECOND_PROVIDER,
              object: 'provider',
              title: 'Cadence',
              state: 'not_configured',
              why: null,
              since: null,
              retry_at: null,
              credits: null,
              credentials: [],
              observed: {
                attempts: 0,
                submit_seconds: null,
                render_seconds: null,
                success_rate: null,
                refund_rate: null,
              },
              operations: ['generateMusic'],
            },
          ],
        },
      },
    },
  },
  listCapabilities: { 200: { capabilities: { summary: 'One row of the matrix', value: { data: [capability] } } } },
}

const said: Readonly<Record<string, Pick<Problem, 'provider_code' | 'provider_message'>>> = {
  content_rejected: { provider_code: '400', provider_message: 'Lyrics contain sensitive words' },
  copyright_match: { provider_code: '413', provider_message: 'Uploaded audio matches existing work of art' },
  provider_credits_exhausted: { provider_code: '402', provider_message: 'Insufficient credits' },
  provider_rate_limited: { provider_code: '429', provider_message: 'Too many requests' },
}

const faultOf = (operation: Operation): FieldError =>
  operation.body !== undefined
    ? { pointer: '/format', code: 'unknown_field', detail: 'There is no field format here: leave it out' }
    : operation.formats !== undefined
      ? { pointer: 'page', code: 'unknown_field', detail: 'There is no field page here: leave it out' }
      : operation.query !== undefined
        ? { pointer: 'limit', code: 'too_big', detail: 'must be at most 100' }
        : { pointer: '/format', code: 'unknown_field', detail: 'This request takes no body: leave it out' }

/** Codes that are about a provider. */
const ofProvider = (code: ErrorCode) => code.startsWith('provider_') || code in said

/** A problem as this operation answers it, or as any does. */
export const problemExample = (code: ErrorCode, operation: Operation | null = null): Example => {
  const detail = policy[code].title
  const involved: GatewayError['involved'] = {
    ...(ofProvider(code) && code !== 'provider_not_configured' ? { provider: PROVIDER } : {}),
    ...(said[code] ?? {}),
    ...(code === 'validation_failed' && operation !== null ? { errors: [faultOf(operation)] } : {}),
    ...(code.startsWith('idempotency_key_') && code !== 'idempotency_key_invalid' ? { task_id: TASK } : {}),
  }
  const problem = problemOf(new GatewayError(code, detail, involved), REQUEST)
  // Fields that are not there are no part of what is sent.
  return { summary: policy[code].title, value: JSON.parse(JSON.stringify(problem)) }
}

/** The generate request, task record and callback of the suno-relay dialect: kie.md 7.1, 7.10, 12.2; apibox.md 6.1, 6.7, 7.1. */
import * as z from 'zod'
import { Compose, Describe } from '../../../src/canonical/generateMusic.ts'
import { blankIsNull, decimal, fields, implied, type Rows, unsupported } from '../../../src/contract/codec.ts'
import { blank } from '../../../src/contract/paths.ts'
import { TaskReference, TrackReport } from '../../../src/contract/shapes.ts'
import { snapshot } from '../../../src/contract/snapshot.ts'
import { callback_url, model, persona, controls as shared } from './controls.ts'
import { withError } from './made.ts'

const controls = {
  instrumental: 'instrumental',
  ...shared,
  duration_seconds: 'duration',
  bitrate: unsupported,
  sample_rate: unsupported,
  ...persona,
  model,
  callback_url,
} as const satisfies Partial<Rows<(typeof Compose)['shape']>>

/** `prompt` is the idea in one mode and the lyrics in the other: `customMode` tells which. */
export const submission = z.union([
  fields(Describe, { ...controls, mode: implied, description: 'prompt' }, { constants: { customMode: false } }),
  fields(
    Compose,
    { ...controls, mode: implied, lyrics: 'prompt', style: 'style', title: 'title' },
    { constants: { customMode: true } },
  ),
])

export const taskReference = fields(TaskReference, { provider_task_id: 'taskId' })

/** A song without vocals has no words (kie.md 7.10), or says so in their place (apibox.md 6.7): nobody sings that. */
const sung = z.codec(z.string().nullish(), z.string().nullable(), {
  decode: (wire) => (blank(wire) || /^\s*\[instrumental\]\s*$/i.test(wire!) ? null : wire!),
  encode: (words) => words ?? '',
})

const ours = {
  provider_track_id: 'id',
  title: ['title', blankIsNull()],
  lyrics: ['prompt', sung],
  style: ['tags', blankIsNull()],
  duration_seconds: ['duration', decimal()],
  failure: unsupported,
} as const

/** Queries speak camelCase. `audioUrl` is empty until that track is finished. */
const recordTrack = fields(
  TrackReport,
  {
    ...ours,
    audio_url: ['audioUrl', blankIsNull()],
    stream_url: ['streamAudioUrl', blankIsNull()],
    image_url: ['imageUrl', blankIsNull()],
  },
  { ignored: ['sourceAudioUrl', 'sourceStreamAudioUrl', 'sourceImageUrl', 'modelName', 'createTime'] },
)

/** Callbacks speak snake_case, except `createTime`. */
const callbackTrack = fields(
  TrackReport,
  {
    ...ours,
    audio_url: ['audio_url', blankIsNull()],
    stream_url: ['stream_audio_url', blankIsNull()],
    image_url: ['image_url', blankIsNull()],
  },
  { ignored: ['source_audio_url', 'source_stream_audio_url', 'source_image_url', 'model_name', 'createTime'] },
)

const status = (...words: string[]) => ({ at: 'status', is: words })
const tracks = 'response.sunoData'
const allAudio = { at: tracks, every: { at: 'audioUrl', blank: false } }
const someAudio = { at: tracks, some: { at: 'audioUrl', blank: false } }
const someTrack = { at: tracks, blank: false }
/** Both end the task at the provider, and neither proves that the audio is there. */
const ended = status('SUCCESS', 'CALLBACK_EXCEPTION')

export const record = snapshot({
  task: ['taskId'],
  tracks: [tracks, recordTrack],
  none: null,
  stage: [
    {
      when: { all: [status('PENDING', 'TEXT_SUCCESS', 'FIRST_SUCCESS'), withError] },
      is: 'failed',
      source: 'kie.md 7.10: the status can stay PENDING while an error is set',
    },
    {
      when: status('CREATE_TASK_FAILED', 'GENERATE_AUDIO_FAILED', 'SENSITIVE_WORD_ERROR'),
      is: 'failed',
      speaks: { status: 'GENERATE_AUDIO_FAILED' },
      source: 'kie.md 7.10; apibox.md 8',
    },
    {
      when: { all: [ended, allAudio] },
      is: 'complete',
      speaks: { status: 'SUCCESS' },
      source: 'kie.md quirks 10 and 12: SUCCESS counts with audio, CALLBACK_EXCEPTION can come with it',
    },
    {
      when: { all: [status('FIRST_SUCCESS', 'SUCCESS', 'CALLBACK_EXCEPTION'), someAudio] },
      is: 'first_ready',
      speaks: { status: 'FIRST_SUCCESS' },
      source: 'kie.md 7.10',
    },
    {
      when: { any: [status('TEXT_SUCCESS', 'FIRST_SUCCESS'), { all: [ended, someTrack] }] },
      is: 'text_ready',
      speaks: { status: 'TEXT_SUCCESS' },
      source: 'kie.md 7.10',
    },
    {
      when: { all: [ended, withError] },
      is: 'failed',
      source: 'kie.md 7.10; apibox.md 6.7: an error that is set is a failure, where nothing was found that was made',
    },
    {
      when: { any: [status('PENDING'), ended] },
      is: 'submitted',
      speaks: { status: 'PENDING' },
      source: 'kie.md 7.10',
    },
  ],
  failure: { code: ['errorCode'], status: ['status'], message: ['errorMessage'] },
  // `type` is the internal name of the model, whatever the pages say (kie.md quirk 18).
  ignored: [
    'parentMusicId',
    'param',
    'response.taskId',
    'response.errorMessage',
    'type',
    'operationType',
    'createTime',
  ],
})

const stageWord = (...words: string[]) => ({ at: 'data.callbackType', is: words })
const success = { at: 'code', is: 200 }
const audioIn = { at: 'audio_url', blank: false }

/** The callback, with the words a provider speaks on failure. Both failure words are understood. */
export const callback = (failed: { readonly word: string; readonly code: number; readonly text: string }) =>
  snapshot({
    task: ['data.task_id', 'data.taskId', 'taskId', 'task_id'],
    tracks: ['data.data', callbackTrack],
    none: 'empty',
    stage: [
      {
        when: { any: [{ all: [{ at: 'code', blank: false }, { not: success }] }, stageWord('error', 'failed')] },
        is: 'failed',
        speaks: { code: failed.code, msg: failed.text, 'data.callbackType': failed.word },
        source: 'kie.md 12.2; apibox.md 7.1',
      },
      {
        when: { all: [success, stageWord('complete'), { at: 'data.data', every: audioIn }] },
        is: 'complete',
        speaks: { code: 200, msg: 'All generated successfully.', 'data.callbackType': 'complete' },
        source: 'kie.md 12.2; apibox.md 7.1',
      },
      {
        when: { all: [success, stageWord('first', 'complete'), { at: 'data.data', some: audioIn }] },
        is: 'first_ready',
        speaks: { code: 200, msg: 'First track generated successfully.', 'data.callbackType': 'first' },
        source: 'kie.md 12.2',
      },
      {
        when: { all: [success, stageWord('complete'), { at: 'data.data', blank: true }] },
        is: 'submitted',
        source: 'kie.md quirk 10: nothing is ready that is not listed',
      },
      {
        when: { all: [success, stageWord('text', 'first', 'complete')] },
        is: 'text_ready',
        speaks: { code: 200, msg: 'Text generation completed.', 'data.callbackType': 'text' },
        source: 'kie.md 12.2; apibox.md 7.1',
      },
    ],
    failure: { code: ['code'], status: ['data.callbackType'], message: ['msg', 'data.error'] },
    ignored: [],
  })

/** How work is taken, looked at and told of at aria, whatever it is: aria.md 3. */
import type { Call } from '../../src/contract/adapter.ts'
import { blankIsNull, type Codec, fields } from '../../src/contract/codec.ts'
import type { Condition } from '../../src/contract/condition.ts'
import { type Snapshot, TaskReference, TrackReport } from '../../src/contract/shapes.ts'
import { type SnapshotTable, snapshot } from '../../src/contract/snapshot.ts'
import { length } from './units.ts'

const source = 'aria.md 3'

export const reference = fields(TaskReference, { provider_task_id: 'work-ref' })

const text = blankIsNull(null)
const song = fields(TrackReport, {
  provider_track_id: 'song-ref',
  title: ['name', text],
  lyrics: ['words', text],
  style: ['sound', text],
  duration_seconds: ['runs-ms', length],
  audio_url: ['listen.file', text],
  stream_url: ['listen.live', text],
  image_url: ['picture', text],
  failure: ['trouble', text],
})

const state = (...words: string[]): Condition => ({ at: 'state', is: words })
const failure: SnapshotTable['failure'] = {
  code: ['trouble.number'],
  status: ['state'],
  message: ['trouble.words'],
}
const broken = { when: state('broken'), is: 'failed', speaks: { state: 'broken' }, source } as const

const file: Condition = { at: 'listen.file', blank: false }
const lost: Condition = { at: 'trouble', blank: false }

/** Songs, the same in an answer and in what is rung with. */
export const songs: Codec<Snapshot> = snapshot({
  task: ['work-ref'],
  tracks: ['songs', song],
  none: 'empty',
  stage: [
    broken,
    {
      when: { all: [state('finished'), { at: 'songs', every: { any: [file, lost] } }, { at: 'songs', some: file }] },
      is: 'complete',
      speaks: { state: 'finished' },
      source,
    },
    {
      when: { all: [state('half', 'finished'), { at: 'songs', some: file }] },
      is: 'first_ready',
      speaks: { state: 'half' },
      source,
    },
    {
      when: { any: [state('worded'), { all: [state('half', 'finished'), { at: 'songs', blank: false }] }] },
      is: 'text_ready',
      speaks: { state: 'worded' },
      source,
    },
    {
      when: state('waiting', 'half', 'finished'),
      is: 'submitted',
      speaks: { state: 'waiting' },
      source,
    },
  ],
  failure,
  ignored: [],
})

/** What is no song stands at a place of its own. */
export const made = (result: NonNullable<SnapshotTable['result']>): Codec<Snapshot> =>
  snapshot({
    task: ['work-ref'],
    result,
    stage: [
      broken,
      {
        when: { all: [state('finished'), { at: result[0], blank: false }] },
        is: 'complete',
        speaks: { state: 'finished' },
        source,
      },
      { when: state('waiting', 'finished'), is: 'submitted', speaks: { state: 'waiting' }, source },
    ],
    failure,
    ignored: [],
  })

export const submitTo = <Submission>(
  path: `/${string}`,
  request: Codec<Submission>,
): Call<Submission, TaskReference> => ({
  method: 'POST',
  path,
  carries: 'json',
  request,
  response: reference,
})

export const look = (response: Codec<Snapshot>): Call<TaskReference, Snapshot> => ({
  method: 'GET',
  path: '/work:look',
  carries: 'query',
  request: reference,
  response,
})

/** A song on its way, and what is told of it. */
import type { Event, EventType } from '../../../canonical/event.ts'
import type { Task, Track } from '../../../canonical/task.ts'
import type { DeletedTask } from '../../../canonical/tombstone.ts'
import { at, CREATED, compose, type Examples, LYRICS, PROVIDER, SECOND_TRACK, TASK, TRACK } from './example.ts'

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

export const audioOf = (id: string) => ({
  url: `https://cdn.example.com/${id}.mp3`,
  expires_at: '2026-12-06T09:30:41.000Z',
})

export const readyTrack = (id: string, index: number, duration_seconds: number): Track =>
  track(id, index, {
    status: 'ready',
    duration_seconds,
    audio: audioOf(id),
    image_url: `https://cdn.example.com/${id}.jpeg`,
  })

export const accepted: Task = {
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

export const running: Task = {
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

export const succeeded: Task = {
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

export const failed: Task = {
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

export const canceled: Task = { ...accepted, status: 'canceled', seq: 2, updated_at: at('09:30:20') }

const eventOf = (task: Task, type: EventType): Event => ({
  id: `evt_${task.id.slice('task_'.length, -1)}0${task.seq}`,
  object: 'event',
  type,
  seq: task.seq,
  timestamp: task.updated_at,
  data: { task },
})

export const streamExamples: Examples = {
  stream: {
    summary: 'It was taken back',
    value:
      'retry: 3000\n\nid: evt_01JD3W8Q4T7X2M5N9P6R0S1V302\nevent: task.canceled\ndata: {"id":"evt_01JD3W8Q4T7X2M5N9P6R0S1V302", …}\n\n',
  },
}

export const tombstone: DeletedTask = {
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

export const events = [eventOf(accepted, 'task.queued'), eventOf(canceled, 'task.canceled')]

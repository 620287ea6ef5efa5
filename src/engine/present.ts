/** What clients see of a stored task: the one task object of every answer. */
import type { Task, Track } from '../canonical/task.ts'
import { trackStatus } from '../contract/shapes.ts'
import { trackId } from './ids.ts'
import { currentAttempt, ended, type MusicTask, type TaskState } from './state.ts'

const DAY = 86_400_000

const time = (at: number) => new Date(at).toISOString()

/** Days a provider keeps the audio of a track. */
export type Retention = (provider: string) => number

export const presentTrack = (task: MusicTask, index: number, retention: Retention): Track => {
  const track = task.tracks[index]!
  const provider = currentAttempt(task)!.provider
  return {
    id: trackId(task.id, index),
    object: 'track',
    task_id: task.id,
    index,
    // A task that ended leaves no track behind that is still to come.
    status: task.status === 'failed' && trackStatus(track) !== 'ready' ? 'failed' : trackStatus(track),
    provider,
    provider_track_id: track.provider_track_id,
    title: track.title,
    lyrics: track.lyrics,
    style: track.style,
    duration_seconds: track.duration_seconds,
    audio:
      track.audio_url === null
        ? null
        : { url: track.audio_url, expires_at: time(track.created_at + retention(provider) * DAY) },
    // Some providers keep their live link and some do not: it is shown while there is nothing better.
    stream_url: trackStatus(track) === 'streaming' ? track.stream_url : null,
    image_url: track.image_url,
    error: track.failure ?? null,
    created_at: time(track.created_at),
  }
}

/** Money counts over all attempts: the worst that may have happened is what is said. */
const billing = (task: TaskState): Task['billing'] => {
  const paid = task.attempts.filter(({ charged }) => charged !== 'no')
  const charged =
    (['unknown', 'yes', 'refunded'] as const).find((word) => paid.some((each) => each.charged === word)) ?? 'no'
  const taken = paid.filter((each) => each.charged !== 'refunded')
  const sum = (unit: 'credits' | 'usd') =>
    taken.some((each) => each[unit] === null) ? null : taken.reduce((total, each) => total + each[unit]!, 0)
  const providers = new Set(taken.map(({ provider }) => provider))
  return { charged, credits: providers.size > 1 ? null : sum('credits'), usd: sum('usd') }
}

export const presentTask = (task: TaskState, retention: Retention): Task => {
  const attempt = currentAttempt(task)
  return {
    id: task.id,
    object: 'task',
    operation: task.operation,
    status: task.status,
    stage: task.stage,
    seq: task.seq,
    created_at: time(task.created_at),
    updated_at: time(task.updated_at),
    livemode: task.livemode,
    provider: attempt?.provider ?? null,
    model: attempt?.model ?? null,
    request: task.request,
    stages: task.stages.map(({ stage, at }) => ({ stage, at: time(at) })),
    tracks:
      task.operation === 'generateMusic' ? task.tracks.map((_, index) => presentTrack(task, index, retention)) : [],
    error: task.error,
    billing: billing(task),
    warnings: [...(attempt?.warnings ?? [])],
    attempts: task.attempts.map((each) => ({
      id: each.id,
      provider: each.provider,
      model: each.model,
      state: each.state,
      provider_task_id: each.provider_task_id,
      charged: each.charged,
      error: each.error,
      created_at: time(each.created_at),
      updated_at: time(each.updated_at),
    })),
    metadata: (task.operation === 'generateMusic' ? task.request.metadata : undefined) ?? {},
    links: { self: `/v1/tasks/${task.id}` },
  }
}

/** Seconds after which a look at this task can show something new; null once it has ended. */
export const lookAgain = (task: TaskState, now: number): number | null =>
  ended(task) ? null : Math.min(Math.max(Math.ceil(((task.next_at ?? now) - now) / 1000), 1), 60)

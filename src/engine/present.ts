/** What clients see of a stored task: the one task object of every answer. */

import type { AvailabilityReport } from '../canonical/checkVoice.ts'
import type { FileReport } from '../canonical/convertToWav.ts'
import type { ImagesReport } from '../canonical/createCoverArt.ts'
import type { MidiReport } from '../canonical/createMidi.ts'
import type { StyleReport } from '../canonical/enhanceStyle.ts'
import type { RecoveryReport } from '../canonical/recoverTrack.ts'
import type { Result } from '../canonical/results.ts'
import type { StemsReport } from '../canonical/separateStems.ts'
import type { Task, Track } from '../canonical/task.ts'
import type { DeletedTask } from '../canonical/tombstone.ts'
import type { PhraseReport, VoiceReport } from '../canonical/voice.ts'
import type { WrittenLyrics } from '../canonical/writeLyrics.ts'
import type { Form } from '../contract/operations.ts'
import { trackStatus } from '../contract/shapes.ts'
import { ownId, taskOfTrack, trackId } from './ids.ts'
import type { Access } from './ports.ts'
import { type Attempt, currentAttempt, ended, type TaskState, type TrackState, type WorkTask } from './state.ts'
import { TOMBSTONES_KEPT, type Tombstone } from './tombstone.ts'

const DAY = 86_400_000

let last = { at: Number.NaN, text: '' }
/** Most of what has a time here has that of its neighbour. */
export const time = (at: number): string => {
  if (at !== last.at) last = { at, text: new Date(at).toISOString() }
  return last.text
}

/** Days a provider keeps what a form has made. */
export type Retention = (provider: string, form: Form) => number

/** From when a provider keeps what it makes, at the earliest: seen first after a pause of ours, it may be older. */
const keptSince = (seen: number, { created_at }: Attempt): number => Math.min(seen, created_at)

/** When a provider deletes the audio of a track. */
export const audioExpiry = (track: TrackState, attempt: Attempt, retention: Retention): number =>
  keptSince(track.created_at, attempt) + retention(attempt.provider, attempt.form) * DAY

export const uploadExpiry = (task: TaskState, retention: Retention): number =>
  task.created_at + retention(currentAttempt(task)!.provider, 'uploadAudio') * DAY

export const presentTrack = (task: WorkTask, index: number, retention: Retention): Track => {
  const track = task.tracks[index]!
  const attempt = currentAttempt(task)!
  return {
    id: trackId(task.id, index),
    object: 'track',
    task_id: task.id,
    index: task.track_offset + index,
    // A task that ended leaves no track behind that is still to come.
    status: task.status === 'failed' && trackStatus(track) !== 'ready' ? 'failed' : trackStatus(track),
    provider: attempt.provider,
    provider_track_id: track.provider_track_id,
    title: track.title,
    lyrics: track.lyrics,
    style: track.style,
    duration_seconds: track.duration_seconds,
    audio:
      track.audio_url === null
        ? null
        : { url: track.audio_url, expires_at: time(audioExpiry(track, attempt, retention)) },
    // Some providers keep their live link and some do not: it is shown while there is nothing better.
    stream_url: trackStatus(track) === 'streaming' ? track.stream_url : null,
    image_url: track.image_url,
    error: track.failure ?? null,
    verified: track.verified !== false,
    created_at: time(track.created_at),
  }
}

/** When a provider deletes the files of a finished task. */
export const fileExpiry = (task: TaskState, retention: Retention): number => {
  const attempt = currentAttempt(task)!
  return keptSince(task.stages.at(-1)!.at, attempt) + retention(attempt.provider, attempt.form) * DAY
}

/** The tracks of a task that made them, by the provider's id. */
const trackIn = (task: WorkTask, provider_track_id: string): string | null => {
  const index = task.material.siblings?.indexOf(provider_track_id) ?? -1
  return index < 0 || task.subject === null ? null : trackId(taskOfTrack(task.subject), index)
}

type Shown<Report> = (report: Report, task: WorkTask, expires_at: string) => Result

const file: Shown<FileReport> = ({ url }, _, expires_at) => ({ object: 'file', url, expires_at })

const stemsResult: Shown<StemsReport> = ({ stems }, _, expires_at) => ({
  object: 'stems',
  stems: stems.map(({ name, url, duration_seconds }) => ({ name, url, duration_seconds, expires_at })),
})

/** Reports of forms as results: what is the provider's own is left out, and files say when they end. */
const RESULTS: { readonly [F in Form]?: Shown<never> } = {
  writeLyrics: (report: WrittenLyrics) => ({ object: 'lyrics', ...report }),
  convertToWav: file,
  createVideo: file,
  separateStems: stemsResult,
  separateAudio: stemsResult,
  createMidi: (report: MidiReport) => ({ object: 'midi', ...report }),
  createCoverArt: ({ images }: ImagesReport, _, expires_at) => ({
    object: 'images',
    images: images.map((url) => ({ url, expires_at })),
  }),
  startVoice: ({ phrase }: PhraseReport, task) => ({ object: 'voice', voice_id: ownId('voice', task.id), phrase }),
  renewPhrase: ({ phrase }: PhraseReport, { subject }) => ({ object: 'voice', voice_id: subject!, phrase }),
  confirmVoice: (_: VoiceReport, { subject }) => ({ object: 'voice', voice_id: subject!, phrase: null }),
  recoverTrack: ({ tracks }: RecoveryReport, task, expires_at) => ({
    object: 'recovery',
    tracks: tracks.map(({ provider_track_id, audio_url, error }) => ({
      track_id: trackIn(task, provider_track_id),
      audio: audio_url === null ? null : { url: audio_url, expires_at },
      error,
    })),
  }),
}

const resultOf = (task: TaskState, retention: Retention): Result | null => {
  const attempt = currentAttempt(task)
  if (task.result === null || attempt === undefined) return null
  if (task.operation === 'createPersona') return { object: 'persona', persona_id: ownId('persona', task.id) }
  if (task.operation === 'checkVoice')
    return {
      object: 'voice_check',
      voice_id: task.subject!,
      ...(task.result as AvailabilityReport),
      checked_at: time(task.updated_at),
    }
  if (task.operation === 'uploadAudio') return { object: 'upload', upload_id: ownId('upload', task.id) }
  if (task.operation === 'enhanceStyle') return { object: 'style', ...(task.result as StyleReport) }
  const show = RESULTS[attempt.form] as Shown<unknown> | undefined
  if (task.kind !== 'work' || show === undefined) return null
  return show(task.result, task, time(fileExpiry(task, retention)))
}

/** Money counts over all attempts: the worst that may have happened is what is said. */
const billing = (task: {
  readonly attempts: readonly Pick<Attempt, 'provider' | 'charged' | 'credits' | 'usd'>[]
}): Task['billing'] => {
  const paid = task.attempts.filter(({ charged }) => charged !== 'no')
  const charged =
    (['unknown', 'yes', 'refunded'] as const).find((word) => paid.some((each) => each.charged === word)) ?? 'no'
  const taken = paid.filter((each) => each.charged !== 'refunded')
  const sum = (unit: 'credits' | 'usd') =>
    taken.some((each) => each[unit] === null)
      ? null
      : Math.round(taken.reduce((total, each) => total + each[unit]!, 0) * 1e6) / 1e6
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
    deadline_at: task.kind === 'work' && task.deadline_at != null ? time(task.deadline_at) : null,
    stalled: task.kind === 'work' && task.stalled === true,
    livemode: task.livemode,
    provider: attempt?.provider ?? null,
    model: attempt?.model ?? null,
    request: task.request as Task['request'],
    stages: task.stages.map(({ stage, at }) => ({ stage, at: time(at) })),
    tracks: task.kind === 'work' ? task.tracks.map((_, index) => presentTrack(task, index, retention)) : [],
    result: resultOf(task, retention),
    error: task.error,
    salvaged_from: task.kind === 'work' ? (task.salvaged_from ?? null) : null,
    billing: billing(task),
    warnings: [...(attempt?.warnings ?? [])],
    attempts: task.attempts.map((each) => ({
      id: each.id,
      provider: each.provider,
      model: each.model,
      state: each.state,
      chosen_by: each.chosen_by ?? 'priority',
      provider_task_id: each.provider_task_id,
      charged: each.charged,
      error: each.error,
      created_at: time(each.created_at),
      updated_at: time(each.updated_at),
    })),
    metadata: (task.request.metadata as Task['metadata'] | undefined) ?? {},
    links: { self: `/v1/tasks/${task.id}` },
  }
}

export const presentTombstone = (stone: Tombstone): DeletedTask => ({
  id: stone.id,
  object: 'task',
  deleted: true,
  project: stone.project,
  operation: stone.operation,
  status: stone.status,
  livemode: stone.livemode,
  key: stone.key,
  billing: billing(stone),
  attempts: stone.attempts.map(({ created_at, ...each }) => ({ ...each, created_at: time(created_at) })),
  created_at: time(stone.created_at),
  deleted_at: time(stone.deleted_at),
  deleted_by: stone.deleted_by,
  kept_until: time(stone.deleted_at + TOMBSTONES_KEPT),
})

/** Seconds after which a look at this task can show something new; null once it has ended. */
export const lookAgain = (task: TaskState, now: number): number | null =>
  ended(task) ? null : Math.min(Math.max(Math.ceil(((task.next_at ?? now) - now) / 1000), 1), 60)

/** How stored tasks are shown, and how long what they made is kept. */
export interface Show {
  readonly present: (task: TaskState) => Task
  readonly retention: Retention
}

export const shows = (access: readonly Access[]): Show => {
  const adapters = access.map(({ adapter }) => adapter)
  const retention: Retention = (provider, form) => {
    const kept = adapters.find(({ id }) => id === provider)?.retention
    if (form === 'uploadAudio' || form === 'uploadFromUrl') return kept?.uploadDays ?? 0
    return kept?.days?.[form] ?? kept?.audioDays ?? 0
  }
  const shown = new WeakMap<TaskState, Task>()
  return {
    retention,
    /** A stored task never changes, a new version is a new object: each is rendered once. */
    present: (task) => {
      const known = shown.get(task) ?? presentTask(task, retention)
      shown.set(task, known)
      return known
    },
  }
}

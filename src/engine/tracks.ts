/** Finding a track: its id names its task and its place. */
import type { RecoveryReport } from '../canonical/recoverTrack.ts'
import { GatewayError } from './errors.ts'
import { deletedOr } from './gone.ts'
import { indexOfTrack, taskOfTrack, trackId } from './ids.ts'
import { audioExpiry, fileExpiry, type Retention } from './present.ts'
import { type Attempt, currentAttempt, type NativeTrack, type WorkTask } from './state.ts'
import type { Reader } from './store.ts'

export interface FoundTrack {
  readonly track_id: string
  readonly index: number
  readonly task: WorkTask
  /** The attempt that made it. */
  readonly attempt: Attempt
}

/** The track, or null where this project has none of this id. */
export const lookUpTrack = async (read: Reader, project: string, track_id: string): Promise<FoundTrack | null> => {
  const task = await read.task(taskOfTrack(track_id))
  const index = indexOfTrack(track_id)
  const attempt = task === null ? undefined : currentAttempt(task)
  if (task?.kind !== 'work' || task.project !== project || !(index in task.tracks) || !attempt) return null
  return { track_id, index, task, attempt }
}

/** @throws GatewayError task_deleted; not_found, also for a track of another project */
export const findTrack = async (read: Reader, project: string, track_id: string): Promise<FoundTrack> => {
  const found = await lookUpTrack(read, project, track_id)
  if (found === null) {
    const unknown = new GatewayError('not_found', `There is no track ${track_id}`)
    throw await deletedOr(read, project, taskOfTrack(track_id), unknown)
  }
  return found
}

/** A track known by a callback alone has audio, and no name its provider would know it by. */
export const isNamed = ({ attempt }: FoundTrack): boolean => attempt.provider_task_id !== null

/** @throws GatewayError capability_unsupported where the provider could not be asked for more of it */
export const requireNamed = (found: FoundTrack): void => {
  if (isNamed(found)) return
  throw new GatewayError(
    'capability_unsupported',
    `Only a callback told of ${found.track_id}: how ${found.attempt.provider} calls its task, by which it would have to be asked, is not known. Its audio can be a source.`,
    { provider: found.attempt.provider, task_id: found.task.id },
  )
}

/** The track as its own provider knows it. */
export const nativeTrack = ({ task, index, attempt }: FoundTrack): NativeTrack => ({
  provider: attempt.provider,
  credential: attempt.credential,
  form: attempt.form,
  provider_task_id: attempt.provider_task_id ?? '',
  provider_track_id: task.tracks[index]!.provider_track_id,
  track_index: task.track_offset + index,
  model: attempt.model,
})

/** How long it is, as its provider says; null where that is not known. */
export const secondsOf = ({ task, index }: FoundTrack): number | null => task.tracks[index]!.duration_seconds

/** A file of a track and when the provider deletes it, in milliseconds. */
export interface LivingAudio {
  readonly url: string
  readonly expires: number
}

/**
 * The audio of a track: its own, or what a recovery of any track of its task brought back, whichever its provider keeps longer.
 * Recoveries are looked for also while its own seems to be kept: whoever asked for one knows better.
 */
export const livingAudio = async (
  read: Reader,
  { task, index, attempt }: FoundTrack,
  retention: Retention,
): Promise<LivingAudio | null> => {
  const own = task.tracks[index]!
  if (own.audio_url === null) return null
  const first = { url: own.audio_url, expires: audioExpiry(own, attempt, retention) }
  // One read, also where the tracks are in another object.
  const recoveries = await read.recoveries(task.tracks.map((_, at) => trackId(task.id, at)))
  const links = recoveries.flatMap((recovery) => {
    const { tracks } = recovery.result as RecoveryReport
    const url = tracks.find((each) => each.provider_track_id === own.provider_track_id)?.audio_url
    return url == null ? [] : [{ url, expires: fileExpiry(recovery, retention) }]
  })
  return links.reduce((latest, link) => (link.expires > latest.expires ? link : latest), first)
}

/** What a request speaks of: tracks, audio, uploads, personas, voices and stems, looked up before anything is spent. */
import type { PersonaReport } from '../canonical/createPersona.ts'
import type { TaskOperation } from '../canonical/operations.ts'
import type { StemsReport } from '../canonical/separateStems.ts'
import type { Source } from '../canonical/source.ts'
import type { UploadReport } from '../canonical/uploadAudio.ts'
import type { VoiceReport } from '../canonical/voice.ts'
import { trackStatus } from '../contract/shapes.ts'
import { pinned } from './calls.ts'
import { GatewayError } from './errors.ts'
import { finder } from './finder.ts'
import { phraseTask, voiceBegun } from './getVoice.ts'
import { unknownIn } from './gone.ts'
import { taskOfOwn } from './ids.ts'
import { audioLink, faulty } from './links.ts'
import { modeOf } from './modes.ts'
import { FORMS, TAKES } from './operations.ts'
import { requireWithin } from './places.ts'
import type { World } from './ports.ts'
import { lookAgain, type Retention, uploadExpiry } from './present.ts'
import { currentAttempt, ended, type Material, type Pin, type Request, type TaskState } from './state.ts'
import type { Reader } from './store.ts'
import { priceOf } from './submission.ts'
import {
  type FoundTrack,
  findTrack,
  isNamed,
  livingAudio,
  lookUpTrack,
  nativeTrack,
  requireNamed,
  secondsOf,
} from './tracks.ts'

const pinOf = (task: TaskState): Pin => {
  const { provider, credential } = currentAttempt(task)!
  return { provider, credential }
}

/** The track that a separation took apart, where it is one of ours. */
const separatedTrack = ({ subject, request }: TaskState): string | null =>
  subject ?? (request.source as { track_id?: string } | undefined)?.track_id ?? null

export const materials = (world: World, read: Reader, retention: Retention) => {
  const { access, clock, settings } = world

  const requireReady = ({ task, index, track_id }: FoundTrack, pointer: string | null) => {
    if (trackStatus(task.tracks[index]!) === 'ready') return
    if (!ended(task))
      throw new GatewayError(
        'not_ready',
        `${track_id} is not finished yet: ask again later`,
        { task_id: task.id },
        lookAgain(task, clock()) ?? 1,
      )
    throw faulty(pointer ?? '/track_id', 'track_unfinished', `${track_id} was never finished`)
  }

  const trackAt = async (project: string, id: string, pointer: string): Promise<FoundTrack> => {
    const found = await lookUpTrack(read, project, id)
    if (found === null) throw await unknownIn(read, project, id, pointer, 'track')
    requireReady(found, pointer)
    return found
  }

  const uploadAt = async (project: string, id: string, pointer: string): Promise<string> => {
    const task = await read.task(taskOfOwn(id))
    if (task?.operation !== 'uploadAudio' || task.project !== project || task.result === null)
      throw await unknownIn(read, project, id, pointer, 'upload')
    if (clock() >= uploadExpiry(task, retention))
      throw new GatewayError('upload_expired', `The provider has deleted ${id}: upload the file again`, {
        errors: [{ pointer, code: 'upload_expired', detail: 'Upload the file again' }],
      })
    return (task.result as UploadReport).url
  }

  /** The audio of a track while its provider keeps it. */
  const audioOf = async (found: FoundTrack): Promise<string[]> => {
    const audio = await livingAudio(read, found, retention)
    return audio !== null && clock() < audio.expires ? [audio.url] : []
  }

  interface Found {
    readonly urls: readonly string[]
    readonly track?: FoundTrack
  }
  const sourceAt = async (project: string, source: Source, pointer: string): Promise<Found> => {
    if ('audio_url' in source) return { urls: [audioLink(source.audio_url, `${pointer}/audio_url`, settings)] }
    if ('upload_id' in source) return { urls: [await uploadAt(project, source.upload_id, `${pointer}/upload_id`)] }
    const track = await trackAt(project, source.track_id, `${pointer}/track_id`)
    return { urls: await audioOf(track), track }
  }

  /** Nothing can be made of audio that is no longer there, where only audio would do. */
  const refuseSilent = (operation: TaskOperation, material: Material, found: readonly Found[]) => {
    const silent = found.findIndex(({ urls, track }) => urls.length === 0 && track !== undefined)
    if (silent < 0 || FORMS[operation].some((form) => TAKES[form].fields(material) !== null)) return
    throw faulty(
      `${found.length > 1 ? `/sources/${silent}` : '/source'}/track_id`,
      'audio_expired',
      'the provider has deleted the audio of this track: ask recoverTrack for a fresh one',
    )
  }

  const persona = async (project: string, request: Request): Promise<Pick<Material, 'persona'>> => {
    const { persona_id, voice_id } = request as { persona_id?: string; voice_id?: string }
    if (persona_id !== undefined) {
      const task = await read.task(taskOfOwn(persona_id))
      if (task?.operation !== 'createPersona' || task.project !== project || task.result === null)
        throw await unknownIn(read, project, persona_id, '/persona_id', 'persona')
      const { provider_persona_id: id } = task.result as PersonaReport
      return { persona: { ...pinOf(task), id, kind: 'style' } }
    }
    if (voice_id === undefined) return {}
    const begun = await read.task(taskOfOwn(voice_id))
    if (begun?.operation !== 'startVoice' || begun.project !== project)
      throw await unknownIn(read, project, voice_id, '/voice_id', 'voice')
    const task = await read.lastAbout(voice_id, 'confirmVoice', 'succeeded')
    if (task === null && ended(begun) && begun.status !== 'succeeded')
      throw faulty('/voice_id', 'task_failed', 'this voice failed before it had a phrase: start another')
    if (task === null)
      throw new GatewayError('not_ready', `${voice_id} is not finished: see getVoice for what is missing`, {}, 10)
    const { provider_voice_id: id } = task.result as VoiceReport
    return { persona: { ...pinOf(task), id, kind: 'voice' } }
  }

  /** @param found the track that they are to be of; null where they may be of anything */
  const stemsOf = async (project: string, found: FoundTrack | null, request: Request): Promise<Material['stems']> => {
    const { stems_task_id, stem } = request as { stems_task_id: string; stem?: string }
    if (found !== null && stems_task_id === undefined) {
      // Nobody is sent to buy stems that no notes can be read of.
      const own = pinned(finder(access), pinOf(found.task), 'createMidi', access).access.adapter
      const { credits, usd } = priceOf(own, 'separateStems', null, { separation: 'vocals' })
      const cost =
        credits === null ? 'its price is not known' : `${credits} credits${usd === null ? '' : `, ${usd} USD`} or more`
      throw new GatewayError(
        'prerequisite_required',
        `Notes are read from separated stems: POST /v1/tracks/${found.track_id}/stems first (${cost}), then send its task as stems_task_id`,
        {
          errors: [{ pointer: '/stems_task_id', code: 'required', detail: 'A finished separation of this track' }],
          link: `/v1/tracks/${found.track_id}/stems`,
        },
      )
    }
    const task = await read.task(stems_task_id)
    const separates = task?.operation === 'separateStems' || task?.operation === 'separateAudio'
    if (!separates || task.project !== project || (found !== null && separatedTrack(task) !== found.track_id)) {
      const of = found === null ? '' : ` of ${found.track_id}`
      throw faulty('/stems_task_id', 'task_unknown', `is no separateStems or separateAudio task${of}`)
    }
    if (!ended(task))
      throw new GatewayError(
        'not_ready',
        'The stems are not finished yet',
        { task_id: task.id },
        lookAgain(task, clock()) ?? 1,
      )
    if (task.status !== 'succeeded') throw faulty('/stems_task_id', 'task_failed', 'this separation failed')
    const attempt = currentAttempt(task)!
    const all = { ...pinOf(task), provider_task_id: attempt.provider_task_id ?? '' }
    if (stem === undefined) return all
    const { stems } = task.result as StemsReport
    const chosen = stems.find(({ name }) => name === stem)
    if (chosen === undefined)
      throw faulty('/stem', 'value_unknown', `must be one of ${stems.map(({ name }) => name).join(', ')}`)
    if (chosen.provider_stem_id === null)
      throw faulty('/stem', 'unsupported', 'the provider gave this stem no id: leave it out for all of them')
    return { ...all, provider_stem_id: chosen.provider_stem_id }
  }

  const phraseOf = async (project: string, voice: string): Promise<Material['phrase']> => {
    const task = await phraseTask(read, voice, await voiceBegun(read, project, voice))
    if (!ended(task))
      throw new GatewayError(
        'not_ready',
        'The phrase is not there yet',
        { task_id: task.id },
        lookAgain(task, clock()) ?? 1,
      )
    if (task.status !== 'succeeded')
      throw new GatewayError('validation_failed', `${voice} failed before it had a phrase: start another`, {
        errors: [{ pointer: '/voice_id', code: 'task_failed', detail: 'Start another voice' }],
      })
    return { ...pinOf(task), provider_task_id: currentAttempt(task)!.provider_task_id ?? '' }
  }

  const followed = async (operation: TaskOperation, project: string, request: Request, subject: string) => {
    const found = await findTrack(read, project, subject)
    requireReady(found, null)
    requireNamed(found)
    if (operation === 'recoverTrack')
      return {
        track: nativeTrack(found),
        siblings: found.task.tracks.map(({ provider_track_id }) => provider_track_id),
      }
    if (operation !== 'createMidi') return { track: nativeTrack(found) }
    return { track: nativeTrack(found), stems: await stemsOf(project, found, request) }
  }

  /**
   * @param subject the track or voice that the request's path names
   * @throws GatewayError validation_failed, not_found, not_ready, upload_expired, prerequisite_required
   */
  return async (
    operation: TaskOperation,
    project: string,
    request: Request,
    subject: string | null,
  ): Promise<Material> => {
    if (subject?.startsWith('track_')) return (await followed(operation, project, request, subject)) as Material
    const { source, sources } = request as { source?: Source; sources?: readonly Source[] }
    const found = await Promise.all([
      ...(source === undefined ? [] : [sourceAt(project, source, '/source')]),
      ...(sources ?? []).map((each, index) => sourceAt(project, each, `/sources/${index}`)),
    ])
    const track = source === undefined ? undefined : found[0]?.track
    if (track !== undefined) requireWithin(request, secondsOf(track), operation === 'replaceSection')
    const moded = operation === 'extendMusic' || operation === 'coverMusic' || operation === 'mashupMusic'
    const lengths = found.flatMap((each) => (each.track === undefined ? [] : (secondsOf(each.track) ?? [])))
    // A section is replaced where the song was made, or in audio that is nobody's.
    const urls =
      operation === 'replaceSection' && track !== undefined && isNamed(track) ? [] : found.flatMap((each) => each.urls)
    const material: Material = {
      ...(track === undefined || !isNamed(track) ? {} : { track: nativeTrack(track) }),
      ...(found.length === 0 ? {} : { audio_urls: urls }),
      ...(lengths.length === 0 ? {} : { source_seconds: Math.max(...lengths) }),
      ...(moded ? { fields: modeOf(operation, request, track) } : {}),
      ...(operation === 'transcribeStems' ? { stems: (await stemsOf(project, null, request))! } : {}),
      ...(operation === 'confirmVoice' || operation === 'renewPhrase'
        ? { phrase: (await phraseOf(project, subject!))! }
        : await persona(project, request)),
    }
    refuseSilent(operation, material, found)
    return material
  }
}

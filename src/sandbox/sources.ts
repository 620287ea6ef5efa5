/** What a request is about: the song, task, stems or phrase it names, as far as they are the studio's own. */
import type { Mirror } from '../contract/mirror.ts'
import type { CallForm, Form, TaskForm } from '../contract/operations.ts'
import { foreignRecording } from './recording.ts'
import { phraseAfter, phraseFor, type Source, stemsOf } from './results.ts'
import { isSong, type Job, recordingAt, type Studio } from './studio.ts'

/** What a form has to name. A form that is not listed takes audio of anybody's, or none. */
const SUBJECTS: { readonly [F in Form]?: 'track' | 'songs' | 'stems' | 'phrase' | 'voice' } = {
  extendMusic: 'track',
  replaceSection: 'track',
  convertToWav: 'track',
  createVideo: 'track',
  separateStems: 'track',
  alignLyrics: 'track',
  createPersona: 'track',
  createCoverArt: 'songs',
  recoverTrack: 'songs',
  createMidi: 'stems',
  renewPhrase: 'phrase',
  confirmVoice: 'phrase',
  checkVoice: 'voice',
}

/** Every place of a request that can name a source. */
interface Naming {
  readonly provider_task_id?: string
  readonly provider_track_id?: string
  readonly track_index?: number
  readonly provider_stem_id?: string
  readonly audio_url?: string
}

export interface Found {
  /** False where something is named that the studio has not made. */
  readonly known: boolean
  readonly finished: boolean
  readonly source: Source | null
  /** The id of the track, or of the task where it is about all of it; null where nothing of the studio's is named. */
  readonly about: string | null
}
const FOREIGN: Found = { known: true, finished: true, source: null, about: null }
const UNKNOWN: Found = { known: false, finished: false, source: null, about: null }

/** The place of a track in its task by id, else by number; -1 where it is not there. */
const placeOf = ({ made }: Job, { provider_track_id: id, track_index: index }: Naming): number => {
  const byId = id === undefined ? -1 : made.indexOf(id)
  return byId >= 0 || index === undefined ? byId : index < made.length ? index : -1
}

const song = (job: Job, at: number): Source | null =>
  isSong(job) && at >= 0 ? { recording: recordingAt(job, at), made: job.made, stems: [] } : null

const isOf = <F extends TaskForm>(job: Job, form: F): job is Job<F> => job.form === form

const stems = (job: Job, { provider_stem_id: id }: Naming): Source | null => {
  if (!(isOf(job, 'separateStems') || isOf(job, 'separateAudio')) || job.source === null) return null
  const names = stemsOf(job.request).filter((_, index) => id === undefined || job.made[index] === id)
  return names.length === 0 ? null : { ...job.source, stems: names }
}

/** Neither a phrase nor a voice is a song: that it is there, and what it says, is all there is to know. */
const silence = (title: string): Source => ({
  recording: { title, lyrics: null, style: '', duration_seconds: 0, seed: '' },
  made: [],
  stems: [],
})

const phrase = (job: Job): Source | null => {
  if (isOf(job, 'startVoice')) return silence(phraseFor(job.request.audio_url))
  return isOf(job, 'renewPhrase') ? silence(phraseAfter(job.source?.recording.title ?? '')) : null
}

const PICKS = {
  track: (job: Job, named: Naming) => song(job, placeOf(job, named)),
  songs: (job: Job) => song(job, 0),
  stems,
  phrase,
  voice: (job: Job): Source | null => (isOf(job, 'confirmVoice') ? silence('') : null),
}

const ASSET = /\/assets\/([0-9a-f-]{32,36})(?:\.\w+)?$/

export const finder = (studio: Studio, mirror: Mirror, origin: string) => {
  /** A link to a song of our own tells its words; any other audio says nothing. */
  const linked = async (url: string | undefined): Promise<Found> => {
    const id = url?.startsWith(origin) ? ASSET.exec(url)?.[1] : undefined
    const job = id === undefined ? null : await studio.maker(id)
    return job === null ? FOREIGN : { ...FOREIGN, source: song(job, job.made.indexOf(id!)) }
  }

  return async (form: TaskForm | CallForm, request: unknown): Promise<Found> => {
    const named = request as Naming
    const subject = SUBJECTS[form]
    if (subject === undefined) {
      const found = await linked(named.audio_url)
      if (form !== 'separateAudio' || found.source !== null) return found
      return { ...found, source: { recording: foreignRecording(named.audio_url ?? ''), made: [], stems: [] } }
    }
    const { provider_task_id: task, provider_track_id: track } = named
    const job = task !== undefined ? await studio.job(task) : track !== undefined ? await studio.maker(track) : null
    const told = job !== null && (mirror[form]?.knows?.includes(job.form) ?? true)
    const source = told ? PICKS[subject](job, named) : null
    if (job === null || source === null) return UNKNOWN
    const stage = studio.stage(job)
    // The first track is there before the second.
    const finished = stage === 'complete' || (stage === 'first_ready' && placeOf(job, named) === 0)
    const about = subject === 'track' ? job.made[placeOf(job, named)]! : job.id
    return stage === 'failed' ? UNKNOWN : { known: true, finished, source, about }
  }
}

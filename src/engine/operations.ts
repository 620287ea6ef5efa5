/** Which forms an operation can take, best first, and what each of them is told about its material. */
import type { CallOperation, TaskOperation } from '../canonical/operations.ts'
import type { Adapter } from '../contract/adapter.ts'
import type { Form, TaskForm } from '../contract/operations.ts'
import type { Material, Pin } from './state.ts'

/** Forms of an operation: the first that a provider has and that fits is the one it is asked in. */
export const FORMS: { readonly [Id in TaskOperation]: readonly TaskForm[] } = {
  generateMusic: ['generateMusic', 'generateMinimax'],
  extendMusic: ['extendMusic', 'extendAudio'],
  coverMusic: ['coverMusic'],
  addVocals: ['addVocals'],
  addInstrumental: ['addInstrumental'],
  replaceSection: ['replaceSection', 'replaceAudioSection'],
  mashupMusic: ['mashupMusic'],
  generateSound: ['generateSound'],
  writeLyrics: ['writeLyrics'],
  convertToWav: ['convertToWav'],
  separateStems: ['separateStems'],
  separateAudio: ['separateStems', 'separateAudio'],
  createMidi: ['createMidi'],
  transcribeStems: ['createMidi'],
  createVideo: ['createVideo'],
  createCoverArt: ['createCoverArt'],
  startVoice: ['startVoice'],
  renewPhrase: ['renewPhrase'],
  confirmVoice: ['confirmVoice'],
  recoverTrack: ['recoverTrack'],
}

/** Calls that no provider takes money for. */
export const FREE_CALLS: ReadonlySet<CallOperation> = new Set(['importTrack', 'uploadAudio'])

/** Forms that make songs. */
export const SONG_FORMS: readonly TaskForm[] = (
  [
    'generateMusic',
    'extendMusic',
    'coverMusic',
    'addVocals',
    'addInstrumental',
    'replaceSection',
    'mashupMusic',
    'generateSound',
  ] as const
).flatMap((operation) => FORMS[operation])

type Fields = Readonly<Record<string, unknown>>

/** How a form takes up its material; null where this material is not of its kind. */
interface Taking {
  /** Only whoever made it can be asked. */
  readonly pin?: (material: Material) => Pin | undefined
  readonly fields: (material: Material) => Fields | null
  /** Whether the model has to be the one the source was made with. */
  readonly keepsModel?: true
  /** Whether it is never chosen unless its model is asked for by name: another product at another price. */
  readonly byName?: true
}

const nothing: Taking = { fields: () => ({}) }

const track: Taking = {
  pin: (material) => material.track,
  fields: ({ track: own }) =>
    own === undefined
      ? null
      : {
          provider_task_id: own.provider_task_id,
          provider_track_id: own.provider_track_id,
          track_index: own.track_index,
        },
}

const audio: Taking = {
  fields: ({ audio_urls }) => (audio_urls?.[0] === undefined ? null : { audio_url: audio_urls[0] }),
}

const wholeTask: Taking = {
  pin: (material) => material.track,
  fields: ({ track: own }) => (own === undefined ? null : { provider_task_id: own.provider_task_id }),
}

export const TAKES: { readonly [F in TaskForm]: Taking } = {
  generateMusic: nothing,
  generateMinimax: { ...nothing, byName: true },
  extendMusic: { ...track, keepsModel: true },
  extendAudio: audio,
  coverMusic: audio,
  addVocals: audio,
  addInstrumental: audio,
  replaceSection: track,
  replaceAudioSection: audio,
  mashupMusic: { fields: ({ audio_urls }) => (audio_urls?.length === 2 ? { audio_urls } : null) },
  generateSound: nothing,
  writeLyrics: nothing,
  convertToWav: track,
  separateStems: track,
  separateAudio: audio,
  createMidi: {
    pin: ({ stems }) => stems,
    fields: ({ stems }) =>
      stems === undefined
        ? null
        : {
            provider_task_id: stems.provider_task_id,
            ...(stems.provider_stem_id === undefined ? {} : { provider_stem_id: stems.provider_stem_id }),
          },
  },
  createVideo: track,
  createCoverArt: wholeTask,
  startVoice: audio,
  renewPhrase: {
    pin: ({ phrase }) => phrase,
    fields: ({ phrase }) => (phrase === undefined ? null : { provider_task_id: phrase.provider_task_id }),
  },
  confirmVoice: {
    pin: ({ phrase }) => phrase,
    fields: ({ phrase, audio_urls }) =>
      phrase === undefined || audio_urls?.[0] === undefined
        ? null
        : { provider_task_id: phrase.provider_task_id, audio_url: audio_urls[0] },
  },
  recoverTrack: wholeTask,
}

/** The pins that a form has to obey with this material: its own, and that of a persona. */
export const pinsOf = (form: TaskForm, material: Material): Pin[] =>
  [TAKES[form].pin?.(material), material.persona].filter((pin) => pin !== undefined)

/** Whether a form of a provider takes its own tracks that were made in another. */
export const takes = ({ operations }: Adapter, form: Form, made: Form): boolean =>
  operations[form]?.takes?.includes(made as TaskForm) ?? true

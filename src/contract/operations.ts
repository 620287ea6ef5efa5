/** What a provider can be asked. An operation of the catalogue may have several forms, each with its own path. */

/** Forms that are carried out in minutes. */
export const TASK_FORMS = [
  'generateMusic',
  'generateMinimax',
  'extendMusic',
  'extendAudio',
  'coverMusic',
  'addVocals',
  'addInstrumental',
  'replaceSection',
  'replaceAudioSection',
  'mashupMusic',
  'generateSound',
  'writeLyrics',
  'convertToWav',
  'separateStems',
  'separateAudio',
  'createMidi',
  'createVideo',
  'createCoverArt',
  'startVoice',
  'renewPhrase',
  'confirmVoice',
  'recoverTrack',
] as const
export type TaskForm = (typeof TASK_FORMS)[number]

/** Forms that are answered at once. */
export const CALL_FORMS = [
  'alignLyrics',
  'createPersona',
  'checkVoice',
  'enhanceStyle',
  'uploadAudio',
  'uploadFromUrl',
  'getCredits',
] as const
export type CallForm = (typeof CALL_FORMS)[number]

export type Form = TaskForm | CallForm

/** Operations that leave a task behind. */

/** Carried out in minutes: the answer is the task. */
export const TASK_OPERATIONS = [
  'generateMusic',
  'extendMusic',
  'coverMusic',
  'addVocals',
  'addInstrumental',
  'replaceSection',
  'mashupMusic',
  'generateSound',
  'writeLyrics',
  'convertToWav',
  'separateStems',
  'separateAudio',
  'createMidi',
  'transcribeStems',
  'createVideo',
  'createCoverArt',
  'startVoice',
  'renewPhrase',
  'confirmVoice',
  'recoverTrack',
] as const
export type TaskOperation = (typeof TASK_OPERATIONS)[number]

/** Waited for: the answer is the result. */
export const CALL_OPERATIONS = [
  'alignLyrics',
  'createPersona',
  'checkVoice',
  'enhanceStyle',
  'uploadAudio',
  'importTrack',
] as const
export type CallOperation = (typeof CALL_OPERATIONS)[number]

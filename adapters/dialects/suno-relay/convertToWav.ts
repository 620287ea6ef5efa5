/** The WAV record and callback of the suno-relay dialect: kie.md 9.3, 12.4; apibox.md 6.17, 7.3. */
import { file } from './file.ts'
import { alsoAt, callback as callbackOf, type Family, record as recordOf } from './made.ts'

export const words: Family = {
  at: 'successFlag',
  running: ['PENDING'],
  done: ['SUCCESS', 'CALLBACK_EXCEPTION'],
  failed: ['GENERATE_WAV_FAILED', 'CREATE_TASK_FAILED'],
  source: 'kie.md 9; apibox.md 8',
}

export const record = alsoAt(
  { 'response.audioWavUrl': 'response.audio_wav_url' },
  recordOf({
    words,
    there: { at: 'response.audioWavUrl', blank: false },
    result: ['response.audioWavUrl', file],
    ignored: ['response.audio_wav_url', 'musicId', 'musicIndex'],
  }),
)

/** `audioWavUrl` stands beside `task_id`; older pages say `audio_wav_url` (apibox.md 7.3). */
export const callback = alsoAt(
  { 'data.audioWavUrl': 'data.audio_wav_url' },
  callbackOf({
    task: 'data.task_id',
    there: { at: 'data.audioWavUrl', blank: false },
    result: ['data.audioWavUrl', file],
    says: 'success',
    failed: { code: 500, text: 'Internal Error - Please try again later' },
    source: 'kie.md 12.4; apibox.md 7.3',
    ignored: ['data.audio_wav_url'],
  }),
)

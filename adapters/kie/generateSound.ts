/** generateSound at KIE: kie.md 4, 7.9. */
import type { GenerateSoundSubmission } from '../../src/canonical/generateSound.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { submission } from '../dialects/suno-relay/generateSound.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { callback } from './music.ts'

const sounds = music('/api/v1/generate/sounds', submission)

export const generateSound: TaskBinding<GenerateSoundSubmission> = {
  ...sounds,
  // The page's example of success says 422; a refusal names no task (kie.md 7.9, 3.1).
  submit: {
    ...sounds.submit,
    envelope: {
      code: 'code',
      success: [200],
      also: {
        all: [
          { at: 'code', is: 422 },
          { at: 'data.taskId', blank: false },
        ],
      },
      message: ['msg'],
      payload: 'data',
    },
  },
  // No callback of sounds is documented: the page assumes that of all music (kie.md 12.2).
  callback,
  models: ['v5', 'v5.5'],
  rules: [
    { field: 'description', max: 500, source: 'kie.md 4, character limits' },
    { field: 'tempo_bpm', range: [1, 300], source: 'kie.md 7.9' },
  ],
}

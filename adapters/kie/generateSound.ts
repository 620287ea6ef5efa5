/** generateSound at KIE: kie.md 4, 7.9. */
import type { GenerateSoundSubmission } from '../../src/canonical/generateSound.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { submission } from '../dialects/suno-relay/generateSound.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { callback } from './music.ts'

export const generateSound: TaskBinding<GenerateSoundSubmission> = {
  ...music('/api/v1/generate/sounds', submission),
  // No callback of sounds is documented: the page assumes that of all music (kie.md 12.2).
  callback,
  models: ['v5', 'v5.5'],
  rules: [
    { field: 'description', max: 500, source: 'kie.md 4, character limits' },
    { field: 'tempo_bpm', range: [1, 300], source: 'kie.md 7.9' },
  ],
}

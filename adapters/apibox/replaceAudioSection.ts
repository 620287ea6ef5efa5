/** The upload form of replaceSection at api.box, new in edition E4: apibox.md 6.10. */
import type { TaskBinding } from '../../src/contract/adapter.ts'
import type { Submissions } from '../../src/contract/submissions.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { submission } from '../dialects/suno-relay/replaceAudioSection.ts'
import { negativeLength, sinceE3 } from './music.ts'
import { callback, steps } from './replaceSection.ts'

export const replaceAudioSection: TaskBinding<Submissions['replaceAudioSection']> = {
  ...music('/api/v1/generate/replace-section', submission),
  callback,
  models: sinceE3,
  rules: [
    { require: 'full_lyrics', source: 'apibox.md 6.10, edition E4' },
    ...steps,
    // Upwards only half of the song is a limit: its length is known in src/engine/places.ts, if at all.
    { span: [10, null], field: 'end_seconds', from: 'start_seconds', source: 'apibox.md 6.10, edition E4' },
    negativeLength,
  ],
}

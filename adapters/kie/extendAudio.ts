/** The upload form of extendMusic at KIE: kie.md 4, 6.2, 7.4. */
import type { TaskBinding } from '../../src/contract/adapter.ts'
import type { Submissions } from '../../src/contract/submissions.ts'
import { submission } from '../dialects/suno-relay/extendAudio.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { extensionRules } from './extendMusic.ts'
import { callback, models, sourceLength } from './music.ts'

export const extendAudio: TaskBinding<Submissions['extendAudio']> = {
  ...music('/api/v1/generate/upload-extend', submission),
  callback,
  models,
  rules: [
    ...extensionRules('kie.md 7.4'),
    { require: 'continue_at_seconds', when: { mode: 'inherit' }, source: 'kie.md 7.4: required by the schema' },
    ...sourceLength,
  ],
}

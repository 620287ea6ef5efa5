/** The upload form of replaceSection at KIE: kie.md 4, 7.7. */
import type { TaskBinding } from '../../src/contract/adapter.ts'
import type { Submissions } from '../../src/contract/submissions.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { submission } from '../dialects/suno-relay/replaceAudioSection.ts'
import { callback, models, sourceLength } from './music.ts'
import { sectionRules } from './replaceSection.ts'

export const replaceAudioSection: TaskBinding<Submissions['replaceAudioSection']> = {
  ...music('/api/v1/generate/replace-section', submission),
  callback,
  models,
  rules: [...sectionRules, ...sourceLength],
}

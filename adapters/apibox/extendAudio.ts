/** The upload form of extendMusic at api.box: apibox.md 3.1, 6.4. */
import type { Model } from '../../src/canonical/words.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import type { Submissions } from '../../src/contract/submissions.ts'
import { submission } from '../dialects/suno-relay/extendAudio.ts'
import { music } from '../dialects/suno-relay/music.ts'
import { extensionRules } from './extendMusic.ts'
import { callback, models, sourceLength, texts } from './music.ts'

const source = 'apibox.md 6.4'
const longerTitle: readonly Model[] = ['v5', 'v4.5-plus', 'v4.5']

export const extendAudio: TaskBinding<Submissions['extendAudio']> = {
  ...music('/api/v1/generate/upload-extend', submission),
  callback,
  models,
  rules: [
    ...extensionRules(source),
    { require: 'instrumental', when: { mode: 'compose' }, source },
    { require: 'lyrics', when: { mode: 'compose', instrumental: [false, null] }, source },
    { forbid: 'instrumental', when: { mode: 'inherit', instrumental: true }, source },
    { ignored: 'instrumental', when: { mode: 'inherit', instrumental: false }, source },
    ...texts,
    { field: 'title', max: 100, when: { model: longerTitle }, source: 'apibox.md 3.1' },
    {
      field: 'title',
      max: 80,
      when: { model: models.filter((model) => !longerTitle.includes(model)) },
      source: 'apibox.md 3.1',
    },
    ...sourceLength,
  ],
}

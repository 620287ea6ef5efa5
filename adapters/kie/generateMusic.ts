/** generateMusic at KIE: kie.md 4, 6, 7.1, 7.10, 12.2. */
import type { GenerateMusicSubmission } from '../../src/canonical/generateMusic.ts'
import type { Model } from '../../src/canonical/words.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { callback, record, submission, taskReference } from '../dialects/suno-relay/generateMusic.ts'

/** V4 … V5_5 of edition D2; the V6 family of D3 is accepted by this endpoint too. V3_5 has left the enum. */
const models: readonly Model[] = ['v5', 'v5.5', 'v4.5-plus', 'v4.5-all', 'v4.5', 'v4', 'v6', 'v6-wild', 'v6-mini']
const afterV4 = models.filter((model) => model !== 'v4')
const describe = { mode: 'describe' }
const source = 'kie.md 4, character limits'

export const generateMusic: TaskBinding<GenerateMusicSubmission> = {
  submit: {
    method: 'POST',
    path: '/api/v1/generate',
    carries: 'json',
    request: submission,
    response: taskReference,
  },
  poll: {
    method: 'GET',
    path: '/api/v1/generate/record-info',
    carries: 'query',
    request: taskReference,
    response: record,
  },
  callback: callback({ word: 'error', code: 501, text: 'Audio generation failed.' }),
  models,
  rules: [
    { field: 'lyrics', max: 3000, when: { model: 'v4' }, source },
    { field: 'lyrics', max: 5000, when: { model: afterV4 }, source },
    { field: 'description', max: 3000, source: 'kie.md 4, character limits: edition D2' },
    { field: 'style', max: 200, when: { model: 'v4' }, source },
    { field: 'style', max: 1000, when: { model: afterV4 }, source },
    { field: 'title', max: 80, source },
    { field: 'style_weight', step: 0.01, source: 'kie.md 6.2' },
    { field: 'weirdness', step: 0.01, source: 'kie.md 6.2' },
    { field: 'audio_weight', step: 0.01, source: 'kie.md 6.2' },
    { field: 'duration_seconds', range: [10, 360], source: 'kie.md 6.2' },
    { ignored: 'duration_seconds', when: describe, source: 'kie.md 6.2: custom mode only' },
    {
      ignored: 'duration_seconds',
      when: { mode: 'compose', model: models.filter((model) => model !== 'v5.5') },
      source: 'kie.md 4: V5_5 only',
    },
    { ignored: 'negative_style', when: describe, source: 'kie.md 7.1: other fields are ignored' },
    { ignored: 'vocal_gender', when: describe, source: 'kie.md 6.2: custom mode only' },
    { ignored: 'style_weight', when: describe, source: 'kie.md 7.1: other fields are ignored' },
    { ignored: 'weirdness', when: describe, source: 'kie.md 7.1: other fields are ignored' },
    { ignored: 'audio_weight', when: describe, source: 'kie.md 7.1: other fields are ignored' },
    { forbid: 'persona_id', when: describe, source: 'kie.md 6.2: custom mode only' },
    {
      ignored: 'persona_kind',
      when: { model: models.filter((model) => !['v5', 'v5.5'].includes(model)) },
      source: 'kie.md 4: V5 and V5_5 only',
    },
  ],
}

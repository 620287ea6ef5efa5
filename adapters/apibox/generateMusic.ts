/** generateMusic at api.box: apibox.md 3, 6.1, 6.7, 7.1. */
import type { GenerateMusicSubmission } from '../../src/canonical/generateMusic.ts'
import type { Model } from '../../src/canonical/words.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { callback, record, submission, taskReference } from '../dialects/suno-relay/generateMusic.ts'

/** Editions E2 and E3, then E4; V3_5 was dropped with E3 and comes last. */
const models: readonly Model[] = [
  'v5',
  'v5.5',
  'v4.5-plus',
  'v4.5-all',
  'v4.5',
  'v4',
  'v6',
  'v6-wild',
  'v6-mini',
  'v3.5',
]
const v4: readonly Model[] = ['v3.5', 'v4']
const afterV4 = models.filter((model) => !v4.includes(model))
/** Only these, and only in custom mode, take a length (E4). */
const withDuration: readonly Model[] = ['v5.5', 'v6', 'v6-wild', 'v6-mini']
const describe = { mode: 'describe' }
const source = 'apibox.md 3.1'

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
  callback: callback({ word: 'failed', code: 500, text: 'Audio generation failed.' }),
  models,
  rules: [
    { field: 'lyrics', max: 3000, when: { model: v4 }, source },
    { field: 'lyrics', max: 5000, when: { model: afterV4 }, source },
    { field: 'description', max: 500, when: { model: models.filter((model) => !model.startsWith('v6')) }, source },
    { field: 'description', max: 3000, when: { model: ['v6', 'v6-wild', 'v6-mini'] }, source },
    { field: 'style', max: 200, when: { model: v4 }, source },
    { field: 'style', max: 1000, when: { model: afterV4 }, source },
    { field: 'title', max: 80, source },
    { field: 'negative_style', max: 1000, when: { model: ['v6', 'v6-wild', 'v6-mini'] }, source },
    { field: 'style_weight', step: 0.01, source: 'apibox.md 6' },
    { field: 'weirdness', step: 0.01, source: 'apibox.md 6' },
    { field: 'audio_weight', step: 0.01, source: 'apibox.md 6' },
    { field: 'duration_seconds', range: [10, 360], source: 'apibox.md 6.1, E4' },
    { ignored: 'duration_seconds', when: describe, source: 'apibox.md 6.1, E4: custom mode only' },
    {
      ignored: 'duration_seconds',
      when: { mode: 'compose', model: models.filter((model) => !withDuration.includes(model)) },
      source: 'apibox.md 6.1, E4: V5_5 and the V6 family',
    },
    { ignored: 'negative_style', when: describe, source: 'apibox.md 6.1: extra fields are ignored' },
    { ignored: 'vocal_gender', when: describe, source: 'apibox.md 6.1: extra fields are ignored' },
    { ignored: 'style_weight', when: describe, source: 'apibox.md 6.1: extra fields are ignored' },
    { ignored: 'weirdness', when: describe, source: 'apibox.md 6.1: extra fields are ignored' },
    { ignored: 'audio_weight', when: describe, source: 'apibox.md 6.1: extra fields are ignored' },
    { forbid: 'persona_id', when: describe, source: 'apibox.md 6.1: custom mode only' },
  ],
}

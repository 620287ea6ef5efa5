/** createPersona at KIE: kie.md 8.2. */
import type { PersonaReport } from '../../src/canonical/createPersona.ts'
import type { CallBinding } from '../../src/contract/adapter.ts'
import { fields, unsupported } from '../../src/contract/codec.ts'
import { CreatePersonaSubmission, type Submissions } from '../../src/contract/submissions.ts'
import { persona, personaRows, personaRules, personaSources } from '../dialects/suno-relay/createPersona.ts'

export const createPersona: CallBinding<Submissions['createPersona'], PersonaReport> = {
  call: {
    method: 'POST',
    path: '/api/v1/generate/generate-persona',
    carries: 'json',
    request: fields(CreatePersonaSubmission, { ...personaRows, track_index: unsupported }),
    response: persona,
  },
  takes: personaSources,
  rules: [...personaRules('kie.md 8.2'), { field: 'end_seconds', step: 0.01, source: 'kie.md 8.2' }],
}

/** createPersona at api.box: apibox.md 6.13. */
import type { PersonaReport } from '../../src/canonical/createPersona.ts'
import type { CallBinding } from '../../src/contract/adapter.ts'
import { fields } from '../../src/contract/codec.ts'
import { CreatePersonaSubmission, type Submissions } from '../../src/contract/submissions.ts'
import { persona, personaRows, personaRules, personaSources } from '../dialects/suno-relay/createPersona.ts'

export const createPersona: CallBinding<Submissions['createPersona'], PersonaReport> = {
  call: {
    method: 'POST',
    path: '/api/v1/generate/generate-persona',
    carries: 'json',
    // The page asks for the place, its sister for the id: both are sent (apibox.md quirk 16).
    request: fields(CreatePersonaSubmission, { ...personaRows, track_index: 'musicIndex' }),
    response: persona,
  },
  takes: personaSources,
  rules: personaRules("apibox.md 6.13: KIE's limits"),
}

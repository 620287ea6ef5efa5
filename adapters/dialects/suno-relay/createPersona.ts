/** What the suno-relay dialect knows of personas: kie.md 8.2; apibox.md 6.13. */
import { PersonaReport } from '../../../src/canonical/createPersona.ts'
import { blankIsNull, fields } from '../../../src/contract/codec.ts'

/** Without the leading spaces of a published schema (kie.md 8.2). */
export const personaRows = {
  provider_task_id: 'taskId',
  provider_track_id: 'audioId',
  name: 'name',
  description: 'description',
  start_seconds: 'vocalStart',
  end_seconds: 'vocalEnd',
  style: 'style',
} as const

export const persona = fields(PersonaReport, {
  provider_persona_id: 'personaId',
  name: ['name', blankIsNull()],
  description: ['description', blankIsNull()],
})

/** Songs that a persona can be made of. */
export const personaSources = ['generateMusic', 'extendMusic', 'coverMusic', 'extendAudio'] as const

/** 10 to 30 seconds; a part that is told by one end only takes the default, 0 or 30, for the other. */
export const personaRules = (source: string) => [
  { field: 'end_seconds', span: [10, 30], from: 'start_seconds', source } as const,
  { field: 'start_seconds', range: [0, 20], without: ['end_seconds'], source } as const,
  { field: 'end_seconds', range: [10, 30], without: ['start_seconds'], source } as const,
]

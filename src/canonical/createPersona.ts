/** createPersona: the voice and manner of a track, to be used again. */
import * as z from 'zod'
import { labels, text } from './creation.ts'
import { PersonaId, TaskId, TrackId } from './id.ts'
import { Instant } from './instant.ts'

export const persona = {
  name: text.describe('What to call it'),
  description: text.describe('What is characteristic of it'),
  start_seconds: z.number().min(0).optional().describe('Where the part to learn from begins, in seconds. Default 0'),
  end_seconds: z.number().min(0).optional().describe('10 to 30 seconds after `start_seconds`. Default 30'),
  style: text.optional().describe('Genre and mood that fit it'),
}

export const CreatePersonaRequest = z
  .strictObject({
    track_id: TrackId.describe('A finished track, whose provider makes the persona'),
    ...persona,
    ...labels,
  })
  .meta({ id: 'CreatePersonaRequest' })

export const PersonaReport = z.object({
  provider_persona_id: z.string().min(1),
  name: z.string().nullable(),
  description: z.string().nullable(),
})
export type PersonaReport = z.infer<typeof PersonaReport>

export const Persona = z
  .object({
    id: PersonaId.describe('For `persona_id` of generateMusic, extendMusic and coverMusic'),
    object: z.literal('persona'),
    task_id: TaskId.describe('The task that made it'),
    track_id: TrackId.describe('The track it was made of'),
    provider: z.string().describe('Only this provider can use it'),
    provider_persona_id: z.string().describe('Its id there'),
    name: z.string().describe('As the provider has it, else as you gave it'),
    description: z.string().describe('As the provider has it, else as you gave it'),
    created_at: Instant,
  })
  .meta({ id: 'Persona' })
export type Persona = z.infer<typeof Persona>

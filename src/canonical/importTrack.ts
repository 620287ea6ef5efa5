/** importTrack: take up a track that a provider made before Tutti. */
import * as z from 'zod'
import { labels, text } from './creation.ts'
import type { Rule } from './rule.ts'

export const ImportTrackRequest = z
  .strictObject({
    provider: text.describe('Id of a provider, see listProviders'),
    provider_task_id: text.describe("The provider's id of the task that made it"),
    provider_track_id: text.optional().describe("The provider's id of the track"),
    index: z.int().min(0).max(30).optional().describe('Or its place in that task, from 0'),
    ...labels,
  })
  .meta({ id: 'ImportTrackRequest' })

export const IMPORT_RULES = [
  { without: ['index'], require: 'provider_track_id', source: 'docs/design.md, Rules of our own' },
  { with: 'index', forbid: 'provider_track_id', source: 'docs/design.md, Rules of our own' },
] as const satisfies readonly Rule[]

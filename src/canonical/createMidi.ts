/** createMidi: the notes of separated stems. */
import * as z from 'zod'
import { followed, submitted, text } from './creation.ts'
import { TaskId } from './id.ts'

export const CreateMidiSubmission = z.object({
  provider_task_id: z.string().min(1).describe('Of the separation'),
  provider_stem_id: text.optional(),
  callback_url: submitted.callback_url,
})
export type CreateMidiSubmission = z.infer<typeof CreateMidiSubmission>

export const CreateMidiRequest = z
  .strictObject({
    stems_task_id: TaskId.optional().describe(
      'A finished separateStems task of this track; it is needed and never bought in silence',
    ),
    stem: text.optional().describe('Only this stem, by its name in the result of that task. Default all of them'),
    ...followed,
  })
  .meta({ id: 'CreateMidiRequest' })

export const MidiReport = z.object({
  instruments: z.array(
    z.object({
      name: z.string(),
      notes: z.array(
        z.object({
          pitch: z.number().describe('MIDI note number, 0 to 127'),
          start_seconds: z.number(),
          end_seconds: z.number(),
          velocity: z.number().describe('0 to 1'),
        }),
      ),
    }),
  ),
})
export type MidiReport = z.infer<typeof MidiReport>

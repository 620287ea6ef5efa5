/** createMidi and transcribeStems: the notes of separated stems, told as notes and as a file. */
import * as z from 'zod'
import { followed, submitted, text } from './creation.ts'
import { TaskId } from './id.ts'

export const CreateMidiSubmission = z.object({
  provider_task_id: z.string().min(1).describe('Of the separation'),
  provider_stem_id: text.optional(),
  callback_url: submitted.callback_url,
})
export type CreateMidiSubmission = z.infer<typeof CreateMidiSubmission>

const stem = text.optional().describe('Only this stem, by its name in the result of that task. Default all of them')

export const CreateMidiRequest = z
  .strictObject({
    stems_task_id: TaskId.optional().describe(
      'A finished separateStems or separateAudio task of this track; it is needed and never bought in silence',
    ),
    stem,
    ...followed,
  })
  .meta({ id: 'CreateMidiRequest' })

/** The same of stems whose song is no track here. */
export const TranscribeStemsRequest = z
  .strictObject({
    stems_task_id: TaskId.describe('A finished separateAudio or separateStems task'),
    stem,
    ...followed,
  })
  .meta({ id: 'TranscribeStemsRequest' })

export const MidiReport = z.object({
  instruments: z
    .array(
      z.object({
        name: z.string().describe('Such as `Drums`, as the provider calls it'),
        notes: z
          .array(
            z.object({
              pitch: z.number().describe('MIDI note number, 0 to 127'),
              start_seconds: z.number().describe('When it begins, from the start of the song'),
              end_seconds: z.number().describe('When it ends'),
              velocity: z.number().describe('0 to 1'),
            }),
          )
          .describe('Its notes'),
      }),
    )
    .describe('Each instrument that was heard; empty where none was'),
})
export type MidiReport = z.infer<typeof MidiReport>

/** The same as tasks show it. */
export const MidiResult = z.object({ object: z.literal('midi'), ...MidiReport.shape }).meta({ id: 'MidiResult' })
export type MidiResult = z.infer<typeof MidiResult>

/** Every format of notes and its media type. */
export const MIDI_FORMATS = { json: 'application/json', mid: 'audio/midi' } as const
export type MidiFormat = keyof typeof MIDI_FORMATS

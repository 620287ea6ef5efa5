/** MIDI of stems in the suno-relay dialect: kie.md 9.5, 12.6; apibox.md 6.25. It is a list of notes, not a file. */
import * as z from 'zod'
import { CreateMidiSubmission, MidiReport } from '../../../src/canonical/createMidi.ts'
import { fields, list } from '../../../src/contract/codec.ts'
import type { Condition } from '../../../src/contract/condition.ts'
import { callback as callbackOf, type Family, record as recordOf, withError } from './made.ts'

export const submission = fields(CreateMidiSubmission, {
  provider_task_id: 'taskId',
  provider_stem_id: 'audioId',
  callback_url: 'callBackUrl',
})

/** Numbers and numeric texts are mixed within one list (kie.md quirk 20). */
const number = z.codec(z.union([z.number(), z.string().regex(/^-?\d+(\.\d+)?(e-?\d+)?$/i)]), z.number(), {
  decode: Number,
  encode: (value) => value,
})

const Instrument = MidiReport.shape.instruments.element
const note = fields(Instrument.shape.notes.element, {
  pitch: ['pitch', number],
  start_seconds: ['start', number],
  end_seconds: ['end', number],
  velocity: ['velocity', number],
})
const instrument = fields(Instrument, { name: 'name', notes: ['notes', list(note)] })
const instruments = z.codec(list(instrument), MidiReport, {
  decode: (found) => ({ instruments: found }),
  encode: (report) => report.instruments,
})

/** An empty list is a result too: of some separations nothing can be written down (kie.md 9.5). */
const listed = (at: string) => ({ not: { at, is: null } })

/**
 * Nor is more to come where a success without an error is empty (`midiData can be empty`: kie.md 9.5, apibox.md 6.25).
 * Without a time of its end null may be what is not yet there.
 */
const unsaid: Condition = { at: 'midiData.state', blank: true }
const ended: Condition = { all: [{ at: 'completeTime', blank: false }, { not: { at: 'completeTime', is: 0 } }] }
const empty: Condition = {
  all: [
    { not: withError },
    unsaid,
    {
      any: [ended, { not: { at: 'midiData', is: null } }],
    },
  ],
}

/** 2 is failed here; of cover images it is running. */
const words: Family = {
  at: 'successFlag',
  running: [0, '0'],
  done: [1, '1'],
  failed: [3, 2, '3', '2'],
  source: 'kie.md 9, quirk 7; apibox.md 8',
}

export const record = recordOf({
  words,
  there: { any: [listed('midiData.instruments'), empty] },
  result: ['midiData.instruments', instruments],
  ignored: ['midiData.state', 'recordTaskId', 'audioId'],
})

/** No `midiData` around it here. */
export const callback = callbackOf({
  task: 'data.taskId',
  there: listed('data.instruments'),
  result: ['data.instruments', instruments],
  says: 'success',
  failed: { code: 500, text: 'MIDI generation failed' },
  source: 'kie.md 12.6; apibox.md 6.25',
  ignored: ['data.state'],
})

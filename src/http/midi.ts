/** Notes as a MIDI file: what the engine knows, through an exporter, with its headers. */
import type { Context } from 'hono'
import { MIDI_FORMATS } from '../canonical/createMidi.ts'
import { GatewayError } from '../engine/errors.ts'
import type { Notes } from '../engine/getMidi.ts'
import { hasNotes, midiFile } from '../formats/midi.ts'
import { attachment } from './exports.ts'
import { respond } from './respond.ts'

/** @throws GatewayError midi_unavailable where there is nothing to hear */
export const notesFile = (c: Context, { midi, title }: Notes, task: string): Response => {
  if (!hasNotes(midi))
    throw new GatewayError(
      'midi_unavailable',
      'The provider found no notes in these stems. Format json shows what it said',
    )
  return respond(c, midiFile(midi, title), 200, {
    'content-type': MIDI_FORMATS.mid,
    'content-disposition': attachment(title, task, 'mid'),
    vary: 'Accept',
  })
}

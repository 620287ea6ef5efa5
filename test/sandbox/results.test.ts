/** What the studio plays for an instrument: drums where the exported file has drums, and nowhere else. */
import { expect, it } from 'vitest'
import { STEMS } from '../../src/canonical/words.ts'
import { DRUMS, programOf } from '../../src/formats/instruments.ts'
import { partsOf } from '../../src/sandbox/results.ts'

it('plays drums for those stems that are drums in a MIDI file', () => {
  const played = STEMS.filter((name) => partsOf(name).includes('drums'))
  expect(played).toEqual(STEMS.filter((name) => programOf(name) === DRUMS))
})

it('plays low on what sounds low', () => {
  for (const name of ['808', 'Timpani', 'Taiko', 'Tuba', 'Electric Bass']) expect(partsOf(name)).toEqual(['bass'])
  expect(partsOf('Steel Drums')).toEqual(['chords'])
})

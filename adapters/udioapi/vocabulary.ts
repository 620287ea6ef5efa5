/** udioapi's words: udioapi.md 3, 4, 11.1. */
import { Model, VocalGender } from '../../src/canonical/words.ts'
import { vocabulary } from '../../src/contract/codec.ts'

export const models = vocabulary(Model, {
  'v3.5': ['chirp-v3-5'],
  v4: ['chirp-v4-0'],
  'v4.5': ['chirp-v4-5'],
  'v4.5-plus': ['chirp-v4-5-plus'],
  'v4.5-all': ['chirp-v4-5-all'],
  v5: ['chirp-v5'],
  'v5.5': ['chirp-v5-5'],
  v6: [],
  'v6-mini': [],
  'v6-wild': [],
  minimax: [],
})

export const genders = vocabulary(VocalGender, { male: ['male'], female: ['female'] })

/** The sentence that alone marks a finished item where its status stays `first` (D3). */
export const ALL_DONE = 'All generated successfully.'

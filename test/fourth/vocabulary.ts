/** aria's words: aria.md 2. */
import { ExtensionMode, Model, VocalGender } from '../../src/canonical/words.ts'
import { vocabulary } from '../../src/contract/codec.ts'

export const engines = vocabulary(Model, {
  'v3.5': [],
  v4: ['aria-four'],
  'v4.5': ['aria-four-half'],
  'v4.5-plus': [],
  'v4.5-all': [],
  v5: ['aria-five'],
  'v5.5': [],
  v6: [],
  'v6-mini': [],
  'v6-wild': [],
  minimax: [],
})

export const singers = vocabulary(VocalGender, { male: ['low'], female: ['high'] })

export const turns = vocabulary(ExtensionMode, { inherit: ['as-before'], compose: ['anew'] })

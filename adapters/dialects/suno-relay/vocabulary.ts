/** Words that the suno-relay dialect shares: kie.md 4, 6.2; apibox.md 3, 6. */
import { Model, PersonaKind, VocalGender } from '../../../src/canonical/words.ts'
import { vocabulary } from '../../../src/contract/codec.ts'

export const models = vocabulary(Model, {
  'v3.5': ['V3_5'],
  v4: ['V4'],
  'v4.5': ['V4_5'],
  'v4.5-plus': ['V4_5PLUS'],
  'v4.5-all': ['V4_5ALL'],
  v5: ['V5'],
  'v5.5': ['V5_5'],
  v6: ['V6'],
  'v6-mini': ['V6_MINI'],
  'v6-wild': ['V6_WILD'],
  minimax: [],
})

export const genders = vocabulary(VocalGender, { male: ['m'], female: ['f'] })

export const personaKinds = vocabulary(PersonaKind, { style: ['style_persona'], voice: ['voice_persona'] })

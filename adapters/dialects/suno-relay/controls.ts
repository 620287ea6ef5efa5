/** Names that the music requests of the suno-relay dialect share: kie.md 6.2, 6.3; apibox.md 6. */
import { genders, models, personaKinds } from './vocabulary.ts'

/** Without `negativeTags`, which a mashup does not take. */
export const balance = {
  vocal_gender: ['vocalGender', genders],
  style_weight: 'styleWeight',
  weirdness: 'weirdnessConstraint',
  audio_weight: 'audioWeight',
} as const

export const controls = { negative_style: 'negativeTags', ...balance } as const

/** A voice is a persona of another kind (kie.md 10, apibox.md 6.24). */
export const persona = { persona_id: 'personaId', persona_kind: ['personaModel', personaKinds] } as const

export const model = ['model', models] as const
export const callback_url = 'callBackUrl'

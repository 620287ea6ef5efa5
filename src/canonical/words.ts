/** The closed word lists every other schema is built from. */
import * as z from 'zod'

/** Models in our own spelling. Which provider sells which is in the adapters' tables. */
export const MODELS = [
  'v3.5',
  'v4',
  'v4.5',
  'v4.5-plus',
  'v4.5-all',
  'v5',
  'v5.5',
  'v6',
  'v6-mini',
  'v6-wild',
  'minimax',
] as const
export const Model = z
  .enum(MODELS)
  .meta({ id: 'Model', description: 'A model, as this API spells it. listCapabilities has who sells it' })
export type Model = z.infer<typeof Model>

export const VocalGender = z.enum(['male', 'female'])

/** Where a persona comes from: the style of a track, or a recorded voice. */
export const PersonaKind = z.enum(['style', 'voice'])
export type PersonaKind = z.infer<typeof PersonaKind>

/** Instruments that one stem can be asked of (kie.md 9.4). */
export const STEMS = [
  'Lead Vocal',
  'Drum Kit',
  'Kick',
  'Snare',
  'Risers',
  'Bass',
  'Backing Vocals',
  'Piano',
  'Electric Guitar',
  'Percussion',
  'String Section',
  'Synth',
  'Acoustic Guitar',
  'Sound Effects',
  'Synth Pad',
  'Synth Bass',
  'Guitar',
  'Brass Section',
  'Organ',
  'Electronic Drum Kit',
  'Lead Electric Guitar',
  'Synth Keys',
  'Rhythm Electric Guitar',
  'Electric Piano',
  'Upright Bass',
  'Keyboards',
  'Distorted Electric Guitar',
  'Synth Strings',
  'Synth Lead',
  'Woodwinds',
  'Rhythm Acoustic Guitar',
  'Flute',
  'Harp',
  'Tambourine',
  'Trumpet',
  'Arpeggiator',
  'Accordion',
  'Fiddle',
  'Pedal Steel Guitar',
  'Synth Voice',
  'Violin',
  'Digital Piano',
  'Synth Brass',
  'Mandolin',
  'Choir',
  'Banjo',
  'Bells',
  'Clarinet',
  'Tenor Saxophone',
  'Trombone',
  'Shaker',
  'French Horn',
  'Glockenspiel',
  'Electric Bass',
  'Cello',
  'Timpani',
  'Harmonica',
  'Marimba',
  'Vibraphone',
  'Lap Steel Guitar',
  'Saxophone',
  'Orchestra',
  'Horns',
  'Cymbals',
  'Hand Clap',
  'Oboe',
  'Celesta',
  'Congas',
  'Drone',
  'Alto Saxophone',
  'Double Bass',
  'Ukulele',
  'Harpsichord',
  'Baritone Saxophone',
  'Xylophone',
  'Tuba',
  'Bass Guitar',
  'Whistle',
  'Lead Guitar',
  'Rhodes',
  '808',
  'Bongos',
  'Bassoon',
  'Cowbell',
  'Viola',
  'Sitar',
  'Steel Drums',
  'Piccolo',
  'Theremin',
  'Bagpipes',
  'Hi-Hat',
  'Music Box',
  'Melodica',
  'Tabla',
  'Koto',
  'Djembe',
  'Taiko',
  'Didgeridoo',
] as const
export const StemName = z.enum(STEMS).meta({ id: 'StemName', description: 'A voice, an instrument or a group of them' })

/** Musical keys, minor with `m`. */
export const MUSICAL_KEYS = [
  'Cm',
  'C#m',
  'Dm',
  'D#m',
  'Em',
  'Fm',
  'F#m',
  'Gm',
  'G#m',
  'Am',
  'A#m',
  'Bm',
  'C',
  'C#',
  'D',
  'D#',
  'E',
  'F',
  'F#',
  'G',
  'G#',
  'A',
  'A#',
  'B',
] as const
export const MusicalKey = z.enum(MUSICAL_KEYS)

/** `vocals`: voice and accompaniment; `stems`: every instrument; `stem`: one of them. */
export const Separation = z.enum(['vocals', 'stems', 'stem'])

/** Whether an extension goes on like its source, or by the words given. */
export const ExtensionMode = z.enum(['inherit', 'compose'])

/** Languages a validation phrase can be asked in (ISO 639-1). */
export const VoiceLanguage = z.enum(['en', 'zh', 'es', 'fr', 'pt', 'de', 'ja', 'ko', 'hi', 'ru'])

export const SingerSkill = z.enum(['beginner', 'intermediate', 'advanced', 'professional'])

export const TaskStatus = z.enum(['queued', 'running', 'succeeded', 'failed', 'canceled']).meta({
  id: 'TaskStatus',
  description:
    '`queued`: it waits to be sent to a provider; `running`: it was sent, or is being sent; the others are final',
})
export type TaskStatus = z.infer<typeof TaskStatus>

/** Ranked: within one attempt a task never goes back to an earlier one. */
export const STAGES = [
  'accepted',
  'submitting',
  'reconciling',
  'submitted',
  'text_ready',
  'first_ready',
  'complete',
] as const
export const Stage = z.enum(STAGES).meta({
  id: 'Stage',
  description:
    '`accepted`: stored; `submitting`: being sent; `reconciling`: whether a provider has it is not known; `submitted`: a provider has it; `text_ready`: lyrics and titles are there; `first_ready`: so is a track; `complete`: so is everything',
})
export type Stage = z.infer<typeof Stage>

export const TrackStatus = z.enum(['pending', 'streaming', 'ready', 'failed']).meta({ id: 'TrackStatus' })
export type TrackStatus = z.infer<typeof TrackStatus>

/** Whether money was spent: `unknown` is an honest answer, never a default. */
export const Charged = z.enum(['yes', 'no', 'refunded', 'unknown']).meta({
  id: 'Charged',
  description: 'Whether the provider took money. `refunded`: it gave it back; `unknown`: nobody could tell',
})
export type Charged = z.infer<typeof Charged>

/** An attempt is one submission to one provider. */
export const AttemptState = z.enum(['planned', 'sending', 'accepted', 'refused', 'not_sent', 'unknown']).meta({
  id: 'AttemptState',
  description:
    '`sending`: no answer yet; `accepted`: the provider has it; `refused`: it said no; `not_sent`: it was never reached; `unknown`: nobody can tell',
})
export type AttemptState = z.infer<typeof AttemptState>

/** In which order providers are asked, where a request names none. */
export const SORTS = ['priority', 'weighted', 'price', 'latency', 'balance'] as const
export const Sort = z.enum(SORTS).meta({ id: 'Sort' })
export type Sort = z.infer<typeof Sort>

/** Why a provider has its place among those that can be asked. */
export const Reason = z.enum(['own', 'order', ...SORTS]).meta({ id: 'Reason' })
export type Reason = z.infer<typeof Reason>

/** Why an attempt went to its provider. */
export const ChosenBy = z.enum([...Reason.options, 'fallback', 'spill', 'retry']).meta({ id: 'ChosenBy' })
export type ChosenBy = z.infer<typeof ChosenBy>

/** How a provider's key does, the best first. */
export const HEALTH_STATES = [
  'healthy',
  'half_open',
  'open',
  'rate_limited',
  'maintenance',
  'no_credits',
  'auth_failed',
] as const
export const HealthState = z.enum(HEALTH_STATES).meta({
  id: 'HealthState',
  description: '`open`: it failed and is left alone for a while; `half_open`: it is being tried again',
})
export type HealthState = z.infer<typeof HealthState>

/** How well a provider expresses one of our fields. */
export const Fidelity = z.enum(['exact', 'emulated', 'lossy', 'unsupported']).meta({
  id: 'Fidelity',
  description: '`emulated`: told in another way, to the same effect; `lossy`: told with less precision',
})
export type Fidelity = z.infer<typeof Fidelity>

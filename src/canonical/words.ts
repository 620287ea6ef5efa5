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
export const Model = z.enum(MODELS).meta({ id: 'Model' })
export type Model = z.infer<typeof Model>

export const VocalGender = z.enum(['male', 'female'])

/** Where a persona comes from: the style of a track, or a recorded voice. */
export const PersonaKind = z.enum(['style', 'voice'])

export const TaskStatus = z.enum(['queued', 'running', 'succeeded', 'failed', 'canceled']).meta({ id: 'TaskStatus' })
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
export const Stage = z.enum(STAGES).meta({ id: 'Stage' })
export type Stage = z.infer<typeof Stage>

export const TrackStatus = z.enum(['pending', 'streaming', 'ready', 'failed']).meta({ id: 'TrackStatus' })
export type TrackStatus = z.infer<typeof TrackStatus>

/** Whether money was spent: `unknown` is an honest answer, never a default. */
export const Charged = z.enum(['yes', 'no', 'refunded', 'unknown']).meta({ id: 'Charged' })
export type Charged = z.infer<typeof Charged>

/** An attempt is one submission to one provider. */
export const AttemptState = z
  .enum(['planned', 'sending', 'accepted', 'refused', 'not_sent', 'unknown'])
  .meta({ id: 'AttemptState' })
export type AttemptState = z.infer<typeof AttemptState>

/** How well a provider expresses one of our fields. */
export const Fidelity = z.enum(['exact', 'emulated', 'lossy', 'unsupported']).meta({ id: 'Fidelity' })
export type Fidelity = z.infer<typeof Fidelity>

/** checkVoice: whether the provider of a custom voice still has it. */
import * as z from 'zod'
import { labels } from './creation.ts'
import { VoiceId } from './id.ts'
import { Instant } from './instant.ts'

export const CheckVoiceRequest = z.strictObject({ ...labels }).meta({ id: 'CheckVoiceRequest' })

/** What a provider says of a voice. */
export const AvailabilityReport = z.object({ available: z.boolean() })
export type AvailabilityReport = z.infer<typeof AvailabilityReport>

export const VoiceCheck = z
  .object({
    object: z.literal('voice_check'),
    voice_id: VoiceId.describe('The voice that was asked about'),
    available: z.boolean().describe('Whether songs can be sung by it'),
    checked_at: Instant.describe('When the provider said so'),
  })
  .meta({ id: 'VoiceCheck' })
export type VoiceCheck = z.infer<typeof VoiceCheck>

/** recoverTrack: fresh links for audio that the provider has deleted. */
import * as z from 'zod'
import { followed } from './creation.ts'

export const RecoverTrackRequest = z.strictObject({ ...followed }).meta({ id: 'RecoverTrackRequest' })

/** Every track of the task, as far as it could be brought back. */
export const RecoveryReport = z.object({
  tracks: z.array(
    z.object({
      provider_track_id: z.string().min(1),
      title: z.string().nullable(),
      audio_url: z.string().nullable(),
      error: z.string().nullable(),
    }),
  ),
})
export type RecoveryReport = z.infer<typeof RecoveryReport>

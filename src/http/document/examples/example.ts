/** What examples of the document share. Provider ids are invented: a reader learns the real ones from listProviders. */
import type { GenerateMusicRequest } from '../../../canonical/generateMusic.ts'

export interface Example {
  readonly summary: string
  readonly value: unknown
}
export type Examples = Readonly<Record<string, Example>>

export const PROVIDER = 'aria'
export const SECOND_PROVIDER = 'cadence'
export const TASK = 'task_01JD3W8Q4T7X2M5N9P6R0S1V30'
/** What is made from a track is another task than the one that made the track. */
export const SECOND_TASK = 'task_01JD3WB2M7H4Q8T5X9N6P3R1S0'
export const TRACK = 'track_01JD3W8Q4T7X2M5N9P6R0S1V31'
export const SECOND_TRACK = 'track_01JD3W8Q4T7X2M5N9P6R0S1V32'
export const UPLOAD = 'upload_01JD3W8Q4T7X2M5N9P6R0S1V3D'
export const REQUEST = 'req_9P6R0S1V301JD3W8Q4T7X2M5ND'

export const at = (time: string) => `2026-11-21T${time}.000Z`
export const CREATED = at('09:30:00')

export const LYRICS = '[Verse]\nRain on the wire, home by the light'

export const compose: GenerateMusicRequest = {
  mode: 'compose',
  title: 'Rain on the Wire',
  style: 'indie folk, warm, fingerpicked guitar',
  lyrics: LYRICS,
  model: 'auto',
  metadata: { album: '2026-11' },
}

/** Waveforms: the provider's samples, and the same for players. */
import * as z from 'zod'
import { TrackId } from './id.ts'

/** Every format of a waveform; all of them are JSON. */
export const WAVEFORM_FORMATS = {
  samples: 'application/json',
  peaks: 'application/json',
  audiowaveform: 'application/json',
} as const
export type WaveformFormat = keyof typeof WAVEFORM_FORMATS

export const WaveformSamples = z
  .object({
    object: z.literal('waveform'),
    track_id: TrackId.describe('The track that is drawn'),
    samples: z.array(z.number()).describe("The provider's loudness samples, evenly over the whole track"),
    duration_seconds: z.number().nullable().describe('Length of the track; null where it is not known'),
  })
  .meta({ id: 'WaveformSamples' })
export type WaveformSamples = z.infer<typeof WaveformSamples>

export const WavesurferPeaks = z
  .object({
    peaks: z.array(z.array(z.number())).describe('One list a channel, from -1 to 1'),
    duration: z.number().describe('In seconds'),
  })
  .meta({ id: 'WavesurferPeaks' })
export type WavesurferPeaks = z.infer<typeof WavesurferPeaks>

export const Audiowaveform = z
  .object({
    version: z.literal(2).describe('Of the format'),
    channels: z.literal(1).describe('All are mixed into one'),
    sample_rate: z
      .int()
      .min(1)
      .describe('In hertz, so that `samples_per_pixel` times `length` is the length of the track'),
    samples_per_pixel: z.int().min(1).describe('How much of the audio a pixel stands for'),
    bits: z.literal(16).describe('Width of each value'),
    length: z.int().min(1).describe('Pixels'),
    data: z.array(z.int()).describe('Lowest and highest value of each pixel in turn'),
  })
  .meta({ id: 'Audiowaveform' })
export type Audiowaveform = z.infer<typeof Audiowaveform>

export const Waveform = z.union([WaveformSamples, WavesurferPeaks, Audiowaveform]).meta({ id: 'Waveform' })
export type Waveform = z.infer<typeof Waveform>

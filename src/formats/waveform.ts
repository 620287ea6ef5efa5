/** Waveforms for players: peaks for wavesurfer, and audiowaveform JSON. */
import type { Audiowaveform, WavesurferPeaks } from '../canonical/waveform.ts'

/** Samples between -1 and 1: louder ones bring all of them down. */
const normal = (samples: readonly number[]): number[] => {
  const loudest = samples.reduce((most, each) => Math.max(most, Math.abs(each)), 1)
  return samples.map((each) => each / loudest)
}

/** One channel of peaks, as `load(url, peaks, duration)` of wavesurfer takes them. */
export const wavesurferPeaks = (samples: readonly number[], duration: number): WavesurferPeaks => ({
  peaks: [normal(samples)],
  duration,
})

const USUAL_RATE = 44_100
const LOUDEST = 32_767

/**
 * audiowaveform's version 2, 16 bits, one channel (https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md). The
 * provider tells loudness and no sample rate: the rate is the one near 44.1 kHz at which the pixels fill the duration, so that
 * a long waveform does not drift.
 */
export const audiowaveform = (samples: readonly number[], duration: number): Audiowaveform => {
  const samples_per_pixel = Math.max(1, Math.round((USUAL_RATE * duration) / samples.length))
  const peaks = normal(samples).map((each) => Math.round(Math.abs(each) * LOUDEST))
  return {
    version: 2,
    channels: 1,
    sample_rate: Math.max(1, Math.round((samples_per_pixel * samples.length) / duration)),
    samples_per_pixel,
    bits: 16,
    length: samples.length,
    data: peaks.flatMap((peak) => [peak === 0 ? 0 : -peak, peak]),
  }
}

/** Timed lyrics and waveforms as files of a format: what the engine knows, through an exporter, with its headers. */
import type { Context } from 'hono'
import { LYRIC_FORMATS, type LyricFormat, type TimestampedLyrics } from '../canonical/lyrics.ts'
import type { Track } from '../canonical/task.ts'
import type { Waveform, WaveformFormat } from '../canonical/waveform.ts'
import { GatewayError } from '../engine/errors.ts'
import { lyricExporters } from '../formats/lyrics.ts'
import { songOf } from '../formats/song.ts'
import { audiowaveform, wavesurferPeaks } from '../formats/waveform.ts'
import { attachment } from './exports.ts'
import { respond } from './respond.ts'

const EXTENSIONS: { readonly [Format in LyricFormat]?: string } = { elrc: 'lrc' }

const utf8 = (media: string) => (media.endsWith('+xml') ? media : `${media}; charset=utf-8`)

/** Why nothing can be timed. */
const reasonOf = (lyrics: TimestampedLyrics): string => {
  if (lyrics.words.length === 0) return 'The track is instrumental: its alignment has no words'
  if (lyrics.words.every(({ text }) => text === ''))
    return 'The track is instrumental: its alignment has section tags only'
  return 'The alignment failed: the provider could place none of the words'
}

/** @throws GatewayError lyrics_unavailable where there is nothing to time */
export const lyricsFile = (
  c: Context,
  lyrics: TimestampedLyrics,
  track: Track,
  format: Exclude<LyricFormat, 'json'>,
): Response => {
  const song = songOf(lyrics, track)
  if (song.lines.length === 0)
    throw new GatewayError('lyrics_unavailable', `${reasonOf(lyrics)}. Format json shows what there is`)
  return respond(c, lyricExporters[format](song), 200, {
    'content-type': utf8(LYRIC_FORMATS[format]),
    'content-disposition': attachment(track.title, track.id, EXTENSIONS[format] ?? format),
    vary: 'Accept',
  })
}

/** @throws GatewayError waveform_unavailable where the alignment has none, or nobody told how long it lasts */
export const waveformOf = (lyrics: TimestampedLyrics, track: Track, format: WaveformFormat): Waveform => {
  const samples = lyrics.waveform
  if (samples.length === 0)
    throw new GatewayError('waveform_unavailable', 'The provider sent no waveform with the alignment of this track')
  if (format === 'samples')
    return { object: 'waveform', track_id: track.id, samples, duration_seconds: track.duration_seconds }
  // The words may outlast what was told of the length; where nothing was told, they are all there is.
  const duration = track.duration_seconds || songOf(lyrics, track).duration / 1000
  if (duration <= 0)
    throw new GatewayError('waveform_unavailable', `Nobody told how long this track lasts, which ${format} has to say`)
  return format === 'peaks' ? wavesurferPeaks(samples, duration) : audiowaveform(samples, duration)
}

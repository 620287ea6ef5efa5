/** Timed lyrics in every format that is not JSON. */
import type { LyricFormat } from '../canonical/lyrics.ts'
import { ass } from './ass.ts'
import { elrc } from './elrc.ts'
import { lrc } from './lrc.ts'
import type { Song } from './song.ts'
import { srt } from './srt.ts'
import { ttml } from './ttml.ts'
import { vtt } from './vtt.ts'

/** The whole file as text, to be sent as UTF-8 without a byte order mark. */
export const lyricExporters: { readonly [Format in Exclude<LyricFormat, 'json'>]: (song: Song) => string } = {
  lrc,
  elrc,
  vtt,
  srt,
  ttml,
  ass,
}

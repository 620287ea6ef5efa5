/** WebVTT with word times (https://www.w3.org/TR/webvtt1/): style them with `::cue(:past)` and `::cue(:future)`. */
import { clock } from './clock.ts'
import type { Song, SungWord } from './song.ts'
import { escapeMarkup } from './text.ts'

/** The cue's own start is the time of its first word: a time inside has to be later. Estimated words have a class. */
const timed = ({ text, spaced, start, estimated }: SungWord, index: number): string => {
  const shown = estimated ? `<c.estimated>${escapeMarkup(text)}</c>` : escapeMarkup(text)
  return `${spaced ? ' ' : ''}${index === 0 ? '' : `<${clock(start)}>`}${shown}`
}

/** @example `00:00:01.360 --> 00:00:01.950`, then `Rain <00:00:01.790>on` */
export const vtt = ({ lines }: Song): string => {
  const cues = lines.map(({ start, end, words }) => `${clock(start)} --> ${clock(end)}\n${words.map(timed).join('')}\n`)
  return ['WEBVTT\n', ...cues].join('\n')
}

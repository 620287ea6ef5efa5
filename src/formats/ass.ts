/** Advanced SubStation Alpha with karaoke: each word is swept over while it is sung. */
import { hours, hundredths } from './clock.ts'
import type { Song, SungLine } from './song.ts'
import { oneLine, widen } from './text.ts'

/** Braces open override blocks, a backslash is a line break or a hard space; only some players know an escape. */
const escapeText = (text: string): string => widen(text, /[{}\\]/g)
/** A field ends at a comma. */
const field = (text: string): string => oneLine(text.replaceAll(',', ' '))

const HEAD = `ScriptType: v4.00+
WrapStyle: 0
ScaledBorderAndShadow: yes
PlayResX: 1920
PlayResY: 1080

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Karaoke,Arial,72,&H00FFFFFF,&H00808080,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,60,60,60,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
`

/** Lengths in hundredths of a second between rounded places: what one word loses the next one gains. */
const karaoke = ({ start, words }: SungLine): string => {
  let at = hundredths(start)
  return words
    .map(({ text, start: from, end }, index) => {
      const [begins, ends] = [hundredths(from), hundredths(end)]
      const rest = begins > at ? `{\\k${begins - at}}` : ''
      at = ends
      return `${rest}{\\kf${ends - begins}}${escapeText(text)}${words[index + 1]?.spaced ? ' ' : ''}`
    })
    .join('')
}

const dialogue = (line: SungLine): string => {
  const start = hundredths(line.start)
  const end = Math.max(hundredths(line.end), start + 1)
  return `Dialogue: 0,${hours(start)},${hours(end)},Karaoke,${field(line.section ?? '')},0,0,0,,${karaoke(line)}\n`
}

/** @example `Dialogue: 0,0:00:01.36,0:00:01.95,Karaoke,Verse,0,0,0,,{\kf43}Rain {\kf16}on` */
export const ass = ({ title, lines }: Song): string =>
  `[Script Info]\n${title === null ? '' : `Title: ${title}\n`}${HEAD}${lines.map(dialogue).join('')}`

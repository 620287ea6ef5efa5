/** LRC: a time before each line, and an empty line where the singing rests. Never an offset: players read its sign both ways. */
import { minutes } from './clock.ts'
import { type Song, type SungLine, textOf } from './song.ts'
import { widen } from './text.ts'

/** A silence after which a line is no longer shown, in milliseconds. */
const REST = 5000

/** Of a line that is shown, in milliseconds: an end that rounds to its start would take it away at once. */
const SHOWN = 10

/** Brackets are tags wherever they stand, and there is no escape. */
export const escapeLrc = (text: string): string => widen(text, /[[\]]/g)
/** A time of the enhanced form in the text of a plain line. */
const escapeText = (text: string): string => widen(escapeLrc(text), /<(?=\s*\d+:)/g)

/** A file whose lines are written by `write`. */
export const lrcFile = ({ title, duration, lines }: Song, write: (line: SungLine) => string): string => {
  const length = Math.round(duration / 1000)
  const head = [
    ...(title === null ? [] : [`[ti:${escapeLrc(title)}]`]),
    `[length:${String(Math.floor(length / 60)).padStart(2, '0')}:${String(length % 60).padStart(2, '0')}]`,
  ]
  const body = lines.flatMap((line, index) => {
    const next = lines[index + 1]
    const rests = next === undefined || next.start - line.end > REST
    return [
      `[${minutes(line.start)}]${write(line)}`,
      ...(rests ? [`[${minutes(Math.max(line.end, line.start + SHOWN))}]`] : []),
    ]
  })
  return `${[...head, ...body].join('\n')}\n`
}

/** @example `[00:01.36]Rain on the wire` */
export const lrc = (song: Song): string => lrcFile(song, (line) => escapeText(textOf(line)))

/**
 * TTML as lyric players take it: a span for each word. All times are of the track (`itunes:timing="Word"`), also inside a
 * timed parent. Spaces between words are text between spans, so that lines are never indented.
 */
import { clock } from './clock.ts'
import type { Song, SungLine, SungWord } from './song.ts'
import { escapeMarkup, oneLine } from './text.ts'

const attribute = (text: string) => escapeMarkup(oneLine(text), /[&<>"]/g)
const times = (start: number, end: number) => `begin="${clock(start)}" end="${clock(end)}"`

const span = ({ text, spaced, start, end, estimated }: SungWord): string =>
  `${spaced ? ' ' : ''}<span ${times(start, end)}${estimated ? ' tutti:estimated="true"' : ''}>${escapeMarkup(text)}</span>`

const paragraph = ({ start, end, words }: SungLine, key: number): string =>
  `<p ${times(start, end)} ttm:agent="v1" itunes:key="L${key}">${words.map(span).join('')}</p>`

/** Lines of one section after the other are one division. */
const divisions = (lines: readonly SungLine[]): string => {
  const open = (section: string | null) =>
    section === null ? '<div>' : `<div itunes:song-part="${attribute(section)}">`
  return lines
    .map((line, index) => {
      const last = lines[index - 1]
      const first = last === undefined || last.section !== line.section
      const border = first ? `${last === undefined ? '' : '</div>'}${open(line.section)}` : ''
      return `${border}${paragraph(line, index + 1)}${index === lines.length - 1 ? '</div>' : ''}`
    })
    .join('')
}

const NAMESPACES = [
  'xmlns="http://www.w3.org/ns/ttml"',
  'xmlns:ttm="http://www.w3.org/ns/ttml#metadata"',
  'xmlns:itunes="http://music.apple.com/lyric-ttml-internal"',
  'xmlns:tutti="urn:tutti:lyrics"',
].join(' ')

/** @example `<p begin="00:00:01.360" end="00:00:01.950"><span begin="00:00:01.360" end="00:00:01.790">Rain</span> …</p>` */
export const ttml = ({ title, duration, lines }: Song): string => {
  const name = title === null ? '' : `<ttm:title>${escapeMarkup(title)}</ttm:title>`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<tt ${NAMESPACES} itunes:timing="Word" xml:lang="und">`,
    `<head><metadata>${name}<ttm:agent type="person" xml:id="v1"/></metadata></head>`,
    `<body dur="${clock(duration)}">${divisions(lines)}</body></tt>\n`,
  ].join('')
}

/** SubRip: lines only, no word times. */
import { clock } from './clock.ts'
import { type Song, textOf } from './song.ts'
import { widen } from './text.ts'

/** No part of a grammar, but players take what stands in angle brackets or braces for a tag; an arrow is a time. */
const escapeText = (text: string): string => {
  const [angle, brace] = [text.lastIndexOf('>'), text.lastIndexOf('}')]
  const before = (end: number) => (found: string, at: number) => (at < end ? widen(found, /./g) : found)
  const inside = text.replace(/</g, before(angle)).replace(/\{/g, before(brace))
  return widen(inside, /-->|<(?=[a-z/!])|\{(?=\\)/gi)
}

/** @example `1`, `00:00:01,360 --> 00:00:04,200`, `Rain on the wire` */
export const srt = ({ lines }: Song): string =>
  lines
    .map(
      (line, index) =>
        `${index + 1}\n${clock(line.start, ',')} --> ${clock(line.end, ',')}\n${escapeText(textOf(line))}\n`,
    )
    .join('\n')

/** Each format as somebody else's parser reads it, in one shape. A parser that complains fails the test. */
import { DOMParser, type Element } from '@xmldom/xmldom'
import { parse as parseAss } from 'ass-compiler'
import { fromXML } from 'imsc/src/main/js/doc.js'
import { Lrc } from 'lrc-kit'
import SrtParser from 'srt-parser-2'
import { type Node, WebVTTParser } from 'webvtt-parser'
import entities from 'webvtt-parser/html-entities.json' with { type: 'json' }

/** Times are seconds. `end` and `estimated` are there where the format tells them. */
export interface ReadWord {
  readonly text: string
  readonly start: number
  readonly end?: number
  readonly estimated?: boolean
}
export interface ReadLine {
  readonly text: string
  readonly start: number
  readonly end?: number
  readonly words?: readonly ReadWord[]
}

const refuse = (what: string) => (message: string) => {
  throw new Error(`${what}: ${message}`)
}

const textIn = (nodes: readonly Node[]): string =>
  nodes
    .map(({ type, value, children }) => (type === 'text' ? value : type === 'object' ? textIn(children) : ''))
    .join('')

const readVtt = (file: string): ReadLine[] => {
  const { cues, errors } = new WebVTTParser(entities).parse(file)
  for (const { line, message } of errors) refuse(`WebVTT line ${line}`)(message)
  return cues.map(({ startTime, endTime, tree }) => {
    const words: { text: string; start: number; estimated: boolean }[] = []
    let start = startTime
    for (const node of tree.children) {
      if (node.type === 'timestamp') start = node.value as number
      else if (words.at(-1)?.start === start) words.at(-1)!.text += textIn([node])
      else words.push({ text: textIn([node]), start, estimated: false })
      if (node.type === 'object') words.at(-1)!.estimated = node.classes!.includes('estimated')
    }
    return { text: textIn(tree.children), start: startTime, end: endTime, words }
  })
}

const readSrt = (file: string): ReadLine[] => {
  const cues = new SrtParser().fromSrt(file)
  for (const [index, { id }] of cues.entries()) if (id !== String(index + 1)) refuse('SRT')(`cue ${id} out of order`)
  return cues.map(({ startSeconds, endSeconds, text }) => ({ text, start: startSeconds, end: endSeconds }))
}

const seconds = (time: string | null) => {
  const [, hours, minutes, rest] =
    /^(\d\d):([0-5]\d):([0-5]\d\.\d{3})$/.exec(time ?? '') ?? refuse('TTML')(`time ${time}`)
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(rest)
}

const TTML = 'http://www.w3.org/ns/ttml'
const elements = (within: Pick<Element, 'getElementsByTagNameNS'>, name: string) => [
  ...within.getElementsByTagNameNS(TTML, name),
]

/** Read twice: by an IMSC parser, which has to be content and find the same lines, and as XML for the words in them. */
const readTtml = (file: string): ReadLine[] => {
  const report = refuse('TTML')
  const seen = fromXML(file, { info: report, warn: report, error: report, fatal: report })
  const paragraphs = (seen?.body?.contents ?? []).flatMap((division) => division.contents ?? [])
  const complain = (level: string, message: string) => {
    // A broken character that a provider sent is shown as one.
    if (level !== 'warning' || !message.startsWith('Unicode replacement character')) report(message)
  }
  const document = new DOMParser({ onError: complain }).parseFromString(file, 'text/xml')
  const lines = elements(document, 'p').map((p): ReadLine => {
    const words = elements(p, 'span').map((span) => ({
      text: span.textContent ?? '',
      start: seconds(span.getAttribute('begin')),
      end: seconds(span.getAttribute('end')),
      estimated: span.getAttributeNS('urn:tutti:lyrics', 'estimated') === 'true',
    }))
    const [start, end] = [seconds(p.getAttribute('begin')), seconds(p.getAttribute('end'))]
    for (const word of words)
      if (word.start >= word.end || word.start < start || word.end > end) report(`${word.text} leaves its line`)
    return { text: p.textContent ?? '', start, end, words }
  })
  if (paragraphs.length !== lines.length) report(`${paragraphs.length} lines, not ${lines.length}`)
  for (const [index, { begin, end }] of paragraphs.entries())
    if (Math.abs(begin - lines[index]!.start) + Math.abs(end - lines[index]!.end!) > 1e-6) report(`line ${index}`)
  return lines
}

const readAss = (file: string): ReadLine[] => {
  const { events, styles } = parseAss(file)
  if (styles.style.length !== 1) refuse('ASS')('no style')
  return events.dialogue.map(({ Start, End, Text }) => {
    let at = Start
    const words: { text: string; start: number; end: number }[] = []
    for (const { tags, text } of Text.parsed) {
      const lasts = (tags[0]?.kf ?? tags[0]?.k ?? refuse('ASS')(`no length at ${text}`)) as number
      if (text !== '') words.push({ text, start: at, end: at + lasts / 100 })
      at += lasts / 100
    }
    return { text: Text.combined, start: Start, end: End, words }
  })
}

const readLrc = (file: string): ReadLine[] => {
  const rows = file.trimEnd().split('\n')
  const { info, lyrics } = Lrc.parse(file, { enhanced: false })
  if (Object.keys(info).length + lyrics.length !== rows.length) refuse('LRC')('a line was not read')
  return lyrics.flatMap(({ timestamp, content }) => (content === '' ? [] : [{ text: content, start: timestamp }]))
}

const readElrc = (file: string): ReadLine[] => {
  const { lyrics } = Lrc.parse(file)
  return lyrics.flatMap(({ timestamp, content, rawContent, wordTimestamps }) => {
    if (rawContent === '') return []
    // The parser takes a line at 0:00.00 for a plain one.
    if (wordTimestamps === undefined) return [{ text: rawContent.replace(/<\d+:\d\d\.\d\d>/g, ''), start: timestamp }]
    return [
      {
        text: content,
        start: timestamp,
        words: wordTimestamps.map((word) => ({ text: word.content, start: word.timestamp })),
      },
    ]
  })
}

export const readers = { lrc: readLrc, elrc: readElrc, vtt: readVtt, srt: readSrt, ttml: readTtml, ass: readAss }

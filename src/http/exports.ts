/** One thing in several formats: which of them a client wants, and what a file of it is called. */
import type { Context } from 'hono'
import { GatewayError } from '../engine/errors.ts'
import { accepted, quality } from './headers.ts'

/** Formats by name, best first, each with its media type. */
type Formats = Readonly<Record<string, string>>

/** None of the formats that a client takes is there. */
export const notAcceptable = (formats: Formats, pointer: 'format' | 'Accept'): GatewayError => {
  const names = Object.keys(formats).join(', ')
  const types = [...new Set(Object.values(formats))].join(', ')
  return new GatewayError('not_acceptable', `Formats: ${names}, by ?format=, or by Accept: ${types}`, {
    errors: [
      { pointer, code: 'value_unknown', detail: `must be one of ${pointer === 'format' ? names : `${types}, */*`}` },
    ],
  })
}

/** The format that `?format=` names, else the one that `Accept` likes best. */
export const chosenFormat = <Name extends string>(
  c: Context,
  formats: Readonly<Record<Name, string>>,
  asked: unknown,
): Name => {
  if (asked !== undefined) return asked as Name
  const names = Object.keys(formats) as Name[]
  const ranges = accepted(c.req.header('accept'))
  if (ranges.length === 0) return names[0]!
  const best = names.reduce(
    (liked, name) => {
      const q = quality(ranges, formats[name])
      return q > liked.q ? { name, q } : liked
    },
    { name: names[0]!, q: 0 },
  )
  if (best.q === 0) throw notAcceptable(formats, 'Accept')
  return best.name
}

/** What a file name may not hold anywhere: control and format characters, and what a path or a header is made of. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\/:*?"<>|%;]+/gu
const LONGEST_NAME = 80

/** Names the file: plainly in ASCII, and in full as RFC 8187 writes it. */
export const attachment = (title: string | null, otherwise: string, extension: string): string => {
  const safe = (title ?? '').toWellFormed().replace(UNSAFE, ' ').replace(/\s+/gu, ' ')
  const cut = [...safe]
    .slice(0, LONGEST_NAME)
    .join('')
    .replace(/^[. ]+|[. ]+$/g, '')
  const name = `${cut === '' ? otherwise : cut}.${extension}`
  const ascii = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\x20-\x7e]+/g, '_')
    .replace(UNSAFE, ' ')
  const full = encodeURIComponent(name).replace(/['()*!]/g, (each) => `%${each.charCodeAt(0).toString(16)}`)
  return `attachment; filename="${ascii}"; filename*=UTF-8''${full}`
}

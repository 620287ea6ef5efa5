/** Links: which of those that clients and providers give us are passed on. */
import type { FieldCode } from '../canonical/field-codes.ts'
import { GatewayError } from './errors.ts'
import type { Settings } from './ports.ts'
import { judgeUrl } from './webhooks/url.ts'

export const faulty = (pointer: string, code: FieldCode, detail: string): GatewayError =>
  new GatewayError('validation_failed', `${pointer}: ${detail}`, { errors: [{ pointer, code, detail }] })

/**
 * A client's link to audio, for a provider to fetch: of the open internet, judged by its text alone.
 * @throws GatewayError validation_failed where it is not plain https
 */
export const audioLink = (url: string, pointer: string, settings: Pick<Settings, 'localUrls'>): string => {
  const verdict = judgeUrl(url, settings, 'any')
  if ('refused' in verdict) throw faulty(pointer, 'url_not_allowed', verdict.refused)
  return url
}

const LINK = /^(url|images|\w+_url)$/

/** Whether every link in it holds; `name` is what the value is called, and tells which texts are links. */
const linksHold = (value: unknown, name: string, holds: (link: string) => boolean): boolean => {
  if (typeof value === 'string') return !LINK.test(name) || holds(value)
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every((each) => linksHold(each, name, holds))
  return Object.keys(value).every((key) => linksHold((value as Readonly<Record<string, unknown>>)[key], key, holds))
}

/** Whether every link of a provider's report leads to https, or to http where its origin does: any other link is none. */
export const believable = (report: unknown, origin: string): boolean =>
  linksHold(
    report,
    '',
    (link) => URL.canParse(link) && ['https:', new URL(origin).protocol].includes(new URL(link).protocol),
  )

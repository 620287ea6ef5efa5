/** Links: which of those that clients and providers give us are passed on. */
import { GatewayError } from './errors.ts'
import type { Settings } from './ports.ts'

export const faulty = (pointer: string, code: string, detail: string): GatewayError =>
  new GatewayError('validation_failed', `${pointer}: ${detail}`, { errors: [{ pointer, code, detail }] })

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * A client's link to audio, for a provider to fetch.
 * @throws GatewayError validation_failed where it is not plain https
 */
export const audioLink = (url: string, pointer: string, { localUrls }: Pick<Settings, 'localUrls'>): string => {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed === null || parsed.username !== '' || parsed.password !== '')
    throw faulty(pointer, 'url_not_allowed', 'must be a plain URL, without a user or password in it')
  const local = localUrls && LOOPBACK.has(parsed.hostname)
  if (parsed.protocol !== 'https:' && !local) throw faulty(pointer, 'url_not_allowed', 'must be https')
  return url
}

const LINK = /^(url|images|\w+_url)$/

/** Every link a report holds, by the names that links have. */
const linksIn = (value: unknown, name = ''): string[] => {
  if (typeof value === 'string') return LINK.test(name) ? [value] : []
  if (Array.isArray(value)) return value.flatMap((each) => linksIn(each, name))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => linksIn(each, key))
}

/** Whether every link of a provider's report leads to https, or to http where its origin does: any other link is none. */
export const believable = (report: unknown, origin: string): boolean =>
  linksIn(report).every(
    (url) => URL.canParse(url) && ['https:', new URL(origin).protocol].includes(new URL(url).protocol),
  )

/** Single values of the environment. What is wrong with one stops the start, under the name of its variable. */

/** A value that stops the start; the message names the variable and what to do. */
export const wrong = (name: string, detail: string): never => {
  throw new Error(`${name} ${detail}`)
}

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

const milliseconds = (text: string): number | null => {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text)
  return match === null ? null : Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]
}

/** @param most such as 1h: what ends in a timer of the runtime has to stay below 2^31 ms, beyond which it rings at once */
export const duration = (name: string, text: string | undefined, otherwise: number, least: string, most: string) => {
  if (text === undefined) return otherwise
  const time = milliseconds(text)
  if (time === null)
    return wrong(name, `is "${text}": write a number with its unit, such as 500ms, 45s, 30m, 1h or 30d`)
  return time >= milliseconds(least)! && time <= milliseconds(most)!
    ? time
    : wrong(name, `is "${text}": write a time from ${least} to ${most}`)
}

const between = (name: string, text: string, value: number, least: number, most: number, what: string): number =>
  value >= least && value <= most ? value : wrong(name, `is "${text}": write a ${what} from ${least} to ${most}`)

export const number = (name: string, text: string | undefined, otherwise: number, least: number, most: number) =>
  text === undefined
    ? otherwise
    : between(name, text, /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN, least, most, 'number')

export const whole = (name: string, text: string | undefined, otherwise: number, least: number, most: number) =>
  text === undefined
    ? otherwise
    : between(name, text, /^\d+$/.test(text) ? Number(text) : Number.NaN, least, most, 'whole number')

export const flag = (name: string, text: string | undefined): boolean | null => {
  if (text === undefined) return null
  return text === '1' ? true : text === '0' ? false : wrong(name, `is "${text}": write 1 or 0`)
}

/** A host, a folder: anything but nothing. */
export const filled = (name: string, text: string | undefined, otherwise: string): string => {
  if (text === undefined) return otherwise
  return text.trim() === '' ? wrong(name, `is empty: leave it out, which means ${otherwise}, or fill it in`) : text
}

/** What is sent as a header of a request: anything else would keep every request from being sent. */
export const headerText = (name: string, text: string | undefined, otherwise: string): string => {
  if (text === undefined) return otherwise
  return /^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(text)
    ? text
    : wrong(name, `is sent as a header: write 1 to 255 plain characters (ASCII), such as ${otherwise}`)
}

export const LOOPBACK = new Set(['127.0.0.1', '::1', '[::1]', 'localhost'])

/** An origin with its prefix, without a slash at the end: https anywhere, http on loopback only. It may hold a password, and is not repeated. */
export const origin = (name: string, text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : wrong(name, 'is no URL: write one such as https://api.example.com')
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return wrong(name, 'may hold a scheme, a host, a port and a path, and nothing else')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.has(url.hostname)))
    return wrong(name, `leads to ${url.protocol}//${url.host}: only https is allowed, or http on loopback`)
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

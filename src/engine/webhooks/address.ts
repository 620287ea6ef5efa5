/** Which addresses are public: the one table of ranges that nobody outside may lead us to. */

/**
 * IPv4 that is not the open internet (IANA special-purpose registry, RFC 6890, and what each range was set aside for).
 */
const SPECIAL_4: readonly (readonly [cidr: string, what: string])[] = [
  ['0.0.0.0/8', 'this network (RFC 791)'],
  ['10.0.0.0/8', 'private (RFC 1918)'],
  ['100.64.0.0/10', 'shared by carriers, and metadata of some clouds (RFC 6598)'],
  ['127.0.0.0/8', 'loopback (RFC 1122)'],
  ['168.63.129.16/32', 'metadata of a cloud'],
  ['169.254.0.0/16', 'link-local, and metadata of most clouds (RFC 3927)'],
  ['172.16.0.0/12', 'private (RFC 1918)'],
  ['192.0.0.0/24', 'protocol assignments (RFC 6890)'],
  ['192.0.2.0/24', 'documentation (RFC 5737)'],
  ['192.31.196.0/24', 'AS112 (RFC 7535)'],
  ['192.52.193.0/24', 'AMT (RFC 7450)'],
  ['192.88.99.0/24', '6to4 relays (RFC 7526)'],
  ['192.168.0.0/16', 'private (RFC 1918)'],
  ['192.175.48.0/24', 'AS112 (RFC 7534)'],
  ['198.18.0.0/15', 'benchmarks (RFC 2544)'],
  ['198.51.100.0/24', 'documentation (RFC 5737)'],
  ['203.0.113.0/24', 'documentation (RFC 5737)'],
  ['224.0.0.0/4', 'multicast (RFC 5771)'],
  ['240.0.0.0/4', 'reserved, and broadcast (RFC 1112, RFC 8190)'],
]

/** Of IPv6 only 2000::/3 is handed out to the internet: what is special within it. */
const SPECIAL_6: readonly (readonly [cidr: string, what: string])[] = [
  ['2001::/23', 'protocol assignments: Teredo, ORCHID, benchmarks (RFC 2928, RFC 4380)'],
  ['2001:db8::/32', 'documentation (RFC 3849)'],
  ['2002::/16', '6to4, which leads to an embedded IPv4 address (RFC 3056)'],
  ['2620:4f:8000::/48', 'AS112 (RFC 7534)'],
  ['3fff::/20', 'documentation (RFC 9637)'],
]
const GLOBAL_6 = '2000::/3'

/** Ranges outside 2000::/3, told apart for whoever reads the reason. */
const OUTSIDE_6: readonly (readonly [cidr: string, what: string])[] = [
  ['::/128', 'unspecified (RFC 4291)'],
  ['::1/128', 'loopback (RFC 4291)'],
  ['::ffff:0:0/96', 'IPv4-mapped (RFC 4291)'],
  ['64:ff9b::/96', 'NAT64, which leads to an embedded IPv4 address (RFC 6052)'],
  ['64:ff9b:1::/48', 'local NAT64 (RFC 8215)'],
  ['100::/64', 'discarded (RFC 6666)'],
  ['5f00::/16', 'segment routing (RFC 9602)'],
  ['fc00::/7', 'private (RFC 4193)'],
  ['fe80::/10', 'link-local (RFC 4291)'],
  ['ff00::/8', 'multicast (RFC 4291)'],
]

/** The bytes of a dotted IPv4 address, decimal only; null for anything else. */
const bytes4 = (text: string): number[] | null => {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return null
  const bytes = parts.map(Number)
  return bytes.every((byte) => byte <= 255) ? bytes : null
}

/** The groups of one side of `::` as bytes; a dotted IPv4 address may be the last. */
const side6 = (text: string, last: boolean): number[] | null => {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    const dotted = last && index === groups.length - 1 ? bytes4(group) : null
    if (dotted !== null) bytes.push(...dotted)
    else if (/^[0-9a-f]{1,4}$/i.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255)
    else return null
  }
  return bytes
}

const bytes6 = (text: string): number[] | null => {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [head, tail] = [side6(halves[0]!, halves.length === 1), halves.length === 1 ? [] : side6(halves[1]!, true)]
  if (head === null || tail === null) return null
  const missing = 16 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 2) return null
  return [...head, ...new Array<number>(missing).fill(0), ...tail]
}

const bytesOf = (text: string): number[] | null => (text.includes(':') ? bytes6(text) : bytes4(text))

interface Range {
  readonly bytes: readonly number[]
  readonly bits: number
  readonly what: string
}

const range = ([cidr, what]: readonly [string, string]): Range => {
  const [address, bits] = cidr.split('/') as [string, string]
  return { bytes: bytesOf(address)!, bits: Number(bits), what }
}

const holds = ({ bytes, bits }: Range, address: readonly number[]): boolean => {
  const whole = bits >> 3
  for (let index = 0; index < whole; index++) if (bytes[index] !== address[index]) return false
  const rest = bits & 7
  return rest === 0 || bytes[whole]! >> (8 - rest) === address[whole]! >> (8 - rest)
}

const RANGES_4 = SPECIAL_4.map(range)
const RANGES_6 = SPECIAL_6.map(range)
const RANGES_OUTSIDE = OUTSIDE_6.map(range)
const GLOBAL = range([GLOBAL_6, ''])
const MAPPED = range(['::ffff:0:0/96', ''])

/** ISATAP writes an IPv4 address into the last half of any IPv6 address (RFC 5214). */
const isIsatap = (bytes: readonly number[]): boolean =>
  (bytes[8] === 0 || bytes[8] === 2) && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe

const judge4 = (bytes: readonly number[]): string | null => RANGES_4.find((each) => holds(each, bytes))?.what ?? null

const judge6 = (bytes: readonly number[]): string | null => {
  if (!holds(GLOBAL, bytes))
    return RANGES_OUTSIDE.find((each) => holds(each, bytes))?.what ?? 'outside the global unicast range (RFC 4291)'
  if (isIsatap(bytes)) return 'ISATAP, which leads to an embedded IPv4 address (RFC 5214)'
  return RANGES_6.find((each) => holds(each, bytes))?.what ?? null
}

/**
 * Why an address is not public, or null where it is.
 * @param text as a resolver or a socket names it: `192.0.2.1`, `2001:db8::1`. What can not be read is not public.
 */
export const notPublic = (text: string): string | null => {
  const bytes = bytesOf(text)
  if (bytes === null) return 'not an address'
  return bytes.length === 4 ? judge4(bytes) : judge6(bytes)
}

/** Whether an address is this machine itself, IPv4-mapped included. */
export const isLoopback = (text: string): boolean => {
  const bytes = bytesOf(text)
  if (bytes === null) return false
  if (bytes.length === 4) return bytes[0] === 127
  if (holds(MAPPED, bytes)) return bytes[12] === 127
  return bytes.every((byte, index) => byte === (index === 15 ? 1 : 0))
}

/** Whether a text is an IPv4 or IPv6 address. */
export const isAddress = (text: string): boolean => bytesOf(text) !== null

/** URLs that clients give us to call: which are refused before anybody is called, and which address may be connected to. */
import { isAddress, isLoopback, notPublic } from './address.ts'

/** Names that are never on the open internet, whatever a resolver says (RFC 6761, RFC 6762, RFC 7686, RFC 8375). */
const INNER = /(^|\.)(local|localhost|internal|intranet|onion|home\.arpa|lan|corp|home|localdomain|private)$/
const PORTS = new Set(['', '443', '8443'])
/** The names by which tests and the sandbox reach this machine. */
const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]'])
const LONGEST = 2048

export interface Allowed {
  /** Whether URLs may lead to loopback: tests and the sandbox. */
  readonly localUrls: boolean
}

export type Verdict = { readonly url: URL } | { readonly refused: string }

const refused = (reason: string): Verdict => ({ refused: reason })

/** Whether a parsed URL leads to this machine by one of the names that tests use. */
export const isLocal = ({ hostname }: URL): boolean => LOCAL.has(hostname)

/**
 * What can be said of a URL by its text alone. Hosts are judged as the URL parser reads them: `0x7f.1` is `127.0.0.1`,
 * and a name is its ASCII form.
 * @param ports `any` where others fetch it and we do not
 */
export const judgeUrl = (text: string, { localUrls }: Allowed, ports: 'web' | 'any' = 'web'): Verdict => {
  if (text.length > LONGEST) return refused(`must have at most ${LONGEST} characters`)
  // Readers of URLs do not agree on these.
  if (/[\\\s\p{Cc}]/u.test(text) || !URL.canParse(text)) return refused('is not a URL')
  const url = new URL(text)
  const { protocol, hostname, port } = url
  if (protocol !== 'https:' && protocol !== 'http:') return refused('must be https')
  if (url.username !== '' || url.password !== '') return refused('must not hold a user or password')
  if (hostname === '') return refused('has no host')
  if (localUrls && isLocal(url)) return { url }
  if (protocol !== 'https:') return refused('must be https')
  if (ports === 'web' && !PORTS.has(port)) return refused('must use port 443 or 8443')
  if (isAddress(hostname.replace(/^\[(.*)\]$/, '$1'))) return refused('must name a host, not an address')
  if (hostname.startsWith('[')) return refused('must name a host, not an address')
  if (hostname.endsWith('.')) return refused('must not end its host with a dot')
  if (!hostname.includes('.')) return refused('must name a host of the open internet')
  if (INNER.test(hostname)) return refused('must name a host of the open internet')
  if (!/^[a-z0-9._-]+$/.test(hostname)) return refused('has a host with characters that no name has')
  return { url }
}

/**
 * Why this address may not be connected to for a URL that passed `judgeUrl`, or null where it may.
 * @param address as a resolver or the socket itself names it
 */
export const judgeAddress = (url: URL, address: string, { localUrls }: Allowed): string | null =>
  localUrls && isLocal(url) ? (isLoopback(address) ? null : 'not loopback') : notPublic(address)

/** Why these answers of a resolver forbid a URL, or null: every one of them has to be allowed. */
export const judgeAnswers = (url: URL, addresses: readonly string[], allowed: Allowed): string | null => {
  for (const address of addresses) {
    const reason = judgeAddress(url, address, allowed)
    // The address itself stays here: names of a private network are nobody's business.
    if (reason !== null) return `leads to an address that is not public: ${reason}`
  }
  return null
}

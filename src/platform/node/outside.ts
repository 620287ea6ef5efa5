/**
 * Messages to URLs that clients name, over undici: a connection of its own for each, to an address that was judged.
 * No proxy is between: it would look the name up itself, and where it connects to could not be judged.
 */
import { Resolver } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { buildConnector, Client } from 'undici'
import type { Message, Outside, Receipt, Unanswered } from '../../engine/ports.ts'
import { type Allowed, isLocal, judgeAddress, judgeAnswers, judgeUrl } from '../../engine/webhooks/url.ts'

const CONNECT_TIMEOUT = 10_000
/** A request that names a URL waits for this: a name that is not known by then is judged when it is called. */
const LOOK_UP = { timeout: 1_000, tries: 2 }
/** Of an answer no more is read than this, and for no longer: what counts is its status. */
const BODY_READ = 4096
const BODY_TIMEOUT = 1_000

const FORBIDDEN = 'ADDRESS_FORBIDDEN'

/** Every address of a name, asked for by DNS itself: files of this machine have no say. */
export const dnsResolver = (): Outside['resolve'] => {
  const resolver = new Resolver(LOOK_UP)
  return async (hostname) => {
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    return answers.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
  }
}

const REASONS: readonly (readonly [codes: RegExp, reason: Unanswered])[] = [
  [new RegExp(`^${FORBIDDEN}$`), 'address_forbidden'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'unresolved'],
  [/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, 'refused'],
  [/^(UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT|ETIMEDOUT|AbortError|TimeoutError|UND_ERR_ABORTED)$/, 'timeout'],
  [/^(ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/, 'tls'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'reset'],
]

const reasonOf = (error: unknown): Unanswered => {
  const { code, name, cause } = error as { code?: unknown; name?: string; cause?: { code?: string } }
  const words = [code, cause?.code, name].filter((each) => typeof each === 'string')
  for (const word of words) for (const [codes, reason] of REASONS) if (codes.test(word)) return reason
  return 'protocol'
}

const forbidden = () => Object.assign(new Error('the address is not public'), { code: FORBIDDEN })

const LOCAL_ADDRESSES: Readonly<Record<string, readonly string[]>> = { localhost: ['127.0.0.1', '::1'] }

/** The addresses of a host that may be called by name only where tests and the sandbox may. */
const localAddresses = (hostname: string) => LOCAL_ADDRESSES[hostname] ?? [hostname.replace(/^\[(.*)\]$/, '$1')]

/** Connects to these addresses and no others, whatever the name leads to by now. */
export const pinned = (
  url: URL,
  addresses: readonly string[],
  allowed: Allowed,
  timeout: number,
): buildConnector.connector => {
  const entries = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  const lookup: LookupFunction = (_, options, callback) =>
    options.all ? callback(null, entries) : callback(null, entries[0]!.address, entries[0]!.family)
  const options = { timeout, lookup, autoSelectFamily: true, allowH2: false }
  const connect = buildConnector(options as buildConnector.BuildOptions)
  return (options, callback) =>
    connect(options, (...result: Parameters<typeof callback>) => {
      const [error, socket] = result
      // The socket itself has the last word, before a byte is written.
      if (error !== null || judgeAddress(url, socket.remoteAddress ?? '', allowed) === null) return callback(...result)
      socket.destroy()
      callback(forbidden(), null)
    })
}

const send = async (url: URL, message: Message, connect: buildConnector.connector, signal: AbortSignal) => {
  const client = new Client(url.origin, { pipelining: 0, allowH2: false, connect })
  try {
    const { headers, body } = message
    const answer = await client.request({ method: 'POST', path: `${url.pathname}${url.search}`, headers, body, signal })
    await answer.body.dump({ limit: BODY_READ, signal: AbortSignal.timeout(BODY_TIMEOUT) }).catch(() => undefined)
    const after = answer.headers['retry-after']
    return { status: answer.statusCode, retryAfter: (Array.isArray(after) ? after[0] : after) ?? null }
  } finally {
    client.destroy().catch(() => undefined)
  }
}

export const undiciOutside = (allowed: Allowed, resolve: Outside['resolve'] = dnsResolver()): Outside => {
  const connector = async (url: URL, timeout: number): Promise<buildConnector.connector | Unanswered> => {
    const addresses = isLocal(url) ? localAddresses(url.hostname) : await resolve(url.hostname)
    if (addresses.length === 0) return 'unresolved'
    if (judgeAnswers(url, addresses, allowed) !== null) return 'address_forbidden'
    return pinned(url, addresses, allowed, timeout)
  }

  const post = async (message: Message): Promise<Receipt> => {
    const started = performance.now()
    const limit = new AbortController()
    const timer = setTimeout(() => limit.abort(), message.timeoutMs)
    const since = () => performance.now() - started
    const unanswered = (reason: Unanswered): Receipt => ({ kind: 'unanswered', reason, durationMs: since() })
    try {
      const verdict = judgeUrl(message.url, allowed)
      if ('refused' in verdict) return unanswered('address_forbidden')
      const connect = await connector(verdict.url, Math.min(CONNECT_TIMEOUT, message.timeoutMs))
      if (typeof connect === 'string') return unanswered(connect)
      const answered = await send(verdict.url, message, connect, limit.signal)
      return { kind: 'answered', ...answered, durationMs: since() }
    } catch (error) {
      return unanswered(reasonOf(error))
    } finally {
      clearTimeout(timer)
    }
  }

  return { post, resolve }
}

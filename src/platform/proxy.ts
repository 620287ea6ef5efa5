/** The proxy of the environment: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, read as undici reads them. */

/** Which proxy asks for a URL, or null where nobody stands between. */
export type ProxyOf = (url: URL) => URL | null

type Wrong = (name: string, detail: string) => never

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** The address of a proxy. It may hold a password: what is wrong is said without it. */
const address = (name: string, text: string, wrong: Wrong): URL => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '')
    return wrong(name, 'is no address of a proxy: write http://host:port, or http://user:password@host:port')
  if (!isDecodable(url.username) || !isDecodable(url.password))
    return wrong(name, 'holds a user or a password with a % that begins nothing: write %25 for it')
  return url.pathname === '/' && url.search === '' && url.hash === ''
    ? url
    : wrong(name, 'may hold a scheme, a user, a host and a port, and nothing else')
}

const portOf = ({ port, protocol }: URL) => port || (protocol === 'https:' ? '443' : '80')

/** `example.com` is that host alone; `.example.com` and `*.example.com` are those below it; a port narrows it; `*` is everybody. */
const exempts = (entry: string): ((url: URL) => boolean) => {
  if (entry === '*') return () => true
  const [, name, port] = /^(.+?)(?::(\d+))?$/.exec(entry)!
  const below = name!.replace(/^\*/, '')
  return (url) => {
    if (port !== undefined && port !== portOf(url)) return false
    return below.startsWith('.') ? url.hostname.endsWith(below) : url.hostname === name
  }
}

/**
 * Who is asked through which proxy; null where none is named. Loopback never is: a proxy has another.
 * Small letters win over capital ones, and HTTP_PROXY stands in where there is no HTTPS_PROXY.
 */
export const readProxy = (env: Readonly<Record<string, string | undefined>>, wrong: Wrong): ProxyOf | null => {
  const read = (upper: string): URL | null => {
    const name = env[upper.toLowerCase()] === undefined ? upper : upper.toLowerCase()
    const text = env[name]
    return text === undefined || text === '' ? null : address(name, text, wrong)
  }
  const http = read('HTTP_PROXY')
  const https = read('HTTPS_PROXY') ?? http
  if (https === null) return null
  const exempt = (env.no_proxy ?? env.NO_PROXY ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map(exempts)
  return (url) => {
    if (LOOPBACK.test(url.hostname) || exempt.some((spares) => spares(url))) return null
    return url.protocol === 'https:' ? https : http
  }
}

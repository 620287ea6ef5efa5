/** Connections through a proxy: a tunnel is asked for with CONNECT, and nothing of a request is written before it stands. */
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import { buildConnector } from 'undici'

/** An error from before a tunnel stood. */
const fault = (what: string) => Object.assign(new Error('there is no tunnel'), { code: `PROXY_${what}` })

/** Who we are to the proxy: said to it alone, never to whoever is behind it. */
const authorization = ({ username, password }: URL): Record<string, string> => {
  if (username === '' && password === '') return {}
  const said = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(said).toString('base64')}` }
}

const tunnel = (proxy: URL, target: string, timeout: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const ask = proxy.protocol === 'https:' ? requestHttps : requestHttp
    const asked = ask({
      method: 'CONNECT',
      hostname: proxy.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: proxy.port === '' ? undefined : proxy.port,
      path: target,
      headers: { host: target, ...authorization(proxy) },
      agent: false,
    })
    const timer = setTimeout(() => asked.destroy(fault('TIMEOUT')), timeout)
    asked.on('close', () => clearTimeout(timer))
    asked.on('connect', ({ statusCode }, socket: Socket, head: Buffer) => {
      clearTimeout(timer)
      if (statusCode === undefined || statusCode < 200 || statusCode > 299) {
        socket.destroy()
        return reject(fault(`REFUSED_${statusCode}`))
      }
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    asked.on('response', ({ statusCode }) => {
      asked.destroy()
      reject(fault(`REFUSED_${statusCode}`))
    })
    asked.on('error', ({ code = 'ERROR' }: NodeJS.ErrnoException) => {
      reject(fault(code.replace(/^PROXY_/, '')))
    })
    asked.end()
  })

/** Connects straight, or through a proxy. A socket is handed on once the far end itself answers: with TLS, after its handshake. */
export const connector = (proxy: URL | null, timeout: number): buildConnector.connector => {
  const connect = buildConnector({ timeout, allowH2: false })
  if (proxy === null) return connect
  return (options, callback) => {
    const port = options.port || (options.protocol === 'https:' ? '443' : '80')
    tunnel(proxy, `${options.hostname}:${port}`, timeout).then(
      (socket) => {
        if (options.protocol === 'https:') connect({ ...options, httpSocket: socket }, callback)
        else callback(null, socket)
      },
      (error: Error) => callback(error, null),
    )
  }
}

/** Providers behind a real CONNECT proxy: what proves that nothing was sent, and what no longer does. */
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { UpstreamRequest } from '../../src/engine/ports.ts'
import { undiciTransport } from '../../src/platform/node/transport.ts'
import { readProxy } from '../../src/platform/proxy.ts'
import { freePort, SONG, startHarness } from '../harness.ts'
import { certificateFor } from './certificate.ts'

const HOST = 'provider.example'
const closing: (() => unknown)[] = []
afterAll(async () => {
  await Promise.all(closing.map((close) => close()))
})

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

type Behaviour = 'pass' | 'refuse' | 'deny' | 'hang up' | 'silent' | 'cut after opening' | 'no tunnels'

/** Whatever a client asks to be connected to is a port of loopback: the proxy alone knows where hosts are. */
const startProxy = async (behaviour: Behaviour, password: string | null = null) => {
  const asked: { target: string; headers: Readonly<Record<string, unknown>> }[] = []
  const sockets = new Set<Socket>()
  const server = createServer((_, response) => response.writeHead(400).end())
  server.on('connection', (socket) => {
    sockets.add(socket)
    if (behaviour === 'hang up') socket.once('data', () => socket.destroy())
  })
  if (behaviour !== 'no tunnels')
    server.on('connect', (request, socket, head) => {
      asked.push({ target: request.url!, headers: request.headers })
      socket.on('error', () => undefined)
      if (behaviour === 'silent') return
      if (behaviour === 'refuse') return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      if (password !== null && request.headers['proxy-authorization'] !== `Basic ${btoa(password)}`)
        return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      const far = connect(Number(request.url!.split(':').at(-1)), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        if (behaviour === 'cut after opening') return socket.once('data', () => socket.destroy())
        far.write(head)
        far.pipe(socket)
        socket.pipe(far)
      })
      far.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
    })
  const port = await listen(server)
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
  })
  return { url: `http://${password === null ? '' : `${password}@`}127.0.0.1:${port}`, asked }
}

/** A provider, and every request that reached it. */
const startProvider = async (tls: { key: string; cert: string } | null) => {
  const requests: { host: string; headers: Readonly<Record<string, unknown>> }[] = []
  const answer: Parameters<typeof createServer>[1] = (request, response) => {
    requests.push({ host: request.headers.host!, headers: request.headers })
    response.end('{"code":200}')
  }
  const port = await listen(tls === null ? createServer(answer) : (createTlsServer(tls, answer) as unknown as Server))
  return { origin: `${tls === null ? 'http' : 'https'}://${HOST}:${port}`, requests }
}

const wrong = (name: string, detail: string): never => {
  throw new Error(`${name} ${detail}`)
}
const through = (proxy: string) => {
  const { transport, close } = undiciTransport(readProxy({ HTTPS_PROXY: proxy, HTTP_PROXY: proxy }, wrong)!)
  closing.push(close)
  return (url: string, connection: UpstreamRequest['connection'], timeoutMs = 5000) =>
    transport({ method: 'POST', url, headers: { authorization: 'Bearer x' }, body: '{}', timeoutMs, connection })
}

const certificate = certificateFor(HOST)
beforeAll(() => {
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, certificate.cert])
  closing.push(() => setDefaultCACertificates(before))
})

describe.each(['fresh', 'pooled'] as const)('a %s connection through a proxy', (connection) => {
  it.each([
    ['in the open', null],
    ['over TLS', certificate],
  ])('reaches the provider %s, by the name that only the proxy knows', async (_, tls) => {
    const proxy = await startProxy('pass', 'user:p-ss')
    const provider = await startProvider(tls)
    const answer = await through(proxy.url)(`${provider.origin}/x`, connection)
    expect(answer).toMatchObject({ kind: 'answered', status: 200, body: '{"code":200}' })
    expect(proxy.asked.map(({ target }) => target)).toEqual([new URL(provider.origin).host])
    // The proxy is shown no key, and the provider nothing of the proxy.
    expect(JSON.stringify(proxy.asked)).not.toContain('Bearer')
    expect(provider.requests).toHaveLength(1)
    expect(provider.requests[0]!.headers).not.toHaveProperty('proxy-authorization')
  })

  it.each([
    ['that refuses the tunnel', 'refuse', 'PROXY_REFUSED_403'],
    ['that knows no tunnels', 'no tunnels', /^PROXY_/],
    ['that hangs up before it said anything', 'hang up', /^PROXY_/],
  ] as const)('%s proves that nothing was sent', async (_, behaviour, detail) => {
    const provider = await startProvider(null)
    const answer = await through((await startProxy(behaviour)).url)(`${provider.origin}/x`, connection)
    expect(answer).toMatchObject({
      kind: 'not_sent',
      reason: 'connect',
      detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
    })
    expect(provider.requests).toEqual([])
  })

  it('with a wrong password proves that nothing was sent', async () => {
    const provider = await startProvider(null)
    const { url } = await startProxy('pass', 'user:right')
    const answer = await through(url.replace('right', 'wrong'))(`${provider.origin}/x`, connection)
    expect(answer).toMatchObject({ kind: 'not_sent', detail: 'PROXY_REFUSED_407' })
    expect(provider.requests).toEqual([])
  })

  it('that is not there, or finds no provider, proves that nothing was sent', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`
    expect(await through(nobody)(`https://${HOST}/x`, connection)).toMatchObject({
      kind: 'not_sent',
      detail: 'PROXY_ECONNREFUSED',
    })
    const proxy = await startProxy('pass')
    const gone = `http://${HOST}:${await freePort()}/x`
    expect(await through(proxy.url)(gone, connection)).toMatchObject({ kind: 'not_sent', detail: 'PROXY_REFUSED_502' })
  })

  it('to somebody whose certificate is of another host proves that nothing was sent', async () => {
    const provider = await startProvider(certificate)
    const other = provider.origin.replace(HOST, 'other.example')
    const answer = await through((await startProxy('pass')).url)(`${other}/x`, connection)
    expect(answer).toMatchObject({ kind: 'not_sent', reason: 'tls' })
    expect(provider.requests).toEqual([])
  })

  it('that is cut once the tunnel stood proves nothing', async () => {
    const provider = await startProvider(null)
    const answer = await through((await startProxy('cut after opening')).url)(`${provider.origin}/x`, connection)
    expect(answer.kind).toBe('lost')
  })
})

it('a proxy that says nothing at all is given up in time, and nothing was sent', async () => {
  const provider = await startProvider(null)
  const answer = await through((await startProxy('silent')).url)(`${provider.origin}/x`, 'fresh', 400)
  expect(answer).toMatchObject({ kind: 'not_sent' })
  expect(provider.requests).toEqual([])
})

it('a gateway buys a song through it, and tells webhooks without it', async () => {
  const proxy = await startProxy('pass')
  const hooks: string[] = []
  const receiver = createServer((request, response) => {
    hooks.push(request.url!)
    response.end()
  })
  const hook = await listen(receiver)
  const upstreams = await startHarness({ only: [] })
  closing.push(upstreams.stop)
  const { port } = new URL(upstreams.upstream('kie').origin)
  const harness = await startHarness({
    only: ['kie'],
    callbacks: false,
    origins: { kie: `http://kie.example:${port}` },
    proxy: readProxy({ http_proxy: proxy.url }, wrong),
  })
  closing.push(harness.stop)
  const webhook = { url: `http://127.0.0.1:${hook}/told`, events: ['task.succeeded'] }
  const { id } = (await (await harness.post('/v1/music/generations', { ...SONG, webhook })).json()) as { id: string }
  const task = await harness.ended(id)
  expect(task).toMatchObject({ status: 'succeeded', provider: 'kie' })
  await expect.poll(() => hooks, { timeout: 10_000 }).toEqual(['/told'])
  expect(new Set(proxy.asked.map(({ target }) => target))).toEqual(new Set([`kie.example:${port}`]))
})

describe('the variables', () => {
  const asked = (env: Record<string, string>, url: string) => readProxy(env, wrong)?.(new URL(url))?.host ?? null
  const both = { HTTPS_PROXY: 'http://secure:1', HTTP_PROXY: 'http://open:2' }

  it.each([
    [both, 'https://a.example', 'secure:1'],
    [both, 'http://a.example', 'open:2'],
    [{ HTTP_PROXY: 'http://open:2' }, 'https://a.example', 'open:2'],
    [{ HTTPS_PROXY: 'http://secure:1' }, 'http://a.example', null],
    [{ ...both, https_proxy: 'http://small:3' }, 'https://a.example', 'small:3'],
    [{ HTTPS_PROXY: '' }, 'https://a.example', null],
    [{}, 'https://a.example', null],
    [both, 'http://127.0.0.1:8787', null],
    [both, 'http://localhost:8787', null],
    [both, 'http://[::1]:8787', null],
    [{ ...both, NO_PROXY: '*' }, 'https://a.example', null],
    [{ ...both, NO_PROXY: 'b.example, A.example' }, 'https://a.example', null],
    [{ ...both, NO_PROXY: 'a.example' }, 'https://sub.a.example', 'secure:1'],
    [{ ...both, NO_PROXY: '.a.example' }, 'https://sub.a.example', null],
    [{ ...both, NO_PROXY: '*.a.example' }, 'https://sub.a.example', null],
    [{ ...both, NO_PROXY: '.a.example' }, 'https://nota.example', 'secure:1'],
    [{ ...both, NO_PROXY: 'a.example:8443' }, 'https://a.example', 'secure:1'],
    [{ ...both, NO_PROXY: 'a.example:443' }, 'https://a.example', null],
  ] as const)('%j asks for %s through %s', (env, url, proxy) => {
    expect(asked(env, url)).toBe(proxy)
  })

  it.each(['proxy:3128', 'socks5://proxy', 'http://user:hidden-word@proxy/path', 'nonsense'])(
    'stop the start where one is no proxy, without saying what it was: %s',
    (text) => {
      expect(() => asked({ HTTPS_PROXY: text }, 'https://a.example')).toThrow(/^HTTPS_PROXY /)
      expect(() => asked({ https_proxy: text }, 'https://a.example')).not.toThrow(/hidden-word/)
    },
  )
})

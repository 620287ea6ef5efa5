/** The transport on real sockets: what was never sent is told from what may have been, and no answer lasts for ever. */
import { subscribe } from 'node:diagnostics_channel'
import { createServer, type Server } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { UpstreamRequest } from '../../src/engine/ports.ts'
import { undiciTransport } from '../../src/platform/node/transport.ts'
import { freePort } from '../harness.ts'
import { certificateFor } from './certificate.ts'

const servers: Server[] = []
const { transport, close } = undiciTransport()
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections?.()
    server.close()
  }
})

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    servers.push(server)
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as { port: number }).port}`))
  })

/** Lets time pass for the timers of undici, and for nobody else. */
const { tick } = createRequire(import.meta.url)('undici/lib/util/timers.js') as { tick: (milliseconds: number) => void }
const passes = (milliseconds: number) => {
  tick(0)
  tick(milliseconds)
  tick(milliseconds)
}

const certificate = certificateFor('localhost')
beforeAll(() => {
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, certificate.cert])
  return () => setDefaultCACertificates(before)
})
const secure = (origin: string) => origin.replace('http://127.0.0.1', 'https://localhost')

/** Breaks the connection to a server with an error of this name, as the machine would that it runs on. */
const breaks = (server: Server, code: string) => {
  const { port } = server.address() as AddressInfo
  for (const socket of sockets) if (socket.remotePort === port) socket.destroy(Object.assign(new Error(code), { code }))
}
const sockets = new Set<Socket>()
subscribe('undici:client:connected', (message) => sockets.add((message as { socket: Socket }).socket))

const ask = (url: string, connection: UpstreamRequest['connection'], timeoutMs = 5000) =>
  transport({ method: 'POST', url, headers: {}, body: '{}', timeoutMs, connection })

describe.each(['fresh', 'pooled'] as const)('a %s connection', (connection) => {
  it('that is refused proves that nothing was sent', async () => {
    const answer = await ask(`http://127.0.0.1:${await freePort()}/x`, connection)
    expect(answer).toMatchObject({ kind: 'not_sent', reason: 'connect', detail: 'ECONNREFUSED' })
  })

  it('that is cut after the request was read is lost', async () => {
    const origin = await listen(createServer((request) => request.resume().on('end', () => request.socket.destroy())))
    expect((await ask(`${origin}/x`, connection)).kind).toBe('lost')
  })

  it('that drips its answer is lost once the time of the whole is over', async () => {
    const drip = createServer((_, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(timer))
    })
    expect((await ask(`${await listen(drip)}/x`, connection, 300)).kind).toBe('lost')
  })

  it('that stays silent is lost', async () => {
    const silent = createServer((request) => request.resume())
    expect((await ask(`${await listen(silent)}/x`, connection, 300)).kind).toBe('lost')
  })

  it.each([
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
    'PROXY_ECONNRESET',
    'UND_ERR_CONNECT_TIMEOUT',
  ])('that breaks after the request was read is lost, whatever the error is called: %s', async (code) => {
    const read: string[] = []
    const provider = createServer((request) => {
      request.setEncoding('utf8').on('data', (body) => read.push(body))
      request.on('end', () => breaks(provider, code))
    })
    const answer = await ask(`${await listen(provider)}/x`, connection)
    expect(read).toEqual(['{}'])
    expect(answer).toEqual({ kind: 'lost', detail: code })
  })

  it('whose handshake breaks proves that nothing was sent', async () => {
    const hangUp = createSocketServer((socket) => socket.once('data', () => socket.destroy()))
    const origin = secure(await listen(hangUp as unknown as Server))
    expect(await ask(`${origin}/x`, connection)).toMatchObject({ kind: 'not_sent', reason: 'connect' })
    const plain = secure(await listen(createServer()))
    expect(await ask(`${plain}/x`, connection)).toMatchObject({ kind: 'not_sent', reason: 'tls' })
  })

  it('speaks HTTP/1.1 where the provider would rather speak HTTP/2, which sends a request again by itself', async () => {
    const spoken: string[] = []
    const provider = createSecureServer({ ...certificate, allowHTTP1: true }, (request, response) => {
      spoken.push(request.httpVersion)
      response.end('{}')
    })
    const origin = secure(await listen(Object.assign(provider, { closeAllConnections: () => undefined }) as never))
    expect(await ask(`${origin}/x`, connection)).toMatchObject({ kind: 'answered', status: 200 })
    expect(spoken).toEqual(['1.1'])
  })

  it('waits for as long as it was told to, before an answer begins and within it', async () => {
    const slow = createServer((request, response) =>
      request.resume().on('end', () => {
        passes(400_000)
        response.writeHead(200).write('{')
        setTimeout(() => {
          passes(400_000)
          response.end('}')
        }, 50)
      }),
    )
    expect(await ask(`${await listen(slow)}/x`, connection)).toMatchObject({ kind: 'answered', body: '{}' })
  })

  it('that answers more than anybody needs is lost, and not read to its end', async () => {
    const flood = createServer((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 32)));
      }
      response.on('drain', more)
      more()
    })
    expect(await ask(`${await listen(flood)}/x`, connection)).toMatchObject({
      kind: 'lost',
      detail: 'ANSWER_TOO_LARGE',
    })
  })
})

it('carries five hundred reads at the same time: a slow provider does not hold up the next read', async () => {
  const waiting: (() => void)[] = []
  const slow = createServer((request, response) => {
    request.resume()
    waiting.push(() => response.end('{}'))
    // Nobody is answered before all of them are there.
    if (waiting.length === 500) for (const answer of waiting) answer()
  })
  const origin = await listen(slow)
  const answers = await Promise.all(Array.from({ length: 500 }, () => ask(`${origin}/x`, 'pooled', 20_000)))
  expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['answered']))
})

it('closes its pools', async () => {
  await close()
})

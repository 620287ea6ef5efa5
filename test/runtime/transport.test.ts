/** The transport on real sockets: what was never sent is told from what may have been, and no answer lasts for ever. */
import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import type { UpstreamRequest } from '../../src/engine/ports.ts'
import { undiciTransport } from '../../src/platform/node/transport.ts'
import { freePort } from '../harness.ts'

const servers: Server[] = []
const { transport, close } = undiciTransport()
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    servers.push(server)
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as { port: number }).port}`))
  })

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

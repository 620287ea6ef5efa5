/** The guard on real sockets: nobody is connected to but who was judged, whatever names and answers say. */
import { createHook } from 'node:async_hooks'
import { createSecureServer } from 'node:http2'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { Client } from 'undici'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Message, Outside } from '../../src/engine/ports.ts'
import { pinned, undiciOutside } from '../../src/platform/node/outside.ts'
import { certificateFor } from '../runtime/certificate.ts'
import { FORMS, INNER_4, INNER_6, NAMES, UNREADABLE, WRITTEN } from './vectors.ts'

/** Somebody on this machine who is not to be reached, on both families; counts who comes and what they bring. */
let inner: Server
let port: number
const came = { connections: 0, bytes: 0 }
beforeAll(async () => {
  inner = createServer((socket) => {
    came.connections += 1
    socket.on('data', (chunk) => {
      came.bytes += chunk.length
    })
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'))
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => inner.listen(0, '::', resolve))
  port = (inner.address() as AddressInfo).port
})
afterAll(() => inner.close())
beforeEach(() => {
  came.connections = 0
  came.bytes = 0
})

const message = (url: string): Message => ({ url, headers: { 'webhook-id': 'evt' }, body: '{}', timeoutMs: 500 })
const answering = (...answers: string[][]): Outside['resolve'] & { asked: string[] } => {
  const asked: string[] = []
  const resolve = async (hostname: string) => {
    asked.push(hostname)
    return answers.length > 1 ? answers.shift()! : answers[0]!
  }
  return Object.assign(resolve, { asked })
}
const strict = { localUrls: false }
const local = { localUrls: true }

describe('a name', () => {
  test.each([
    [['127.0.0.1']],
    [['::1']],
    [['::ffff:127.0.0.1']],
    [['0.0.0.0']],
    [['::']],
    [['169.254.169.254']],
    [['93.184.216.34', '127.0.0.1']],
    [['127.0.0.1', '93.184.216.34']],
    [['2606:4700::1', '::1']],
    [['64:ff9b::7f00:1']],
    [['2002:7f00:1::']],
    [['fd00:ec2::254']],
    [['not an address']],
  ])('that leads to %j is not called', async (addresses) => {
    const resolve = answering(addresses)
    const receipt = await undiciOutside(strict, resolve).post(message('https://hooks.example.com:8443/hook'))
    expect(receipt).toMatchObject({ kind: 'unanswered', reason: 'address_forbidden' })
    expect(resolve.asked).toEqual(['hooks.example.com'])
    expect(came.connections).toBe(0)
  })

  test('that nobody knows is not called', async () => {
    const receipt = await undiciOutside(strict, answering([])).post(message('https://hooks.example.com/hook'))
    expect(receipt).toMatchObject({ kind: 'unanswered', reason: 'unresolved' })
  })

  test('is looked up anew for each attempt: one that was public before opens nothing', async () => {
    const resolve = answering(['192.0.2.1'], ['127.0.0.1'], ['::1'])
    const outside = undiciOutside(strict, resolve)
    for (let attempt = 0; attempt < 3; attempt++)
      expect(await outside.post(message('https://hooks.example.com:8443/'))).toMatchObject({
        reason: 'address_forbidden',
      })
    expect(resolve.asked).toHaveLength(3)
    expect(came.connections).toBe(0)
  })
})

describe('a URL', () => {
  const hosts = [
    ...[
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      'localhost',
      'LOCALHOST',
      '[::1]',
      '0',
      '0.0.0.0',
    ],
    ...[
      '[::ffff:127.0.0.1]',
      '[::]',
      'localhost.',
      'a.localhost',
      'user:pass@127.0.0.1',
      '%6c%6f%63alhost',
      '①②⑦.0.0.1',
    ],
  ]
  test.each(hosts.flatMap((host) => [`http://${host}`, `https://${host}`]))(
    '%s leads nowhere, with any port',
    async (origin) => {
      const resolve = answering(['127.0.0.1'])
      const { post } = undiciOutside(strict, resolve)
      for (const url of [`${origin}:${port}/`, `${origin}:8443/`, `${origin}/`])
        expect(await post(message(url))).toMatchObject({ kind: 'unanswered', reason: 'address_forbidden' })
      expect(came.connections).toBe(0)
      expect(resolve.asked).toEqual([])
    },
  )

  test('of this machine is called where that is allowed, by its own names alone', async () => {
    const { post } = undiciOutside(local, answering(['127.0.0.1']))
    for (const host of ['127.0.0.1', 'localhost', '[::1]'])
      expect(await post(message(`http://${host}:${port}/`))).toMatchObject({ kind: 'answered', status: 200 })
    expect(came.connections).toBeGreaterThanOrEqual(3)
    const { connections } = came
    for (const url of [
      `http://hooks.example.com:${port}/`,
      'https://hooks.example.com:8443/',
      `http://127.0.0.2:${port}/`,
    ])
      expect(await post(message(url))).toMatchObject({ reason: 'address_forbidden' })
    expect(came.connections).toBe(connections)
  })
})

test('a receiver that would rather speak HTTP/2 is told over HTTP/1.1: undici sends nothing twice by itself', async () => {
  const certificate = certificateFor('localhost')
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, certificate.cert])
  const spoken: string[] = []
  const receiver = createSecureServer({ ...certificate, allowHTTP1: true }, (request, response) => {
    spoken.push(request.httpVersion)
    response.end()
  })
  try {
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    const url = `https://localhost:${(receiver.address() as AddressInfo).port}/`
    const told = await undiciOutside(local, answering([])).post({ ...message(url), timeoutMs: 5000 })
    expect(told).toMatchObject({ kind: 'answered', status: 200 })
    expect(spoken).toEqual(['1.1'])
  } finally {
    receiver.close()
    setDefaultCACertificates(before)
  }
})

describe('the socket', () => {
  const url = () => new URL(`http://hooks.example.com:${port}/`)
  const request = (addresses: string[]) => {
    const client = new Client(url().origin, { connect: pinned(url(), addresses, strict, 500) })
    const answer = client.request({ method: 'POST', path: '/', headers: { secret: 'words' }, body: 'secret words' })
    return answer.finally(() => client.destroy())
  }

  test('has the last word: were a wrong address let through, not a byte would be written', async () => {
    for (const address of ['127.0.0.1', '::1'])
      await expect(request([address])).rejects.toMatchObject({ code: 'ADDRESS_FORBIDDEN' })
    expect(came.connections).toBe(2)
    expect(came.bytes).toBe(0)
  })

  test('goes where its addresses lead, and not where its name does', async () => {
    // The name is reserved and known to nobody: only the pinned address can be reached.
    const reached = new Client(`http://tutti.invalid:${port}`, {
      connect: pinned(new URL(`http://localhost:${port}/`), ['127.0.0.1'], local, 500),
    })
    const { statusCode } = await reached.request({ method: 'POST', path: '/', body: 'x' })
    expect(statusCode).toBe(200)
    expect(came.connections).toBe(1)
    await reached.destroy()
  })
})

describe('of every vector', () => {
  const NAMED = 'https://hooks.example.com/'
  /** Attempts to connect by TCP, whoever makes them: what the system itself is asked for. */
  const attempts = async (work: () => Promise<void>): Promise<number> => {
    let count = 0
    const hook = createHook({
      init: (_, type) => {
        if (type === 'TCPCONNECTWRAP') count += 1
      },
    }).enable()
    await work().finally(() => hook.disable())
    return count
  }
  const literals = [...INNER_4, ...INNER_6.map((address) => `[${address}]`)]
  const urls = [...WRITTEN, ...NAMES, ...FORMS, ...literals.map((host) => `https://${host}/`)]
  const addresses = [...INNER_4, ...INNER_6, ...UNREADABLE]

  test('not one opens a socket, as a URL or as what a name leads to', async () => {
    expect(new Set([...urls, ...addresses]).size).toBeGreaterThan(400)
    const opened = await attempts(async () => {
      const { post } = undiciOutside(strict, answering(['127.0.0.1']))
      for (const url of urls)
        expect([url, await post(message(url))]).toMatchObject([url, { reason: 'address_forbidden' }])
      for (const address of addresses) {
        // Alone, and behind an answer that is public.
        const { post: named } = undiciOutside(strict, answering([address], ['93.184.216.34', address]))
        for (const receipt of [await named(message(NAMED)), await named(message(NAMED))])
          expect([address, receipt]).toMatchObject([address, { reason: 'address_forbidden' }])
      }
    })
    expect(opened).toBe(0)
  })

  test('a socket that is opened would be seen', async () => {
    const { post } = undiciOutside(local, answering([]))
    const reach = async (url: string) => {
      await post(message(url))
    }
    expect(await attempts(() => reach(`http://127.0.0.1:${port}/`))).toBeGreaterThan(0)
    expect(await attempts(() => reach(`https://127.0.0.1:${port}/`))).toBeGreaterThan(0)
  })
})

/** What both transports make of the same answer of a real server: the time it asks for, and its text. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Transport } from '../../src/engine/ports.ts'
import { upstreamRequest } from '../../src/engine/upstream.ts'
import { undiciTransport } from '../../src/platform/node/transport.ts'
import { fetchTransport } from '../../src/platform/workers/transport.ts'
import { echo } from '../engine/echo.ts'

const NOW = Date.parse('Fri, 06 Nov 2026 10:00:00 GMT')
const YES = '{"code":200,"data":{"taskId":"T9"}}'

let origin: string
let server: Server
let says: (response: ServerResponse, request: IncomingMessage) => void = (response) => response.end(YES)
beforeAll(async () => {
  server = createServer((request, response) => request.resume().on('end', () => says(response, request)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
const node = undiciTransport()
afterAll(async () => {
  await node.close()
  server.closeAllConnections()
  server.close()
})

const transports: Readonly<Record<string, Transport>> = { Node: node.transport, Workers: fetchTransport(fetch) }

describe.each(Object.entries(transports))('on %s', (_, transport) => {
  const answer = async () => {
    const request = { method: 'POST', url: `${origin}/x`, headers: {}, body: '{}', timeoutMs: 5000 } as const
    const said = await transport({ ...request, connection: 'fresh' })
    if (said.kind !== 'answered') throw new Error(said.kind)
    return said
  }

  describe('Retry-After', () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['Date'], now: NOW })
      return () => vi.useRealTimers()
    })

    it.each([
      ['4', 4],
      [' 4 ', 4],
      ['0', 0],
      ['1.5', 2],
      ['Fri, 06 Nov 2026 10:01:30 GMT', 90],
      ['Fri, 06 Nov 2026 09:00:00 GMT', 0],
      ['', null],
      ['  ', null],
      ['-5', null],
      ['soon', null],
      ['2099', 2099],
      ['Infinity', null],
    ])('%j asks for %s seconds', async (header, seconds) => {
      says = (response) => {
        response.sendDate = false
        response.writeHead(503, { 'retry-after': header }).end('{"code":503}')
      }
      expect((await answer()).retryAfter).toBe(seconds)
    })

    it('as a date is measured by the clock of whoever wrote it', async () => {
      const hour = { date: 'Fri, 06 Nov 2026 11:00:00 GMT', 'retry-after': 'Fri, 06 Nov 2026 11:00:30 GMT' }
      says = (response) => response.writeHead(429, hour).end('{"code":429}')
      expect((await answer()).retryAfter).toBe(30)
    })

    it('that is not there asks for nothing', async () => {
      says = (response) => response.writeHead(503).end('{"code":503}')
      expect((await answer()).retryAfter).toBeNull()
    })
  })

  it('what we ask for comes unpacked, from a server that packs for whoever does not forbid it', async () => {
    says = (response, { headers }) => {
      if (headers['accept-encoding'] === 'identity') return response.end(YES)
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(YES))
    }
    const credential = { id: 'main', key: 'k' }
    const access = { adapter: echo, origin, credentials: [credential] }
    const how = { timeoutMs: 5000, connection: 'pooled', userAgent: 'Tutti/test' } as const
    const { poll } = echo.operations.generateMusic!
    const said = await transport(upstreamRequest(access, credential, poll, { provider_task_id: 'T9' }, how))
    expect(said).toMatchObject({ kind: 'answered', body: YES })
  })

  it.each([
    ['of a length that was announced', true],
    ['in chunks', false],
  ])('the text is the same %s, without a mark of its byte order', async (_, announced) => {
    const body = Buffer.from(`\uFEFF${YES.replace('T9', 'T9 ü 🎵')}`)
    says = (response) => {
      if (announced) response.setHeader('content-length', body.length)
      // Cut within a character.
      response.write(body.subarray(0, 34))
      setImmediate(() => response.end(body.subarray(34)))
    }
    expect(JSON.parse((await answer()).body)).toEqual({ code: 200, data: { taskId: 'T9 ü 🎵' } })
  })
})

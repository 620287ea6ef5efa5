/** Lines over a socket that is read slowly, closed, or breaks off. */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import type { GatewayError } from '../../src/engine/errors.ts'
import { jsonLines } from '../../src/http/lines.ts'

describe('lines', () => {
  /** A server of endless pages, and what became of them. */
  const endless = async (allowed: (page: number) => boolean = () => true) => {
    const seen = { pages: 0, over: false }
    async function* pages() {
      try {
        for (;;) {
          seen.pages += 1
          yield [{ page: seen.pages, text: 'x'.repeat(100_000) }]
        }
      } finally {
        seen.over = true
      }
    }
    const app = new Hono()
    app.get('/', (c) =>
      jsonLines(
        c,
        'application/jsonl',
        pages(),
        async () => allowed(seen.pages),
        (error) => ({ code: (error as GatewayError).code }),
      ),
    )
    const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
      const started = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () => resolve(started))
    })
    const { port } = server.address() as { port: number }
    return { seen, port, close: () => server.close() }
  }
  const until = async (holds: () => boolean) => {
    for (let round = 0; round < 500 && !holds(); round++) await sleep(10)
    expect(holds()).toBe(true)
  }
  /** Who asks, reads a little and nothing more. */
  const ask = (port: number) => {
    const socket = connect(port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
    socket.once('data', () => socket.pause())
    return socket
  }

  test('are read as fast as they are taken, and no more once nobody takes them', async () => {
    const { seen, port, close } = await endless()
    const socket = ask(port)
    let before = -1
    // Whatever the buffers on the way hold, they are full some time.
    for (let round = 0; round < 100 && before !== seen.pages; round++) {
      before = seen.pages
      await sleep(100)
    }
    expect(seen.pages).toBe(before)
    expect(seen.pages).toBeLessThan(500)
    socket.resume()
    await until(() => seen.pages > before + 20)
    socket.destroy()
    await until(() => seen.over)
    close()
  })

  test('end when the client goes', async () => {
    const { seen, port, close } = await endless()
    const socket = ask(port)
    await until(() => seen.pages > 0)
    socket.destroy()
    await until(() => seen.over)
    close()
  })

  test('say why they break off, so that nobody takes them for the whole', async () => {
    const { seen, port, close } = await endless((page) => page < 4)
    const lines = (await (await fetch(`http://127.0.0.1:${port}/`)).text()).trim().split('\n')
    expect(lines.slice(0, -1).map((line) => JSON.parse(line).page)).toEqual([1, 2, 3])
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ code: 'invalid_api_key' })
    await until(() => seen.over)
    close()
  })
})

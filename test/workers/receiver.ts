/** A receiver of webhooks inside workerd, as test/webhooks/world.ts has one on a socket: it takes what comes, and keeps it. */
import type { Heard, Receiver as OnSocket } from '../webhooks/world.ts'
import { listenUpstream } from './loopback.ts'

export type { Heard } from '../webhooks/world.ts'
export type Receiver = Pick<OnSocket, 'port' | 'url' | 'heard' | 'close'>

export const openReceiver = async (clock: () => number): Promise<Receiver> => {
  const heard: Heard[] = []
  const { port, close } = await listenUpstream(async (request) => {
    const headers = Object.fromEntries(request.headers)
    const { pathname, search } = new URL(request.url)
    heard.push({ at: clock(), path: `${pathname}${search}`, headers, body: await request.text(), taken: true })
    return new Response(null, { status: 204 })
  })
  return { port, url: `http://127.0.0.1:${port}/hook`, heard, close }
}

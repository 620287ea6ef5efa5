/** Loopback listeners for simulated upstreams: a port each, connections that can be refused or cut. */
import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { request } from 'undici'

export interface Listener {
  readonly port: number
  /** Refuses connections, or takes them again. */
  readonly open: (open: boolean) => Promise<void>
  readonly close: () => Promise<void>
}

const listenOn = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve((server.address() as { port: number }).port)
    })
  })

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/** Listens on a port, or on any where it is taken. @param isCut tells a cut connection from a fault of ours */
export const listenUpstream = async (
  fetch: (request: Request) => Promise<Response>,
  port: number,
  isCut: (error: unknown) => boolean,
): Promise<Listener> => {
  const listener = getRequestListener(
    async (incoming, { outgoing }) => {
      try {
        return await fetch(incoming)
      } catch (error) {
        if (!isCut(error)) throw error
        outgoing.socket?.destroy()
        return RESPONSE_ALREADY_SENT
      }
    },
    { overrideGlobalObjects: false },
  )
  let server = createServer(listener)
  const bound = await listenOn(server, port).catch(() => listenOn(server, 0))
  return {
    port: bound,
    open: async (open) => {
      if (open === server.listening) return
      if (!open) return closed(server)
      server = createServer(listener)
      await listenOn(server, bound)
    },
    close: () => closed(server),
  }
}

/** A port that is free at this moment. */
export const freePort = async (): Promise<number> => {
  const server = createServer()
  const port = await listenOn(server, 0)
  await closed(server)
  return port
}

/** Posts JSON and forgets the answer: what a provider does with a callback. */
export const postJson = async (url: string, body: string): Promise<void> => {
  try {
    const answer = await request(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    await answer.body.dump()
  } catch {
    // Nobody is there: the provider would try again, and we poll anyway.
  }
}

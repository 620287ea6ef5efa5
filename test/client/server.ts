/** A small real server for the client's tests: it answers by a script and keeps what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Answer = (response: ServerResponse, asked: Asked) => void

/** Answers in turn; the last for good. */
export const startServer = async (...answers: readonly Answer[]) => {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', url: path = '', headers } = request
    asked.push({ method, path, headers, body })
    answers[Math.min(asked.length, answers.length) - 1]!(response, asked.at(-1)!)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }

export const problem = (status: number, code: string, retry: boolean, more: object = {}): Answer =>
  json(
    status,
    {
      ...{ type: `/errors/${code}`, title: 'A title', status, code, detail: 'What happened' },
      ...{ retryable: retry, may_have_been_charged: false, request_id: 'req_9P6R0S1V301JD3W8Q4T7X2M5ND' },
      ...more,
    },
    { 'content-type': 'application/problem+json', 'tutti-should-retry': String(retry) },
  )

/** Takes the request and hangs up. */
export const cut: Answer = (response) => {
  response.socket?.destroy()
}

/** Begins an answer and hangs up. */
export const cutInside =
  (status: number, text: string, headers: Record<string, string>): Answer =>
  (response) => {
    response.writeHead(status, headers)
    response.write(text, () => response.socket?.destroy())
  }

/** One straight line to a provider: encode, send. What the answer means is outcome.ts. */
import * as z from 'zod'
import type { Call } from '../contract/adapter.ts'
import { GatewayError } from './errors.ts'
import type { Access, Credential, Settings, Transport, UpstreamAnswer, UpstreamRequest } from './ports.ts'

const query = (fields: Record<string, unknown>) => {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) search.set(name, String(value))
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

/**
 * The HTTP request of a call.
 * @throws GatewayError adapter_error where the table can not say it: nothing was sent
 */
export const upstreamRequest = <Request, Response>(
  access: Access,
  credential: Credential,
  call: Call<Request, Response>,
  request: Request,
  how: Pick<UpstreamRequest, 'timeoutMs' | 'connection'> & Pick<Settings, 'userAgent'>,
): UpstreamRequest => {
  const encoded = z.safeEncode(call.request, request)
  if (!encoded.success)
    throw new GatewayError(
      'adapter_error',
      `The request can not be said to ${access.adapter.title}: ${encoded.error.issues[0]?.message}`,
      { provider: access.adapter.id },
    )
  const inQuery = call.carries === 'query'
  return {
    method: call.method,
    url: `${call.at === 'upload' ? (access.uploadOrigin ?? access.origin) : access.origin}${call.path}${inQuery ? query(encoded.data as Record<string, unknown>) : ''}`,
    headers: {
      authorization: `Bearer ${credential.key}`,
      accept: 'application/json',
      // Nobody unpacks an answer on Node: the id of a song that was paid for would be lost in it.
      'accept-encoding': 'identity',
      'user-agent': how.userAgent,
      ...(inQuery ? {} : { 'content-type': 'application/json' }),
    },
    body: inQuery ? null : JSON.stringify(encoded.data),
    timeoutMs: how.timeoutMs,
    connection: how.connection,
  }
}

/** Our callback URLs: whoever knows one can ring. */
const CALLBACK = /\/cb\/[a-z0-9-]+\/[0-9A-Z]{26}\.[0-9A-Z]{26}\.[0-9a-f]{32}/g

/** An answer may echo our request: neither our key nor a callback token gets any further. */
const redacted = (body: string, key: string): string => {
  const clean = body.includes('/cb/') ? body.replace(CALLBACK, '[redacted]') : body
  return clean.includes(key) ? clean.replaceAll(key, '[redacted]') : clean
}

/** Sends it. A transport that breaks proves nothing about what was sent. */
export const send = async (transport: Transport, request: UpstreamRequest): Promise<UpstreamAnswer> => {
  try {
    const answer = await transport(request)
    if (answer.kind !== 'answered') return answer
    return { ...answer, body: redacted(answer.body, request.headers.authorization!.slice('Bearer '.length)) }
  } catch (error) {
    return { kind: 'lost', detail: error instanceof Error ? error.name : 'unknown' }
  }
}

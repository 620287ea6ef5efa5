/** Checks that a webhook was sent by Tutti (Standard Webhooks 1.0), by WebCrypto alone. */
import type { WebhookEvent, WebhookProviderEvent, WebhookTest } from './generated/types.gen.ts'

/** A message is refused when its time is further away than this, in seconds. */
const TOLERANCE = 5 * 60

export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError'
}

export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

const encoder = new TextEncoder()
const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))

const headerOf = (headers: WebhookHeaders, name: string): string => {
  const value =
    headers instanceof Headers
      ? headers.get(name)
      : Object.entries(headers).find(([each, said]) => each.toLowerCase() === name && said !== undefined)?.[1]
  if (typeof value !== 'string' || value === '') throw new WebhookVerificationError(`There is no header ${name}`)
  return value
}

const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const

/** Whether a signature is right by one secret (`whsec_…`, `v1`) or public key (`whpk_…`, `v1a`). WebCrypto compares in constant time. */
const judge = async (secret: string) => {
  const open = secret.startsWith('whpk_')
  const raw = bytesOf(secret.replace(/^wh(sec|pk)_/, ''))
  const algorithm = open ? 'Ed25519' : HMAC
  const key = await crypto.subtle.importKey('raw', raw, algorithm, false, ['verify'])
  return async (signature: string, text: Uint8Array<ArrayBuffer>): Promise<boolean> => {
    const [version, base64 = ''] = signature.split(',')
    if (version !== (open ? 'v1a' : 'v1')) return false
    try {
      return await crypto.subtle.verify(open ? 'Ed25519' : 'HMAC', key, bytesOf(base64), text)
    } catch {
      // What is not base64 signs nothing.
      return false
    }
  }
}

/**
 * The event in a webhook. Throws where none of the secrets signed it, or not within five minutes from now.
 * @param body the text or the bytes as they came, before anything has parsed them
 * @param secret the secret of the endpoint or of the key; several while one is replaced; a public key will do
 */
export const verifyWebhook = async (
  headers: WebhookHeaders,
  body: string | Uint8Array,
  secret: string | readonly string[],
  now: number = Date.now(),
): Promise<WebhookEvent | WebhookProviderEvent | WebhookTest> => {
  const id = headerOf(headers, 'webhook-id')
  const timestamp = headerOf(headers, 'webhook-timestamp')
  const signatures = headerOf(headers, 'webhook-signature').split(' ')
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookVerificationError('webhook-timestamp is not a time')
  if (Math.abs(now / 1000 - Number(timestamp)) > TOLERANCE)
    throw new WebhookVerificationError('The message was signed more than five minutes ago, or is yet to be')
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
  const signed = encoder.encode(`${id}.${timestamp}.${text}`)
  const judges = await Promise.all((typeof secret === 'string' ? [secret] : secret).map(judge))
  for (const right of judges)
    for (const signature of signatures)
      if (await right(signature, signed)) return JSON.parse(text) as WebhookEvent | WebhookProviderEvent | WebhookTest
  throw new WebhookVerificationError('No signature is right')
}

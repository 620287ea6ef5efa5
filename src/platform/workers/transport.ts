/** The transport over fetch: whatever is thrown, the request may have been sent. */
import type { Transport, UpstreamAnswer } from '../../engine/ports.ts'
import { retryAfterSeconds } from '../../engine/retry-after.ts'

/** A provider's answer is untrusted: more than this is not read. */
const LARGEST_ANSWER = 4 * 1024 * 1024

type Fetch = (request: Request) => Promise<Response>

const textOf = async (response: Response): Promise<string> => {
  if (response.body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > LARGEST_ANSWER) throw Object.assign(new Error('too large'), { name: 'ANSWER_TOO_LARGE' })
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/**
 * No error of fetch proves that nothing was sent, so that none is said to: `not_sent` never
 * comes of it, and an unknown outcome is looked for instead.
 */
export const fetchTransport =
  (send: Fetch): Transport =>
  async ({ method, url, headers, body, timeoutMs }): Promise<UpstreamAnswer> => {
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const answer = await send(new Request(url, { method, headers, body, signal, redirect: 'manual' }))
      const text = await textOf(answer)
      return {
        kind: 'answered',
        status: answer.status,
        retryAfter: retryAfterSeconds(answer.headers.get('retry-after'), answer.headers.get('date'), Date.now()),
        body: text,
      }
    } catch (error) {
      return { kind: 'lost', detail: error instanceof Error ? error.name : 'unknown' }
    }
  }

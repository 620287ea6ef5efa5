/** Whoever clients name, over fetch: names can not be looked up here, and the platform itself reaches public hosts only. */
import type { Outside, Receipt } from '../../engine/ports.ts'
import { type Allowed, judgeUrl } from '../../engine/webhooks/url.ts'

/**
 * An object has six connections that wait for an answer: what is more is held back, and its time runs out unsent
 * (developers.cloudflare.com/workers/platform/limits). Two hosts that hang leave one place.
 */
const PLACES = [5, 2] as const

/** @param send as fetch, with `global_fetch_strictly_public` */
export const fetchOutside = (allowed: Allowed, send: (request: Request) => Promise<Response>): Outside => ({
  post: async ({ url, headers, body, timeoutMs }): Promise<Receipt> => {
    const since = Date.now()
    const took = () => Date.now() - since
    // What was allowed when it was stored may not be now.
    if ('refused' in judgeUrl(url, allowed))
      return { kind: 'unanswered', reason: 'address_forbidden', durationMs: took() }
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const answer = await send(new Request(url, { method: 'POST', headers, body, signal, redirect: 'manual' }))
      await answer.body?.cancel()
      return {
        kind: 'answered',
        status: answer.status,
        retryAfter: answer.headers.get('retry-after'),
        durationMs: took(),
      }
    } catch (error) {
      const timedOut = error instanceof Error && error.name === 'TimeoutError'
      return { kind: 'unanswered', reason: timedOut ? 'timeout' : 'reset', durationMs: took() }
    }
  },
  resolve: async () => [],
  places: PLACES,
})

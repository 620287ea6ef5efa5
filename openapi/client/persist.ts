/** Repeats what may be repeated: reads, creates with the Idempotency-Key that they were sent with first, and what is bought once. */

/** How often a call is repeated at most. */
export const REPEATS = 3
/** The first pause without a `Retry-After`, and the longest that is waited through, in milliseconds. */
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 60_000

/** How pauses are spent. */
export type Sleep = (milliseconds: number, signal?: AbortSignal | null) => Promise<void>

/** Waits, unless the signal says otherwise. */
export const pause: Sleep = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', stop, { once: true })
  })

/** Up to a fifth later, so that many clients do not come back at once. Never earlier than asked for. */
export const late = (milliseconds: number): number => milliseconds * (1 + Math.random() / 5)

/** Timed lyrics are bought once for a track, whoever asks how often. A new key would say that a second charge is accepted. */
export const onceForTrack = ({ method, url }: Request): boolean =>
  method === 'POST' && /\/v1\/tracks\/[^/]+\/timestamped-lyrics$/.test(new URL(url).pathname)

/** Whether this may cost something, and its repeat costs nothing more. */
export const buysOnce = (request: Request): boolean => request.headers.has('idempotency-key') || onceForTrack(request)

const safe = (request: Request): boolean => request.method === 'GET' || request.method === 'HEAD' || buysOnce(request)

/** An answer that is JSON is read to its end here: what is cut off on the way can be asked for again. */
const whole = async (response: Response): Promise<Response> => {
  if (response.body === null || !/^application\/([\w.-]+\+)?json\b/.test(response.headers.get('content-type') ?? ''))
    return response
  const { status, statusText, headers } = response
  return new Response(await response.arrayBuffer(), { status, statusText, headers })
}

const pauseAfter = (response: Response | null, repeats: number): number => {
  const asked = Number(response?.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(asked) && asked > 0 ? asked * 1000 : FIRST_PAUSE * 2 ** repeats
}

/** What came of one attempt: an answer, or why there is none. */
type Attempt = { readonly response: Response } | { readonly response: null; readonly error: unknown }

/** A `fetch` that repeats, where the connection failed or the gateway says `Tutti-Should-Retry: true`. */
export const persistent = (send: (request: Request) => Promise<Response>, repeats: number, sleep: Sleep) => {
  const attempt = async (request: Request): Promise<Attempt> => {
    try {
      return { response: await whole(await send(request.clone())) }
    } catch (error) {
      if (request.signal.aborted) throw error
      return { response: null, error }
    }
  }
  return async (request: Request): Promise<Response> => {
    for (let repeated = 0; ; repeated++) {
      const answer = await attempt(request)
      const { response } = answer
      const again = response === null || response.headers.get('tutti-should-retry') === 'true'
      const after = pauseAfter(response, repeated)
      if (again && safe(request) && repeated < repeats && after <= LONGEST_PAUSE) {
        await sleep(late(after), request.signal)
        continue
      }
      if (answer.response === null) throw answer.error
      return answer.response
    }
  }
}

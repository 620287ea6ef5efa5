/** What goes wrong with one request: whether the provider took it, what comes back, and what that proves. */
import type { UpstreamAnswer } from '../src/engine/ports.ts'
import type { Kind } from './faults.ts'
import type { Proof } from './jobs.ts'
import type { Fake } from './providers.ts'

export const answered = (body: string, status = 200, retryAfter: number | null = null): UpstreamAnswer => ({
  kind: 'answered',
  status,
  retryAfter,
  body,
})

/** In the provider's own envelope. */
export const say = (
  { words }: Fake,
  code: number,
  data: unknown,
  { text = 'so it is', status = code === 200 ? 200 : code, retryAfter = null as number | null } = {},
): UpstreamAnswer => {
  const body = { [words.code]: code, [words.text]: text, [words.data]: data }
  return answered(JSON.stringify(body), status, retryAfter)
}

const HTML = '<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>'
const lost: UpstreamAnswer = { kind: 'lost', detail: 'UND_ERR_SOCKET' }
const timedOut: UpstreamAnswer = { kind: 'lost', detail: 'TimeoutError' }
const notSent = (reason: 'connect' | 'tls'): UpstreamAnswer => ({ kind: 'not_sent', reason, detail: 'ECONNREFUSED' })

const bodyOf = (answer: UpstreamAnswer) => (answer.kind === 'answered' ? answer.body : '')
const truncated = (answer: UpstreamAnswer) => answered(bodyOf(answer).slice(0, -7))

/** `proper` is what the provider would have said; null where it did not take the request. */
export interface Twist {
  readonly takes: 'no' | 'yes' | 'maybe'
  readonly proof: Proof
  readonly pace?: 'slow' | 'silent'
  readonly says: (fake: Fake, proper: UpstreamAnswer, seconds: number) => UpstreamAnswer | 'broken'
}

const refuses = (code: number, more: { text?: string; status?: number } = {}, asks = false): Twist => ({
  takes: 'no',
  proof: 'refused',
  says: (fake, _, seconds) => say(fake, code, null, { text: 'no', ...more, retryAfter: asks ? seconds : null }),
})
const unclear = (takes: Twist['takes'], says: Twist['says']): Twist => ({ takes, proof: 'none', says })

/** A provider that says no and does it all the same: nothing can be held against who believes it. */
export const UNTRUE = 'refused though it was taken'

export const PROPER: Twist = { takes: 'yes', proof: 'accepted', says: (_, proper) => proper }

export const SUBMIT: { readonly [K in Kind<'submit'>]: Twist } = {
  'connection refused': { takes: 'no', proof: 'not_sent', says: () => notSent('connect') },
  'TLS refused': { takes: 'no', proof: 'not_sent', says: () => notSent('tls') },
  'lost before it was taken': unclear('no', () => lost),
  'lost after it was taken': unclear('yes', () => lost),
  'silence until the time-out': { ...unclear('maybe', () => timedOut), pace: 'silent' },
  '500 in its own words': unclear('maybe', (fake) => say(fake, 500, null)),
  '502 as HTML': unclear('maybe', () => answered(HTML, 502)),
  '200 as HTML': unclear('yes', () => answered(HTML)),
  'truncated JSON': unclear('yes', (_, proper) => truncated(proper)),
  'unknown code': unclear('maybe', (fake) => say(fake, 799, null, { status: 200 })),
  'yes without id': unclear('yes', (fake) => say(fake, 200, null)),
  'yes under 500': unclear('yes', (_, proper) => answered(bodyOf(proper), 500)),
  'no credits': refuses(402),
  'credits by 429': refuses(429, { text: 'no credits are left' }),
  'rate limited': refuses(429),
  'rate limited with Retry-After': refuses(429, {}, true),
  maintenance: refuses(455),
  'maintenance with Retry-After': refuses(455, {}, true),
  'key refused': refuses(401),
  'content refused': refuses(413),
  'request refused': refuses(400),
  'edge refused as HTML': { takes: 'no', proof: 'refused', says: () => answered(HTML, 403) },
  redirected: { takes: 'no', proof: 'refused', says: () => answered('', 302) },
  '503 with Retry-After': refuses(503, {}, true),
  'slow answer': { ...PROPER, pace: 'slow' },
  'transport broke': unclear('maybe', () => 'broken'),
  [UNTRUE]: {
    takes: 'yes',
    proof: 'refused',
    says: (fake, _, seconds) => say(fake, [402, 413, 455][seconds % 3]!, null, { text: 'no' }),
  },
}

export const CALL = { 'not ready': refuses(409), 'no lyrics': refuses(410) } as const

type Reading = Pick<Twist, 'pace'> & {
  /** What the record says instead; the rest twists the answer. */
  readonly record?: 'backwards' | 'reordered' | 'hollow' | 'odd word' | 'odd failure' | 'no link'
  readonly says?: Twist['says']
}

export const READ: { readonly [K in Kind<'read'>]: Reading } = {
  'connection refused': { says: () => notSent('connect') },
  lost: { says: () => lost },
  'silence until the time-out': { says: () => timedOut, pace: 'silent' },
  '5xx': { says: (fake) => say(fake, 500, null) },
  HTML: { says: () => answered(HTML, 502) },
  'truncated JSON': { says: (_, proper) => truncated(proper) },
  'rate limited with Retry-After': { says: (fake, _, seconds) => say(fake, 429, null, { retryAfter: seconds }) },
  'key refused': { says: (fake) => say(fake, 401, null) },
  'unknown code': { says: (fake) => say(fake, 799, null, { status: 200 }) },
  'unknown status word': { record: 'odd word' },
  'unknown failure': { record: 'odd failure' },
  'going backwards': { record: 'backwards' },
  'tracks reordered': { record: 'reordered' },
  'success without audio': { record: 'hollow' },
  'link that is none': { record: 'no link' },
  'slow answer': { pace: 'slow' },
}
export type Twisted = NonNullable<Reading['record']>

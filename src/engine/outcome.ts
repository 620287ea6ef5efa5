/** What an answer of a provider means: the four outcome classes of a paid request, and the plainer ones of a read. */
import * as z from 'zod'
import type { ErrorCode } from '../canonical/error.ts'
import type { Adapter, Call } from '../contract/adapter.ts'
import { type Opened, open } from '../contract/envelope.ts'
import { type Classified, classify } from '../contract/errors.ts'
import type { Form } from '../contract/operations.ts'
import { read } from '../contract/paths.ts'
import type { Involved } from './errors.ts'
import type { UpstreamAnswer } from './ports.ts'

export interface Failure extends Involved {
  readonly code: ErrorCode
  readonly detail: string
  /** Seconds the provider asked us to wait. */
  readonly retryAfter: number | null
  /** Another provider may be asked, though the code alone says no such thing. */
  readonly elsewhere?: true
}

/**
 * `accepted`: we hold what we asked for. `refused`: an authoritative no, nothing was created. `not_sent`: it never
 * reached the provider. `unknown`: anything else. Only refused and not_sent may go elsewhere; unknown is never repeated.
 */
export type Outcome<Response> =
  | { readonly class: 'accepted'; readonly response: Response }
  | { readonly class: 'refused' | 'not_sent'; readonly failure: Failure }
  | { readonly class: 'unknown'; readonly failure: Failure }

/** What the provider said as JSON. Cloudflare answers as JSON as well, and says so: that is a page, and no word of the provider's. */
const parse = (body: string): unknown => {
  try {
    const json: unknown = JSON.parse(body)
    return read(json, 'cloudflare_error') === true ? undefined : json
  } catch {
    return undefined
  }
}

/**
 * What Cloudflare answers where it did not get through to the provider behind it: turned away, no way there, no TLS, no
 * address. Of 520, 522 and 524 nobody knows. The page has to name the error itself:
 * a provider that says such a status in its own words has seen the request.
 */
const UNREACHED: Readonly<Record<number, readonly [reason: 'connect' | 'tls', named: number]>> = {
  521: ['connect', 521],
  523: ['connect', 523],
  525: ['tls', 525],
  526: ['tls', 526],
  530: ['connect', 1016],
}

/** How a page of the edge names its error. */
const NAMED = /\berror[ _]code["\s:]{0,9}(\d+)/i

const unreached = (status: number, body: string, json: unknown): 'connect' | 'tls' | null => {
  const row = UNREACHED[status]
  if (row === undefined || json !== undefined) return null
  const [reason, named] = row
  return Number(NAMED.exec(body)?.[1]) === named ? reason : null
}

const spoken = (adapter: Adapter, opened: Opened | null): Involved => ({
  provider: adapter.id,
  ...(opened?.code == null ? {} : { provider_code: String(opened.code) }),
  ...(opened?.message == null ? {} : { provider_message: opened.message }),
})

interface Judged {
  readonly answer: Extract<UpstreamAnswer, { kind: 'answered' }>
  readonly json: unknown
  readonly opened: Opened | null
  readonly meaning: Classified | null
}

const within = (status: number, low: number, high: number) => status >= low && status <= high

type Verdict = readonly ['refused' | 'unknown', ErrorCode, string]

/**
 * The rows for an answer that is not the agreed success, read from the top; what no row matches is unknown.
 * docs/design.md, A task.
 */
const REFUSALS: readonly [when: (judged: Judged) => boolean, then: (judged: Judged) => Verdict][] = [
  [
    ({ opened }) => opened?.ok === true,
    () => ['unknown', 'submission_unconfirmed', 'said yes under a HTTP status that says no'],
  ],
  [({ answer }) => within(answer.status, 300, 399), () => ['refused', 'adapter_error', 'redirected the request']],
  [
    ({ meaning }) => meaning !== null && meaning.code !== 'submission_unconfirmed',
    ({ meaning }) => ['refused', meaning!.code, 'refused the request'],
  ],
  [({ meaning }) => meaning !== null, () => ['unknown', 'submission_unconfirmed', 'failed while taking the request']],
  [
    ({ answer, json }) => answer.status === 401 || (answer.status === 403 && json !== undefined),
    () => ['refused', 'provider_auth_failed', 'refused our key'],
  ],
  [
    ({ answer, json }) => answer.status === 403 && json === undefined,
    () => ['refused', 'provider_unavailable', 'is shielded by an edge that refused us'],
  ],
  [
    ({ answer, opened }) => answer.status === 429 && opened === null,
    () => ['refused', 'provider_rate_limited', 'takes no more requests for now'],
  ],
  [
    ({ answer, json }) => answer.status === 503 && json !== undefined && answer.retryAfter !== null,
    () => ['refused', 'provider_unavailable', 'asked to come back later'],
  ],
]

const unknownSaid = (opened: Opened | null, status: number): string =>
  opened === null ? `answered HTTP ${status} in no known form` : `answered with the unknown code ${opened.code}`

/** What the answer to a paid request means. */
export const judgePaid = <Request, Response>(
  adapter: Adapter,
  operation: Form,
  call: Call<Request, Response>,
  answer: UpstreamAnswer,
): Outcome<Response> => {
  const title = adapter.title
  const notSent = (reason: 'connect' | 'tls', detail: string, retryAfter: number | null): Outcome<Response> => ({
    class: 'not_sent',
    failure: {
      code: reason === 'tls' ? 'provider_tls_error' : 'provider_unavailable',
      detail: `${title} could not be reached (${detail}). Nothing was sent.`,
      provider: adapter.id,
      retryAfter,
    },
  })
  if (answer.kind === 'not_sent') return notSent(answer.reason, answer.detail, null)
  const unknown = (what: string, involved: Involved): Outcome<Response> => ({
    class: 'unknown',
    failure: {
      code: 'submission_unconfirmed',
      detail: `${title} ${what}: whether it accepted, and charged, is not known. Look at your account there before asking again.`,
      ...involved,
      retryAfter: null,
    },
  })
  if (answer.kind === 'lost') return unknown(`gave no whole answer (${answer.detail})`, { provider: adapter.id })
  const json = parse(answer.body)
  const barred = unreached(answer.status, answer.body, json)
  if (barred !== null) return notSent(barred, `HTTP ${answer.status}`, answer.retryAfter)
  const opened = open(call.envelope ?? adapter.envelope, json)
  const said = spoken(adapter, opened)
  if (opened?.ok && within(answer.status, 200, 299)) {
    const decoded = decode(call, opened, json)
    return decoded.success
      ? { class: 'accepted', response: decoded.data }
      : unknown('said yes in a form that does not hold what was asked for', said)
  }
  const meaning =
    opened === null || opened.ok
      ? null
      : classify(adapter.errors, { at: 'submit', operation, http: answer.status, ...opened })
  const judged = { answer, json, opened, meaning }
  const row = REFUSALS.find(([when]) => when(judged))
  if (row === undefined) return unknown(unknownSaid(opened, answer.status), said)
  const [kind, code, what] = row[1](judged)
  if (kind === 'unknown') return unknown(what, said)
  const words = said.provider_message ? `: ${said.provider_message}` : ''
  return {
    class: 'refused',
    failure: {
      code,
      detail: `${title} ${what}${words}`,
      ...said,
      retryAfter: answer.retryAfter,
      ...(meaning?.elsewhere ? { elsewhere: true } : {}),
    },
  }
}

const decode = <Request, Response>(call: Call<Request, Response>, opened: Opened, json: unknown) => {
  const wire = call.reads === 'body' ? json : opened.payload
  return z.safeDecode(call.response, call.repair ? call.repair(wire) : wire)
}

/** `absent`: the provider answers that it knows no such thing. */
export type Reading<Response> =
  | { readonly kind: 'read'; readonly response: Response }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** What the answer to a free read means. A failed read says nothing about the thing that was to be read. */
export const judgeRead = <Request, Response>(
  adapter: Adapter,
  operation: Form,
  call: Call<Request, Response>,
  answer: UpstreamAnswer,
): Reading<Response> => {
  const failed = (
    code: ErrorCode,
    detail: string,
    involved: Involved = { provider: adapter.id },
  ): Reading<Response> => ({
    kind: 'failed',
    failure: { code, detail, ...involved, retryAfter: answer.kind === 'answered' ? answer.retryAfter : null },
  })
  if (answer.kind !== 'answered') return failed('provider_unavailable', `${adapter.title}: ${answer.detail}`)
  const json = parse(answer.body)
  const opened = open(call.envelope ?? adapter.envelope, json)
  const said = spoken(adapter, opened)
  if (opened === null)
    return failed('provider_protocol', `${adapter.title} answered HTTP ${answer.status} in no known form`, said)
  if (!opened.ok) {
    const meaning = classify(adapter.errors, { at: 'read', operation, http: answer.status, ...opened })
    if (meaning?.absent) return { kind: 'absent' }
    return failed(meaning?.code ?? 'provider_protocol', `${adapter.title} answered with code ${opened.code}`, said)
  }
  if (opened.payload === null && call.repair === undefined && call.reads !== 'body') return { kind: 'absent' }
  const decoded = decode(call, opened, json)
  return decoded.success
    ? { kind: 'read', response: decoded.data }
    : failed(
        'provider_protocol',
        `${adapter.title} answered in a form we do not know: ${decoded.error.issues[0]?.message}`,
        said,
      )
}

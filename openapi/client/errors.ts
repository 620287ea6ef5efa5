/** What every call throws: the gateway's problem details (RFC 9457), typed by their code. */
import type { ErrorCode, FieldError, Problem } from './generated/types.gen.ts'
import { buysOnce } from './persist.ts'

/**
 * What the gateway did not say but the client saw: nobody answered; somebody else answered, such as a proxy; or what
 * was asked for with `If-None-Match` is as it was.
 */
export type ClientErrorCode = 'connection_failed' | 'unexpected_answer' | 'not_modified'

/** Act on this word. More may appear: have a default. */
export type TuttiErrorCode = ErrorCode | ClientErrorCode

/** What is known about a call that did not succeed. */
export interface Failure {
  readonly code: TuttiErrorCode
  /** Of HTTP; 0 where nobody answered. */
  readonly status: number
  readonly title: string
  readonly detail: string
  /** Whether the same call with the same Idempotency-Key can help. */
  readonly retryable: boolean
  /** Whether the provider may have taken money for this. */
  readonly mayHaveBeenCharged: boolean
  readonly requestId: string | null
  readonly taskId: string | null
  readonly provider: string | null
  readonly providerCode: string | null
  readonly providerMessage: string | null
  /** One entry for each faulty place of the request, by JSON Pointer. */
  readonly errors: readonly FieldError[]
  /** Seconds until a repeat can help. */
  readonly retryAfter: number | null
  /** What the call was sent with: repeat with it what may have been done. */
  readonly idempotencyKey: string | null
}

export interface TuttiError extends Failure {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns every field of a failure
export class TuttiError extends Error {
  override readonly name = 'TuttiError'

  constructor(failure: Failure, cause?: unknown) {
    super(`${failure.code}: ${failure.detail}`, { cause })
    Object.assign(this, failure)
  }
}

const seconds = (header: string | null): number | null => (header && /^\d+$/.test(header) ? Number(header) : null)

export const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'request_id' in body

const NOBODY = { taskId: null, provider: null, providerCode: null, providerMessage: null, errors: [] } as const

const placeOf = (request: Request): string => `${request.method} ${new URL(request.url).pathname}`

/** A page is never an answer of the gateway: a proxy on the way wants a login, or says that it is closed. */
export const notOfSomebodyElse = (response: Response, request: Request): Response => {
  if (!response.ok || !response.headers.get('content-type')?.startsWith('text/html')) return response
  response.body?.cancel().catch(() => {})
  throw otherAnswer(placeOf(request), null, response, request)
}

const keyOf = (request: Request | null): string | null => request?.headers.get('idempotency-key') ?? null

/** Nobody answered, or not to the end. What became of a create can only be asked with its key. */
export const connectionFailed = (what: string, cause: unknown, request: Request | null = null): TuttiError =>
  new TuttiError(
    {
      ...{ code: 'connection_failed', status: 0, title: 'No answer', detail: `${what} was not answered` },
      ...{ retryable: true, mayHaveBeenCharged: request !== null && buysOnce(request) },
      ...{ requestId: null, retryAfter: null, idempotencyKey: keyOf(request) },
      ...NOBODY,
    },
    cause,
  )

/** An answer that is not one of Tutti's errors: its own 304, or that of somebody between. */
const otherAnswer = (what: string, body: unknown, response: Response, request: Request): TuttiError => {
  const { status, headers } = response
  const same = status === 304
  return new TuttiError(
    {
      code: same ? 'not_modified' : 'unexpected_answer',
      status,
      title: same ? 'Not modified' : 'Not an answer of Tutti',
      detail: same ? `${what} is as it was` : `${what} was answered with ${status} by somebody else`,
      retryable: response.ok || status === 429 || status >= 500,
      mayHaveBeenCharged: buysOnce(request),
      requestId: headers.get('request-id'),
      retryAfter: seconds(headers.get('retry-after')),
      idempotencyKey: keyOf(request),
      ...NOBODY,
    },
    body,
  )
}

/** What the gateway says of a failure, typed; `sent` is what only the answer around it knows. */
export const gatewayError = (
  body: Problem,
  sent: Partial<Pick<Failure, 'status' | 'retryAfter' | 'idempotencyKey'>> = {},
): TuttiError =>
  new TuttiError({
    code: body.code,
    status: body.status,
    title: body.title,
    detail: body.detail,
    retryable: body.retryable,
    mayHaveBeenCharged: body.may_have_been_charged,
    requestId: body.request_id,
    taskId: body.task_id ?? null,
    provider: body.provider ?? null,
    providerCode: body.provider_code ?? null,
    providerMessage: body.provider_message ?? null,
    errors: body.errors ?? [],
    retryAfter: null,
    idempotencyKey: null,
    ...sent,
  })

/** The error of a call, from what came back. */
export const errorOf = (body: unknown, response: Response | undefined, request: Request | undefined): unknown => {
  // A request that could not be made, and one that was called off, are the caller's own doing.
  if (request === undefined || body instanceof TuttiError) return body
  // Its provider may have it all the same: only the key, which is perhaps known nowhere else, can ask for it again.
  if (request.signal.aborted) return buysOnce(request) ? connectionFailed(placeOf(request), body, request) : body
  const what = placeOf(request)
  if (response === undefined) return connectionFailed(what, body, request)
  if (!isProblem(body)) return otherAnswer(what, body, response, request)
  return gatewayError(body, {
    status: response.status,
    retryAfter: seconds(response.headers.get('retry-after')),
    idempotencyKey: keyOf(request),
  })
}

/** What answers mean: one test for each row of the decision table, and that damage never looks like a refusal. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgePaid, judgeRead } from '../../src/engine/outcome.ts'
import type { UpstreamAnswer } from '../../src/engine/ports.ts'
import { echo } from './echo.ts'
import { answer, edge, lost, no, ok, record, unreachable, untrusted } from './world.ts'

const { submit, poll } = echo.operations.generateMusic!
const paid = (said: UpstreamAnswer) => judgePaid(echo, 'generateMusic', submit, said)
const read = (said: UpstreamAnswer) => judgeRead(echo, 'generateMusic', poll, said)

const HTML = '<html><body>502 Bad Gateway</body></html>'
const yes = JSON.stringify({ code: 200, text: 'success', data: { job: 'job-1' } })
const json = (status: number, body: unknown, retryAfter: number | null = null) => answer(body, status, retryAfter)

describe('a paid request', () => {
  const rows: [string, UpstreamAnswer, 'accepted' | 'refused' | 'not_sent' | 'unknown', string?][] = [
    ['200 with a task id', ok({ job: 'job-1' }), 'accepted'],
    ['201 with a task id', answer(yes, 201), 'accepted'],
    ['no connection', unreachable, 'not_sent', 'provider_unavailable'],
    ['no trusted connection', untrusted, 'not_sent', 'provider_tls_error'],
    ['a connection that was lost', lost, 'unknown'],
    ['301', answer('', 301), 'refused', 'adapter_error'],
    ['307 as HTML', answer(HTML, 307), 'refused', 'adapter_error'],
    ['401 in the agreed form', no(401), 'refused', 'provider_auth_failed'],
    ['401 without a body', answer('', 401), 'refused', 'provider_auth_failed'],
    ['403 as JSON', json(403, { message: 'forbidden' }), 'refused', 'provider_auth_failed'],
    ['403 as HTML', answer(HTML, 403), 'refused', 'provider_unavailable'],
    ['code 402', no(402), 'refused', 'provider_credits_exhausted'],
    ['code 402 under HTTP 200', json(200, { code: 402, text: 'x' }), 'refused', 'provider_credits_exhausted'],
    ['429 about credits', no(429, 'Insufficient credits'), 'refused', 'provider_credits_exhausted'],
    ['429 about frequency', no(429, 'slow down', 3), 'refused', 'provider_rate_limited'],
    ['code 430', no(430), 'refused', 'provider_rate_limited'],
    ['429 in no known form', answer(HTML, 429), 'refused', 'provider_rate_limited'],
    ['code 455', no(455), 'refused', 'provider_maintenance'],
    ['code 400', no(400), 'refused', 'provider_rejected_request'],
    ['code 422', no(422), 'refused', 'provider_rejected_request'],
    ['code 413', no(413), 'refused', 'content_rejected'],
    ['code 500', no(500), 'unknown'],
    ['code 500 under HTTP 200', json(200, { code: 500, text: 'x' }), 'unknown'],
    ['500 as foreign JSON', json(500, { error: 'oops' }), 'unknown'],
    ['501 in the agreed form', no(501), 'unknown'],
    ...[500, 502, 503, 504, 520, 522, 524].map(
      (status) => [`${status} as HTML`, answer(HTML, status), 'unknown'] as [string, UpstreamAnswer, 'unknown'],
    ),
    ...[521, 523].flatMap((status): typeof rows => [
      [`${status} of the edge`, edge.text(status), 'not_sent', 'provider_unavailable'],
      [`${status} of the edge as JSON`, edge.json(status), 'not_sent', 'provider_unavailable'],
    ]),
    ...[525, 526].flatMap((status): typeof rows => [
      [`${status} of the edge`, edge.text(status), 'not_sent', 'provider_tls_error'],
      [`${status} of the edge as JSON`, edge.json(status), 'not_sent', 'provider_tls_error'],
    ]),
    ['530 of the edge that found no address', edge.text(530, 1016), 'not_sent', 'provider_unavailable'],
    ['530 of the edge that found no address, as JSON', edge.json(530, 1016), 'not_sent', 'provider_unavailable'],
    ['521 as a page', answer('<html><span>Error code 521</span></html>', 521), 'not_sent', 'provider_unavailable'],
    ['530 of the edge for another reason', edge.text(530, 1033), 'unknown'],
    ['530 of the edge for another reason, as JSON', edge.json(530, 10160), 'unknown'],
    ['521 as a page that goes on and on', answer(`error code${' '.repeat(2_000_000)}x`, 521), 'unknown'],
    ['521 as a page that names another error', edge.text(521, 520), 'unknown'],
    ...[520, 522, 524].flatMap((status): typeof rows => [
      [`${status} of the edge`, edge.text(status), 'unknown'],
      [`${status} of the edge as JSON`, edge.json(status, status, 120), 'unknown'],
    ]),
    ...[521, 523, 525, 526, 530].flatMap((status): typeof rows => [
      [`${status} in the agreed form`, no(status, `error code: ${status}`), 'unknown'],
      [`${status} as foreign JSON`, json(status, { error: `error code: ${status}` }), 'unknown'],
      [`${status} as HTML that names nothing`, answer(HTML, status), 'unknown'],
      [`${status} without a body`, answer('', status), 'unknown'],
      [`a success code under HTTP ${status}`, answer(yes, status), 'unknown'],
    ]),
    ['403 of the edge as JSON', edge.json(403, 1010), 'refused', 'provider_unavailable'],
    ['503 of the edge as JSON with Retry-After', edge.json(503, 503, 5), 'unknown'],
    ['503 as HTML with Retry-After', answer(HTML, 503, 5), 'unknown'],
    ['503 as JSON with Retry-After', json(503, { code: 503, text: 'busy' }, 5), 'refused', 'provider_unavailable'],
    ['503 as JSON without Retry-After', json(503, { code: 503, text: 'busy' }), 'unknown'],
    ['502 as JSON with Retry-After', json(502, { code: 502, text: 'busy' }, 5), 'unknown'],
    ['400 in no known form', answer(HTML, 400), 'unknown'],
    ['404 in no known form', json(404, { error: 'x' }), 'unknown'],
    ['429 with a code nobody knows', json(429, { code: 777, text: 'x' }), 'unknown'],
    ['200 as HTML', answer('<html>', 200), 'unknown'],
    ['200 with an empty body', answer('', 200), 'unknown'],
    ['200 truncated', answer(yes.slice(0, -5)), 'unknown'],
    ['200 without a task id', ok({}), 'unknown'],
    ['200 with an empty task id', ok({ job: '' }), 'unknown'],
    ['200 with a task id that is no text', ok({ job: 7 }), 'unknown'],
    ['200 without data', ok(null), 'unknown'],
    ['200 with a code that is text', json(200, { code: '200', data: { job: 'job-1' } }), 'unknown'],
    ['200 as a list', json(200, [1]), 'unknown'],
    ['200 as null', json(200, null), 'unknown'],
    ['a code nobody knows', json(200, { code: 777, text: 'x' }), 'unknown'],
    ...[301, 400, 401, 403, 429, 500, 503].map(
      (status) =>
        [`a success code under HTTP ${status}`, answer(yes, status, 5), 'unknown'] as [
          string,
          UpstreamAnswer,
          'unknown',
        ],
    ),
  ]
  it.each(rows)('%s', (_, said, kind, code = kind === 'unknown' ? 'submission_unconfirmed' : undefined) => {
    const outcome = paid(said)
    expect(outcome.class).toBe(kind)
    expect(outcome.class === 'accepted' ? undefined : outcome.failure.code).toBe(code)
  })

  it('keeps the words of the provider and the time it asks for', () => {
    expect(paid(edge.json(521, 521, 120))).toMatchObject({
      failure: { detail: 'Echo could not be reached (HTTP 521). Nothing was sent.', retryAfter: 120 },
    })
    expect(paid(no(429, 'slow down', 3))).toMatchObject({
      failure: { provider: 'echo', provider_code: '429', provider_message: 'slow down', retryAfter: 3 },
    })
  })

  /** Refusals of the table above, for a body that still is one after it was damaged. */
  const isRefusal = (body: string): boolean => {
    try {
      return [400, 401, 402, 413, 422, 429, 430, 455].includes((JSON.parse(body) as { code: number }).code)
    } catch {
      return false
    }
  }
  const damages: fc.Arbitrary<(body: string) => string>[] = [
    fc.nat().map((at) => (body) => body.slice(0, at % body.length)),
    fc.nat().map((at) => (body) => body.slice(at % body.length)),
    fc.tuple(fc.nat(), fc.string({ maxLength: 6 })).map(([at, text]) => (body) => {
      const place = at % body.length
      return body.slice(0, place) + text + body.slice(place + text.length)
    }),
    fc
      .tuple(fc.nat(), fc.constantFrom('0', '4', '"', '{', ',', 'null', '402', '\u0000', '\ufeff'))
      .map(([at, text]) => (body) => {
        const place = at % body.length
        return body.slice(0, place) + text + body.slice(place)
      }),
    fc.jsonValue().map((value) => () => JSON.stringify(value)),
    fc.tuple(fc.constantFrom('code', 'data', 'text'), fc.jsonValue()).map(
      ([field, value]) =>
        () =>
          JSON.stringify({ ...JSON.parse(yes), [field]: value }),
    ),
  ]
  it('that was accepted never looks refused or unsent, however its answer is damaged', () => {
    const seen = { accepted: 0, refused: 0, not_sent: 0, unknown: 0 }
    fc.assert(
      fc.property(
        fc.oneof(...damages),
        fc.constantFrom(200, 201, 202, 500, 502, 504, 521, 525, 530),
        (damage, status) => {
          const body = damage(yes)
          const { class: kind } = paid(answer(body, status))
          seen[kind] += 1
          if (kind !== 'accepted' && kind !== 'unknown') expect(isRefusal(body)).toBe(true)
        },
      ),
      { seed: 20_261_121, numRuns: 3000 },
    )
    expect(seen.not_sent).toBe(0)
    expect(seen.unknown).toBeGreaterThan(1000)
  })
})

describe('a free read', () => {
  const rows: [string, UpstreamAnswer, 'read' | 'absent' | 'failed', string?][] = [
    ['a record', record.half, 'read'],
    ['no connection', unreachable, 'failed', 'provider_unavailable'],
    ['a connection that was lost', lost, 'failed', 'provider_unavailable'],
    ['HTML', answer(HTML, 502), 'failed', 'provider_protocol'],
    ['code 404', record.absent, 'absent'],
    ['no data', ok(null), 'absent'],
    ['code 429', no(429, 'slow down', 9), 'failed', 'provider_rate_limited'],
    ['code 500', no(500), 'failed', 'provider_unavailable'],
    ['code 401', no(401), 'failed', 'provider_auth_failed'],
    ['a code nobody knows', no(777), 'failed', 'provider_protocol'],
    ['a state nobody knows', ok({ job: 'job-1', state: 'PERHAPS', parts: null }), 'failed', 'provider_protocol'],
    ['tracks that are no list', ok({ job: 'job-1', state: 'DONE', parts: 7 }), 'failed', 'provider_protocol'],
    ['a truncated record', answer('{"code":200,"data":{"job"'), 'failed', 'provider_protocol'],
  ]
  it.each(rows)('that answers %s', (_, said, kind, code) => {
    const reading = read(said)
    expect(reading.kind).toBe(kind)
    expect(reading.kind === 'failed' ? reading.failure.code : undefined).toBe(code)
  })

  it('hands on how long to wait', () => {
    expect(read(no(429, 'slow down', 9))).toMatchObject({ failure: { retryAfter: 9 } })
  })
})

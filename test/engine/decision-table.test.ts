/** The decision table, row by row: what a provider's answer is, whether it is asked again, who else is, and what it costs. */
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../src/canonical/error.ts'
import { newTask } from '../../src/engine/accept.ts'
import { type Happening, reduce } from '../../src/engine/core.ts'
import { taskError } from '../../src/engine/errors.ts'
import { heard, newStanding } from '../../src/engine/health.ts'
import { newsOf, newsOfOutcome } from '../../src/engine/news.ts'
import { judgePaid, judgeRead, type Outcome } from '../../src/engine/outcome.ts'
import type { UpstreamAnswer } from '../../src/engine/ports.ts'
import { type Attempt, type Candidate, currentAttempt, type WorkTask } from '../../src/engine/state.ts'
import type { Pace } from '../../src/engine/step.ts'
import { echo } from './echo.ts'
import { answer, edge, lost, MINUTE, no, ok, record, SECOND, unreachable, untrusted } from './world.ts'

const { submit, poll } = echo.operations.generateMusic!
const NOW = 1_000_000
const pace: Pace = {
  pollScale: 1,
  pollFloor: 0,
  reconcileWindow: 30 * MINUTE,
  taskTimeout: 60 * MINUTE,
  stallAfter: 15 * MINUTE,
}

const candidate = (provider: string): Candidate => ({
  provider,
  credential: provider,
  form: 'generateMusic',
  model: 'v5',
})
const started: Attempt = {
  ...candidate('echo'),
  id: 'att_0',
  state: 'sending',
  provider_task_id: null,
  charged: 'unknown',
  credits: 10,
  usd: 0.1,
  error: null,
  warnings: [],
  token: '',
  created_at: NOW,
  updated_at: NOW,
}

const become = (task: WorkTask, now: number, happening: Happening): WorkTask =>
  reduce(task, now, happening, pace, 0.5).task

/** A song that is being sent, with others that could be asked, or without. */
const sending = (others: readonly Candidate[], failover: object = {}): WorkTask => {
  const known = {
    id: 'task_0',
    project: 'default',
    operation: 'generateMusic',
    fingerprint: '',
    livemode: true,
  } as const
  const task = newTask({ ...known, request: { failover }, subject: null }, NOW, {
    material: {},
    candidates: [candidate('echo'), ...others],
  })
  return become(task, NOW, { type: 'sending', attempt: started })
}
const submitted = (outcome: Outcome<{ provider_task_id: string }>): Happening => ({
  type: 'submitted',
  outcome,
  evidencePossible: true,
})

const HTML = '<html><body>Bad Gateway</body></html>'
const json = (status: number, body: unknown, retryAfter: number | null = null) => answer(body, status, retryAfter)

interface Row {
  readonly said: UpstreamAnswer
  readonly class: 'not_sent' | 'refused' | 'unknown'
  readonly code: ErrorCode
  /** After so many seconds, once, where there is nobody else. */
  readonly same: number | null
  readonly over: boolean
  /** What one of them makes of a healthy key; `counts` is one failure towards five. */
  readonly breaker: 'no' | 'counts' | 'open' | 'no_credits' | 'rate_limited' | 'maintenance' | 'auth_failed'
}
const N = { class: 'not_sent', over: true } as const
const R = { class: 'refused', same: null } as const
const U = { class: 'unknown', code: 'submission_unconfirmed', same: null, over: false, breaker: 'counts' } as const

const ROWS: Readonly<Record<string, Row>> = {
  'DNS, refused, connect timeout, reset in the handshake': {
    ...N,
    said: unreachable,
    code: 'provider_unavailable',
    same: 1,
    breaker: 'counts',
  },
  'TLS handshake or certificate': { ...N, said: untrusted, code: 'provider_tls_error', same: null, breaker: 'open' },
  ...Object.fromEntries(
    [edge.text(521), edge.json(523), edge.text(530, 1016)].map((said) => [
      `an edge that did not reach the provider: ${said.status}`,
      { ...N, said, code: 'provider_unavailable', same: 1, breaker: 'counts' },
    ]),
  ),
  ...Object.fromEntries(
    [edge.json(525), edge.text(526)].map((said) => [
      `an edge that did not trust the provider: ${said.status}`,
      { ...N, said, code: 'provider_tls_error', same: null, breaker: 'open' },
    ]),
  ),
  '401': { ...R, said: no(401), code: 'provider_auth_failed', over: true, breaker: 'auth_failed' },
  '403 as JSON': {
    ...R,
    said: json(403, { message: 'no' }),
    code: 'provider_auth_failed',
    over: true,
    breaker: 'auth_failed',
  },
  '403 as HTML': { ...R, said: answer(HTML, 403), code: 'provider_unavailable', over: true, breaker: 'counts' },
  '402': { ...R, said: no(402), code: 'provider_credits_exhausted', over: true, breaker: 'no_credits' },
  '429 that says credits': {
    ...R,
    said: no(429, 'not enough credits'),
    code: 'provider_credits_exhausted',
    over: true,
    breaker: 'no_credits',
  },
  '429 rate, with a time of at most ten seconds': {
    ...R,
    said: no(429, 'slow', 10),
    code: 'provider_rate_limited',
    same: 10,
    over: true,
    breaker: 'rate_limited',
  },
  '429 rate, with a longer time': {
    ...R,
    said: no(429, 'slow', 11),
    code: 'provider_rate_limited',
    over: true,
    breaker: 'rate_limited',
  },
  '430 too frequent': {
    ...R,
    said: no(430, 'slow', 2),
    code: 'provider_rate_limited',
    same: 2,
    over: true,
    breaker: 'rate_limited',
  },
  '455 maintenance': { ...R, said: no(455), code: 'provider_maintenance', over: true, breaker: 'maintenance' },
  '400 shape or parameter': { ...R, said: no(400), code: 'provider_rejected_request', over: false, breaker: 'no' },
  '422 shape or parameter': { ...R, said: no(422), code: 'provider_rejected_request', over: false, breaker: 'no' },
  'content, copyright or artist match': { ...R, said: no(413), code: 'content_rejected', over: false, breaker: 'no' },
  '3xx': { ...R, said: answer('', 307), code: 'adapter_error', over: true, breaker: 'open' },
  '500 with provider JSON, no task id': { ...U, said: no(500) },
  '501 with provider JSON, no task id': { ...U, said: no(501) },
  ...Object.fromEntries(
    [502, 503, 504, 520, 522, 524].map((status) => [`${status} with a page`, { ...U, said: answer(HTML, status) }]),
  ),
  'a page with any status': { ...U, said: answer(HTML, 400) },
  '503 with provider JSON and Retry-After': {
    ...R,
    said: json(503, { code: 503, text: 'busy' }, 4),
    code: 'provider_unavailable',
    same: 4,
    over: true,
    breaker: 'counts',
  },
  '503 with provider JSON alone': { ...U, said: json(503, { code: 503, text: 'busy' }) },
  'timeout or reset after the connector connected': { ...U, said: lost },
  '200 without a task id': { ...U, said: ok({}) },
  '200 that is not JSON': { ...U, said: answer('yes') },
  '200, truncated': { ...U, said: answer('{"code":200,"data":{"jo') },
  'a code that is not listed': { ...U, said: no(777) },
}

describe('at create', () => {
  describe.each(Object.entries(ROWS))('%s', (_, row) => {
    const outcome = judgePaid(echo, 'generateMusic', submit, row.said)

    it(`is ${row.class}: ${row.code}`, () => {
      expect(outcome).toMatchObject({ class: row.class, failure: { code: row.code, provider: 'echo' } })
    })

    it(row.over ? 'goes to the next capable provider' : 'goes to nobody else', () => {
      const task = become(sending([candidate('echo-two')]), NOW, submitted(outcome))
      const charged = row.class === 'unknown' ? 'unknown' : 'no'
      expect(currentAttempt(task)).toMatchObject({ state: row.class, charged, error: { code: row.code } })
      if (row.over)
        expect(task).toMatchObject({
          status: 'queued',
          next: 'submit',
          next_at: NOW,
          candidates: [{ provider: 'echo-two' }],
        })
      else if (row.class === 'unknown')
        expect(task).toMatchObject({
          status: 'running',
          stage: 'reconciling',
          next: 'expire',
          next_at: NOW + 30 * MINUTE,
        })
      else expect(task).toMatchObject({ status: 'failed', error: { code: row.code, may_have_been_charged: false } })
    })

    it(
      row.same === null
        ? 'is not tried again there'
        : `is tried once more there after ${row.same} s, and no third time`,
      () => {
        const task = become(sending([]), NOW, submitted(outcome))
        if (row.same === null) return expect(task.next === 'submit').toBe(false)
        expect(task).toMatchObject({
          status: 'queued',
          next_at: NOW + row.same * SECOND,
          candidates: [{ provider: 'echo' }],
        })
        const again = become(task, task.next_at!, { type: 'sending', attempt: { ...started, id: 'att_1' } })
        expect(become(again, task.next_at!, submitted(outcome))).toMatchObject({
          status: 'failed',
          error: { code: row.code },
        })
        const poor = become(sending([]), NOW, { ...submitted(outcome), mayRetry: false } as Happening)
        expect(poor.status).toBe('failed')
      },
    )

    it(`and makes the key: ${row.breaker}`, () => {
      const moment = { now: NOW, jitter: 0.5, scale: 1, canProbe: true }
      const { state, recent } = heard(newStanding(NOW), moment, newsOfOutcome(outcome, 10))
      expect([state, recent.filter(({ good }) => !good).length]).toEqual([
        row.breaker === 'no' || row.breaker === 'counts' ? 'healthy' : row.breaker,
        row.breaker === 'counts' ? 1 : 0,
      ])
    })
  })

  it('a breaker that is open or too many requests at once: nobody is asked, and no attempt was made', () => {
    const task = become(sending([]), NOW, submitted(judgePaid(echo, 'generateMusic', submit, unreachable)))
    const error = taskError('no_provider_available', 'Nothing was sent.', {})
    const fresh = become({ ...task, attempts: [] }, NOW, { type: 'nobody_left', error })
    expect(fresh).toMatchObject({
      status: 'failed',
      attempts: [],
      error: { code: 'no_provider_available', may_have_been_charged: false },
    })
  })

  it('what our own table can not say was not sent, and is no fault of the provider', () => {
    const failure = { code: 'adapter_error', detail: '?', provider: 'echo', retryAfter: null } as const
    expect(newsOfOutcome({ class: 'not_sent', failure }, null).type).toBe('none')
  })

  it('a process that died while it was sending: parked, never sent again', () => {
    const task = become(sending([candidate('echo-two')]), NOW, { type: 'restarted', evidencePossible: true })
    expect(task).toMatchObject({ status: 'running', stage: 'reconciling', next: 'expire' })
    expect(currentAttempt(task)).toMatchObject({ state: 'unknown', charged: 'unknown' })
    const over = become(task, NOW + 30 * MINUTE, { type: 'window_passed' })
    expect(over).toMatchObject({
      status: 'failed',
      error: { code: 'submission_unconfirmed' },
      attempts: [{ charged: 'unknown' }],
    })
  })

  it('200 with a task id: accepted, and pinned to its provider', () => {
    const outcome = judgePaid(echo, 'generateMusic', submit, ok({ job: 'job-1' }))
    const task = become(sending([candidate('echo-two')]), NOW, submitted(outcome))
    expect(task).toMatchObject({ status: 'running', stage: 'submitted', next: 'poll' })
    expect(currentAttempt(task)).toMatchObject({ state: 'accepted', provider_task_id: 'job-1', charged: 'yes' })
    expect(newsOfOutcome(outcome, 10)).toEqual({ type: 'success', credits: 10 })
  })
})

const accepted = (failover: object = {}) =>
  become(
    sending([candidate('echo-two')], failover),
    NOW,
    submitted({ class: 'accepted', response: { provider_task_id: 'job-1' } }),
  )

/** What the record says, as the engine hears it. */
const read = (said: UpstreamAnswer): Happening => {
  const reading = judgeRead(echo, 'generateMusic', poll, said)
  if (reading.kind === 'absent') return { type: 'absent', title: 'Echo' }
  if (reading.kind === 'failed') return { type: 'read_failed', retryAfter: reading.failure.retryAfter }
  const { snapshot } = { snapshot: reading.response }
  const failed = snapshot.failure
  const codes: Record<string, { code: 'generation_failed' | 'provider_timeout'; charged?: 'refunded' }> = {
    531: { code: 'generation_failed', charged: 'refunded' },
    501: { code: 'generation_failed' },
    408: { code: 'provider_timeout' },
  }
  return { type: 'snapshot', snapshot, failure: failed === null ? null : codes[String(failed.code)]!, title: 'Echo' }
}

describe('after acceptance', () => {
  it('a record that is not there: read on for 120 seconds, then over', () => {
    const task = become(accepted(), NOW, read(record.absent))
    expect(task).toMatchObject({ status: 'running', next: 'poll' })
    expect(become(task, NOW + 119 * SECOND, read(record.absent)).status).toBe('running')
    const over = become(task, NOW + 120 * SECOND, read(record.absent))
    expect(over).toMatchObject({
      status: 'failed',
      error: { code: 'provider_timeout' },
      attempts: [{ charged: 'unknown' }],
    })
  })

  it.each([
    ['by default', {}, true],
    ['never', { after_accept: 'never' }, false],
  ] as const)('531, paid back: goes on %s', (_, failover, over) => {
    const task = become(accepted(failover), NOW, read(record.broken(531, 'sorry')))
    expect(task.attempts).toMatchObject([{ charged: 'refunded', error: { code: 'generation_failed' } }])
    expect(task.status).toBe(over ? 'queued' : 'failed')
    expect(newsOf('generation_failed').type).toBe('fault')
  })

  it.each([
    [501, 'generation_failed'],
    [408, 'provider_timeout'],
  ] as const)('%i, and nobody knows what was charged: goes on only where any is allowed', (code, said) => {
    const failed = read(record.broken(code, 'sorry'))
    const task = become(accepted(), NOW, failed)
    expect(task).toMatchObject({ status: 'failed', error: { code: said }, attempts: [{ charged: 'unknown' }] })
    expect(become(accepted({ after_accept: 'any' }), NOW, failed).status).toBe('queued')
    expect(newsOf(said).type).toBe('fault')
  })

  it.each([
    ['is told and read on', {}, 'running'],
    ['goes on where the client asked for it', { on_stall: 'failover' }, 'queued'],
  ] as const)('no progress past the soft limit: %s', (_, failover, status) => {
    const { task, events } = reduce(accepted(failover), NOW + 15 * MINUTE, read(record.fresh), pace, 0.5)
    expect(events).toContain('task.stalled')
    expect(task.status).toBe(status)
  })

  it('past the hard limit: failed, and nobody knows what was charged', () => {
    const task = become(accepted(), NOW + 60 * MINUTE, read(record.fresh))
    expect(task).toMatchObject({
      status: 'failed',
      error: { code: 'provider_timeout' },
      attempts: [{ charged: 'unknown' }],
    })
    expect(become(accepted({ after_accept: 'any' }), NOW + 60 * MINUTE, read(record.fresh)).status).toBe('failed')
  })

  it('a read that fails says nothing of the song', () => {
    for (const said of [lost, unreachable, answer(HTML, 502), no(777), no(401), no(429, 'slow', 3)])
      expect(become(accepted(), NOW, read(said))).toMatchObject({ status: 'running', next: 'poll' })
  })
})

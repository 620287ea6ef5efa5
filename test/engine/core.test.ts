/** The pure core: a table of single steps, and laws over random histories. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { STAGES } from '../../src/canonical/words.ts'
import { type Happening, reduce } from '../../src/engine/core.ts'
import { taskError } from '../../src/engine/errors.ts'
import { VISIBILITY_GRACE } from '../../src/engine/following.ts'
import { type Attempt, type Candidate, currentAttempt, ended, type WorkTask } from '../../src/engine/state.ts'
import { MAX_ATTEMPTS, type Pace, pollPause, type Step } from '../../src/engine/step.ts'
import { interrupted } from '../../src/engine/submitting.ts'

const NOW = 1_000_000
const pace: Pace = {
  pollScale: 1,
  pollFloor: 0,
  reconcileWindow: 1_800_000,
  taskTimeout: 3_600_000,
  stallAfter: 900_000,
}
const candidate = (provider: string): Candidate => ({
  provider,
  credential: `${provider}-key`,
  form: 'generateMusic',
  model: 'v5',
})

const queued: WorkTask = {
  kind: 'work',
  subject: null,
  material: {},
  result: null,
  track_offset: 0,
  id: 'task_00000000000000000000000000',
  project: 'default',
  operation: 'generateMusic',
  request: { mode: 'describe', description: 'rain' },
  fingerprint: '',
  livemode: true,
  created_at: NOW,
  updated_at: NOW,
  status: 'queued',
  stage: 'accepted',
  stages: [{ stage: 'accepted', at: NOW }],
  seq: 1,
  version: 1,
  attempts: [],
  candidates: [candidate('echo'), candidate('echo-two')],
  tracks: [],
  error: null,
  next: 'submit',
  next_at: NOW,
  polls: 0,
  accepted_at: null,
  absent_since: null,
}

const attemptAt = ({ provider, credential, form, model }: Candidate, id = 'att_0'): Attempt => ({
  provider,
  credential,
  form,
  model,
  id,
  state: 'sending',
  provider_task_id: null,
  charged: 'unknown',
  credits: null,
  usd: null,
  error: null,
  warnings: [],
  token: '',
  created_at: NOW,
  updated_at: NOW,
})

const track = (key: string, audio_url: string | null) => ({
  provider_track_id: key,
  title: null,
  lyrics: null,
  style: null,
  duration_seconds: null,
  audio_url,
  stream_url: null,
  image_url: null,
  failure: null,
})

const sending = (to = 'echo'): Happening => ({ type: 'sending', attempt: attemptAt(candidate(to)) })
const accepted: Happening = {
  type: 'submitted',
  outcome: { class: 'accepted', response: { provider_task_id: 'job' } },
  evidencePossible: true,
}
type Code = 'provider_unavailable' | 'provider_rate_limited' | 'content_rejected' | 'provider_auth_failed'
const notTaken = (kind: 'refused' | 'not_sent', code: Code, retryAfter: number | null = null): Happening => ({
  type: 'submitted',
  outcome: { class: kind, failure: { code, detail: 'no', provider: 'echo', retryAfter } },
  evidencePossible: true,
})
const unknown = (evidencePossible: boolean): Happening => ({
  type: 'submitted',
  outcome: {
    class: 'unknown',
    failure: { code: 'submission_unconfirmed', detail: '?', provider: 'echo', retryAfter: null },
  },
  evidencePossible,
})
const seen = (stage: 'submitted' | 'text_ready' | 'first_ready' | 'complete', ready = 0) => ({
  type: 'snapshot' as const,
  snapshot: {
    provider_task_id: 'job',
    stage,
    tracks: ['a', 'b'].map((key, index) => track(key, index < ready ? `https://x.test/${key}` : null)),
    failure: null,
  },
  failure: null,
  title: 'Echo',
})
const failed = (charged?: 'refunded'): Happening => ({
  type: 'snapshot',
  snapshot: {
    provider_task_id: 'job',
    stage: 'failed',
    tracks: [],
    failure: { code: 531, status: 'BROKEN', message: 'sorry' },
  },
  failure: { code: 'generation_failed', ...(charged ? { charged } : {}) },
  title: 'Echo',
})
/** It failed, and the first of its tracks was finished all the same. */
const failedHalf: Happening = {
  ...failed(),
  snapshot: {
    ...seen('first_ready', 1).snapshot,
    stage: 'failed',
    failure: { code: 501, status: 'BROKEN', message: 'x' },
  },
} as Happening
const absent: Happening = { type: 'absent', title: 'Echo' }
const rang = (provider_task_id: string | null): Happening => ({ type: 'rang', provider_task_id })
const readFailed = (retryAfter: number | null): Happening => ({ type: 'read_failed', retryAfter })
const windowPassed: Happening = { type: 'window_passed' }
const restarted = (evidencePossible: boolean): Happening => ({ type: 'restarted', evidencePossible })
const nobodyLeft: Happening = { type: 'nobody_left', error: taskError('no_provider_available', 'none', {}) }

const step = (task: WorkTask, happening: Happening, now = NOW): Step => reduce(task, now, happening, pace, 0.5)
const reached = (...happenings: Happening[]): WorkTask =>
  happenings.reduce((task, happening) => step(task, happening).task, queued)

const submitting = reached(sending())
const parked = reached(sending(), unknown(true))
const running = reached(sending(), accepted)

describe('one step', () => {
  const table: [string, WorkTask, Happening, Partial<WorkTask>, readonly string[]][] = [
    [
      'a queued task is sent',
      queued,
      sending(),
      { status: 'running', stage: 'submitting', next: null, candidates: [candidate('echo-two')] },
      [],
    ],
    ['whoever was passed over keeps its place', queued, sending('echo-two'), { candidates: [candidate('echo')] }, []],
    ['nobody left ends it', queued, nobodyLeft, { status: 'failed', next: null }, ['task.failed']],
    [
      'an accepted submit is polled',
      submitting,
      accepted,
      { status: 'running', stage: 'submitted', next: 'poll', next_at: NOW + 5000, accepted_at: NOW },
      ['task.submitted'],
    ],
    [
      'a refusal goes to the next provider',
      submitting,
      notTaken('refused', 'provider_auth_failed'),
      { status: 'queued', next: 'submit', next_at: NOW, candidates: [candidate('echo-two')] },
      ['task.failed_over'],
    ],
    [
      'an unsent request goes to the next provider',
      submitting,
      notTaken('not_sent', 'provider_unavailable'),
      { status: 'queued', next: 'submit' },
      ['task.failed_over'],
    ],
    [
      'refused content goes nowhere',
      submitting,
      notTaken('refused', 'content_rejected'),
      { status: 'failed', next: null },
      ['task.failed'],
    ],
    [
      'an unknown outcome is parked',
      submitting,
      unknown(true),
      { status: 'running', stage: 'reconciling', next: 'expire', next_at: NOW + 1_800_000 },
      ['task.reconciling'],
    ],
    [
      'an unknown outcome ends where no evidence can come',
      submitting,
      unknown(false),
      { status: 'failed', stage: 'submitting', next: null },
      ['task.failed'],
    ],
    [
      'a restart while sending is parked',
      submitting,
      restarted(true),
      { stage: 'reconciling', next: 'expire' },
      ['task.reconciling'],
    ],
    [
      'a restart while sending ends where no evidence can come',
      submitting,
      restarted(false),
      { status: 'failed' },
      ['task.failed'],
    ],
    [
      'a callback adopts a task that is being sent',
      submitting,
      rang('job'),
      { stage: 'submitted', next: 'poll', next_at: NOW },
      ['task.submitted'],
    ],
    [
      'a callback adopts a parked task',
      parked,
      rang('job'),
      { stage: 'submitted', next: 'poll', next_at: NOW },
      ['task.submitted'],
    ],
    ['the window ends a parked task', parked, windowPassed, { status: 'failed', next: null }, ['task.failed']],
    ['text moves the stage', running, seen('text_ready'), { stage: 'text_ready', polls: 1 }, ['task.text_ready']],
    [
      'the first track moves the stage',
      running,
      seen('first_ready', 1),
      { stage: 'first_ready' },
      ['task.first_ready', 'track.ready'],
    ],
    [
      'all tracks end it',
      running,
      seen('complete', 2),
      { status: 'succeeded', stage: 'complete', next: null },
      ['track.ready', 'track.ready', 'task.succeeded'],
    ],
    [
      'a failure that leaves a finished track tells of that track',
      running,
      failedHalf,
      { status: 'succeeded', stage: 'complete', next: null, seq: running.seq + 2 },
      ['track.ready', 'task.succeeded'],
    ],
    [
      'nothing new is polled more slowly',
      running,
      seen('submitted'),
      { stage: 'submitted', polls: 2, next_at: NOW + 7500 },
      [],
    ],
    ['a failed read is polled again', running, readFailed(null), { stage: 'submitted', polls: 2 }, []],
    ['a failed read waits as asked', running, readFailed(60), { next_at: NOW + 60_000 }, []],
    ['a failed read is not repeated at once, whatever is asked', running, readFailed(0), { next_at: NOW + 7500 }, []],
    [
      'a failed read waits no longer than the task may take',
      running,
      readFailed(86_400),
      { next_at: NOW + 3_600_000 },
      [],
    ],
    [
      'an absent record is looked for again',
      running,
      absent,
      { status: 'running', absent_since: NOW, next: 'poll' },
      [],
    ],
    ['a failure at the provider ends it', running, failed(), { status: 'failed' }, ['task.failed']],
    ['a callback is a doorbell', running, rang('job'), { next: 'poll', next_at: NOW }, []],
  ]
  it.each(table)('%s', (_, task, happening, state, events) => {
    const result = step(task, happening)
    expect(result.task).toMatchObject(state)
    expect(result.events).toEqual(events)
    expect(result.task.version).toBe(task.version + 1)
    expect(result.task.seq).toBe(task.seq + events.length)
  })

  const nothing: [string, WorkTask, Happening][] = [
    ['a late answer after a callback', reached(sending(), rang('job')), unknown(true)],
    ['a late acceptance after parking', parked, accepted],
    ['a callback about another task', running, rang('another')],
    ['a callback without a task id', parked, rang(null)],
    ['a callback before anything was sent', queued, rang('job')],
    ['a callback of a refused attempt', reached(sending(), notTaken('refused', 'provider_auth_failed')), rang('job')],
    ['the window of a task that was adopted', reached(sending(), unknown(true), rang('job')), windowPassed],
    ['a restart of a polled task', running, restarted(true)],
    ['a second sending', submitting, sending('echo-two')],
    ['a sending of a parked task', parked, sending('echo-two')],
    ['a snapshot of a parked task', parked, seen('complete', 2)],
  ]
  it.each(nothing)('%s changes nothing', (_, task, happening) => {
    expect(step(task, happening)).toEqual({ task, events: [] })
  })
})

describe('money and time', () => {
  it('an outcome decides what was charged', () => {
    const charged = (...happenings: Happening[]) => currentAttempt(reached(sending(), ...happenings))?.charged
    expect(charged(accepted)).toBe('yes')
    expect(charged(notTaken('refused', 'content_rejected'))).toBe('no')
    expect(charged(unknown(true))).toBe('unknown')
    expect(charged(unknown(false))).toBe('unknown')
    expect(charged(accepted, failed('refunded'))).toBe('refunded')
    expect(charged(accepted, failed())).toBe('unknown')
  })

  it('what ends without certainty says that it may have been charged', () => {
    expect(reached(sending(), unknown(true), windowPassed).error).toMatchObject({
      code: 'submission_unconfirmed',
      may_have_been_charged: true,
    })
    expect(reached(sending(), notTaken('refused', 'content_rejected')).error?.may_have_been_charged).toBe(false)
    expect(interrupted({ provider: 'echo', credits: null }).may_have_been_charged).toBe(true)
  })

  it('an absent record ends the task after the grace, counted from the first time', () => {
    const once = step(running, absent).task
    expect(step(once, absent, NOW + VISIBILITY_GRACE - 1).task.status).toBe('running')
    expect(step(once, absent, NOW + VISIBILITY_GRACE).task.error?.code).toBe('provider_timeout')
    const back = step(once, seen('submitted'), NOW + 60_000).task
    expect(step(back, absent, NOW + VISIBILITY_GRACE).task.status).toBe('running')
  })

  it.each([seen('text_ready', 0), readFailed(null), absent])('the hard limit ends every kind of poll', (happening) => {
    const result = step(running, happening, NOW + pace.taskTimeout)
    expect(result.task).toMatchObject({ status: 'failed', error: { code: 'provider_timeout' } })
    expect(currentAttempt(result.task)?.charged).toBe('unknown')
  })

  it('the hard limit leaves what was finished', () => {
    const { task } = step(running, seen('first_ready', 1), NOW + pace.taskTimeout)
    expect(task).toMatchObject({ status: 'succeeded', next: null, error: null })
    expect(currentAttempt(task)).toMatchObject({ charged: 'unknown', error: { code: 'provider_timeout' } })
  })

  it('a song that is complete after the hard limit is still a song', () => {
    expect(step(running, seen('complete', 2), NOW + pace.taskTimeout).task.status).toBe('succeeded')
  })

  it('a doorbell that never stops ringing is read no faster than the published limit', () => {
    const slow = { ...pace, pollFloor: 4000 }
    let task = running
    for (let now = NOW; now < NOW + 4000; now += 100) task = reduce(task, now, rang('job'), slow, 0.5).task
    expect(task.next_at).toBe(NOW + 4000)
  })

  it('polls slow down to half a minute and never under the floor', () => {
    const pauses = [0, 1, 2, 3, 4, 5, 50].map((polls) => pollPause(polls, pace, 0.5))
    expect(pauses).toEqual([5000, 7500, 11_250, 16_875, 25_312.5, 30_000, 30_000])
    fc.assert(
      fc.property(
        fc.nat(100),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(60_000),
        (polls, jitter, pollFloor) => {
          expect(pollPause(polls, { ...pace, pollScale: 0.01, pollFloor }, jitter)).toBeGreaterThanOrEqual(pollFloor)
        },
      ),
      { seed: 1 },
    )
  })

  it('a track keeps its place, and what a later report no longer says', () => {
    const half = step(running, seen('first_ready', 2)).task
    const again = step(half, seen('first_ready', 0)).task
    expect(again.tracks.map((each) => each.audio_url)).toEqual(['https://x.test/a', 'https://x.test/b'])
    expect(step(half, seen('first_ready', 0)).events).toEqual([])
  })

  it('a track that failed by itself keeps what its provider said of it', () => {
    const first = step(running, seen('first_ready', 1)).task
    const own = {
      ...first,
      tracks: first.tracks.map((each, at) => (at === 1 ? { ...each, failure: 'out of tune' } : each)),
    }
    const over = step(own, failed()).task
    expect([over.status, over.tracks.map(({ failure }) => failure)]).toEqual(['succeeded', [null, 'out of tune']])
    expect(step(first, failed()).task.tracks[1]!.failure).toContain('sorry')
  })
})

const spent = ({ attempts }: WorkTask) =>
  attempts.filter(({ state }) => state === 'accepted' || state === 'unknown').length

const anyHappening: fc.Arbitrary<(task: WorkTask) => Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.nat(1).map(
      (index) =>
        (task: WorkTask): Happening => ({
          type: 'sending',
          attempt: attemptAt(
            task.candidates[index] ?? task.candidates[0] ?? candidate('echo-three'),
            `att_${task.attempts.length}`,
          ),
        }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(
        notTaken('refused', 'provider_rate_limited', 3),
        notTaken('refused', 'provider_rate_limited', 11),
        notTaken('not_sent', 'provider_unavailable'),
        notTaken('not_sent', 'provider_unavailable'),
        notTaken('refused', 'provider_auth_failed'),
        notTaken('refused', 'content_rejected'),
      )
      .map((happening) => () => happening),
  },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(
        accepted,
        unknown(true),
        unknown(false),
        rang('job'),
        rang('job'),
        rang('another'),
        rang(null),
        restarted(true),
        restarted(false),
        windowPassed,
        nobodyLeft,
        absent,
        readFailed(null),
        readFailed(5),
        seen('submitted'),
        seen('text_ready'),
        seen('first_ready', 1),
        seen('complete', 2),
        failed(),
        failed('refunded'),
      )
      .map((happening) => () => happening),
  },
)

describe('over any history', () => {
  const history = fc.array(fc.tuple(anyHappening, fc.constantFrom(0, 1000, 30_000, 600_000)), { maxLength: 30 })
  const start = fc.record({
    candidates: fc.subarray(['echo', 'echo-two', 'echo-three'], { minLength: 1 }).map((ids) => ids.map(candidate)),
  })

  const law = (name: string, check: (before: WorkTask, step: Step) => void) =>
    it(name, () => {
      fc.assert(
        fc.property(start, history, fc.double({ min: 0, max: 1, noNaN: true }), (begin, happenings, jitter) => {
          let task: WorkTask = { ...queued, ...begin }
          let now = NOW
          for (const [happening, pause] of happenings) {
            now += pause
            const next = reduce(task, now, happening(task), pace, jitter)
            check(task, next)
            task = next.task
          }
        }),
        { seed: 20_261_121, numRuns: 400 },
      )
    })

  law('no task leaves a terminal state', (before, { task, events }) => {
    if (ended(before)) expect({ task, events }).toEqual({ task: before, events: [] })
  })
  law('seq counts the events without gaps', (before, { task, events }) => {
    expect(task.seq).toBe(before.seq + events.length)
  })
  law('version grows by one with every change, and events come with a change', (before, { task, events }) => {
    expect(task.version).toBe(task === before ? before.version : before.version + 1)
    if (task === before) expect(events).toEqual([])
  })
  law('the stage never goes back within an attempt', (before, { task }) => {
    if (task.attempts.length === before.attempts.length)
      expect(STAGES.indexOf(task.stage)).toBeGreaterThanOrEqual(STAGES.indexOf(before.stage))
  })
  law('at most one attempt is accepted or unknown, and it is the last', (_, { task }) => {
    expect(spent(task)).toBeLessThanOrEqual(1)
    if (spent(task) === 1) expect(['accepted', 'unknown']).toContain(currentAttempt(task)?.state)
  })
  law('there are never more attempts than allowed', (_, { task }) => {
    expect(task.attempts.length).toBeLessThanOrEqual(MAX_ATTEMPTS)
  })
  law('nothing is sent after an attempt that is accepted, unknown or under way', (before, { task }) => {
    const state = currentAttempt(before)?.state
    if (state === 'accepted' || state === 'unknown' || state === 'sending')
      expect(task.attempts.length).toBe(before.attempts.length)
  })
  law('every task that has not ended has a timer, unless an attempt is being sent', (_, { task }) => {
    if (ended(task)) expect([task.next, task.next_at]).toEqual([null, null])
    else if (currentAttempt(task)?.state === 'sending') expect(task.next).toBeNull()
    else expect([typeof task.next, Number.isInteger(task.next_at)]).toEqual(['string', true])
  })
  law('no provider is asked a second time by failing over', (before, { task, events }) => {
    if (!events.includes('task.failed_over')) return
    const asked = new Set(before.attempts.map(({ credential }) => credential))
    expect(task.candidates.filter(({ credential }) => asked.has(credential))).toEqual([])
  })
  law('what ended says what was charged', (_, { task }) => {
    if (task.status === 'failed') expect(task.error).not.toBeNull()
    if (task.status === 'failed' && task.attempts.some(({ charged }) => charged === 'unknown'))
      expect(task.error?.may_have_been_charged).toBe(true)
  })
})

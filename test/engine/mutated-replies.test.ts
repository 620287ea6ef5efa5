/** A provider may answer anything: every documented reply of every form, damaged, still has one typed meaning. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { ERROR_CODES } from '../../src/canonical/error.ts'
import type { Adapter, Call } from '../../src/contract/adapter.ts'
import { classify } from '../../src/contract/errors.ts'
import { read } from '../../src/contract/paths.ts'
import { Snapshot } from '../../src/contract/shapes.ts'
import { type Failure, judgePaid, judgeRead, type Outcome } from '../../src/engine/outcome.ts'
import type { UpstreamAnswer } from '../../src/engine/ports.ts'
import { adapters } from '../../src/registry.ts'
import { type Fixture, fixturesOf } from '../contract/fixtures.ts'
import { bindingOf, codecFor, stepOf } from '../contract/reading.ts'
import { mutated, STATUSES } from './mutations.ts'

const SEED = 20_261_121
/** Damages of each reply. */
const RUNS = 12
/** Longest that one reply may be thought about, in milliseconds: a fraction of one where nobody else is at work. */
const PATIENCE = 1000

type AnyCall = Call<unknown, unknown>
const callOf = (fixture: Fixture) =>
  bindingOf(fixture.adapter, fixture.operation)![stepOf(fixture.message)] as unknown as AnyCall
const replies = adapters
  .flatMap(fixturesOf)
  .filter(({ adapter, operation, message }) => operation in adapter.operations && !message.endsWith('.request'))
const repliesOf = (adapter: Adapter, messages: readonly Fixture['message'][]) =>
  replies.filter((fixture) => fixture.adapter === adapter && messages.includes(fixture.message))

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Every text and number in a document. */
const leaves = (document: unknown): string[] => {
  const found: string[] = []
  const left = [document]
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value === 'string' || typeof value === 'number') found.push(String(value))
    else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) left.push(each)
  }
  return found
}

const seen: Record<string, number> = {}
const count = (what: string) => {
  seen[what] = (seen[what] ?? 0) + 1
}

const expectTyped = (failure: Failure, adapter: Adapter) => {
  expect(ERROR_CODES).toContain(failure.code)
  expect(failure.provider).toBe(adapter.id)
  expect(failure.detail).not.toBe('')
  for (const word of [failure.provider_code, failure.provider_message])
    expect(['string', 'undefined']).toContain(typeof word)
}

const answerOf = (fixture: Fixture): fc.Arbitrary<Extract<UpstreamAnswer, { kind: 'answered' }>> =>
  fc.record({
    kind: fc.constant('answered' as const),
    status: fc.oneof(fc.constant(fixture.http ?? 200), fc.constantFrom(...STATUSES)),
    retryAfter: fc.constantFrom(null, 3),
    body: mutated(fixture),
  })

/** Every fixture, each damaged in its own ways. */
const over = <Case>(
  fixtures: readonly Fixture[],
  cases: (fixture: Fixture) => fc.Arbitrary<Case>,
  holds: (fixture: Fixture, damaged: Case) => void,
) => {
  expect(fixtures.length).toBeGreaterThan(20)
  for (const [index, fixture] of fixtures.entries()) {
    const label = `${fixture.adapter.id} ${fixture.operation} ${fixture.name}`
    const property = fc.property(fc.constant(label), cases(fixture), (_, damaged) => {
      const since = performance.now()
      holds(fixture, damaged)
      expect(performance.now() - since).toBeLessThan(PATIENCE)
    })
    try {
      fc.assert(property, { seed: SEED + index, numRuns: RUNS })
    } catch (error) {
      // Some of the bodies are long: what they begin with has to be enough.
      const { message, cause } = error as Error
      throw new Error(message.slice(0, 2000), { cause })
    }
  }
}

/** What must be true of the answer to anything paid, judged without the classifier's own eyes. */
const holdsOfPaid = (fixture: Fixture, answer: Extract<UpstreamAnswer, { kind: 'answered' }>) => {
  const { adapter, operation } = fixture
  const call = callOf(fixture)
  const outcome: Outcome<unknown> = judgePaid(adapter, operation, call, answer)
  count(`paid ${outcome.class}`)
  // Something answered: it was sent.
  expect(['accepted', 'refused', 'unknown']).toContain(outcome.class)
  if (outcome.class !== 'accepted') expectTyped(outcome.failure, adapter)
  const json = parsed(answer.body)
  const envelope = call.envelope ?? adapter.envelope
  const yes = envelope.success.some((code) => code === read(json, envelope.code))
  const good = answer.status >= 200 && answer.status < 300
  if (yes) expect(outcome.class).not.toBe('refused')
  if (outcome.class === 'accepted') expect(good).toBe(true)
  if (fixture.message !== 'submit.response') return
  const named = z.safeDecode(call.response, read(json, envelope.payload))
  if (yes && named.success) expect(outcome.class).toBe(good ? 'accepted' : 'unknown')
  if (outcome.class === 'accepted') {
    const { provider_task_id: id } = outcome.response as { provider_task_id: string }
    expect(id).not.toBe('')
    expect(leaves(json)).toContain(id)
  }
}

describe.each(adapters)('$id, whatever it answers', (adapter) => {
  it('to a paid request: one of four meanings, no success ever refused, nothing accepted that is not named', () => {
    over(repliesOf(adapter, ['submit.response', 'call.response']), answerOf, holdsOfPaid)
  })

  it('to a read: a record, its absence or a typed failure, and no record that names what was not said', () => {
    over(repliesOf(adapter, ['poll.response', 'call.response']), answerOf, (fixture, answer) => {
      const { operation, message } = fixture
      const reading = judgeRead<unknown, unknown>(adapter, operation, callOf(fixture), answer)
      count(`read ${reading.kind}`)
      expect(['read', 'absent', 'failed']).toContain(reading.kind)
      if (reading.kind === 'failed') expectTyped(reading.failure, adapter)
      if (reading.kind !== 'read' || message !== 'poll.response') return
      const { provider_task_id: id, stage, failure } = Snapshot.parse(reading.response)
      if (id !== null) expect(leaves(parsed(answer.body)).map((each) => each.slice(0, 500))).toContain(id)
      expect(failure === null).toBe(stage !== 'failed')
      if (failure !== null) classify(adapter.errors, { at: 'record', operation, ...failure })
    })
  })

  it('by a callback: a snapshot or nothing, and no task that it did not name', () => {
    over(repliesOf(adapter, ['callback']), mutated, (fixture, body) => {
      const json = parsed(body)
      if (json === undefined) return
      const said = z.safeDecode(codecFor(fixture), json)
      count(`callback ${said.success}`)
      if (!said.success) return
      const { provider_task_id: id } = Snapshot.parse(said.data)
      if (id !== null) expect(leaves(json).map((each) => each.slice(0, 500))).toContain(id)
    })
  })
})

// The net is only worth something if all kinds of answers are caught in it.
it('is known in every one of its meanings, and nothing of it is left in the language itself', () => {
  const kinds = ['paid accepted', 'paid refused', 'paid unknown', 'read read', 'read absent', 'read failed']
  for (const kind of [...kinds, 'callback true', 'callback false']) expect(seen[kind] ?? 0, kind).toBeGreaterThan(150)
  expect(Object.keys(Object.prototype)).toEqual([])
})

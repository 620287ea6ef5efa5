/** Admission: which of its candidates a request can be sent to now, before anything of it is stored or sent. */
import type { ChosenBy, HealthState } from '../canonical/words.ts'
import type { CreditBook } from './credits.ts'
import { GatewayError } from './errors.ts'
import { type Asked, finder } from './finder.ts'
import type { OperationClass } from './health.ts'
import type { World } from './ports.ts'
import { type Candidate, currentAttempt, type WorkTask } from './state.ts'
import { priceAt } from './submission.ts'
import type { Watch } from './watch.ts'

/** Until what a free read says is known, in milliseconds. */
const LOOK = 1000

export interface Go {
  readonly kind: 'go'
  readonly candidate: Candidate
  readonly chosen_by: ChosenBy
}
export type Admission =
  | Go
  | { readonly kind: 'wait'; readonly at: number }
  | { readonly kind: 'nobody'; readonly code: 'no_provider_available' | 'spend_limit_reached'; readonly detail: string }

const SAID: { readonly [S in HealthState]: string } = {
  healthy: 'is busy',
  half_open: 'is being tried again',
  open: 'failed too often',
  rate_limited: 'takes no more requests for now',
  maintenance: 'is in maintenance',
  no_credits: 'is out of credits',
  auth_failed: 'refused our key',
}

/** What is over by itself, and soon. */
const WAITED_FOR = new Set<HealthState>(['maintenance', 'half_open'])

const NO_KEY = 'No provider of this task has a key any more. Nothing was sent.'

const TOO_DEAR =
  'Every provider that is left would take it above max_cost_usd, with what was paid, or may have been, already.'

const OVERDRAWN =
  'What its key has spent, or may have spent, leaves too little for a further provider. Nothing more was sent.'

/** Whether one more attempt could take all of them together above what the client wants to spend: prices may have changed. */
const isAboveMost = (task: WorkTask, usd: number | null): boolean => {
  const most = task.request.max_cost_usd as number | undefined
  const paid = task.attempts.filter(({ charged }) => charged === 'yes' || charged === 'unknown')
  if (most === undefined) return false
  const all = [usd, ...paid.map((attempt) => attempt.usd)]
  return all.some((each) => each === null) || all.reduce<number>((sum, each) => sum + each!, 0) > most + 1e-9
}

export type Maybe<Value> = Value | Promise<Value>

/** Who keeps the limits: it may be elsewhere. */
export interface Limiter {
  /** For which of the candidates of a task its key can pay. */
  readonly covers: (task: WorkTask) => Maybe<readonly boolean[]>
  /**
   * Takes a place in the published window of a key, and reserves the price, before anybody else is judged.
   * @returns milliseconds to wait for one, 0 where it was taken; null where the key of the task can not pay any more
   */
  readonly place: (task: WorkTask, candidate: Candidate) => Maybe<number | null>
}

type Question<Answer> = (limiter: Limiter) => Maybe<Answer>
/** A judgement that has to ask who keeps the limits. Where those are elsewhere, others may be judged meanwhile. */
export type Steps<Result> = Generator<Question<unknown>, Result, unknown>

function* ask<Answer>(question: Question<Answer>): Generator<Question<Answer>, Answer, unknown> {
  return (yield question) as Answer
}

/** A judgement where the limits are kept in the same process: nothing is waited for. */
export const answered = <Result>(steps: Steps<Result>, limiter: Limiter): Result => {
  let step = steps.next()
  while (!step.done) step = steps.next(step.value(limiter))
  return step.value
}

/** A judgement where they are kept elsewhere. */
export const answeredFrom = async <Result>(steps: Steps<Result>, limiter: Limiter): Promise<Result> => {
  let step = steps.next()
  while (!step.done) step = steps.next(await step.value(limiter))
  return step.value
}

export const admissions = (world: World, watch: Watch, book: CreditBook) => {
  const { clock, settings } = world
  const find = finder(world.access)

  /** Nobody waits for it: it is looked at again a little later. */
  const probe = (asked: Asked): number => {
    book.read(asked).catch(() => {})
    return clock() + Math.ceil(LOOK * settings.pollScale)
  }

  const stateOf = (asked: Asked, kind: OperationClass) =>
    `${asked.access.adapter.title} ${SAID[watch.standing(asked, kind).state]}`

  const unwell = (asked: Asked, kind: OperationClass, at: number): GatewayError =>
    new GatewayError(
      'provider_pinned_unavailable',
      `${stateOf(asked, kind)}: it is not asked at the moment. Nothing was sent.`,
      { provider: asked.access.adapter.id },
      Math.max(1, Math.ceil((at - clock()) / 1000)),
    )

  const reasonOf = (task: WorkTask, { chosen_by, ...candidate }: Candidate, passed: boolean): ChosenBy => {
    const last = currentAttempt(task)
    if (last !== undefined) return last.credential === candidate.credential ? 'retry' : 'fallback'
    return passed ? 'spill' : (chosen_by ?? 'priority')
  }

  return {
    /**
     * The first candidate that takes a request now, and takes a place in its window. Where one would be asked in a
     * moment, the task waits; a provider that fails too often is asked where there is nobody else.
     */
    *admit(task: WorkTask): Steps<Admission> {
      const covered = yield* ask((limiter) => limiter.covers(task))
      const place = (candidate: Candidate) => ask((limiter) => limiter.place(task, candidate))
      let free = Number.POSITIVE_INFINITY
      let mended = Number.POSITIVE_INFINITY
      let last: Go | null = null
      let tooDear = false
      let overdrawn = false
      const passed: Asked[] = []
      for (const [index, candidate] of task.candidates.entries()) {
        const asked = find(candidate)
        if (asked === null) continue
        const { credits, usd } = priceAt(asked.access.adapter, candidate, task)
        if (isAboveMost(task, usd)) {
          tooDear = true
          continue
        }
        if (!covered[index]) {
          overdrawn = true
          continue
        }
        const look = watch.look(asked, 'creates', credits)
        const go: Go = { kind: 'go', candidate, chosen_by: reasonOf(task, candidate, passed.length > 0) }
        if (look.kind === 'due') free = Math.min(free, probe(asked))
        else if (look.kind === 'busy') free = Math.min(free, look.at)
        else if (look.kind === 'down') {
          if (look.waits) mended = Math.min(mended, look.at)
          if (look.last) last ??= go
        } else {
          const wait = watch.crowded(asked) || (yield* place(candidate))
          if (wait === null) {
            overdrawn = true
            continue
          }
          // Whoever was judged meanwhile may be the one that it is being tried with.
          const still = watch.look(asked, 'creates', credits)
          if (wait === 0 && (still.kind === 'up' || still.kind === 'trial')) return go
          free = Math.min(free, 'at' in still ? still.at : clock() + (wait || LOOK))
        }
        passed.push(asked)
      }
      if (free < Number.POSITIVE_INFINITY) return { kind: 'wait', at: Math.min(free, mended) }
      if (last !== null) {
        const wait = yield* place(last.candidate)
        if (wait === 0) return last
        if (wait !== null) return { kind: 'wait', at: clock() + wait }
        overdrawn = true
      }
      if (mended < Number.POSITIVE_INFINITY && clock() - task.updated_at < settings.taskTimeout)
        return { kind: 'wait', at: mended }
      if (passed.length === 0 && overdrawn) return { kind: 'nobody', code: 'spend_limit_reached', detail: OVERDRAWN }
      const code = 'no_provider_available'
      if (passed.length === 0 && tooDear) return { kind: 'nobody', code, detail: TOO_DEAR }
      const states = passed.map((asked) => stateOf(asked, 'creates')).join(', ')
      return { kind: 'nobody', code, detail: passed.length === 0 ? NO_KEY : `${states}. Nothing was sent.` }
    },

    /** @throws GatewayError provider_pinned_unavailable where only this one could be asked, and waiting may not help */
    refusePinned: (pin: Candidate, credits: number | null): void => {
      const asked = find(pin)
      if (asked === null) return
      const look = watch.look(asked, 'creates', credits)
      const { state } = watch.standing(asked, 'creates')
      if (look.kind === 'down' && !look.last && !WAITED_FOR.has(state)) throw unwell(asked, 'creates', look.at)
    },

    /**
     * A call begins, before anybody else is judged: one at a time where it is being tried.
     * @param credits what it costs
     * @throws GatewayError provider_pinned_unavailable where it can not be made at once
     */
    begin: async (asked: Asked, credits: number | null): Promise<void> => {
      if (watch.look(asked, 'calls', credits).kind === 'due') await book.read(asked)
      const look = watch.look(asked, 'calls', credits)
      if (look.kind !== 'up' && look.kind !== 'trial' && !(look.kind === 'down' && look.last))
        throw unwell(asked, 'calls', 'at' in look ? look.at : clock() + LOOK)
      watch.begin(asked, 'calls')
    },
  }
}

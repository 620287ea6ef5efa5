/** Paid calls: a task whose one request the client waits for. The intent is stored before, the answer before it is told. */
import type { CallOperation } from '../canonical/operations.ts'
import type { Call } from '../contract/adapter.ts'
import type { Form } from '../contract/operations.ts'
import { askPaid, untilStored } from './ask.ts'
import { GatewayError, raise, taskError } from './errors.ts'
import type { Asked, finder } from './finder.ts'
import type { Hub } from './hub.ts'
import { randomId } from './ids.ts'
import { believable } from './links.ts'
import { takes } from './operations.ts'
import type { Outcome } from './outcome.ts'
import { policy } from './policy.ts'
import type { Access, Settings, World } from './ports.ts'
import {
  type Account,
  type Attempt,
  type CallTask,
  type Candidate,
  chargedFor,
  type Pin,
  type Request,
} from './state.ts'
import type { Reader } from './store.ts'
import { priceOf } from './submission.ts'
import { interrupted } from './submitting.ts'
import type { TaskStore } from './tasks.ts'

/** Where a provider says "still processing" without a time (udioapi: 5 to 10 s). In seconds. */
export const NOT_READY_PAUSE = 5
export const notReadyPause = ({ pollScale }: Pick<Settings, 'pollScale'>): number =>
  Math.max(1, Math.ceil(NOT_READY_PAUSE * pollScale))

/** A call that is about to be made. */
export interface Plan<Submission, Response> {
  readonly id: string
  readonly project: string
  readonly operation: Exclude<CallOperation, 'importTrack'>
  readonly request: Request
  readonly fingerprint: string
  /** The track it is about. */
  readonly subject: string | null
  readonly candidate: Candidate
  /** Of the task that is asked about, where there is one. */
  readonly provider_task_id: string | null
  readonly call: Call<Submission, Response>
  readonly submission: Submission
  /** Whose limits it counts for. */
  readonly account?: Account
  /** Of the request that it is made for. */
  readonly trace?: string
}

/** The credential that something was made with. @throws GatewayError provider_pinned_unavailable, capability_unsupported */
export const pinned = (
  find: ReturnType<typeof finder>,
  pin: Pin & { readonly made?: Form },
  form: Form,
  all: readonly Access[],
): Asked => {
  const found = find(pin)
  if (found === null)
    throw new GatewayError(
      'provider_pinned_unavailable',
      `Only ${pin.provider}, with the key that made the track, can do this, and that key is not configured. Nothing was sent.`,
      { provider: pin.provider, retryable: false },
    )
  if (found.access.adapter.operations[form] === undefined) {
    const others = all.filter(({ adapter }) => adapter.operations[form] !== undefined).map(({ adapter }) => adapter.id)
    throw new GatewayError(
      'capability_unsupported',
      `${found.access.adapter.title} made this track and has no ${form}${others.length > 0 ? `; ${others.join(', ')} have it for their own tracks` : ''}`,
      { provider: pin.provider },
    )
  }
  if (pin.made !== undefined && !takes(found.access.adapter, form, pin.made))
    throw new GatewayError(
      'capability_unsupported',
      `${found.access.adapter.title} has no ${form} for tracks of ${pin.made}. Nothing was sent.`,
      { provider: pin.provider },
    )
  return found
}

export const calls = (world: World, read: Reader, tasks: TaskStore, hub: Hub) => {
  const { clock, entropy, settings, log } = world

  const intent = <S, R>(plan: Plan<S, R>, access: Access): CallTask => {
    const now = clock()
    const { id, project, operation, request, fingerprint, subject, candidate, provider_task_id, account, trace } = plan
    const price = priceOf(access.adapter, candidate.form, candidate.model, request)
    return {
      kind: 'call',
      id,
      project,
      operation,
      request,
      subject,
      result: null,
      fingerprint,
      livemode: settings.livemode,
      created_at: now,
      updated_at: now,
      status: 'running',
      stage: 'submitting',
      stages: [{ stage: 'submitting', at: now }],
      seq: 1,
      version: 1,
      error: null,
      next: null,
      next_at: null,
      ...(account === undefined ? {} : { account }),
      ...(trace === undefined ? {} : { trace }),
      attempts: [
        {
          ...candidate,
          id: randomId(entropy, 'att'),
          state: 'sending',
          provider_task_id,
          charged: chargedFor(price, 'unknown'),
          ...price,
          error: null,
          warnings: [],
          token: '',
          created_at: now,
          updated_at: now,
        },
      ],
    }
  }

  const end = (task: CallTask, change: Partial<Attempt>, status: 'succeeded' | 'failed'): CallTask => {
    const now = clock()
    const stage = status === 'succeeded' ? 'complete' : task.stage
    return {
      ...task,
      status,
      stage,
      stages: stage === task.stage ? task.stages : [...task.stages, { stage, at: now }],
      error: change.error ?? null,
      attempts: [{ ...task.attempts[0]!, ...change, updated_at: now }],
      updated_at: now,
      seq: task.seq + 1,
      version: task.version + 1,
    }
  }

  /** Writes down what came of a call, then says it. A refusal that may be repeated leaves no task behind. */
  const settle = async <Response>(task: CallTask, outcome: Outcome<Response>): Promise<Response> => {
    if (outcome.class === 'accepted') {
      const charged = chargedFor(task.attempts[0]!, 'yes')
      const done = end(task, { state: 'accepted', charged }, 'succeeded')
      await untilStored(world, task.id, () => tasks.write({ ...done, result: outcome.response }))
      return outcome.response
    }
    const { code, detail, retryAfter, ...involved } = outcome.failure
    log('warn', `call.${outcome.class}`, {
      task: task.id,
      provider: involved.provider,
      code,
      provider_code: involved.provider_code,
    })
    const charged = outcome.class === 'unknown' ? chargedFor(task.attempts[0]!, 'unknown') : 'no'
    const error = taskError(code, detail, involved, charged)
    const free = charged === 'no' && policy[code].again === 'later'
    const over = end(task, { state: outcome.class, charged, error }, 'failed')
    await untilStored(world, task.id, () => (free ? tasks.discard(task) : tasks.write(over)))
    const pause = code === 'not_ready' ? notReadyPause(settings) : undefined
    return raise(error, task.id, retryAfter ?? pause)
  }

  /** Whoever answers with a link that is none has not answered with what was asked for. */
  const believed = <R>(outcome: Outcome<R> & { class: 'accepted' }, { adapter, origin }: Access): Outcome<R> => {
    if (believable(outcome.response, origin)) return outcome
    const detail = `${adapter.title} said yes and named a file that is not on https`
    return {
      class: 'unknown',
      failure: { code: 'submission_unconfirmed', detail, provider: adapter.id, retryAfter: null },
    }
  }

  return {
    intent,

    /**
     * Makes a call.
     * @param taken what to answer where the task can not be made: its id is taken, or another one is under way
     * @throws GatewayError what the provider said, in our words; provider_pinned_unavailable where it is not well
     */
    make: async <S, R>(plan: Plan<S, R>, asked: Asked, taken: () => Promise<R>): Promise<R> => {
      const task = intent(plan, asked.access)
      const { credits } = task.attempts[0]!
      const { candidate, account, id, project, request } = plan
      const entry = { id, project, account, material: {}, request, candidates: [candidate], queued: false }
      await hub.begin(candidate, credits)
      let stored = false
      try {
        stored = await tasks.inTurn(id, async () => {
          if ((await read.task(id)) !== null) return false
          const entered = hub.enter(entry)
          // In one process nothing is waited for between taking its place and storing it.
          if (entered instanceof Promise) await entered
          return tasks.create(task)
        })
        if (!stored) return await taken()
      } finally {
        // Nothing is sent: somebody else may be the one that it is being tried with.
        if (!stored) await hub.done(candidate, { kind: 'calls', outcome: null, credits })
      }
      const said = await askPaid(world, asked, candidate.form, plan.call, plan.submission, 'pooled', task)
      const outcome = said.class === 'accepted' ? believed(said, asked.access) : said
      // What became of a file that a client names says nothing of the provider: the client may have named anything.
      const told = candidate.form === 'uploadFromUrl' && outcome.class === 'unknown' ? null : outcome
      // What was bought is stored before anybody else is waited for.
      void hub.done(candidate, { kind: 'calls', outcome: told, credits })
      return settle(task, outcome)
    },

    /** A call found under way at the start: the process ended before its answer was stored. */
    recover: async (task: CallTask): Promise<void> => {
      const error = interrupted(task.attempts[0]!)
      const charged = chargedFor(task.attempts[0]!, 'unknown')
      await tasks.write(end(task, { state: 'unknown', charged, error }, 'failed'))
    },
  }
}

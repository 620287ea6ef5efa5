/** The ledger: what the providers were asked for, took and gave back. It alone judges promise 2. */
import type { Failover } from '../src/canonical/creation.ts'
import { type Attempt, ended, type TaskState, type WorkTask } from '../src/engine/state.ts'
import { isGivenUp } from '../src/engine/step.ts'
import type { Agenda } from './agenda.ts'
import type { Job, Proof, Purchase } from './jobs.ts'
import type { Judge } from './judge.ts'

/** One paid create on its way. */
export interface Sent {
  readonly marker: string
  readonly attempt: string
  readonly ring: string | null
  readonly at: number
  job: Job | null
  proof: Proof
  /** Its provider takes it, and says that it does not. */
  readonly denied: boolean
  /** Its process died before what came of it was stored. */
  interrupted: boolean
}

/** Whether a client has said that it would rather pay twice than wait or go without. */
const permits = ({ request }: WorkTask, { state, error, charged }: Attempt): boolean => {
  const { on_ambiguous, on_stall, after_accept } = (request.failover ?? {}) as Failover
  if (state === 'unknown') return on_ambiguous === 'resubmit'
  if (state !== 'accepted') return true
  if (error?.code === 'provider_timeout') return on_stall === 'failover'
  if (error?.code !== 'generation_failed' || after_accept === 'never') return false
  return after_accept === 'any' || charged === 'refunded' || charged === 'no'
}

export type Ledger = ReturnType<typeof ledger>

/** The name that a client gave its request: what the ledger knows it by. */
export const markerOf = ({ request }: TaskState): string => String(request.title ?? request.description ?? '')

/** @param kept tasks as they are stored */
export const ledger = (agenda: Agenda, judge: Judge, kept: ReadonlyMap<string, TaskState>) => {
  const sends = new Map<string, Sent[]>()
  const tasks = new Map<string, string>()
  const jobs = new Map<string, Job>()
  const running = new Map<string, string>()
  const keyed = new Set<string>()
  /** Attempts whose late result was kept, and whose task it was. */
  const salvages = new Map<string, string>()
  const unsettled = new Set<Sent>()
  const told = new Set<string>()
  let calls = 0
  let resubmitted = 0
  let paidTwice = 0

  const of = (marker: string): Sent[] => {
    const known = sends.get(marker) ?? []
    sends.set(marker, known)
    return known
  }

  /** Whether an earlier send still may have cost money that did not come back. */
  const open = ({ proof, job }: Sent) =>
    proof !== 'refused' && proof !== 'not_sent' && (job === null || job.refundedAt > agenda.now())

  const stored = (marker: string): WorkTask | null =>
    (kept.get(tasks.get(marker) ?? '') as WorkTask | undefined) ?? null

  const requireIntent = (task: WorkTask | null, marker: string, provider: string, credential: string) => {
    const attempt = task?.attempts.at(-1)
    const durable = attempt?.state === 'sending' && attempt.provider === provider && attempt.credential === credential
    judge.expect(durable, () => `${marker} was sent to ${provider} and no such intent is stored: ${attempt?.state}`)
    judge.expect(!(task !== null && ended(task)), () => `${marker} was sent after its end`)
  }

  return {
    jobs,
    of,
    sends: sends as ReadonlyMap<string, readonly Sent[]>,
    keyed,
    salvages: salvages as ReadonlyMap<string, string>,
    told,
    stored,
    calls: () => calls,
    /** Whether its task has ended, or goes on elsewhere. */
    isOver: (job: Job): boolean => {
      const task = stored(job.marker)
      const attempt = of(job.marker).find((each) => each.job === job)?.attempt
      const last = task?.attempts.at(-1)
      return task === null || ended(task) || isGivenUp(task) || last?.id !== attempt || last?.state === 'refused'
    },

    /** A task's name is known from its first commit on. */
    named: (task: TaskState) => {
      if (task.kind === 'call') return
      if (task.salvaged_from !== undefined) {
        const again = salvages.has(task.attempts[0]!.id)
        judge.expect(!again, () => `${markerOf(task)} was salvaged twice`)
        salvages.set(task.attempts[0]!.id, task.salvaged_from)
        return
      }
      const known = tasks.get(markerOf(task))
      judge.expect(
        known === undefined || known === task.id,
        () => `${markerOf(task)} became two tasks: ${known}, ${task.id}`,
      )
      tasks.set(markerOf(task), task.id)
    },

    /** A paid create leaves the gateway. */
    sending: (marker: string, provider: string, credential: string, ring: string | null, denied: boolean): Sent => {
      calls += 1
      const before = of(marker)
      const task = stored(marker)
      requireIntent(task, marker, provider, credential)
      const attempt = task?.attempts.at(-1)?.id ?? ''
      judge.expect(!before.some((each) => each.attempt === attempt), () => `${marker} was sent twice by one attempt`)
      for (const each of before) {
        const made = task?.attempts.find(({ id }) => id === each.attempt)
        const permitted = task !== null && made !== undefined && permits(task, made)
        const harmless = !open(each) && made?.state !== 'unknown'
        judge.expect(
          harmless || permitted,
          () => `${marker} was sent again after an attempt that may have been accepted (${each.proof}, ${made?.state})`,
        )
        judge.expect(
          permitted || made?.state !== 'accepted',
          () => `${marker} was sent again after ${made?.provider} had accepted, which its request does not allow`,
        )
        if (!harmless) resubmitted += 1
      }
      const sent: Sent = {
        marker,
        attempt,
        ring,
        at: agenda.now(),
        job: null,
        proof: 'pending',
        denied,
        interrupted: false,
      }
      before.push(sent)
      unsettled.add(sent)
      return sent
    },

    /** A provider took it: from here on it costs. */
    took: (sent: Sent, job: Job) => {
      sent.job = job
      jobs.set(job.id, job)
      const others = of(sent.marker).filter(
        (each) => each !== sent && !each.denied && each.job !== null && each.job.refundedAt > agenda.now(),
      )
      const bold = stored(sent.marker)?.request.failover !== undefined
      if (others.length > 0) paidTwice += 1
      judge.expect(others.length === 0 || bold, () => `${sent.marker} was accepted twice`)
    },

    /** A process died: of what it was sending nothing more will be stored. */
    interrupt: () => {
      for (const sent of unsettled) sent.interrupted = true
      unsettled.clear()
    },

    /** What came of it is stored. */
    settled: (task: TaskState) => {
      if (task.kind !== 'work') return
      for (const sent of sends.get(markerOf(task)) ?? [])
        if (task.attempts.some(({ id, state }) => id === sent.attempt && state !== 'sending')) unsettled.delete(sent)
    },

    /** A call of this id waits for its answer, or no longer does. */
    calling: (before: TaskState | null, after: TaskState | null) => {
      const call = after ?? before
      if (call?.kind !== 'call' || call.attempts[0] === undefined) return
      const place = `${call.attempts[0].provider_task_id}/${call.subject!.at(-1)}`
      if (after?.status === 'running') running.set(place, call.id)
      else if (running.get(place) === call.id) running.delete(place)
    },

    /** Timed lyrics are asked for. */
    buying: (job: Job, index: number): Purchase => {
      calls += 1
      const call = running.get(`${job.id}/${index + 1}`) ?? ''
      judge.expect(
        kept.get(call)?.attempts[0]?.state === 'sending',
        () => `lyrics of ${job.id} were bought without an intent`,
      )
      const subject = kept.get(call)?.subject
      const had = [...kept.values()].some(
        (each) => each.kind === 'call' && each.subject === subject && each.status === 'succeeded',
      )
      judge.expect(!had, () => `lyrics of ${job.id} were bought again though they are stored`)
      const doubtful = job.purchases[index]!.filter(({ proof }) => proof !== 'refused' && proof !== 'not_sent')
      judge.expect(
        !doubtful.some((each) => each.call === call),
        () => `lyrics of ${job.id} were bought twice with one key`,
      )
      judge.expect(
        doubtful.length === 0 || keyed.has(call),
        () => `lyrics of ${job.id} were bought again without a new key`,
      )
      judge.expect(!told.has(call), () => `lyrics of ${job.id} were bought with a key whose outcome was unknown`)
      const purchase: Purchase = { call, taken: false, proof: 'pending' }
      job.purchases[index]!.push(purchase)
      return purchase
    },

    /** Paid requests that were made, and those that were taken. */
    figures: () => ({
      calls,
      /** Sent again, and paid twice, because the client had asked for that. */
      resubmitted,
      paidTwice,
      accepted: [...sends.values()].flat().filter(({ job }) => job !== null).length,
      failovers: [...sends.values()].reduce((sum, each) => sum + Math.max(0, each.length - 1), 0),
    }),
  }
}

/** Callbacks: providers tell of their jobs, in every disorder, and strangers tell what they like. */

import { readToken } from '../src/engine/callback.ts'
import type { Row } from '../src/engine/ports.ts'
import { ended, type WorkTask } from '../src/engine/state.ts'
import type { Agenda } from './agenda.ts'
import type { Faults } from './faults.ts'
import { CUT, DOWN, type Gateway, PUBLIC_URL } from './gateway.ts'
import { isUnnamed, type Job, type JobStage, recordOf, stageAt, tracksOf } from './jobs.ts'
import type { Judge } from './judge.ts'
import type { Ledger, Sent } from './ledger.ts'
import type { Random } from './random.ts'
import { liesAbout } from './records.ts'

interface Parts {
  readonly agenda: Agenda
  readonly random: Random
  readonly faults: Faults
  readonly judge: Judge
  readonly ledger: Ledger
  readonly gateway: () => Gateway
  readonly rows: (sql: string) => readonly Row[]
}

interface Message {
  readonly provider: string
  readonly token: string
  readonly body: unknown
  /** What the gateway has to answer. */
  readonly taken: boolean
  /** Whether it tells of this job, by its own URL. */
  readonly genuine: boolean
}

/** How it was with a job when a callback came. */
interface Told {
  readonly truths: number
  readonly reads: number
  readonly done: boolean
}

const SECOND = 1000
const MINUTE = 60 * SECOND
/** A provider tries a callback so often. */
const TRIES = 6

const doorOf = (ring: string) => {
  const [provider = '', token = ''] = ring.slice(`${PUBLIC_URL}/cb/`.length).split('/')
  return { provider, token }
}

/** Another secret of the same length. */
const forgedToken = (token: string) => `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`

export const callbacks = ({ agenda, random, faults, judge, ledger, gateway, rows }: Parts) => {
  let pending = 0
  const underWay = new Map<Job, number>()

  const sentOf = (job: Job): Sent => ledger.of(job.marker).find((each) => each.job === job)!
  const attemptOf = (task: WorkTask | null, job: Job) => task?.attempts.find(({ id }) => id === sentOf(job).attempt)

  const meet = (job: Job) => {
    const task = ledger.stored(job.marker)
    if (sentOf(job).proof === 'pending') faults.count('met', 'callback before the answer')
    if (task !== null && ended(task)) faults.count('met', 'callback after the end')
  }

  /** Kept, or stored to be looked for until it is. */
  const salvaged = (task: WorkTask, attempt: string) =>
    ledger.salvages.get(attempt) === task.id ||
    rows('SELECT attempt FROM late_results').some((row) => row.attempt === attempt)

  /** Whether the task of a URL was deleted: nobody knows the URL any more. */
  const isGone = (token: string): boolean => {
    const task = readToken(token)?.task
    return task !== undefined && rows('SELECT id FROM tombstones').some(({ id }) => id === task)
  }

  /** What has to be true once a callback of a job was taken. */
  const requireHeard = (job: Job, before: WorkTask, told: Told) => {
    const after = ledger.stored(job.marker)!
    const was = attemptOf(before, job)!
    const is = attemptOf(after, job)!
    const current = before.attempts.at(-1)?.id === was.id && !ended(before)
    if (current && (was.state === 'unknown' || was.state === 'sending'))
      judge.expect(
        is.state === 'accepted' || salvaged(before, was.id),
        () => `a callback told of ${job.id}, and ${job.marker} does not know it`,
      )
    const late = !current && (was.state === 'unknown' || was.error?.code === 'provider_timeout')
    // It may be that the look at its record went wrong; that nobody looked may not be.
    const looked = job.reads > told.reads || gateway().unreachable.has(was.credential)
    const found = looked ? job.truths > told.truths && underWay.get(job) === 1 : told.done
    if (
      late &&
      found &&
      (is.provider_task_id !== null || !isUnnamed(job)) &&
      tracksOf(job).some(({ file }) => file !== null)
    )
      judge.expect(salvaged(before, was.id), () => `${job.id} came late for ${job.marker} and was dropped`)
  }

  const ring = async (job: Job, { provider, token, body, taken, genuine }: Message): Promise<boolean> => {
    const before = ledger.stored(job.marker)
    const done = stageAt(job, agenda.now()) === 'done'
    const told = { truths: job.truths, reads: job.reads, done }
    job.rings += 1
    underWay.set(job, (underWay.get(job) ?? 0) + 1)
    try {
      const answer = await gateway().ask((engine) => engine.ring(provider, token, body))
      judge.expect(
        answer === taken || (!answer && isGone(token)),
        () => `a callback about ${job.id} was ${answer ? 'believed' : 'refused'}`,
      )
      if (genuine && answer && before !== null && !isGone(token)) requireHeard(job, before, told)
      return true
    } catch (error) {
      judge.note(() => `a callback about ${job.id} was not answered: ${(error as Error).message}`)
      if (error === DOWN) faults.count('met', 'callback while down')
      else if (error !== CUT && !(error as { code?: string }).code)
        judge.complain(`ring threw ${(error as Error).stack}`)
      return false
    } finally {
      underWay.set(job, underWay.get(job)! - 1)
    }
  }

  const deliver = async (job: Job, message: Message, wait: number): Promise<void> => {
    pending += 1
    await agenda.sleep(wait)
    if (message.genuine) meet(job)
    for (let tries = 0; tries < TRIES && !(await ring(job, message)); tries++)
      await agenda.sleep(random.between(5, 20) * SECOND * 3 ** tries)
    pending -= 1
  }

  /** Whether the gateway knows for sure which job this is. */
  const isCertain = (job: Job) => attemptOf(ledger.stored(job.marker), job)?.provider_task_id === job.id

  /** A URL of a task that knows for sure which job is its own. */
  const anotherDoor = (job: Job): string | null => {
    const others = [...ledger.jobs.values()].filter(
      (each) => each !== job && each.ring?.startsWith(PUBLIC_URL) && each.fake === job.fake && isCertain(each),
    )
    return others.length === 0 ? null : random.pick(others).ring
  }

  const tell = (job: Job, ringUrl: string, stage: JobStage, tardy: number) => {
    const door = doorOf(ringUrl)
    const plain = { ...door, body: recordOf(job, stage), taken: true, genuine: true }
    const fault = tardy > 0 ? 'late' : faults.draw('callback')
    const soon = () => random.between(5, 3000)
    const told = (message: Message = plain, wait = soon()) => {
      if (fault !== null) faults.count('callback', fault)
      void deliver(job, message, wait)
    }
    switch (fault) {
      case null:
        return told()
      case 'lost':
        return faults.count('callback', fault)
      case 'late':
        return told(plain, tardy + random.between(1, 10) * MINUTE)
      case 'duplicated':
        void deliver(job, plain, soon())
        void deliver(job, plain, soon())
        return told(plain, soon() + random.between(0, 5) * MINUTE)
      case 'reordered': {
        const next = stageAt(job, agenda.now() + MINUTE)
        // What a provider says that it has paid back, it has.
        if (next === 'broken' && job.fault === 'failed and refunded')
          job.refundedAt = Math.min(job.refundedAt, agenda.now())
        void deliver(job, plain, soon() + MINUTE)
        return told({ ...plain, body: recordOf(job, next) })
      }
      case 'forged':
        return told({ ...plain, token: forgedToken(door.token), taken: false, genuine: false })
      case 'of another attempt': {
        const other = anotherDoor(job)
        return other === null ? told() : told({ ...plain, ...doorOf(other), genuine: false })
      }
      case 'to another provider':
        return told({ ...plain, provider: door.provider === 'amber' ? 'birch' : 'amber', taken: false, genuine: false })
      case 'without sense':
        return told({ ...plain, body: random.pick([null, 'ring', [], { [job.fake.words.job]: {} }]), genuine: false })
      case 'lying':
        // Where a callback is all the evidence there is, a lie can not be told from the truth.
        if (isUnnamed(job) && !isCertain(job)) return told()
        return told({ ...plain, body: liesAbout(job, !isCertain(job) || random.chance(0.5)), genuine: false })
    }
  }

  return {
    idle: () => pending === 0,
    /** A provider took a job: it will ring at each of its stages, where it rings at all. */
    plan: (job: Job): void => {
      const { ring: url } = job
      if (url === null || !url.startsWith(PUBLIC_URL)) return
      // A queue at the provider: everything of this job comes when nobody waits any longer.
      const tardy = !faults.spares('callback') && random.chance(0.15) ? random.between(10, 150) * MINUTE : 0
      for (const { stage, at } of job.stages.slice(1)) {
        pending += 1
        agenda.after(at - agenda.now(), () => {
          pending -= 1
          tell(job, url, stage, tardy)
        })
      }
    },
  }
}

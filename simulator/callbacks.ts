/** Callbacks: providers tell of their jobs, in every disorder, and strangers tell what they like. */

import { readToken } from '../src/engine/callback.ts'
import type { Row } from '../src/engine/ports.ts'
import { ended, type WorkTask } from '../src/engine/state.ts'
import { isReady } from '../src/engine/step.ts'
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
  /** Whether it tells that all is done. */
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
  /** By attempts that were given up: what may still come of them, and was told of or is to be looked for. */
  const comes = new Map<string, Job>()

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

  /** A song that was made and paid for, and that nobody has kept yet. */
  const isOwed = (job: Job, attempt: string): boolean => {
    const task = ledger.stored(job.marker)
    const own = task?.attempts.find(({ id }) => id === attempt)
    if (task === null || own === undefined || gateway().unreachable.has(own.credential)) return false
    const got = task.attempts.at(-1)?.id === attempt ? task.tracks.filter(isReady) : []
    const had = new Set(got.map(({ provider_track_id }) => provider_track_id))
    const made =
      stageAt(job, agenda.now()) === 'done' && tracksOf(job).some(({ key, file }) => file !== null && !had.has(key))
    return made && job.absentUntil < Number.POSITIVE_INFINITY && ledger.salvages.get(attempt) !== task.id
  }

  /** What has to be true once a callback of a job was taken. */
  const requireHeard = (job: Job, before: WorkTask, done: boolean) => {
    const after = ledger.stored(job.marker)
    if (after === null) return
    const was = attemptOf(before, job)!
    const is = attemptOf(after, job)!
    const current = before.attempts.at(-1)?.id === was.id && !ended(before)
    // Ended or refused in the very moment: what has no name and is not done has nothing that could be looked for, and rings again.
    const early = (ended(after) || is.state === 'refused') && isUnnamed(job) && !done
    if (current && !early && (was.state === 'unknown' || was.state === 'sending'))
      judge.expect(
        is.state === 'accepted' || salvaged(before, was.id),
        () => `a callback told of ${job.id}, and ${job.marker} does not know it`,
      )
    const givenUp = !current || (before.next === 'submit' && was.state === 'accepted')
    const late =
      was.state === 'refused' || (givenUp && (was.state === 'unknown' || was.error?.code === 'provider_timeout'))
    // Without a name nothing can be looked for: what such a callback says is all there is.
    if (!late || (isUnnamed(job) && is.provider_task_id === null)) return
    comes.set(was.id, job)
    // A failure that was read is the end of it.
    judge.expect(
      salvaged(before, was.id) || stageAt(job, agenda.now()) === 'broken',
      () => `${job.id} came late for ${job.marker} and was dropped`,
    )
  }

  const ring = async (job: Job, { provider, token, body, taken, genuine, done }: Message): Promise<boolean> => {
    const before = ledger.stored(job.marker)
    job.rings += 1
    try {
      const answer = await gateway().ask((engine) => engine.ring(provider, token, body))
      judge.expect(
        answer === taken || (!answer && isGone(token)),
        () => `a callback about ${job.id} was ${answer ? 'believed' : 'refused'}`,
      )
      if (genuine && answer && before !== null && !isGone(token)) requireHeard(job, before, done)
      return true
    } catch (error) {
      judge.note(() => `a callback about ${job.id} was not answered: ${(error as Error).message}`)
      if (error === DOWN) faults.count('met', 'callback while down')
      else if (error !== CUT && !(error as { code?: string }).code)
        judge.complain(`ring threw ${(error as Error).stack}`)
      return false
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
    const plain = { ...door, body: recordOf(job, stage), taken: true, genuine: true, done: stage === 'done' }
    const fault = tardy > 0 ? 'late' : faults.draw('callback')
    const soon = () => random.between(5, 3000)
    const say = (message: Message = plain, wait = soon()) => {
      if (fault !== null) faults.count('callback', fault)
      void deliver(job, message, wait)
    }
    switch (fault) {
      case null:
        return say()
      case 'lost':
        return faults.count('callback', fault)
      case 'late':
        return say(plain, tardy + random.between(1, 10) * MINUTE)
      case 'duplicated':
        void deliver(job, plain, soon())
        void deliver(job, plain, soon())
        return say(plain, soon() + random.between(0, 5) * MINUTE)
      case 'reordered': {
        const next = stageAt(job, agenda.now() + MINUTE)
        // What a provider says that it has paid back, it has.
        if (next === 'broken' && job.fault === 'failed and refunded')
          job.refundedAt = Math.min(job.refundedAt, agenda.now())
        void deliver(job, plain, soon() + MINUTE)
        return say({ ...plain, body: recordOf(job, next), done: next === 'done' })
      }
      case 'forged':
        return say({ ...plain, token: forgedToken(door.token), taken: false, genuine: false })
      case 'of another attempt': {
        const other = anotherDoor(job)
        return other === null ? say() : say({ ...plain, ...doorOf(other), genuine: false })
      }
      case 'to another provider':
        return say({ ...plain, provider: door.provider === 'amber' ? 'birch' : 'amber', taken: false, genuine: false })
      case 'without sense':
        return say({ ...plain, body: random.pick([null, 'ring', [], { [job.fake.words.job]: {} }]), genuine: false })
      case 'in new words':
        if (isUnnamed(job)) return say()
        return say({ ...plain, body: { ...recordOf(job, stage), [job.fake.words.state]: 'SOMETHING_NEW' } })
      case 'lying':
        // Where a callback is all the evidence there is, a lie can not be told from the truth.
        if (isUnnamed(job) && !isCertain(job)) return say()
        return say({ ...plain, body: liesAbout(job, !isCertain(job) || random.chance(0.5)), genuine: false })
    }
  }

  return {
    idle: () => pending === 0,
    /** Its task has ended, or goes on, without a word of the provider. */
    givenUp: (attempt: string, job: Job): void => void comes.set(attempt, job),
    /** What came late and is not kept yet: a day is long enough for it. */
    owed: (): Job[] => [...comes].flatMap(([attempt, job]) => (isOwed(job, attempt) ? [job] : [])),
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

/** The final audit: every task as it is stored, against the ledger of the providers. */
import type { Failover } from '../src/canonical/creation.ts'
import { trackStatus } from '../src/contract/shapes.ts'
import type { Row } from '../src/engine/ports.ts'
import { type Attempt, ended, type TaskState, type WorkTask } from '../src/engine/state.ts'
import type { Promised } from './clients.ts'
import type { Gateway } from './gateway.ts'
import { isUnnamed, type Job, stageAt } from './jobs.ts'
import type { Judge } from './judge.ts'
import { type Ledger, markerOf, type Sent } from './ledger.ts'
import { priceOf } from './providers.ts'
import { isTrue } from './records.ts'

interface Parts {
  readonly judge: Judge
  readonly ledger: Ledger
  readonly gateway: Gateway
  /** Every task, also as it was before it was deleted. */
  readonly kept: ReadonlyMap<string, TaskState>
  readonly buried: ReadonlyMap<string, TaskState>
  readonly promised: ReadonlyMap<string, Promised>
  readonly rows: (sql: string) => readonly Row[]
  readonly now: number
}

const isReady = (track: WorkTask['tracks'][number]) => trackStatus(track) === 'ready'

/** What the provider knows of the money of an attempt. */
const truthOf = (sent: Sent | undefined, { state }: Attempt, now: number): 'no' | 'yes' | 'refunded' =>
  sent?.job == null || (sent.denied && state === 'refused') ? 'no' : sent.job.refundedAt <= now ? 'refunded' : 'yes'

/** Whether "unknown" is an honest answer. */
const mayNotKnow = (attempt: Attempt, sent: Sent | undefined): boolean =>
  attempt.state === 'unknown'
    ? sent === undefined || sent.interrupted || sent.proof === 'none' || sent.proof === 'pending'
    : attempt.state === 'accepted' && attempt.error !== null

export const audit = ({ judge, ledger, gateway, kept, buried, promised, rows, now }: Parts): void => {
  const { expect } = judge

  const attempt = (name: string, each: Attempt, sent: Sent | undefined) => {
    const truth = truthOf(sent, each, now)
    const { state, charged, provider_task_id } = each
    expect(state !== 'sending', () => `${name} is still being sent`)
    expect(
      charged === truth || (charged === 'unknown' && mayNotKnow(each, sent)),
      () => `${name} says ${charged} (${state}), and its provider ${truth} (${sent?.proof})`,
    )
    if (state === 'unknown') expect(mayNotKnow(each, sent), () => `${name} is unknown, and was ${sent?.proof}`)
    if (state === 'accepted')
      expect(
        sent?.job?.id === provider_task_id || (sent?.job != null && isUnnamed(sent.job) && provider_task_id === null),
        () => `${name} holds ${provider_task_id}, and got ${sent?.job?.id}`,
      )
    if (state === 'refused' || state === 'not_sent')
      expect(sent === undefined || sent.proof === state, () => `${name} is ${state}, and was ${sent?.proof}`)
    const saysRefunded = each.error?.code === 'generation_failed' && sent?.job?.fault === 'failed and refunded'
    expect(!saysRefunded || charged === 'refunded', () => `${name} says ${charged}, and was told of the refund`)
    if (charged === 'refunded')
      expect((sent?.job?.refundedAt ?? Number.POSITIVE_INFINITY) <= now, () => `${name} was never refunded`)
    const price = priceOf(each.form)
    expect(each.credits === price, () => `${name} costs ${each.credits}, and ${each.form} is ${price}`)
  }

  /** What a success holds is what its provider made. */
  const results = (task: WorkTask, job: Job | null | undefined) => {
    const name = `${markerOf(task)} (${task.id})`
    if (job == null) return
    const hearsay = task.tracks.filter((track) => !isTrue(job, track))
    expect(hearsay.length === 0, () => `${name} has tracks that ${job.id} never made`)
    if (task.status !== 'succeeded') return
    const said = JSON.stringify(task.result ?? null)
    if (job.form === 'writeLyrics')
      expect(said.includes(job.id), () => `${name} has not the lyrics of ${job.id}: ${said}`)
    else expect(task.tracks.some(isReady), () => `${name} succeeded without a song`)
    const partly = task.attempts.at(-1)!.error !== null
    const stage = stageAt(job, now)
    expect(partly || stage === 'done', () => `${name} succeeded, and ${job.id} is ${stage}`)
  }

  /** A song that was there for the asking, and was not fetched. */
  const fetched = (task: WorkTask, job: Job | null | undefined) => {
    const last = task.attempts.at(-1)
    if (task.status !== 'failed' || job == null || job.absentUntil === Number.POSITIVE_INFINITY) return
    if (gateway.disturbed() > 0 || gateway.unreachable.has(last!.credential)) return
    const { stage, at } = job.stages.at(-1)!
    // Told of by callbacks alone, it can not be read.
    if (last?.provider_task_id === null) return
    // Its client would not wait for it, and there was nobody else.
    if ((task.request.failover as Failover | undefined)?.on_stall === 'failover') return
    const done = stage === 'done' && at - job.takenAt < gateway.settings.taskTimeout / 2
    expect(
      !(done && last!.state === 'accepted'),
      () => `${markerOf(task)} failed (${task.error?.code}), and ${job.id} was made`,
    )
  }

  /** What was canceled was at no provider, and nothing was sent after its deadline. */
  const canceled = (task: WorkTask) => {
    const { status, attempts, deadline_at } = task
    const last = attempts.at(-1)
    const held = last?.state === 'sending' || (last?.state === 'accepted' && last.error === null)
    expect(status !== 'canceled' || !held, () => `${markerOf(task)} was canceled while ${last?.provider} had it`)
    const late = attempts.some(({ created_at }) => created_at > (deadline_at ?? Number.POSITIVE_INFINITY))
    expect(!late, () => `${markerOf(task)} was sent after its deadline`)
  }

  /** Whoever reads that nothing was charged may buy again: that holds for all attempts together. */
  const owned = ({ error, attempts, ...task }: WorkTask) => {
    const paid = attempts.some(({ charged }) => charged === 'yes' || charged === 'unknown')
    const says = error === null || error.may_have_been_charged === paid
    expect(says, () => `${markerOf({ ...task, error, attempts })} says ${error?.may_have_been_charged} of what it cost`)
  }

  const work = (task: WorkTask) => {
    canceled(task)
    owned(task)
    const sends = ledger.of(markerOf(task))
    const sentOf = (id: string) => sends.find((each) => each.attempt === id)
    for (const [index, each] of task.attempts.entries())
      attempt(`attempt ${index + 1} of ${markerOf(task)} (${task.id})`, each, sentOf(each.id))
    const job = sentOf(task.attempts.at(-1)?.id ?? '')?.job
    results(task, job)
    fetched(task, job)
    if (task.salvaged_from === undefined)
      for (const sent of sends)
        expect(
          task.attempts.some(({ id }) => id === sent.attempt),
          () => `${markerOf(task)} forgot an attempt`,
        )
  }

  const call = (task: TaskState) => {
    const [each] = task.attempts
    if (each === undefined) return
    const all = [...ledger.jobs.values()].flatMap(({ purchases }) => purchases.flat())
    const own = all.filter((purchase) => purchase.call === task.id)
    const taken = own.some((purchase) => purchase.taken)
    const name = `the call ${task.id}`
    if (each.charged === 'yes') expect(taken, () => `${name} says it was charged`)
    if (each.charged === 'no') expect(!taken, () => `${name} says it was not charged`)
    if (task.status === 'succeeded')
      expect(taken && each.charged === 'yes', () => `${name} succeeded for ${each.charged}`)
  }

  /** The events of each task are numbered without gaps. */
  const events = () => {
    if (rows("SELECT name FROM sqlite_master WHERE name = 'events'").length === 0) return
    const gaps = rows(
      `SELECT tasks.id AS id, json_extract(tasks.body, '$.seq') AS stated, count(events.seq) AS count, max(events.seq) AS last
      FROM tasks LEFT JOIN events ON events.task = tasks.id
      WHERE json_extract(tasks.body, '$.kind') = 'work' GROUP BY tasks.id
      HAVING stated <> count OR stated <> last`,
    )
    expect(gaps.length === 0, () => `events are missing: ${JSON.stringify(gaps[0])}`)
  }

  /** Of a deleted task there is left what it cost, and nothing that it said. */
  const graves = () => {
    const stones = rows('SELECT id, body FROM tombstones')
    expect(
      stones.length === buried.size,
      () => `${buried.size} tasks were deleted, and there are ${stones.length} tombstones`,
    )
    for (const { id, body } of stones) {
      const task = buried.get(id as string)
      const { attempts } = JSON.parse(body as string) as { attempts: Attempt[] }
      const bill = (all: readonly Attempt[]) => JSON.stringify(all.map((each) => [each.id, each.charged, each.credits]))
      expect(
        task !== undefined && bill(task.attempts) === bill(attempts),
        () => `the tombstone of ${id} tells another bill`,
      )
      const marker = task === undefined ? '' : markerOf(task)
      expect(
        marker === '' || !(body as string).includes(marker),
        () => `the tombstone of ${id} says what was asked for`,
      )
    }
    const left = rows(
      `SELECT task FROM (SELECT task FROM events UNION ALL SELECT task FROM reminders UNION ALL SELECT task FROM late_results)
        WHERE task IN (SELECT id FROM tombstones) AND task IS NOT NULL`,
    )
    expect(
      left.length === 0 ||
        rows("SELECT 1 FROM events WHERE body <> '' AND task IN (SELECT id FROM tombstones)").length === 0,
      () => `something is left of ${left[0]?.task}`,
    )
  }

  for (const { id, marker, project } of promised.values()) {
    const task = kept.get(id)
    expect(task !== undefined && task.project === project, () => `${marker} was promised as ${id} and is lost`)
  }
  for (const task of kept.values()) {
    expect(
      ended(task),
      () => `${task.id} (${markerOf(task)}) never ended: ${task.status}, ${task.attempts.at(-1)?.state}`,
    )
    if (task.kind === 'work') work(task)
    else call(task)
  }
  graves()
  events()
}

/** The truth of a provider: what became of each thing it took, whatever it says about it. */
import type { TaskForm } from '../src/contract/operations.ts'
import type { Kind } from './faults.ts'
import type { Fake } from './providers.ts'
import type { Random } from './random.ts'

export type JobStage = 'fresh' | 'text' | 'half' | 'done' | 'broken'

/** One sale of timed lyrics. */
export interface Purchase {
  readonly call: string
  taken: boolean
  proof: Proof
}

/** What the gateway could know of a paid request from its answer alone. */
export type Proof = 'pending' | 'accepted' | 'refused' | 'not_sent' | 'none'

export interface Job {
  readonly id: string
  readonly fake: Fake
  readonly key: string
  readonly form: string
  readonly path: string
  readonly marker: string
  /** The callback URL it was given, where it rings at all. */
  readonly ring: string | null
  readonly takenAt: number
  readonly fault: Kind<'job'> | null
  readonly stages: readonly { readonly stage: JobStage; readonly at: number }[]
  refundedAt: number
  readonly absentUntil: number
  /** By place of the track. */
  readonly purchases: readonly [Purchase[], Purchase[]]
  reads: number
  /** When it was last read, or was taken. */
  readAt: number
  rings: number
}

const SECOND = 1000

const plan = (random: Random, fault: Kind<'job'> | null, now: number): Job['stages'] => {
  const quick = fault === 'quick'
  const text = now + (quick ? random.between(50, 2000) : random.between(8, 40) * SECOND)
  const half = text + (quick ? random.between(0, 500) : random.between(5, 40) * SECOND)
  const late = fault === 'finished late' ? random.between(12, 150) * 60 * SECOND : 0
  const end = half + late + (quick ? random.between(0, 500) : random.between(5, 80) * SECOND)
  const begun = [
    { stage: 'fresh', at: now },
    { stage: 'text', at: text },
  ] as const
  if (fault === 'stuck for ever') return begun.slice(0, random.between(1, 3))
  if (fault?.startsWith('failed')) return [...begun.slice(0, random.between(1, 3)), { stage: 'broken', at: end }]
  if (late > 0) return [...begun, { stage: 'done', at: end }]
  return [...begun, { stage: 'half', at: half }, { stage: 'done', at: end }]
}

type Known = Pick<Job, 'id' | 'fake' | 'key' | 'form' | 'path' | 'marker' | 'ring'>

export const newJob = (known: Known, random: Random, fault: Kind<'job'> | null, now: number): Job => {
  const stages = plan(random, fault, now)
  return {
    ...known,
    takenAt: now,
    fault,
    stages,
    refundedAt: fault === 'failed and refunded' ? stages.at(-1)!.at : Number.POSITIVE_INFINITY,
    absentUntil:
      fault === 'absent for ever'
        ? Number.POSITIVE_INFINITY
        : now + (fault === 'absent for a while' ? random.between(5, 100) * SECOND : 0),
    purchases: [[], []],
    reads: 0,
    readAt: now,
    rings: 0,
  }
}

export const stageAt = (job: Job, now: number): JobStage => job.stages.findLast(({ at }) => at <= now)?.stage ?? 'fresh'

/** Whether its callbacks do not say which job they are about. */
export const isUnnamed = ({ fake, form }: Job): boolean => {
  const binding = fake.adapter.operations[form as TaskForm]
  return binding?.callbackNamesNoTask === true
}

/** The tracks a finished job has in truth: the second one may have failed. */
export const tracksOf = (job: Job) =>
  ['a', 'b'].map((place, index) => ({
    key: `${job.id}-${place}`,
    file:
      job.fault === 'one track failed' && index === 1
        ? null
        : `https://${job.fake.adapter.id}.test/${job.id}-${place}.mp3`,
  }))

const CODES: { readonly [K in Kind<'job'>]?: readonly [code: number, why: string] } = {
  'failed, not refunded': [501, 'the model gave up'],
  'failed and refunded': [531, 'failed, credits are back'],
  'failed by its content': [413, 'words that may not be sung'],
}

/** A record as this provider writes it. @param stage what it says, which need not be the truth */
export const recordOf = (job: Job, stage: JobStage, { hollow = false } = {}): Record<string, unknown> => {
  const { words } = job.fake
  const base: Record<string, unknown> = { [words.job]: job.id, [words.state]: words.states[stage] }
  if (stage === 'broken') {
    const [whyCode, why] = CODES[job.fault!] ?? [501, 'the model gave up']
    return { ...base, whyCode, why, [words.parts]: null }
  }
  if (job.form === 'writeLyrics') {
    const made = { variants: [{ title: job.marker, lyrics: `la ${job.id}`, error: null }] }
    return { ...base, [words.made]: stage === 'done' && !hollow ? made : null }
  }
  const parts = tracksOf(job).map(({ key, file }, index) => {
    const there = !hollow && (stage === 'done' || (stage === 'half' && index === 0))
    return {
      [words.key]: key,
      [words.name]: job.marker,
      words: 'la',
      tags: 'folk',
      length: 60,
      [words.file]: there ? (file ?? '') : '',
      stream: '',
      fault: there && file === null ? 'no voice was found' : null,
    }
  })
  return { ...base, [words.parts]: stage === 'fresh' ? null : parts }
}

/** Published limits, as a provider sees them kept. A new epoch begins where memory was lost or the clock was moved. */
import type { Adapter } from '../src/contract/adapter.ts'
import type { Agenda } from './agenda.ts'
import type { Job } from './jobs.ts'
import type { Judge } from './judge.ts'

/** Reads of a job that are always allowed, and how far apart the others are on the whole, in milliseconds. */
const FREE_READS = 40
const USUAL_PAUSE = 20_000

export type Epoch = ReturnType<typeof epoch>

/** No commit takes longer. */
const SLOWEST = 20_000

export const epoch = (agenda: Agenda, judge: Judge) => {
  let number = 0
  let judgedFrom = -1
  const submits = new Map<string, number[]>()
  const lastReads = new Map<string, { at: number; epoch: number }>()
  return {
    /** The gateway may have forgotten what it asked, or sees the time otherwise. */
    begin: (): void => {
      number += 1
      submits.clear()
    },

    /** The clock was moved: what was decided before, and is still being stored, tells a time that is not comparable. */
    moved: (): void => {
      judgedFrom = agenda.now() + SLOWEST
    },

    /** A read that could not be stored: when it was, nobody remembers. */
    forget: (): void => lastReads.clear(),

    /** @param at when the gateway decided to send: a slow disk is not its fault */
    submits: ({ id, limits }: Adapter, key: string, at: number): void => {
      if (limits.submits === undefined || agenda.now() <= judgedFrom) return
      const { count, seconds } = limits.submits
      const window = seconds * 1000
      const times = [...(submits.get(key) ?? []), at].filter((each) => each > at - 5 * window).sort((a, b) => a - b)
      submits.set(key, times)
      const crowded = times.some((each, index) => (times[index + count] ?? Number.POSITIVE_INFINITY) < each + window)
      judge.expect(!crowded, () => `${id} was sent more than ${count} creates in ${seconds} s`)
    },

    /** @param late a look at what came after the end of its attempt: as rare as callbacks are */
    reads: (job: Job, late: boolean): void => {
      const { readsPerTask } = job.fake.adapter.limits
      const last = lastReads.get(job.id)
      const now = agenda.now()
      job.reads += 1
      job.readAt = now
      lastReads.set(job.id, { at: now, epoch: number })
      const usual = FREE_READS + (now - job.takenAt) / USUAL_PAUSE + 3 * job.rings + 10 * number
      judge.expect(job.reads <= usual, () => `${job.id} was read ${job.reads} times`)
      if (late || readsPerTask === undefined || last === undefined || last.epoch !== number) return
      const floor = (readsPerTask.seconds * 1000) / readsPerTask.count
      // Requests overtake each other by what they are under way.
      judge.expect(now - last.at >= floor - 10, () => `${job.id} was read again after ${now - last.at} ms`)
    },
  }
}

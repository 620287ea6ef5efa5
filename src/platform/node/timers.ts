/** Timers in one process: a heap of due times behind one setTimeout. */
import type { Clock, Timers } from '../../engine/ports.ts'
import { dueTimes } from './due.ts'

/** Longest sleep of the one timeout, in milliseconds: it does not see that the clock was set, or that the machine slept. */
const LONGEST = 60_000

/** Tasks awake at the same time: each of them may be waiting for a provider, and the others wait for it. */
export const MOST_AWAKE = 512

export const processTimers = (clock: Clock, wake: (id: string) => Promise<void>, most = MOST_AWAKE) => {
  const due = dueTimes()
  let timeout: NodeJS.Timeout | undefined
  let running = 0
  let stopped = false
  let seen = Number.NEGATIVE_INFINITY

  /** What the clock said before it was set back tells nobody when it is due: all of them look again. */
  const wakeAllAfterSetBack = () => {
    const now = clock()
    if (now < seen - LONGEST) for (const id of [...due.ids()]) timers.set(id, now)
    seen = now
  }

  const done = () => {
    running -= 1
    arm()
  }

  const ring = () => {
    wakeAllAfterSetBack()
    while (!stopped && running < most) {
      const id = due.take(clock())
      if (id === null) break
      running += 1
      wake(id).then(done, done)
    }
    arm()
  }

  const arm = () => {
    clearTimeout(timeout)
    const next = due.next()
    if (stopped || next === undefined || running >= most) return
    timeout = setTimeout(ring, Math.min(Math.max(next - clock(), 0), LONGEST))
  }

  const timers: Timers = {
    set: (id, at) => {
      const before = due.next()
      due.set(id, at)
      if (at !== null && (before === undefined || at < before)) arm()
    },
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        setTimeout(resolve, milliseconds)
      }),
  }

  return {
    timers,
    /** No task is woken any more; resolves once those that were are done, or after `patience` ms. */
    stop: async (patience: number) => {
      stopped = true
      clearTimeout(timeout)
      const until = clock() + patience
      while (running > 0 && clock() < until) await timers.sleep(20)
    },
  }
}

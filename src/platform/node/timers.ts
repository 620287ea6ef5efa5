/** Timers in one process: a heap of due times behind one setTimeout. */
import type { Clock, Timers } from '../../engine/ports.ts'

interface Due {
  readonly id: string
  readonly at: number
  /** Who was set first is woken first: tasks that wait for the same moment do not pass each other. */
  readonly turn: number
}

/** Longest sleep of the one timeout, in milliseconds: it does not see that the clock was set, or that the machine slept. */
const LONGEST = 60_000

/** Old places that may be left in the heap, beside as many as are wanted. */
const LEFT = 1000

const sooner = (one: Due, other: Due): boolean => one.at < other.at || (one.at === other.at && one.turn < other.turn)

const heap = () => {
  const items: Due[] = []
  const swap = (a: number, b: number) => {
    const held = items[a]!
    items[a] = items[b]!
    items[b] = held
  }
  return {
    first: (): Due | undefined => items[0],
    size: () => items.length,
    push: (due: Due) => {
      let at = items.push(due) - 1
      for (let parent = (at - 1) >> 1; at > 0 && sooner(items[at]!, items[parent]!); parent = (at - 1) >> 1) {
        swap(parent, at)
        at = parent
      }
    },
    pop: (): Due | undefined => {
      const top = items[0]
      const last = items.pop()
      if (items.length === 0 || last === undefined) return top
      items[0] = last
      for (let at = 0; ; ) {
        let least = at
        for (const child of [2 * at + 1, 2 * at + 2])
          if (child < items.length && sooner(items[child]!, items[least]!)) least = child
        if (least === at) return top
        swap(at, least)
        at = least
      }
    },
  }
}

/** Tasks awake at the same time: each of them may be waiting for a provider, and the others wait for it. */
export const MOST_AWAKE = 512

export const processTimers = (clock: Clock, wake: (id: string) => Promise<void>, most = MOST_AWAKE) => {
  let due = heap()
  const wanted = new Map<string, number>()
  let timeout: NodeJS.Timeout | undefined
  let turns = 0
  let running = 0
  let stopped = false
  let seen = Number.NEGATIVE_INFINITY

  /** What the clock said before it was set back tells nobody when it is due: all of them look again. */
  const wakeAllAfterSetBack = () => {
    const now = clock()
    if (now < seen - LONGEST) for (const id of wanted.keys()) timers.set(id, now)
    seen = now
  }

  /** What was set again and again for a time that is far away has left many old places behind. */
  const clear = () => {
    const old = due
    due = heap()
    for (let each = old.pop(); each !== undefined; each = old.pop()) if (wanted.get(each.id) === each.at) due.push(each)
  }

  const done = () => {
    running -= 1
    arm()
  }

  const ring = () => {
    wakeAllAfterSetBack()
    while (!stopped && running < most) {
      const first = due.first()
      if (first === undefined || first.at > clock()) break
      due.pop()
      // A task that was set again left its old place in the heap behind.
      if (wanted.get(first.id) !== first.at) continue
      wanted.delete(first.id)
      running += 1
      wake(first.id).then(done, done)
    }
    arm()
  }

  const arm = () => {
    clearTimeout(timeout)
    const first = due.first()
    if (stopped || first === undefined || running >= most) return
    timeout = setTimeout(ring, Math.min(Math.max(first.at - clock(), 0), LONGEST))
  }

  const timers: Timers = {
    set: (id, at) => {
      if (at === null) {
        wanted.delete(id)
        return
      }
      if (wanted.get(id) === at) return
      wanted.set(id, at)
      const before = due.first()?.at
      due.push({ id, at, turn: turns++ })
      if (due.size() > LEFT + 2 * wanted.size) clear()
      if (before === undefined || at < before) arm()
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

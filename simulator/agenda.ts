/** Virtual time: a heap of what is to happen, in milliseconds since the run began. Nothing happens by itself. */

interface Entry {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

const sooner = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.order < b.order)

export type Agenda = ReturnType<typeof agenda>

export const agenda = () => {
  const entries: Entry[] = []
  let now = 0
  let order = 0

  const rise = (entry: Entry) => {
    let at = entries.push(entry) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!sooner(entry, entries[parent]!)) break
      entries[at] = entries[parent]!
      at = parent
    }
    entries[at] = entry
  }

  const sink = (entry: Entry) => {
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= entries.length) break
      if (child + 1 < entries.length && sooner(entries[child + 1]!, entries[child]!)) child += 1
      if (!sooner(entries[child]!, entry)) break
      entries[at] = entries[child]!
      at = child
    }
    entries[at] = entry
  }

  const after = (milliseconds: number, run: () => void) => {
    rise({ at: now + Math.max(0, Math.ceil(milliseconds)), order: order++, run })
  }

  return {
    now: () => now,
    after,
    sleep: (milliseconds: number) => new Promise<void>((resolve) => after(milliseconds, resolve)),
    /** Lets the next thing happen at its time. False where nothing is left. */
    step: (): boolean => {
      const first = entries[0]
      if (first === undefined) return false
      const last = entries.pop()!
      if (entries.length > 0) sink(last)
      now = first.at
      first.run()
      return true
    },
  }
}

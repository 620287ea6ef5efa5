/** The hub, asked from the object of a task. */
import type { Hub } from '../../engine/hub.ts'
import type { World } from '../../engine/ports.ts'
import { strategies } from '../../engine/strategy.ts'
import { watcher } from '../../engine/watch.ts'
import type { Facts, HubForTasks } from './apis.ts'
import type { Remote } from './remote.ts'
import type { Reporter } from './reports.ts'

const UNKNOWN: Facts = { latency: {}, balance: {} }

export const remoteHub = (world: World, hub: Remote<HubForTasks>, { changes }: Reporter): Hub => {
  let facts = UNKNOWN
  /** Of what this object has read itself. */
  const reads = watcher(world)
  const observed = (id: string) => ({ latency: () => facts.latency[id] ?? null })
  const book = {
    refresh: () => undefined,
    balance: ({ adapter }: { adapter: { id: string } }) => facts.balance[adapter.id] ?? null,
  }
  return {
    strategies: strategies(world.settings, { observed }, book),
    changes,
    refresh: async (sort = world.settings.routing?.sort) => {
      if (sort === 'latency' || sort === 'balance') facts = await hub.facts()
    },
    enter: (entry) => hub.enter(entry),
    admit: (task) => hub.admit(task),
    refusePinned: (pin) => hub.refusePinned(pin),
    requireReady: (pin, credits) => hub.requireReady(pin, credits),
    begin: (pin) => hub.begin(pin),
    // What came of a request is known here: that nobody could be told of it changes nothing.
    done: (pin, said) => hub.done(pin, said).catch(() => false),
    reads: {
      pause: reads.pause,
      begin: (asked) => reads.begin(asked, 'reads'),
      read: (asked, reading) => {
        reads.read(asked, reading)
        const { access, credential } = asked
        if (reading.kind === 'failed')
          void hub.heard({ provider: access.adapter.id, credential: credential.id }, reading).catch(() => undefined)
      },
    },
  }
}

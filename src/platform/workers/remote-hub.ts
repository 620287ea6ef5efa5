/** The hub, asked from the object of a task: each part of it is an object of its own. */
import type { Hub } from '../../engine/hub.ts'
import type { World } from '../../engine/ports.ts'
import { strategies } from '../../engine/strategy.ts'
import { watcher } from '../../engine/watch.ts'
import type { Facts, HealthForTasks, LimitsForTasks } from './apis.ts'
import { type Remote, within } from './remote.ts'
import type { Reporter } from './reports.ts'

/** How long it is waited until what came of a request was heard, in milliseconds: meanwhile it may be nowhere but in memory. */
const HEARD = 5000

const UNKNOWN: Facts = { latency: {}, balance: {} }

export const remoteHub = (
  world: World,
  limits: Remote<LimitsForTasks>,
  health: Remote<HealthForTasks>,
  { changes }: Reporter,
): Hub => {
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
      if (sort === 'latency' || sort === 'balance') facts = await health.facts()
    },
    enter: (entry) => limits.enter(entry),
    admit: (task) => health.admit(task),
    refusePinned: (pin, credits) => health.refusePinned(pin, credits),
    begin: (pin, credits) => health.begin(pin, credits),
    // What came of a request is known here: that nobody could be told of it, or nobody answers, changes nothing.
    done: (pin, said) => within(HEARD, health.done(pin, said), false),
    reads: {
      pause: reads.pause,
      begin: (asked) => reads.begin(asked, 'reads'),
      read: (asked, reading) => {
        reads.read(asked, reading)
        const { access, credential } = asked
        if (reading.kind === 'failed')
          void health.heard({ provider: access.adapter.id, credential: credential.id }, reading).catch(() => undefined)
      },
    },
  }
}

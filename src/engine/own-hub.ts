/** The hub in one process: standing, quotas and webhooks beside each other, over one store. */
import type { Task } from '../canonical/task.ts'
import { answered } from './admit.ts'
import type { Changes, Hub } from './hub.ts'
import { queueFigures } from './measured.ts'
import { createMeter } from './meter.ts'
import type { World } from './ports.ts'
import { createQuotas } from './quotas.ts'
import { createStanding } from './standing.ts'
import type { TaskState } from './state.ts'
import type { Reader } from './store.ts'
import { forgetTask } from './webhooks/rows.ts'
import { webhooks } from './webhooks/webhooks.ts'

export const createHub = (
  world: World,
  read: Pick<Reader, 'reconciling' | 'tombstone'>,
  present: (task: TaskState) => Task,
) => {
  const meter = createMeter()
  const hooks = webhooks(world, present, meter, read)
  const quotas = createQuotas(world)
  const { admit, stored, watch, book, ...standing } = createStanding(world, meter, hooks.providerChanged, null)
  queueFigures(meter, read, quotas.queued)

  const changes: Changes = {
    ...quotas.changes,
    of: (before, after, events) => [
      ...quotas.changes.of(before, after, events),
      ...(after === null ? [] : hooks.outbox.of(after, events)),
    ],
    gone: forgetTask,
    stored: (before, after) => {
      quotas.changes.stored(before, after)
      if (after !== null) hooks.outbox.stored(after)
      stored(before, after)
    },
    adopt: (task) => {
      quotas.changes.adopt(task)
      hooks.outbox.stored(task)
    },
  }

  const hub: Hub = {
    ...standing,
    changes,
    refresh: () => undefined,
    enter: quotas.enter,
    admit: (task) => answered(admit(task), quotas.limiter),
  }
  return { ...hub, watch, book, meter, hooks, ledger: quotas.ledger }
}

/** A hub with all that is told of it: in the place where it stands itself. */
export type OwnHub = ReturnType<typeof createHub>

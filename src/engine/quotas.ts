/** Quotas: what is left of the queue, of what the keys of clients may have, and of the providers' published limits. */
import type { Limiter } from './admit.ts'
import { GatewayError } from './errors.ts'
import { finder } from './finder.ts'
import type { Changes, Entry } from './hub.ts'
import { accounts } from './keys/accounts.ts'
import { spendingOf } from './keys/spending.ts'
import { rateWindows } from './limits.ts'
import type { World } from './ports.ts'
import type { Candidate, TaskState } from './state.ts'

const queues = () => {
  const queued = new Map<string, number>()
  const isQueued = (task: TaskState | null) => (task?.status === 'queued' ? 1 : 0)
  const count = (project: string, change: number) => {
    const left = (queued.get(project) ?? 0) + change
    left > 0 ? queued.set(project, left) : queued.delete(project)
  }
  return {
    count,
    changed: (before: TaskState | null, after: TaskState | null) => {
      const change = isQueued(after) - isQueued(before)
      if (change !== 0) count((after ?? before)!.project, change)
    },
    of: (project: string): number => queued.get(project) ?? 0,
    all: (): number => [...queued.values()].reduce((sum, each) => sum + each, 0),
  }
}

export const createQuotas = (world: World) => {
  const { access, clock, settings } = world
  const find = finder(access)
  const queue = queues()
  const ledger = accounts(world)
  const windows = rateWindows(clock, settings.pollScale)
  /** Tasks that have their place before they are stored. */
  const placed = new Set<string>()

  const limiter = {
    covers: (task) => task.candidates.map((candidate) => ledger.covers(task, candidate)),
    place: (task, candidate) => {
      // Others may have been let in since it was asked.
      if (!ledger.covers(task, candidate)) return null
      const { access: provider, credential } = find(candidate)!
      const wait = windows.take(credential.id, provider.adapter.limits.submits)
      if (wait === 0) ledger.hold(task, candidate)
      return wait
    },
  } satisfies Limiter

  const changes: Changes = {
    begin: (task) => {
      // Many creates at once stay under the limits too.
      const place = task.status === 'queued' ? 1 : 0
      queue.count(task.project, place)
      placed.add(task.id)
      const giveBack = ledger.begin(task)
      return () => {
        placed.delete(task.id)
        queue.count(task.project, -place)
        giveBack()
      }
    },
    of: (before, after) => spendingOf(before, after),
    gone: () => [],
    stored: (before, after) => {
      if (before !== null || after === null || !placed.delete(after.id)) queue.changed(before, after)
      ledger.stored(before, after)
    },
    adopt: (task) => {
      queue.changed(null, task)
      ledger.adopt(task)
    },
  }

  return {
    ledger,
    limiter,
    changes,
    queued: queue.all,

    /** Candidates that a task can pay for. @throws GatewayError concurrency_limited, spend_limit_reached */
    enter: ({ account, id, project, candidates, queued, ...task }: Entry): readonly Candidate[] => {
      if (queued && queue.of(project) >= settings.queueLimit)
        throw new GatewayError(
          'concurrency_limited',
          `${settings.queueLimit} tasks of this project are waiting to be submitted: wait until some of them are`,
          {},
          10,
        )
      return ledger.enter(account, id, task, candidates)
    },
  }
}

export type Quotas = ReturnType<typeof createQuotas>

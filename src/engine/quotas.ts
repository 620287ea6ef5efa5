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

/** Tasks of each project that wait to be submitted, by id: told twice of one, it is one. */
const queues = () => {
  const waiting = new Map<string, Set<string>>()
  const out = ({ project, id }: TaskState) => {
    const own = waiting.get(project)
    if (own?.delete(id) && own.size === 0) waiting.delete(project)
  }
  return {
    has: ({ project, id }: TaskState): boolean => waiting.get(project)?.has(id) ?? false,
    out,
    follow: (task: TaskState) => {
      if (task.status !== 'queued') return out(task)
      const own = waiting.get(task.project) ?? new Set()
      waiting.set(task.project, own.add(task.id))
    },
    of: (project: string): number => waiting.get(project)?.size ?? 0,
    all: (): number => [...waiting.values()].reduce((sum, { size }) => sum + size, 0),
  }
}

/** A place that is held for a task: for how many requests, and in the books of which keys. */
interface Place {
  hands: number
  readonly leaves: Map<string | undefined, () => void>
  readonly giveBack: () => void
}

/** How long a task waits that is not known here, in milliseconds. */
const UNHEARD = 1000

export const createQuotas = (world: World) => {
  const { access, clock, settings } = world
  const find = finder(access)
  const queue = queues()
  const ledger = accounts(world)
  const windows = rateWindows(clock, settings.pollScale)
  /** Tasks that have their place before they are stored: one Idempotency-Key may be about to store one several times. */
  const placed = new Map<string, Place>()

  const limiter = {
    covers: (task) => task.candidates.map((candidate) => ledger.covers(task, candidate)),
    place: (task, candidate) => {
      // Canceled while it was asked, nothing is reserved for it; or it is not heard of yet, and asks again.
      if (!ledger.isOpen(task)) return UNHEARD * settings.pollScale
      // Others may have been let in since it was asked.
      if (!ledger.covers(task, candidate)) return null
      const { access: provider, credential } = find(candidate)!
      const wait = windows.take(credential.id, provider.adapter.limits.submits)
      if (wait === 0) ledger.hold(task, candidate)
      return wait
    },
  } satisfies Limiter

  /** Where it is stored and waits already, there is nothing to take, nor to give back. */
  const placeFor = (task: TaskState): Place => {
    const isNew = !queue.has(task)
    if (isNew) queue.follow(task)
    const leaves = new Map<string | undefined, () => void>()
    const giveBack = () => {
      if (isNew) queue.out(task)
      for (const leave of leaves.values()) leave()
    }
    return { hands: 0, leaves, giveBack }
  }

  const changes: Changes = {
    begin: (task) => {
      // Many creates at once stay under the limits too.
      const place = placed.get(task.id) ?? placeFor(task)
      place.hands += 1
      placed.set(task.id, place)
      const key = task.account?.key
      if (!place.leaves.has(key)) place.leaves.set(key, ledger.begin(task))
      return () => {
        // Somebody else has stored it, or still may.
        if (placed.get(task.id) !== place || --place.hands > 0) return
        placed.delete(task.id)
        place.giveBack()
      }
    },
    of: spendingOf,
    gone: () => [],
    stored: (before, after) => {
      const { id, account } = (after ?? before)!
      // Another key that sent the same Idempotency-Key has no part in it.
      for (const [key, leave] of placed.get(id)?.leaves ?? []) if (key !== account?.key) leave()
      placed.delete(id)
      after === null ? queue.out(before!) : queue.follow(after)
      ledger.stored(before, after)
    },
    adopt: (task) => {
      queue.follow(task)
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
      // Somebody with the same key is storing it: what comes of that is for both.
      if (placed.has(id)) return candidates
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

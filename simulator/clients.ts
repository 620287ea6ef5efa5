/** Clients: they ask, repeat what was not answered, read until the end, and try what they should not. */

import { GatewayError } from '../src/engine/errors.ts'
import type { TaskAnswer } from '../src/engine/home.ts'
import type { Agenda } from './agenda.ts'
import { type ClientKeys, PROJECTS } from './budgets.ts'
import type { Faults } from './faults.ts'
import { CUT, DOWN, type Gateway } from './gateway.ts'
import type { Judge } from './judge.ts'
import type { Ledger } from './ledger.ts'
import type { Buyer } from './lyrics.ts'
import { drawOrder, type Finished, type Order } from './orders.ts'
import type { Random } from './random.ts'

interface Parts {
  readonly agenda: Agenda
  readonly random: Random
  readonly faults: Faults
  readonly judge: Judge
  readonly ledger: Ledger
  readonly keys: ClientKeys
  readonly gateway: Gateway
  readonly buyer: Buyer
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const AT_ONCE = 50

/** A client gives up, or tries the same again, or may not know whether it happened. */
type Fate = 'never' | 'again' | 'unsure'
const CODES: Readonly<Record<string, Fate>> = {
  concurrency_limited: 'again',
  not_ready: 'again',
  storage_unavailable: 'unsure',
  internal_error: 'unsure',
  no_provider_available: 'never',
  provider_pinned_unavailable: 'never',
  provider_not_configured: 'never',
  capability_unsupported: 'never',
  validation_failed: 'never',
  insufficient_scope: 'never',
  spend_limit_reached: 'never',
}
/** What is said of a key that has no room for one task more. */
const FULL: ReadonlySet<string> = new Set(['concurrency_limited', 'spend_limit_reached'])
const fateOf = (error: unknown): Fate | null => {
  if (error === DOWN) return 'again'
  if (error === CUT) return 'unsure'
  return error instanceof GatewayError ? (CODES[error.code] ?? null) : null
}

/** What was promised to a client: it may never be lost. */
export interface Promised {
  readonly id: string
  readonly marker: string
  readonly project: string
}

export const clients = ({ agenda, random, faults, judge, ledger, keys, gateway, buyer }: Parts) => {
  const promised = new Map<string, Promised>()
  const finished: Finished[] = []
  let busy = 0

  const ask = async (order: Order): Promise<TaskAnswer> => {
    const { operation, marker, project, by, key, request, wait, cancelAfter } = order
    const caller = { project, idempotencyKey: key, ...(by === undefined ? {} : { key: by }) }
    const known = key !== null && ledger.stored(marker) !== null
    try {
      return await gateway.ask((engine) => engine.create(operation, caller, request, null, wait, cancelAfter))
    } catch (error) {
      const full = error instanceof GatewayError && FULL.has(error.code)
      judge.expect(!(known && full), () => `${marker} was refused for want of room though there is its task`)
      throw error
    }
  }

  const promise = ({ marker, project }: Order, { task }: TaskAnswer): void => {
    const known = promised.get(marker)
    judge.expect(
      known === undefined || known.id === task.id,
      () => `${marker} was promised as ${known?.id} and ${task.id}`,
    )
    promised.set(marker, { id: task.id, marker, project })
  }

  /** Longer each time. */
  const pause = (tries: number) => agenda.sleep(random.between(SECOND, 30 * SECOND) * Math.min(2 ** tries, 30))

  /** Asks until there is an answer; without a key nothing is repeated that may have happened. */
  const create = async (order: Order): Promise<TaskAnswer | null> => {
    for (let tries = 0; ; tries++) {
      try {
        const answer = await ask(order)
        if (!faults.hit('client', 'answer lost')) {
          promise(order, answer)
          return answer
        }
        if (order.key === null) return null
      } catch (error) {
        const fate = fateOf(error)
        if (fate === null) judge.complain(`${order.marker} was answered with ${(error as Error).stack}`)
        judge.note(() => `${order.marker} was answered with ${(error as Error).message}`)
        if (fate !== 'again' && (fate !== 'unsure' || order.key === null)) return null
      }
      await pause(tries)
    }
  }

  const createAtOnce = async (order: Order): Promise<TaskAnswer | null> => {
    // One client may have several keys, and an Idempotency-Key is the project's.
    const others = () => (random.chance(0.8) ? order.by : keys.draw(order.project))
    const crowd = Array.from({ length: AT_ONCE }, () => ask({ ...order, by: others(), wait: 0 }))
    const answers = await Promise.allSettled(crowd)
    const heard = answers.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    for (const answer of heard) promise(order, answer)
    const fresh = heard.filter(({ replayed }) => !replayed).length
    judge.expect(fresh <= 1 || !faults.spares('commit'), () => `${order.marker} was made anew twice`)
    return create(order)
  }

  /** Reads something free, again and again, while nobody answers. */
  const read = async <Result>(what: Parameters<typeof gateway.ask<Result>>[0]): Promise<Result> => {
    for (let tries = 0; ; tries++) {
      try {
        return await gateway.ask(what)
      } catch (error) {
        if (error !== DOWN && error !== CUT) throw error
        await pause(tries)
      }
    }
  }

  /** What was told once stays true: versions grow, and one version is one state. */
  const requireNewer = (marker: string, last: TaskAnswer, next: TaskAnswer) => {
    const { version, task } = next
    judge.expect(version >= last.version && task.seq >= last.task.seq, () => `${marker} was read as it was before`)
    const changed = version === last.version && task.updated_at !== last.task.updated_at
    judge.expect(!changed, () => `${marker} was told in a version that was never stored`)
  }

  /** Wants it no longer: it ends, unless a provider has it. */
  const cancel = async ({ project, marker }: Order, { task }: TaskAnswer) => {
    await agenda.sleep(random.pick([0, 1, 10, 1000, MINUTE]))
    faults.count('client', 'cancels')
    try {
      const answer = await gateway.ask((engine) => engine.cancelTask(project, task.id))
      judge.expect(answer.task.status === 'canceled', () => `${marker} was canceled and is ${answer.task.status}`)
    } catch (error) {
      const fate = error instanceof GatewayError && error.code === 'not_cancelable' ? 'never' : fateOf(error)
      judge.expect(fate !== null, () => `the cancel of ${marker} was answered with ${(error as Error).stack}`)
    }
  }

  const watch = async ({ project, marker }: Order, first: TaskAnswer): Promise<TaskAnswer> => {
    let last = first
    let patience = 0
    for (let wait = 10 * SECOND; !last.ended; wait = Math.min(wait * 2, 10 * MINUTE)) {
      // Who was told of news at once looks again at once.
      await agenda.sleep(patience > 0 ? random.between(1, 200) : random.between(wait >> 1, wait))
      patience = random.chance(0.3) ? 30 * SECOND : 0
      const next = await read((engine) => engine.getTask(project, first.task.id, patience))
      requireNewer(marker, last, next)
      last = next
    }
    return last
  }

  const expectError = async (what: string, code: string, asked: () => Promise<unknown>) => {
    try {
      await asked()
      judge.complain(`${what} was answered`)
    } catch (error) {
      const said = error instanceof GatewayError ? error.code : null
      const excused = error === DOWN || error === CUT
      judge.expect(excused || said === code, () => `${what} was answered with ${(error as Error).stack}`)
    }
  }

  const trespass = async (order: Order, id: string) => {
    const { operation, key, marker, request } = order
    const project = PROJECTS.find((each) => each !== order.project)!
    if (faults.hit('client', 'reads of another project')) {
      await expectError(`${id} of another project`, 'not_found', () =>
        gateway.ask((engine) => engine.getTask(project, id, 0)),
      )
      const page = await read((engine) => engine.listTasks(project, { limit: 100 }))
      judge.expect(!page.data.some((task) => task.id === id), () => `${id} is listed in another project`)
    }
    if (key !== null && faults.hit('client', 'key used for another request')) {
      const other = { ...request, metadata: { other: 'yes' } }
      const caller = { project: order.project, idempotencyKey: key }
      await expectError(`another request with the key of ${marker}`, 'idempotency_key_reused', () =>
        gateway.ask((engine) => engine.create(operation, caller, other, null, 0)),
      )
    }
    if (key !== null && random.chance(0.2)) await create({ ...order, by: keys.draw(order.project), wait: 0 })
  }

  const enjoy = async ({ project, marker, by }: Order, last: TaskAnswer) => {
    const { task } = last
    for (const track of task.tracks.filter(({ status }) => status === 'ready')) {
      const provider = track.provider
      finished.push({ project, track: track.id, provider })
      const found = await read((engine) => engine.getTrack(project, track.id))
      judge.expect(found.provider_track_id === track.provider_track_id, () => `${track.id} became another track`)
      if (random.chance(0.3)) await buyer.buy(project, by, track.id, track.provider_track_id ?? '')
    }
    const again = await read((engine) => engine.getTask(project, task.id, 0))
    requireNewer(marker, last, again)
    judge.expect(again.version === last.version, () => `${marker} changed after its end`)
  }

  /** Wants nothing of it to be kept. What it cost stays, and its key buys nothing more. */
  const remove = async (order: Order, { task }: TaskAnswer): Promise<void> => {
    const { project, marker, key } = order
    for (let tries = 0; ; tries++) {
      try {
        await gateway.ask((engine) => engine.deleteTask(project, task.id))
        break
      } catch (error) {
        const code = error instanceof GatewayError ? error.code : null
        if (code === 'not_found' && tries > 0) break
        judge.expect(
          fateOf(error) !== null && code !== 'validation_failed',
          () => `the deletion of ${marker} was answered with ${(error as Error).stack}`,
        )
      }
      await pause(tries)
    }
    await expectError(`${marker}, which was deleted,`, 'task_deleted', () =>
      gateway.ask((engine) => engine.getTask(project, task.id, 0)),
    )
    if (key !== null) await expectError(`the key of ${marker}, which was deleted,`, 'task_deleted', () => ask(order))
  }

  const serve = async (number: number, start: number): Promise<void> => {
    await agenda.sleep(start)
    const order = drawOrder(random, number, finished, keys)
    const crowd = order.key !== null && random.chance(0.2) && faults.hit('client', '50 at once with one key')
    const answer = await (crowd ? createAtOnce(order) : create(order))
    if (answer === null) return
    if (!faults.spares('client') && random.chance(0.1)) await cancel(order, answer)
    if (random.chance(0.5)) await trespass(order, answer.task.id)
    const last = await watch(order, answer)
    // Who waits for a late result deletes nothing.
    if (last.task.status === 'succeeded' && faults.hit('client', 'deletes')) return remove(order, last)
    await enjoy(order, last)
    if (random.chance(0.2)) await trespass(order, answer.task.id)
  }

  return {
    promised: promised as ReadonlyMap<string, Promised>,
    idle: () => busy === 0,
    begin: (count: number, span: number): void => {
      busy = count
      for (let number = 1; number <= count; number++)
        serve(number, random.between(0, span)).then(
          () => {
            busy -= 1
          },
          (error) => judge.complain(`a client stumbled: ${(error as Error).stack}`),
        )
    },
  }
}

/** One run: a world out of a seed, so many tasks, and what the judge says of it. */
import { ended, type TaskState } from '../src/engine/state.ts'
import { isGivenUp } from '../src/engine/step.ts'
import { agenda as newAgenda } from './agenda.ts'
import { audit } from './audit.ts'
import { clientKeys, budgets as newBudgets } from './budgets.ts'
import { callbacks as newCallbacks } from './callbacks.ts'
import { clients as newClients } from './clients.ts'
import { epoch as newEpoch } from './epoch.ts'
import { type Counts, faultBox } from './faults.ts'
import { type Gateway, gateway as newGateway, seededEntropy } from './gateway.ts'
import { faultsOf } from './history.ts'
import { judge as newJudge } from './judge.ts'
import { markerOf, ledger as newLedger } from './ledger.ts'
import { buyer as newBuyer } from './lyrics.ts'
import { network as newNetwork } from './network.ts'
import { generator } from './random.ts'
import { type Change, type Database, storage as newStorage } from './storage.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** Nothing of a run may take longer. */
const HORIZON = 100 * HOUR
/** No pause of the reads is longer: most of them failed, or the key was refused. */
const UNREAD = 45 * MINUTE
/** Steps of a run without an end, for each of its tasks. */
const MOST_STEPS = 20_000

export interface Figures {
  tasks: number
  crashes: number
  calls: number
  accepted: number
  failovers: number
  /** Sent again, and accepted twice, because the client had asked for it. */
  resubmitted: number
  paidTwice: number
  salvaged: number
  steps: number
}

export interface Result {
  readonly seed: string
  readonly complaint: string | null
  readonly figures: Figures
  /** What is stored in the end, where it was asked for. */
  readonly state: string | null
}

interface Watched {
  readonly trace?: ((line: string) => void) | null
  readonly keepState?: boolean
  /** Lets everything happen that follows from what has happened: all of it are promises. */
  readonly drained?: () => Promise<void>
}

/** Everything that a gateway knows, in one text. */
const STORED = [
  'SELECT * FROM tasks ORDER BY id',
  'SELECT * FROM events ORDER BY place',
  'SELECT * FROM reminders ORDER BY task',
  'SELECT * FROM late_results ORDER BY attempt',
  'SELECT * FROM spending ORDER BY key, day',
]

/** In Node ticks come when no promise is left: nothing here waits for more than promises. */
const turned = () => new Promise<void>((resolve) => process.nextTick(resolve))

const told = (task: TaskState) => `${task.id} (${markerOf(task)}) ${task.status} ${task.attempts.at(-1)?.state ?? ''}`

/** What the longest life of a task is made of, in the settings of a gateway. */
const longest = (task: TaskState, { settings, disturbed }: Gateway): number => {
  // A task also waits so long for a provider that is not well.
  const queue = settings.taskTimeout
  const attempt = queue + settings.submitTimeout + settings.reconcileWindow + settings.taskTimeout + 5 * MINUTE
  return Math.max(1, task.attempts.length) * attempt + 15 * MINUTE + 2 * disturbed()
}

export const run = async (
  seed: string,
  tasks: number,
  counts: Counts,
  database: Database,
  { trace = null, keepState = false, drained = turned }: Watched = {},
): Promise<Result> => {
  const random = generator(seed)
  const agenda = newAgenda()
  const judge = newJudge(agenda, trace)
  const faults = faultBox(random, counts)
  const entropy = seededEntropy(seed, random)
  const epoch = newEpoch(agenda, judge)
  const keys = clientKeys(random)
  const budgets = newBudgets(judge, keys)
  const bornAt = new Map<string, number>()
  let open = 0

  const committed = (change: Change) => {
    const { before, after } = change
    const id = (after ?? before)!.id
    judge.note(() => `${id} ${change.write}: ${after?.status} ${after?.stage} ${after?.attempts.at(-1)?.state ?? ''}`)
    open += Number(after !== null && !ended(after)) - Number(before !== null && !ended(before))
    ledger.calling(before, after)
    budgets.committed(before, after)
    if (after === null) return
    for (const fault of faultsOf(before, after)) judge.complain(`${markerOf(after)} (${id}) ${fault}`)
    ledger.named(after)
    ledger.settled(after)
    if (before === null) bornAt.set(id, agenda.now())
    // Given up, and what comes of it may still come: for a while nobody else is asked.
    const silent = after.attempts.at(-1)?.error?.code === 'provider_timeout'
    if (silent && after.kind === 'work' && isGivenUp(after) && !faults.spares('run'))
      agenda.after(0, () => gateway.pause(random.between(5, 90) * MINUTE))
    for (const { id: attempt, state, error, provider_task_id } of after.attempts) {
      const job = ledger.jobs.get(provider_task_id ?? '')
      const quiet = state === 'accepted' && error?.code === 'provider_timeout'
      if (quiet && job?.marker === markerOf(after)) callbacks.givenUp(attempt, job)
    }
    const age = agenda.now() - bornAt.get(id)!
    if (ended(after))
      judge.expect(age <= longest(after, gateway), () => `${id} took ${Math.round(age / MINUTE)} minutes`)
  }

  const storage = newStorage({
    database,
    agenda,
    random,
    faults,
    committed,
    crash: (why) => gateway.crash(why),
    refused: epoch.forget,
  })
  const ledger = newLedger(agenda, judge, storage.kept)
  const callbacks = newCallbacks({ agenda, random, faults, judge, ledger, gateway: () => gateway, rows: storage.rows })
  const transport = newNetwork({ agenda, random, faults, judge, ledger, epoch, taken: callbacks.plan })
  const broken = (what: 'crash' | 'clock') => {
    epoch.begin()
    what === 'crash' ? ledger.interrupt() : epoch.moved()
  }
  const gateway = newGateway({ agenda, random, faults, judge, storage: () => storage, transport, broken }, entropy)
  const buyer = newBuyer({ agenda, random, faults, judge, ledger, gateway, entropy })
  const clients = newClients({ agenda, random, faults, judge, ledger, keys, gateway, buyer })

  /** Whatever the clock says, nobody waits for ever for what a provider has. */
  const requireRead = () => {
    if (!gateway.serving()) return
    for (const task of storage.kept.values()) {
      const last = task.attempts.at(-1)
      const job = task.next === 'poll' ? ledger.jobs.get(last?.provider_task_id ?? '') : undefined
      if (job === undefined || gateway.unreachable.has(last!.credential)) continue
      const quiet = agenda.now() - Math.max(job.readAt, gateway.since())
      judge.expect(quiet < UNREAD, () => `${job.id} of ${markerOf(task)} was not read for ${quiet} ms`)
    }
  }

  /** Misfortunes that no write and no request is needed for. */
  const chaos = () => {
    if (faults.hit('crash', 'at any time')) gateway.crash('at any time')
    requireRead()
    if (random.chance(0.05) && faults.hit('clock', 'jumps forward')) gateway.jump(random.between(SECOND, 2 * HOUR))
    // A clock that is ahead may be put right.
    const back = Math.max(20 * MINUTE, gateway.ahead())
    if (random.chance(0.05) && faults.hit('clock', 'jumps backward')) gateway.jump(-random.between(SECOND, back))
    agenda.after(random.between(5, 60) * SECOND, chaos)
  }

  gateway.start()
  clients.begin(tasks, random.pick([SECOND, 10 * MINUTE, HOUR]))
  agenda.after(SECOND, chaos)
  let steps = 0
  const calm = () => clients.idle() && callbacks.idle() && open === 0 && gateway.serving()
  const over = () => calm() && callbacks.owed().length === 0
  for (await drained(); !over() && judge.complaint() === null; await drained()) {
    steps += 1
    if (agenda.now() > HORIZON || steps > MOST_STEPS * tasks || !agenda.step()) {
      const stuck = [...storage.kept.values()].filter((task) => !ended(task))
      const lost = callbacks.owed().map(({ id, marker }) => `${id} of ${marker}`)
      judge.complain(
        `${stuck.length} tasks have not ended: ${stuck.map(told).join(', ')}; not kept: ${lost.join(', ')}`,
      )
      break
    }
  }
  const { rows, buried } = storage
  const kept = new Map([...storage.kept, ...buried])
  const { promised } = clients
  if (judge.complaint() === null) audit({ judge, ledger, gateway, kept, buried, promised, rows, now: agenda.now() })
  if (judge.complaint() === null) await budgets.settle(gateway, rows)
  const made = [...kept.values()].filter(({ kind }) => kind === 'work').length
  const { salvages, figures } = ledger
  const state = keepState ? JSON.stringify(STORED.map(rows)) : null
  storage.close()
  const counted = { tasks: made, crashes: gateway.crashes(), salvaged: salvages.size, steps, ...figures() }
  return { seed, complaint: judge.complaint(), figures: counted, state }
}

/** Keys of clients, and what each may have under way and spend: counted here, from what is stored and what things cost. */
import type { Caller } from '../src/engine/idempotency.ts'
import type { accounts } from '../src/engine/keys/accounts.ts'
import type { ClientKey, Limits } from '../src/engine/keys/rows.ts'
import type { Row } from '../src/engine/ports.ts'
import { ended, type TaskState } from '../src/engine/state.ts'
import type { Gateway } from './gateway.ts'
import type { Judge } from './judge.ts'
import { markerOf } from './ledger.ts'
import { priceOf } from './providers.ts'
import type { Random } from './random.ts'

type Usage = ReturnType<ReturnType<typeof accounts>['usageOf']>
export type Signed = Caller['key'] | undefined

const DAY = 86_400_000
/** Millionths of a US dollar in a cent. */
const CENT = 10_000

const LIMITS: readonly Limits[] = [
  {},
  { concurrent_tasks: 1 },
  { concurrent_tasks: 3 },
  { usd_per_day: 0.3 },
  { usd_per_month: 0.55 },
  { usd_per_day: 0.4, usd_per_month: 0.6, concurrent_tasks: 4 },
]
const HELD = [null, null, ['amber'], ['birch', 'cedar']] as const
const KEYS = ['one', 'two'] as const
export const PROJECTS = ['north', 'south'] as const

const monthOf = (day: number) => new Date(day * DAY).toISOString().slice(0, 7)

/** Two keys in each project, beside the bootstrap key. */
export const clientKeys = (random: Random) => {
  const own = (project: string) =>
    KEYS.map((name) => ({
      id: `key_${project}_${name}`,
      limits: random.pick(LIMITS),
      providers: random.pick(HELD) as readonly string[] | null,
    }))
  const share = random.pick([0, 0.3, 0.7])
  const keys = new Map(PROJECTS.map((project) => [project as string, own(project)]))
  return {
    all: [...keys.values()].flat(),
    /** One of them, or none. */
    draw: (project: string): Signed => (random.chance(share) ? random.pick(keys.get(project)!) : undefined),
  }
}
export type ClientKeys = ReturnType<typeof clientKeys>

/** What a task may have cost, in cents, by the day of the attempt. */
const costsOf = (task: TaskState | null): [day: number, cents: number][] =>
  (task?.attempts ?? [])
    .filter(({ charged }) => charged === 'yes' || charged === 'unknown')
    .map(({ created_at, form }) => [Math.floor(created_at / DAY), priceOf(form)])

export const budgets = (judge: Judge, { all }: ClientKeys) => {
  const bookOf = (key: (typeof all)[number]) => ({
    key,
    open: new Set<string>(),
    days: new Map<number, number>(),
    /** Of those what nobody could know: said to be free, and found to have been taken. */
    late: new Map<number, number>(),
  })
  const books = new Map(all.map((key) => [key.id, bookOf(key)]))
  type Book = ReturnType<typeof bookOf>

  const sum = (days: Book['days'], counts: (day: number) => boolean) =>
    [...days].reduce((cents, [day, more]) => cents + (counts(day) ? more : 0), 0)

  const requireRoom = (book: Book) => {
    const { id, limits } = book.key
    const { concurrent_tasks: most = Infinity, usd_per_day = Infinity, usd_per_month = Infinity } = limits
    judge.expect(book.open.size <= most, () => `${id} has ${book.open.size} tasks under way, and may have ${most}`)
    const known = new Map([...book.days].map(([day, cents]) => [day, cents - (book.late.get(day) ?? 0)]))
    for (const [day, cents] of known) {
      const month = sum(known, (each) => monthOf(each) === monthOf(day))
      judge.expect(cents <= usd_per_day * 100, () => `${id} spent ${cents} cents in a day of ${usd_per_day} USD`)
      judge.expect(month <= usd_per_month * 100, () => `${id} spent ${month} cents in a month of ${usd_per_month} USD`)
    }
  }

  const requireCheap = (task: TaskState) => {
    const most = task.request.max_cost_usd as number | undefined
    const cents = costsOf(task).reduce((all, [, each]) => all + each, 0)
    const cheap = most === undefined || cents <= most * 100
    judge.expect(cheap, () => `${markerOf(task)} may have cost ${cents} cents, where it may cost ${most} USD`)
  }

  return {
    committed: (before: TaskState | null, after: TaskState | null): void => {
      const task = (after ?? before)!
      requireCheap(task)
      const book = books.get(task.account?.key ?? '')
      if (book === undefined) return
      const { key, open } = book
      const found = task.kind === 'work' && task.salvaged_from !== undefined
      after === null || ended(after) ? open.delete(task.id) : open.add(task.id)
      // What a song has cost stays when it is deleted; a call that was not made is forgotten.
      const kept = after ?? (task.kind === 'work' ? task : null)
      for (const [sign, state] of [
        [1, kept],
        [-1, before],
      ] as const)
        for (const [day, cents] of costsOf(state))
          for (const days of [book.days, ...(found ? [book.late] : [])])
            days.set(day, (days.get(day) ?? 0) + sign * cents)
      for (const { provider } of task.attempts)
        judge.expect(key.providers?.includes(provider) ?? true, () => `${task.id} of ${key.id} went to ${provider}`)
      requireRoom(book)
    },

    /** Once nothing is under way any more: the books of the gateway are these, and nothing is held. */
    settle: async (gateway: Gateway, rows: (sql: string) => readonly Row[]): Promise<void> => {
      const stored = rows('SELECT key, day, micros FROM spending WHERE micros <> 0 ORDER BY key, day')
      const own = [...books].flatMap(([key, { days }]) =>
        [...days].filter(([, cents]) => cents !== 0).map(([day, cents]) => ({ key, day, micros: cents * CENT })),
      )
      const text = (some: readonly Row[]) =>
        some
          .map(({ key, day, micros }) => `${key} ${day} ${micros}`)
          .sort()
          .join()
      judge.expect(text(stored) === text(own), () => `the books say ${text(stored)}, and it was ${text(own)}`)
      const today = Math.floor(gateway.clock() / DAY)
      for (const book of books.values()) {
        const { id } = book.key
        const told = await gateway.ask(async (engine) => engine.usageOf(book.key as unknown as ClientKey))
        const { concurrent_tasks, day, ...usage } = told as Usage
        judge.expect(concurrent_tasks === 0, () => `${id} has ${concurrent_tasks} tasks under way, and none is`)
        judge.expect(day.reserved_usd === 0, () => `${id} has ${day.reserved_usd} USD reserved for nothing`)
        const said = [day.spent_usd, usage.month.spent_usd].map((usd) => Math.round(usd * 100)).join(' and ')
        // What a clock that had run ahead wrote down is spent all the same.
        const month = sum(book.days, (each) => monthOf(each) >= monthOf(today))
        const spent = [book.days.get(today) ?? 0, month].join(' and ')
        judge.expect(
          said === spent,
          () => `${id} is said to have spent ${said} cents in a day and a month, not ${spent}`,
        )
      }
    },
  }
}

/** What keys have under way and have spent: counted from the attempts of their tasks, in the commits that store them. */
import { GatewayError } from '../errors.ts'
import type { Access, Clock, Sql } from '../ports.ts'
import { type Account, type Candidate, ended, type TaskState, type WorkTask } from '../state.ts'
import { priceOf } from '../submission.ts'
import { changesOf, DAY, dayOf, MICRO, micros, startOfMonth } from './spending.ts'

/** Days, at most. */
const MONTH = 31

/** Of one key; money in millionths of a US dollar. */
interface Book {
  readonly open: Set<string>
  /** What tasks that are yet to be sent may come to. */
  readonly claims: Map<string, number>
  claimed: number
  /** What was charged, or may have been, by the day of the attempt. */
  readonly days: Map<number, number>
}

/** Whether what a key may spend is limited. */
export const isHeld = ({ usd_per_day, usd_per_month }: Account): boolean =>
  usd_per_day !== undefined || usd_per_month !== undefined

const written = (amount: number) => String(Math.round(amount) / MICRO)

export const accounts = ({ sql, clock, access }: { sql: Sql; clock: Clock; access: readonly Access[] }) => {
  const books = new Map<string, Book>()

  const bookOf = (key: string): Book => {
    const known = books.get(key) ?? { open: new Set(), claims: new Map(), claimed: 0, days: new Map() }
    books.set(key, known)
    return known
  }

  const claim = (book: Book, id: string, amount: number) => {
    book.claimed += amount - (book.claims.get(id) ?? 0)
    amount > 0 ? book.claims.set(id, amount) : book.claims.delete(id)
  }

  const spent = ({ days }: Book) => {
    const now = clock()
    const first = dayOf(startOfMonth(now))
    let month = 0
    for (const [day, amount] of days) {
      // A clock that has run ahead comes back: the month before is kept.
      if (day < first - MONTH) days.delete(day)
      else if (day >= first) month += amount
    }
    return { day: days.get(dayOf(now)) ?? 0, month }
  }

  /** What a task may still come to, beside all that is claimed by others. */
  const roomFor = (account: Account, id: string): number => {
    const { usd_per_day, usd_per_month } = account
    if (usd_per_day === undefined && usd_per_month === undefined) return Number.POSITIVE_INFINITY
    const book = bookOf(account.key)
    const { day, month } = spent(book)
    const left = Math.min(micros(usd_per_day ?? Infinity) - day, micros(usd_per_month ?? Infinity) - month)
    return left - (book.claimed - (book.claims.get(id) ?? 0))
  }

  /** Whether a price fits into what is left: one that is not known fits into no limit, and what is free into any. */
  const fits = (account: Account, id: string, usd: number | null): boolean =>
    !isHeld(account) || usd === 0 || (usd !== null && micros(usd) <= roomFor(account, id))

  const usdOf = (
    { material, request }: Pick<WorkTask, 'material' | 'request'>,
    { provider, form, model }: Candidate,
  ) => {
    const adapter = access.find((each) => each.adapter.id === provider)?.adapter
    return adapter === undefined ? null : priceOf(adapter, form, model ?? material.track?.model ?? null, request).usd
  }

  /** What a task will come to, where nothing goes wrong. */
  const likely = (task: Pick<WorkTask, 'material' | 'request'>, [first]: readonly Candidate[]): number =>
    first === undefined ? 0 : micros(usdOf(task, first))

  const refuseCrowd = ({ concurrent_tasks: most, key }: Account, id: string) => {
    const { open } = bookOf(key)
    if (most !== undefined && !open.has(id) && open.size >= most)
      throw new GatewayError(
        'concurrency_limited',
        `This key has ${most} tasks under way, which is all it may have`,
        {},
        5,
      )
  }

  /** Why a key can not pay: what is left, and when there will be more. */
  const overdrawn = (
    account: Account,
    task: Pick<WorkTask, 'material' | 'request'>,
    all: readonly Candidate[],
  ): GatewayError => {
    const known = all.map((candidate) => usdOf(task, candidate)).filter((price) => price !== null)
    if (known.length === 0) {
      const names = [...new Set(all.map(({ provider }) => provider))].join(', ')
      const detail = `What ${names} would charge for this is not known, so that the spending limit of this key could not be held. TUTTI_PRICES can say it`
      return new GatewayError('spend_limit_reached', detail, {
        errors: [{ pointer: '', code: 'price_unknown', detail }],
      })
    }
    const now = clock()
    const book = bookOf(account.key)
    const { day, month } = spent(book)
    const least = micros(Math.min(...known))
    const { usd_per_day = Infinity, usd_per_month = Infinity } = account
    const byMonth = micros(usd_per_month) < month + book.claimed + least
    const [limit, used, until] = byMonth
      ? [`${usd_per_month} USD a month`, month, startOfMonth(now, 1)]
      : [`${usd_per_day} USD a day`, day, (dayOf(now) + 1) * DAY]
    const detail = `This key may spend ${limit}: ${written(used)} are spent, ${written(book.claimed)} reserved, and this would come to ${written(least)}. Nothing was sent.`
    const errors = [{ pointer: '', code: byMonth ? ('usd_per_month' as const) : ('usd_per_day' as const), detail }]
    return new GatewayError('spend_limit_reached', detail, { errors }, Math.ceil((until - now) / 1000))
  }

  /** What a task that is sent no more, or again, may still come to. */
  const reclaim = (account: Account, task: TaskState) => {
    const book = bookOf(account.key)
    if (task.kind !== 'work' || task.next !== 'submit') return claim(book, task.id, 0)
    if (task.attempts.length === 0 && book.claims.has(task.id)) return
    const wanted = likely(task, task.candidates)
    claim(book, task.id, Math.max(0, Math.min(wanted, roomFor(account, task.id))))
  }

  const follow = (account: Account, task: TaskState) => {
    const { open } = bookOf(account.key)
    ended(task) ? open.delete(task.id) : open.add(task.id)
    reclaim(account, task)
  }

  return {
    /** Takes up what was spent this month, and in the one before: a clock that has run ahead comes back. */
    start: async (): Promise<void> => {
      const rows = await sql.read('SELECT * FROM spending WHERE day >= ?', [dayOf(startOfMonth(clock())) - MONTH])
      for (const { key, day, micros: amount } of rows) bookOf(key as string).days.set(day as number, amount as number)
    },

    /** Takes up a stored task that has not ended. */
    adopt: (task: TaskState): void => {
      if (task.account !== undefined) follow(task.account, task)
    },

    /**
     * Whether a key may have one more task, and which of its candidates it can pay for: the price of the first is
     * reserved, and another has to fit when it is asked.
     * @throws GatewayError concurrency_limited, spend_limit_reached
     */
    enter: (
      account: Account | undefined,
      id: string,
      task: Pick<WorkTask, 'material' | 'request'>,
      candidates: readonly Candidate[],
    ): readonly Candidate[] => {
      if (account === undefined) return candidates
      refuseCrowd(account, id)
      const kept = candidates.filter((candidate) => fits(account, id, usdOf(task, candidate)))
      if (kept.length === 0) throw overdrawn(account, task, candidates)
      claim(bookOf(account.key), id, likely(task, kept))
      return kept
    },

    /** Whether a task counts as one that its key has under way: nothing is reserved for another. */
    isOpen: ({ id, account }: TaskState): boolean => account === undefined || bookOf(account.key).open.has(id),

    /** Whether its key can pay for one more attempt of a task. */
    covers: (task: WorkTask, candidate: Candidate): boolean =>
      task.account === undefined || fits(task.account, task.id, usdOf(task, candidate)),

    /** Reserves the price of an attempt that is about to be stored. */
    hold: (task: WorkTask, candidate: Candidate): void => {
      if (task.account !== undefined) claim(bookOf(task.account.key), task.id, micros(usdOf(task, candidate)))
    },

    /** Takes a place for a task that is about to be stored. @returns gives it back where it was not */
    begin: ({ id, account, status }: TaskState): (() => void) => {
      if (account === undefined || ended({ status })) return () => undefined
      const book = bookOf(account.key)
      if (book.open.has(id)) return () => undefined
      book.open.add(id)
      return () => {
        book.open.delete(id)
        claim(book, id, 0)
      }
    },

    /** A change of a task is stored; null after it was forgotten. */
    stored: (before: TaskState | null, after: TaskState | null): void => {
      const task = after ?? before
      if (task?.account === undefined) return
      const { days, open } = bookOf(task.account.key)
      for (const [day, change] of changesOf(before, after)) days.set(day, (days.get(day) ?? 0) + change)
      if (after !== null) follow(task.account, after)
      else {
        open.delete(task.id)
        claim(bookOf(task.account.key), task.id, 0)
      }
    },

    /** What a key has under way and has spent. */
    usageOf: (key: string) => {
      const book = bookOf(key)
      const now = clock()
      const { day, month } = spent(book)
      const reserved_usd = book.claimed / MICRO
      const until = (at: number) => new Date(at).toISOString()
      return {
        concurrent_tasks: book.open.size,
        day: { spent_usd: day / MICRO, reserved_usd, resets_at: until((dayOf(now) + 1) * DAY) },
        month: { spent_usd: month / MICRO, reserved_usd, resets_at: until(startOfMonth(now, 1)) },
      }
    },
  }
}

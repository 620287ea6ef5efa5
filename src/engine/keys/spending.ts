/** Money that attempts cost, by the day: millionths of a US dollar, so that sums are exact. */
import type { Statement } from '../ports.ts'
import type { Account, Attempt, TaskState } from '../state.ts'
import type { ClientKey } from './rows.ts'

export const DAY = 86_400_000
export const MICRO = 1e6

export const ACCOUNT_TABLES: readonly string[] = [
  'CREATE TABLE spending (key TEXT NOT NULL, day INTEGER NOT NULL, micros INTEGER NOT NULL, PRIMARY KEY (key, day)) STRICT, WITHOUT ROWID',
]

export const accountOf = ({
  id,
  limits: { requests_per_minute: _, ...limits },
}: Pick<ClientKey, 'id' | 'limits'>): Account => ({
  key: id,
  ...limits,
})

export const micros = (usd: number | null): number => Math.round((usd ?? 0) * MICRO)
export const dayOf = (at: number) => Math.floor(at / DAY)
export const startOfMonth = (now: number, further = 0) => {
  const date = new Date(now)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + further)
}

/** Open attempts may have been charged: so they say. */
export const costOf = ({ charged, usd }: Attempt): number =>
  charged === 'yes' || charged === 'unknown' ? micros(usd) : 0

/** What one change of a task adds to each day. */
export const changesOf = (before: TaskState | null, after: TaskState | null): Map<number, number> => {
  const changes = new Map<number, number>()
  const add = (task: TaskState | null, sign: 1 | -1) => {
    for (const attempt of task?.attempts ?? []) {
      const day = dayOf(attempt.created_at)
      changes.set(day, (changes.get(day) ?? 0) + sign * costOf(attempt))
    }
  }
  add(after, 1)
  add(before, -1)
  for (const [day, change] of changes) if (change === 0) changes.delete(day)
  return changes
}

/** What a change of a task stores beside it: in the same commit, so that nothing is counted twice or not at all. */
export const spendingOf = (before: TaskState | null, after: TaskState | null): Statement[] => {
  const account = (after ?? before)?.account
  if (account === undefined) return []
  return [...changesOf(before, after)].map(([day, change]) => ({
    sql: `INSERT INTO spending (key, day, micros) VALUES (?, ?, ?)
      ON CONFLICT (key, day) DO UPDATE SET micros = micros + excluded.micros`,
    params: [account.key, day, change],
  }))
}

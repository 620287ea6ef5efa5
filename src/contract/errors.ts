/** Native failure → canonical error code: the adapter's table of signals, read by the most specific match. */
import type { ProviderFailure } from '../canonical/error.ts'
import type { Form } from './operations.ts'

/** Where a signal was seen: the answer to a paid submit, a task record, a callback, or the answer to a read. */
export type Seen = 'submit' | 'record' | 'callback' | 'read'

/** One native way of saying a canonical error. `message` matches as a part of the text, without regard to case. */
export interface Signal {
  readonly at: Seen
  readonly operations?: readonly Form[]
  readonly http?: number
  readonly code?: number | string
  readonly status?: string
  readonly message?: string
  /** Where the provider says that a paid failure was paid back. */
  readonly charged?: 'refunded'
  /** Of a read: the provider knows no such thing. A read that is refused for any other reason says nothing about it. */
  readonly absent?: true
  /** Of a submit: the provider may not have this at all, so that another is asked, whatever its code entails. */
  readonly elsewhere?: true
  readonly source: string
}

/** Total: an empty list is an answer, a missing code does not compile. */
export type ErrorTable = { readonly [Code in ProviderFailure]: readonly Signal[] }

export interface Evidence {
  readonly at: Seen
  readonly operation: Form
  readonly http?: number | null
  readonly code?: number | string | null
  readonly status?: string | null
  readonly message?: string | null
}

/** A text outweighs any number, and a number any word that only says where or at which stage. */
const WEIGHTS = { operations: 1, http: 1, status: 1, code: 2, message: 4 } as const
const KEYS = Object.keys(WEIGHTS) as (keyof typeof WEIGHTS)[]
const weight = (signal: Signal) => KEYS.reduce((sum, key) => sum + (signal[key] === undefined ? 0 : WEIGHTS[key]), 0)

const matches = (signal: Signal, seen: Evidence): boolean =>
  signal.at === seen.at &&
  (signal.operations === undefined || signal.operations.includes(seen.operation)) &&
  (signal.http === undefined || signal.http === seen.http) &&
  (signal.code === undefined || String(signal.code) === String(seen.code)) &&
  (signal.status === undefined || signal.status === seen.status) &&
  (signal.message === undefined || (seen.message ?? '').toLowerCase().includes(signal.message.toLowerCase()))

export interface Classified {
  readonly code: ProviderFailure
  readonly charged?: 'refunded'
  readonly absent?: true
  readonly elsewhere?: true
}

export interface Decided {
  readonly code: ProviderFailure
  readonly signal: Signal
}

/** The heaviest signal that matches, with the code it stands for. */
export const decide = (errors: ErrorTable, seen: Evidence): Decided | null => {
  let best: Decided | null = null
  for (const [code, signals] of Object.entries(errors) as [ProviderFailure, readonly Signal[]][])
    for (const signal of signals)
      if (matches(signal, seen) && (best === null || weight(signal) > weight(best.signal))) best = { code, signal }
  return best
}

/**
 * The canonical code of what a provider said, or null where its table has no such signal.
 * @example classify(kie.errors, { at: 'submit', operation: 'generateMusic', code: 402 })
 */
export const classify = (errors: ErrorTable, seen: Evidence): Classified | null => {
  const best = decide(errors, seen)
  if (best === null) return null
  const { charged, absent, elsewhere } = best.signal
  return {
    code: best.code,
    ...(charged ? { charged } : {}),
    ...(absent ? { absent } : {}),
    ...(elsewhere ? { elsewhere } : {}),
  }
}

const overlap = (a: readonly string[] | undefined, b: readonly string[] | undefined) =>
  a === undefined || b === undefined || a.some((each) => b.includes(each))

const textsMeet = (a: string | undefined, b: string | undefined) =>
  a === undefined ||
  b === undefined ||
  a.toLowerCase().includes(b.toLowerCase()) ||
  b.toLowerCase().includes(a.toLowerCase())

const same = (a: unknown, b: unknown) => a === undefined || b === undefined || String(a) === String(b)

const canMeet = (a: Signal, b: Signal) =>
  a.at === b.at &&
  overlap(a.operations, b.operations) &&
  same(a.http, b.http) &&
  same(a.code, b.code) &&
  same(a.status, b.status) &&
  textsMeet(a.message, b.message)

/** Two signals of different codes that can match the same evidence with equal weight, and nothing more specific decides. */
const undecided = (a: Signal, b: Signal, all: readonly Signal[]) => {
  const both = { ...a, ...Object.fromEntries(Object.entries(b).filter(([, value]) => value !== undefined)) } as Signal
  return !all.some(
    (each) => weight(each) > weight(a) && KEYS.every((key) => each[key] === undefined || each[key] === both[key]),
  )
}

/** Throws at load where two canonical codes would claim the same evidence. */
export const refuseTies = (errors: ErrorTable): void => {
  const rows = Object.entries(errors).flatMap(([code, signals]) => signals.map((signal) => ({ code, signal })))
  const all = rows.map((row) => row.signal)
  for (const [index, a] of rows.entries())
    for (const b of rows.slice(index + 1))
      if (
        a.code !== b.code &&
        weight(a.signal) === weight(b.signal) &&
        canMeet(a.signal, b.signal) &&
        undecided(a.signal, b.signal, all)
      )
        throw new Error(`${a.code} and ${b.code} claim the same signal: ${JSON.stringify([a.signal, b.signal])}`)
}

/** What the last attempts at a provider came to, kept in memory: times, and how many went well. */
import type { Observed } from '../canonical/provider.ts'

export interface Past {
  /** Milliseconds until it was accepted, and from then to its end; null where it did not come so far. */
  readonly submit: number | null
  readonly render: number | null
  readonly good: boolean
  readonly refunded: boolean
}

const KEPT = 1000
/** Sorting again for every attempt would cost more than it tells. */
const FRESH = 20

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!

const spread = (times: readonly (number | null)[]): Observed['submit_seconds'] => {
  const sorted = times.filter((each) => each !== null).sort((a, b) => a - b)
  return sorted.length === 0 ? null : { p50: at(sorted, 0.5) / 1000, p95: at(sorted, 0.95) / 1000 }
}

export type Observer = ReturnType<typeof observer>

export const observer = () => {
  const past: Past[] = []
  let total = 0
  let counted = -1
  let latency: number | null = null

  const share = (holds: (each: Past) => boolean) =>
    past.length === 0 ? null : Math.round((past.filter(holds).length / past.length) * 1e4) / 1e4

  return {
    note: (each: Past): void => {
      past[total % KEPT] = each
      total += 1
    },
    /** Seconds from sending to the end of every second song; null where nothing is known. */
    latency: (): number | null => {
      if (counted >= 0 && total < Math.max(counted + 1, Math.min(counted + FRESH, counted * 2))) return latency
      counted = total
      latency = spread(past.map(({ submit, render }) => (render === null ? null : (submit ?? 0) + render)))?.p50 ?? null
      return latency
    },
    seen: (): Observed => ({
      attempts: past.length,
      submit_seconds: spread(past.map(({ submit }) => submit)),
      render_seconds: spread(past.map(({ render }) => render)),
      success_rate: share(({ good }) => good),
      refund_rate: share(({ refunded }) => refunded),
    }),
  }
}

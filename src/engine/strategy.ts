/** In which order those that can do it are asked: OpenRouter's words, over prices, times and balances as they are known. */
import type { Reason, Sort } from '../canonical/words.ts'
import type { Access, Settings } from './ports.ts'

/** What a place is decided by. */
export interface Ranked {
  readonly access: Access
  /** Whether it made what the request is about. */
  readonly own: boolean
  readonly warnings: readonly unknown[]
  readonly usd: number | null
}

export interface Wish {
  readonly sort?: Sort | undefined
  readonly order?: readonly string[] | undefined
}

/** Between 0 and 1, the same for the same text: FNV-1a, and the last step of Murmur to spread it. */
export const chance = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) / 2 ** 32
}

const middle = (scores: readonly (number | null)[]): number => {
  const known = scores.filter((each) => each !== null).sort((a, b) => a - b)
  return known[known.length >> 1] ?? 0
}

export type Strategies = ReturnType<typeof strategies>

/** What was seen of providers. */
export interface Seen {
  readonly observed: (provider: string) => { readonly latency: () => number | null }
}
export interface Balances {
  readonly refresh: () => void
  readonly balance: (access: Access) => number | null
}

export const strategies = ({ routing }: Settings, watch: Seen, book: Balances) => {
  const weights = routing?.weights ?? {}

  /** Less is better. `seed` is the task: the same task is weighed the same way; without one the heaviest is first. */
  const score = (sort: Sort, { access, usd }: Ranked, seed: string | null): number | null => {
    const { id } = access.adapter
    if (sort === 'price') return usd ?? Number.POSITIVE_INFINITY
    if (sort === 'latency') return watch.observed(id).latency()
    if (sort === 'balance') return -(book.balance(access) ?? Number.NEGATIVE_INFINITY)
    if (sort === 'priority') return 0
    const weight = weights[id] ?? 1
    if (weight === 0) return Number.POSITIVE_INFINITY
    return seed === null ? -weight : -Math.log(chance(`${seed} ${id}`)) / weight
  }

  const sortOf = (wish: Wish): Sort => wish.sort ?? routing?.sort ?? 'priority'

  return {
    /**
     * Who is named in the request's order comes first. Then, unless it names one, who made the source and who has a place
     * for every field; then by the strategy; then as configured.
     */
    ranked: <Each extends Ranked>(able: readonly Each[], wish: Wish, seed: string | null): readonly Each[] => {
      const sort = sortOf(wish)
      if (sort === 'balance') book.refresh()
      if (able.length < 2) return able
      const scores = able.map((each) => score(sort, each, seed))
      const unknown = middle(scores)
      const { order } = wish
      const rows = able.map((each, index) => {
        const named = order?.indexOf(each.access.adapter.id) ?? -1
        return { each, index, named: named < 0 ? able.length + 16 : named, score: scores[index] ?? unknown }
      })
      rows.sort(
        (a, b) =>
          a.named - b.named ||
          (order === undefined
            ? Number(b.each.own) - Number(a.each.own) ||
              Math.sign(a.each.warnings.length) - Math.sign(b.each.warnings.length)
            : 0) ||
          (a.score === b.score ? 0 : a.score - b.score) ||
          a.index - b.index,
      )
      return rows.map(({ each }) => each)
    },

    reason: ({ access, own }: Ranked, wish: Wish): Reason =>
      wish.order?.includes(access.adapter.id) ? 'order' : own ? 'own' : sortOf(wish),
  }
}

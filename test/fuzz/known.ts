/** What a run has learned from earlier answers: ids and whose they are, keys, and what is gone. */
import type { Chance } from './chance.ts'

/** Who asks: a key, the project it belongs to, and what it may do. */
export interface Actor {
  readonly name: string
  /** Null sends none. */
  readonly key: string | null
  /** Null where the key is nobody's. */
  readonly project: string | null
  readonly scopes: readonly string[]
  /** Whether something else than what is asked may be in the way: limits, providers, an end, a rotation. */
  readonly limited: boolean
  /** The bootstrap key administers every project. */
  readonly root?: true
}

/** Ids, as they stand in texts. Those of requests are nobody's. */
const ID = /\b(?!req_)([a-z]{2,8})_[0-9A-HJKMNP-TV-Z]{26,27}(?![0-9A-Za-z])/g
export const idsIn = (text: string): string[] => [...new Set(text.match(ID) ?? [])]

/** The project of the bootstrap key. */
export const ROOT = 'default'

/** What every text of a project may carry, so that it is known where it turns up. */
export const canaryOf = (project: string) => `canary.${project}.`
const CANARY = /canary\.([a-z0-9-]+)\./g
export const canariesIn = (text: string): string[] => [
  ...new Set([...text.matchAll(CANARY)].map(([, project]) => project!)),
]

/** What is read of a task beside its ids. */
export interface TaskTold {
  readonly id: string
  readonly request: { readonly track_id?: string }
  readonly attempts: readonly { readonly provider_task_id: string | null }[]
  readonly result: { readonly object: string } | null
}

type Answer = { readonly data?: readonly Answer[] | object } & Partial<TaskTold>
/** Tasks in an answer: one, or those of a list. */
export const tasksIn = (answer: Answer): TaskTold[] =>
  [answer, ...(Array.isArray(answer.data) ? (answer.data as Answer[]) : [])].filter(
    (each): each is TaskTold => each.request !== undefined && each.attempts !== undefined,
  )

/** So many ids of a kind are remembered for a project: the newest, and some of the oldest. */
const REMEMBERED = 200

export const knowledge = () => {
  const owners = new Map<string, string>()
  const mentioned = new Set<string>()
  const pools = new Map<string, string[]>()
  const ended = new Set<string>()
  const gone = new Map<string, number>()
  const made = new Map<string, { body: string; id: string }>()
  const stemsOf = new Map<string, string>()

  const remember = (project: string, kind: string, id: string) => {
    const place = `${project} ${kind}`
    const pool = pools.get(place) ?? []
    pools.set(place, pool)
    if (pool.length < REMEMBERED) pool.push(id)
    else pool[owners.size % REMEMBERED] = id
  }

  return {
    ownerOf: (id: string): string | undefined => owners.get(id),
    /** Ids that somebody made up are nobody's, wherever they are repeated. */
    mention: (ids: readonly string[]) => {
      for (const id of ids) if (!owners.has(id)) mentioned.add(id)
    },
    /** Ids that were answered to this project and nobody else. */
    learn: (project: string, ids: readonly string[]) => {
      for (const id of ids) {
        if (owners.has(id) || mentioned.has(id)) continue
        owners.set(id, project)
        remember(project, id.slice(0, id.indexOf('_')), id)
      }
    },
    /** Of a task: what it is called at its providers, and whose stems it holds. */
    learnTask: (project: string, { id, request, attempts, result }: TaskTold) => {
      for (const { provider_task_id } of attempts)
        if (provider_task_id !== null) remember(project, 'provider_task_id', provider_task_id)
      if (result?.object !== 'stems' || stemsOf.has(id)) return
      remember(project, 'stems_task_id', id)
      stemsOf.set(id, request.track_id ?? '')
    },
    /** The track that a task has taken apart. */
    trackOf: (stems: string): string | undefined => stemsOf.get(stems) || undefined,
    /** An id of this kind that a project, or any other one, knows. */
    drawn: (chance: Chance, prefix: string, whose: (project: string) => boolean): string | null => {
      const all = [...pools].filter(([place]) => {
        const [project, kind] = place.split(' ')
        return kind === prefix && whose(project!)
      })
      return all.length === 0 ? null : chance.pick(chance.pick(all)[1])
    },
    /** What was deleted by its path, and with which request. */
    deleted: (path: string, index: number) => {
      if (!gone.has(path)) gone.set(path, index)
    },
    /** Keys that may not be taken any more. */
    end: (key: string) => {
      ended.add(key)
    },
    hasEnded: (key: string): boolean => ended.has(key),
    isGone: (path: string): boolean => gone.has(path),
    /** What an Idempotency-Key made first. */
    madeBy: (place: string, body: string, id: string): { body: string; id: string } => {
      const first = made.get(place) ?? { body, id }
      made.set(place, first)
      return first
    },
    size: () => owners.size,
  }
}
export type Knowledge = ReturnType<typeof knowledge>

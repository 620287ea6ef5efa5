/** What the engine needs of the world: interfaces only, carried out by a platform. */
import type { Sort } from '../canonical/words.ts'
import type { Adapter } from '../contract/adapter.ts'

/** One request to a provider, ready to be sent. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly timeoutMs: number
  /** A paid create travels on a connection of its own, so that "never connected" proves "never sent". */
  readonly connection: 'fresh' | 'pooled'
}

/**
 * What came of it. `not_sent` is proof that the provider never saw the request; `lost` is everything else without a
 * whole answer. `retryAfter` is in seconds.
 */
export type UpstreamAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: number | null; readonly body: string }
  | { readonly kind: 'not_sent'; readonly reason: 'connect' | 'tls'; readonly detail: string }
  | { readonly kind: 'lost'; readonly detail: string }

export type Transport = (request: UpstreamRequest) => Promise<UpstreamAnswer>

/** A message to a URL that a client gave us. */
export interface Message {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly timeoutMs: number
}

/**
 * What came of it: the status, or why there is none. `address_forbidden`: the URL leads to where clients may not send us.
 * `retryAfter` is the header as it came; what else was answered is not kept.
 */
export type Receipt =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly retryAfter: string | null
      readonly durationMs: number
    }
  | { readonly kind: 'unanswered'; readonly reason: Unanswered; readonly durationMs: number }
export type Unanswered = 'address_forbidden' | 'unresolved' | 'refused' | 'reset' | 'timeout' | 'tls' | 'protocol'

/** How those are reached whom clients name. Nobody is followed, and only addresses that were judged are connected to. */
export interface Outside {
  readonly post: (message: Message) => Promise<Receipt>
  /** Every address of a name; none where nobody knows it, or nobody answers in time. */
  readonly resolve: (hostname: string) => Promise<readonly string[]>
  /** How many may be under way at once, in all and at one host, where the platform holds back what is more. */
  readonly places?: readonly [inAll: number, perHost: number]
}

/** Milliseconds since the epoch. */
export type Clock = () => number

export type Value = string | number | null
export type Row = Readonly<Record<string, Value>>

/** One statement of a commit. With `changes`, the commit is rolled back where another number of rows changed. */
export interface Statement {
  readonly sql: string
  readonly params: readonly Value[]
  readonly changes?: number
}

/** Thrown by `commit` where a statement did not change what it had to: somebody else was first. */
export const CONFLICT = 'commit conflict'

/** The small SQL port: reads of committed state, and one kind of write that is durable when its promise resolves. */
export interface Sql {
  readonly read: (sql: string, params: readonly Value[]) => readonly Row[] | Promise<readonly Row[]>
  readonly commit: (statements: readonly Statement[]) => Promise<void>
}

/** Wakes a task at a time, or never (null). One timer a task. */
export interface Timers {
  readonly set: (taskId: string, at: number | null) => void
  /** Resolves after so many milliseconds: for requests that wait. */
  readonly sleep: (milliseconds: number) => Promise<void>
}

/** Identity and secrecy. `digest` is keyed with a secret of this installation: 16 bytes or more. */
export interface Entropy {
  readonly bytes: (count: number) => Uint8Array
  readonly digest: (text: string) => Uint8Array | Promise<Uint8Array>
  /** Between 0 and 1, for jitter. */
  readonly fraction: () => number
}

/** Ids, codes, sizes and times: never lyrics, keys or tokens. */
export type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>

/** One line of the log. */
export type Log = (level: 'info' | 'warn' | 'error', event: string, facts: Facts) => void

/** Something that is being done. `context` is its `traceparent`, for what is done on its behalf. */
export interface Span {
  readonly context: string
  readonly end: (facts: Facts, failed: boolean) => void
}

/** Tells operators what was done for which request. Nothing of it is sent to providers. */
export interface Tracer {
  /** @param above the `traceparent` of what it is done for; anything else begins a trace */
  readonly begin: (name: string, kind: 'server' | 'client', above: string | null | undefined, facts: Facts) => Span
}

/** A provider as configured here: where it is, and the keys to call it with, in order. */
export interface Access {
  readonly adapter: Adapter
  readonly origin: string
  /** Where files go, where that is another host. */
  readonly uploadOrigin?: string
  /** What the provider signs its callbacks with; without it they are not checked. */
  readonly callbackKey?: string
  readonly credentials: readonly Credential[]
}

/** `id` is a name or a fingerprint, safe to store and show; a track stays with the credential that made it. */
export interface Credential {
  readonly id: string
  readonly key: string
  /** Ids under which things made with it may be stored, from before it had this name. */
  readonly formerly?: readonly string[]
}

/** Times in milliseconds. */
export interface Settings {
  readonly livemode: boolean
  /** Where providers can reach us, or null: then only polling finds the end of a task. */
  readonly publicUrl: string | null
  /** In which order providers are asked, where a request does not say. Weights are 1 unless they are named. */
  readonly routing?: { readonly sort?: Sort; readonly weights?: Readonly<Record<string, number>> }
  /** Multiplies polling intervals, our own token buckets and the times of providers that are not well. */
  readonly pollScale: number
  readonly submitTimeout: number
  readonly readTimeout: number
  /** How long an unknown outcome is looked for. */
  readonly reconcileWindow: number
  /** How long an accepted task may take. */
  readonly taskTimeout: number
  /** How long an accepted task may be without news before it is said to be stalled. */
  readonly stallAfter: number
  /** How long ended tasks are kept, null for ever. */
  readonly retention?: number | null
  /** Queued tasks a project may have. */
  readonly queueLimit: number
  /** Tasks are accepted and kept, and nothing is submitted. */
  readonly paused: boolean
  readonly userAgent: string
  /** Whether URLs given by clients may lead to loopback: tests and the sandbox. */
  readonly localUrls: boolean
}

export interface World {
  readonly access: readonly Access[]
  readonly sql: Sql
  readonly transport: Transport
  readonly clock: Clock
  readonly timers: Timers
  readonly entropy: Entropy
  readonly log: Log
  readonly settings: Settings
  /** Without it nobody is told of anything by webhook. */
  readonly outside?: Outside
  /** Without it nothing is traced. */
  readonly tracer?: Tracer
}

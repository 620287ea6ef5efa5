/** What an adapter is: one provider's dialect as tables. Pure data and pure functions; the engine does the rest. */
import type { AvailabilityReport } from '../canonical/checkVoice.ts'
import type { PersonaReport } from '../canonical/createPersona.ts'
import type { StyleReport } from '../canonical/enhanceStyle.ts'
import type { Alignment } from '../canonical/lyrics.ts'
import type { Rule } from '../canonical/rule.ts'
import type { UploadReport } from '../canonical/uploadAudio.ts'
import type { Model } from '../canonical/words.ts'
import type { Codec } from './codec.ts'
import type { Envelope } from './envelope.ts'
import { type ErrorTable, refuseTies } from './errors.ts'
import { freezeDeep } from './freeze.ts'
import type { CallForm, Form, TaskForm } from './operations.ts'
import type { Balance, Snapshot, TaskReference } from './shapes.ts'
import type { Submissions } from './submissions.ts'

/** One request a provider takes and the answer it gives. Both codecs lead from wire to canonical. */
export interface Call<Request, Response> {
  readonly method: 'GET' | 'POST'
  /** Below the adapter's origin. */
  readonly path: `/${string}`
  /** `upload` where it is asked at the host for files. */
  readonly at?: 'upload'
  /** Where the encoded request travels. */
  readonly carries: 'json' | 'query'
  readonly request: Codec<Request>
  /** Of the envelope's payload, or of the whole body where `reads` says so. */
  readonly response: Codec<Response>
  readonly reads?: 'payload' | 'body'
  /** Where this answer is wrapped in another way than the provider's others. */
  readonly envelope?: Envelope
  /** Of a record: where its payload says when it was made, in milliseconds or as a text. The first that says so counts. */
  readonly madeAt?: readonly string[]
  /** Mends malformed wire before it is decoded: pure, and only where the provider is known to send it. */
  readonly repair?: (wire: unknown) => unknown
}

/** A paid operation that the provider carries out in minutes. */
export interface TaskBinding<Submission> {
  readonly submit: Call<Submission, TaskReference>
  readonly poll: Call<TaskReference, Snapshot>
  /** Of the whole body the provider posts to our callback URL; absent where it sends none. */
  readonly callback?: Codec<Snapshot>
  /** Where callbacks never say which task they are about: then what they say is all the evidence a lost answer leaves. */
  readonly callbackNamesNoTask?: true
  /** Where this create may go without the callback URL that the provider's others demand. */
  readonly callbackUrl?: 'optional'
  /** Models the operation takes, most preferred first: `auto` is the first. Empty where it has none. */
  readonly models: readonly Model[]
  readonly rules: readonly Rule[]
  /** Where it is about a track: the forms whose tracks it takes; all of them without this. */
  readonly takes?: readonly TaskForm[]
}

/** An operation that is answered at once. */
export interface CallBinding<Request, Response> {
  readonly call: Call<Request, Response>
  readonly rules?: readonly Rule[]
  /** Where it is about a track: the forms whose tracks it takes; all of them without this. */
  readonly takes?: readonly TaskForm[]
}

/** What each call is answered with. */
export interface Reports {
  readonly alignLyrics: Alignment
  readonly createPersona: PersonaReport
  readonly checkVoice: AvailabilityReport
  readonly enhanceStyle: StyleReport
  readonly uploadAudio: UploadReport
  readonly uploadFromUrl: UploadReport
  readonly getCredits: Balance
}

export type Operations = { readonly [F in TaskForm]: TaskBinding<Submissions[F]> } & {
  readonly [F in CallForm]: CallBinding<Submissions[F], Reports[F]>
}

/** So many in so many seconds, as the provider publishes it. */
export interface Rate {
  readonly count: number
  readonly seconds: number
}

/** Credits of one request: one number, by model, or by the word of another field. */
export type Price =
  | number
  | { readonly [M in Model]?: number }
  | { readonly field: string; readonly words: Readonly<Record<string, number>> }

export interface Adapter {
  readonly id: string
  readonly title: string
  /** Origin with the prefix the provider publishes; `upload` where files go elsewhere. */
  readonly origins: { readonly api: `https://${string}`; readonly upload?: `https://${string}` }
  readonly auth: 'bearer'
  readonly envelope: Envelope
  /** How a provider's refusal of a HTTP level is told: mirrored in the status, or always 200. Outward only. */
  readonly refusesWith: 'status' | '200'
  /** Whether a create has to name a callback URL. */
  readonly callbackUrl: 'required' | 'optional'
  /** How callbacks are signed, where they are: base64 of HMAC-SHA256 over the parts, joined by a dot. */
  readonly callbackSignature?: {
    readonly header: string
    readonly timestampHeader: string
    readonly signs: readonly ('task' | 'timestamp')[]
  }
  readonly errors: ErrorTable
  readonly limits: { readonly submits?: Rate; readonly readsPerTask?: Rate }
  readonly retention: {
    readonly audioDays: number
    readonly uploadDays?: number
    /** Where the files of a form live longer or shorter than audio. */
    readonly days?: { readonly [F in Form]?: number }
  }
  /** Credits per operation, by model where it varies. A missing price is unknown, not free. */
  readonly prices: {
    readonly usdPerCredit: number | null
    readonly credits: { readonly [Id in Form]?: Price }
  }
  readonly operations: { readonly [Id in Form]?: Operations[Id] }
}

/**
 * Checks an adapter at load and freezes its tables.
 * @throws Error where two error codes claim the same native signal
 */
export const defineAdapter = <const A extends Adapter>(adapter: A): A => {
  refuseTies(adapter.errors)
  return freezeDeep(adapter)
}

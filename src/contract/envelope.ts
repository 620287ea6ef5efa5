/** The wrapping every answer of a provider comes in, as data: opened by the engine, sealed by a face or the sandbox. */
import { type Condition, holds } from './condition.ts'
import { blank, read, write } from './paths.ts'

export interface Envelope {
  /** Where the provider's own code stands; it is trusted over the HTTP status when it is a number. */
  readonly code: string
  /** Codes that mean success. */
  readonly success: readonly number[]
  /** Where a code that is else a failure brings what was asked for. */
  readonly also?: Condition
  /** Where the text stands: the first that is not blank counts, the first is spoken. */
  readonly message: readonly [string, ...string[]]
  /** Where a status word stands beside the code, if anywhere. */
  readonly status?: string
  /** Where the payload stands. */
  readonly payload: string
  /** Keys known and not kept. */
  readonly ignored?: readonly string[]
}

export interface Opened {
  readonly ok: boolean
  readonly code: number | null
  readonly status: string | null
  readonly message: string | null
  readonly payload: unknown
}

/** Longest text of a provider that is passed on, in characters. */
export const LONGEST_WORDS = 500

const textAt = (body: unknown, path: string | undefined) => {
  const value = path === undefined ? undefined : read(body, path)
  return typeof value === 'string' && value !== '' ? value.slice(0, LONGEST_WORDS) : null
}

/** Opens a JSON body. Null where it is not in the agreed form at all. */
export const open = (envelope: Envelope, body: unknown): Opened | null => {
  const code = read(body, envelope.code)
  if (typeof code !== 'number') return null
  const message = envelope.message.map((path) => textAt(body, path)).find((text) => !blank(text)) ?? null
  return {
    ok: envelope.success.includes(code) || (envelope.also !== undefined && holds(envelope.also, body)),
    code,
    status: textAt(body, envelope.status),
    message,
    payload: read(body, envelope.payload) ?? null,
  }
}

/** Wraps a payload the way the provider does on success. */
export const seal = (envelope: Envelope, payload: unknown): Record<string, unknown> => {
  const body: Record<string, unknown> = {}
  write(body, envelope.code, envelope.success[0])
  write(body, envelope.message[0], 'success')
  if (envelope.payload === '') return { ...body, ...(payload as object) }
  write(body, envelope.payload, payload)
  return body
}

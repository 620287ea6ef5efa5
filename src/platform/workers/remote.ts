/** Asking an object: methods by name, refusals of ours as they were thrown, and everything else as a fault. */
import type { ErrorCode } from '../../canonical/error.ts'
import { GatewayError } from '../../engine/errors.ts'
import { CONFLICT } from '../../engine/ports.ts'
import { log } from './log.ts'
import { Misconfigured } from './settings.ts'

interface Thrown {
  readonly code: ErrorCode
  readonly message: string
  readonly involved: GatewayError['involved']
  readonly retryAfter: number | undefined
}
export type Reply =
  | { readonly value: unknown }
  | { readonly thrown: Thrown }
  | { readonly conflict: true }
  | { readonly broken: string }

/** What clients are told where only the operator can help. */
export const NOT_SET_UP = 'This gateway is not set up as it should be: its operator finds the reason in the log'

/** What an object answers a call with: an error loses what it is on its way between objects. */
export const replying = async (work: () => unknown): Promise<Reply> => {
  try {
    return { value: await work() }
  } catch (error) {
    if (error instanceof GatewayError) {
      const { code, message, involved, retryAfter } = error
      return { thrown: { code, message, involved, retryAfter } }
    }
    const { message, stack } = error as Error
    if (message === CONFLICT) return { conflict: true }
    if (error instanceof Misconfigured) {
      log('error', 'misconfigured', { message })
      return { thrown: { code: 'storage_unavailable', message: NOT_SET_UP, involved: {}, retryAfter: 30 } }
    }
    log('error', 'object.failed', { message, stack })
    return { broken: message }
  }
}

export type Api = Readonly<Record<string, (...asked: never[]) => unknown>>

/** Carries a call out. @param name is part of a message: only what the api has itself is called */
export const carryOut = (api: Api, name: string, asked: readonly unknown[]): unknown => {
  if (!Object.hasOwn(api, name)) throw new Error(`There is no ${name} here`)
  return api[name]!(...(asked as never[]))
}

export type Remote<Of> = {
  readonly [K in keyof Of]: Of[K] extends (...asked: infer Asked) => infer Answer
    ? (...asked: Asked) => Promise<Awaited<Answer>>
    : never
}

type Call = (name: string, asked: readonly unknown[]) => Promise<Reply>

/** The object said nothing: what it did before it ended is known to nobody who asked. */
export class Unanswered extends GatewayError {}

const unreachable = (error: unknown) => {
  log('warn', 'object.unreachable', { message: error instanceof Error ? error.message : String(error) })
  return new Unanswered('storage_unavailable', 'What holds this could not be reached: ask again', {}, 1)
}

/** An answer, or what stands in for it where there is none within so many milliseconds, or an error instead. */
export const within = async <Answer, Instead>(
  milliseconds: number,
  asked: Promise<Answer>,
  instead: Instead,
): Promise<Answer | Instead> => {
  let late: ReturnType<typeof setTimeout> | undefined
  const silence = new Promise<Instead>((resolve) => {
    late = setTimeout(() => resolve(instead), milliseconds)
  })
  try {
    return await Promise.race([asked.catch(() => instead), silence])
  } finally {
    clearTimeout(late)
  }
}

/** An object as if it were here. */
export const remote = <Of>(call: Call): Remote<Of> =>
  new Proxy({} as Remote<Of>, {
    get: (_, name) =>
      // Whoever awaits it is not to take it for a promise.
      typeof name !== 'string' || name === 'then'
        ? undefined
        : async (...asked: unknown[]) => {
            const reply = await call(name, asked).catch((error) => {
              throw unreachable(error)
            })
            if ('value' in reply) return reply.value
            if ('conflict' in reply) throw new Error(CONFLICT)
            if ('broken' in reply) throw new Error(reply.broken)
            const { code, message, involved, retryAfter } = reply.thrown
            throw new GatewayError(code, message, involved, retryAfter)
          },
  })

/** JSON lines (https://jsonlines.org): a list of any length, read as fast as it is taken and held by nobody. */
import type { Context } from 'hono'
import { GatewayError } from '../engine/errors.ts'
import { respond } from './respond.ts'
import { turn } from './turn.ts'

const encoder = new TextEncoder()
const linesOf = (entries: readonly unknown[]) =>
  encoder.encode(entries.map((each) => `${JSON.stringify(each)}\n`).join(''))

/**
 * Pages as one answer of the type that was asked for. One is read when the one before was taken, and none after the client has gone.
 * @param allowed whether the key of the client is still taken
 * @param problem what is told of an error: too late for a status, it is the last line, so that what was broken off is not
 * taken for the whole
 */
export const jsonLines = (
  c: Context,
  type: string,
  pages: AsyncGenerator<readonly unknown[], void, void>,
  allowed: () => Promise<boolean>,
  problem: (error: Error) => object,
): Response => {
  const next = async (): Promise<Uint8Array | null> => {
    await turn()
    const { done, value } = await pages.next()
    if (done) return null
    if (await allowed()) return linesOf(value)
    throw new GatewayError('invalid_api_key', 'The key was revoked, or has expired, while this was read')
  }
  let gone = false
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const chunk = await next().catch((error) => error as Error)
      if (gone) return
      const broken = chunk instanceof Error
      if (chunk !== null) controller.enqueue(broken ? linesOf([problem(chunk)]) : chunk)
      if (chunk === null || broken) controller.close()
      if (broken) await pages.return()
    },
    cancel: async () => {
      gone = true
      await pages.return()
    },
  })
  return respond(c, body, 200, { 'content-type': type, vary: 'Accept', 'x-accel-buffering': 'no' })
}

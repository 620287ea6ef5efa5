/** One attempt of a delivery: signed, sent, judged and stored, with what follows for its lane and its endpoint. */
import type { DeliveryAttempt } from '../../canonical/webhook.ts'
import type { Outside, Receipt, Statement, World } from '../ports.ts'
import { time } from '../present.ts'
import { hostOf, signersOf } from './endpoint.ts'
import type { Endpoints } from './endpoints.ts'
import { type Delivery, type deliveryReader, giveUpLane, releaseLane, updateDelivery } from './rows.ts'
import { nextAttempt, retryAfterOf } from './schedule.ts'
import { type Signers, secretOfSigner, signer } from './signing.ts'

const TIMEOUT = 15_000
const GONE = 410

const judge = (receipt: Receipt): DeliveryAttempt['error'] => {
  if (receipt.kind === 'unanswered') return receipt.reason
  const { status } = receipt
  if (status >= 200 && status < 300) return null
  return status >= 300 && status < 400 ? 'redirect' : 'status'
}

interface Target {
  readonly url: string
  readonly signers: Signers
}

/**
 * @param expect hears at which host something will be due, and when
 * @param counted hears what came of each attempt
 */
export const attempts = (
  { sql, clock, entropy, log, settings }: World,
  outside: Outside,
  endpoints: Endpoints,
  read: ReturnType<typeof deliveryReader>,
  expect: (host: string, at: number) => void,
  counted: (outcome: string) => void,
) => {
  const sign = signer()

  /** Where it goes to now and what it is signed with, or why it goes nowhere. */
  const targetOf = async ({ endpoint, signer, url }: Delivery, now: number): Promise<Target | string> => {
    if (endpoint === null) return { url, signers: { secrets: [await secretOfSigner(entropy, signer!)], pairs: [] } }
    const known = endpoints.get(endpoint)
    if (known === null) return 'endpoint_deleted'
    return known.disabled === null ? { url: known.url, signers: signersOf(known, now) } : 'endpoint_disabled'
  }

  /** Stored, and the next of the lane is due where this one has ended. */
  const store = async (row: Delivery, statements: readonly Statement[], next: number | null) => {
    const now = clock()
    await sql.commit([...statements, ...(next === null ? [releaseLane(row.lane, now)] : [])])
    const known = row.endpoint === null ? null : endpoints.get(row.endpoint)
    expect(known === null ? row.host : hostOf(known.url), next ?? now)
  }

  /** Whether a 410 ends a delivery. It says nothing of where an endpoint has moved to: that is tried next. */
  const isGone = async ({ endpoint }: Delivery, url: string, at: number): Promise<boolean> =>
    endpoint === null || endpoints.heard(endpoint, url, 'gone', at)

  const succeeded = (row: Delivery, made: readonly DeliveryAttempt[]) =>
    store(row, [updateDelivery(row.place, 'succeeded', made, null, null)], null)

  const failed = (row: Delivery, made: readonly DeliveryAttempt[], next: number | null, gone: boolean) => {
    if (next !== null) return store(row, [updateDelivery(row.place, 'failed', made, next, null)], next)
    const ended = gone ? 'gone' : 'attempts_exhausted'
    const also = gone && row.endpoint === null ? [giveUpLane(row.lane, ended)] : []
    return store(row, [updateDelivery(row.place, 'dead', made, null, ended), ...also], null)
  }

  return async (row: Delivery): Promise<void> => {
    const at = clock()
    const target = await targetOf(row, at)
    const body = await read.payload(row.event)
    if (typeof target === 'string' || body === null) {
      const ended = typeof target === 'string' ? target : 'payload_forgotten'
      return store(row, [updateDelivery(row.place, 'dead', row.attempts, null, ended)], null)
    }
    const headers = {
      'content-type': 'application/json',
      'user-agent': settings.userAgent,
      ...(await sign(target.signers, row.event, at, body)),
    }
    const receipt = await outside.post({ url: target.url, headers, body, timeoutMs: TIMEOUT })
    const error = judge(receipt)
    const status = receipt.kind === 'answered' ? receipt.status : null
    const made = [...row.attempts, { at: time(at), status, error, duration_ms: Math.round(receipt.durationMs) }]
    const now = clock()
    const gone = status === GONE && (await isGone(row, target.url, now))
    const asked = receipt.kind === 'answered' ? retryAfterOf(receipt.retryAfter, now) : null
    const next = error === null || gone ? null : nextAttempt(made.length, now, entropy.fraction(), asked)
    await (error === null ? succeeded(row, made) : failed(row, made, next, gone))
    counted(error ?? 'delivered')
    log('info', 'webhook.attempted', { delivery: row.id, type: row.type, attempt: made.length, status, error })
    if (row.endpoint === null || gone) return
    const shown = error === null ? 'reached' : next === null ? 'given_up' : 'failed'
    await endpoints.heard(row.endpoint, target.url, shown, now)
  }
}

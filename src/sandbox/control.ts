/** The switches of the sandbox over HTTP: what goes wrong at which upstream, and what each says was bought of it. */
import * as z from 'zod'
import type { FieldCode } from '../canonical/field-codes.ts'
import { GatewayError } from '../engine/errors.ts'
import { FAULTS, type Fault } from './faults.ts'
import type { Upstream } from './upstream.ts'

export interface Controlled {
  readonly upstream: Upstream
  readonly origin: string
  readonly quirks: readonly string[]
  /** Takes connections or refuses them. */
  readonly open: (open: boolean) => Promise<void>
}

const Order = z.strictObject({
  fault: z.enum(Object.keys(FAULTS) as [Fault, ...Fault[]]).nullable(),
  count: z.int().min(1).max(1000).optional(),
  quirk: z.string().nullable().optional(),
})

const view = async ({ upstream, origin, quirks }: Controlled) => ({
  id: upstream.id,
  origin,
  fault: upstream.faults.on(),
  quirk: upstream.faults.quirk(),
  quirks,
  faults: upstream.offered,
  ledger: await upstream.ledger(),
  refusals: upstream.refusals(),
})

const wrong = (detail: string, pointer = '/fault', code: FieldCode = 'value_unknown') =>
  new GatewayError('validation_failed', detail, { errors: [{ pointer, code, detail }] })

const UNCOUNTED = 'Nobody counts connections that are refused: leave the count out, and send {"fault": null} to end it'

/** GET / lists the upstreams; PUT /{id} with {"fault": "no_credits", "count": 1} sets what goes wrong there. */
export const control =
  (all: readonly Controlled[]) =>
  async (request: Request): Promise<Response> => {
    const id = new URL(request.url).pathname.split('/').at(-1)
    if (request.method === 'GET') return Response.json({ data: await Promise.all(all.map(view)), faults: FAULTS })
    const chosen = all.find(({ upstream }) => upstream.id === id)
    if (chosen === undefined) throw new GatewayError('not_found', `There is no simulated upstream ${id}`)
    const { offered } = chosen.upstream
    const order = Order.safeParse(await request.json().catch(() => undefined))
    if (!order.success) throw wrong(`Send {"fault": one of ${offered.join(', ')}, or null}`)
    const { fault, count, quirk } = order.data
    if (fault !== null && !offered.includes(fault))
      throw wrong(`${id} has no words for ${fault}: send one of ${offered.join(', ')}, or null`)
    if (fault === 'refused' && count !== undefined) throw wrong(UNCOUNTED, '/count', 'unknown_field')
    if (quirk != null && !chosen.quirks.includes(quirk))
      throw wrong(`${id} has the quirks ${chosen.quirks.join(', ') || 'none'}`)
    chosen.upstream.faults.set(fault, count ?? null)
    chosen.upstream.faults.setQuirk(quirk ?? null)
    await chosen.open(fault !== 'refused')
    return Response.json(await view(chosen))
  }

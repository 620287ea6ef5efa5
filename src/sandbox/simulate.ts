/** The simulated upstreams together: a listener each, the studio behind them, and the switches. */
import type { Adapter } from '../contract/adapter.ts'
import type { Mirror } from '../contract/mirror.ts'
import type { Clock, Entropy, Sql } from '../engine/ports.ts'
import type { Controlled } from './control.ts'
import { CUT, createUpstream, type Upstream } from './upstream.ts'

export interface Listening {
  readonly port: number
  readonly open: (open: boolean) => Promise<void>
  readonly close: () => Promise<void>
}

export interface Simulation {
  readonly adapters: readonly Adapter[]
  readonly mirrors: Readonly<Record<string, Mirror>>
  /** Listens on loopback, on this port where it is free; 0 is any. */
  readonly listen: (
    fetch: (request: Request) => Promise<Response>,
    port: number,
    isCut: (error: unknown) => boolean,
  ) => Promise<Listening>
  /** The first port; the others follow. 0 is any. */
  readonly port: number
  readonly sql: Sql
  readonly clock: Clock
  readonly entropy: Entropy
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly post: (url: string, body: string) => Promise<void>
  readonly pace: number
}

export interface Simulated extends Controlled {
  readonly adapter: Adapter
  readonly keys: readonly string[]
  readonly close: () => Promise<void>
}

const CREDITS = 1000

/** Starts an upstream for every adapter. */
export const simulate = (simulation: Simulation): Promise<Simulated[]> =>
  Promise.all(
    simulation.adapters.map(async (adapter, index) => {
      const { mirrors, listen, port, ...world } = simulation
      let upstream: Upstream | undefined
      const listening = await listen(
        (request) => upstream!.fetch(request),
        port === 0 ? 0 : port + index,
        (error) => error === CUT,
      )
      const prefix = new URL(adapter.origins.api).pathname.replace(/\/$/, '')
      const origin = `http://127.0.0.1:${listening.port}${prefix}`
      const key = `sandbox-${adapter.id}`
      const mirror = mirrors[adapter.id]!
      upstream = createUpstream({ ...world, adapter, mirror, key, origin, creditsAtStart: CREDITS })
      const { open, close } = listening
      return { adapter, upstream, origin, keys: [key], quirks: Object.keys(mirror.quirks), open, close }
    }),
  )

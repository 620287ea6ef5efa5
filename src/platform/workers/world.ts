/** The ports of the engine, as an object carries them out. */
import type { Sql, Timers, World } from '../../engine/ports.ts'
import type { Config } from '../config.ts'
import { log } from './log.ts'
import { fetchOutside } from './outside.ts'
import { webEntropy } from './secrets.ts'
import { accessTo, type Env, type History, settled, UPSTREAMS } from './settings.ts'
import { fetchTransport } from './transport.ts'

const STUDIO = 'studio'

/** The object behind all simulated upstreams. */
export const studioOf = ({ STUDIO: objects }: Env) => objects!.getByName(STUDIO)

/** Sends a request to where it leads: simulated upstreams stand beside us. */
const sender = (env: Env, publicUrl: string | null) => {
  if (env.STUDIO === undefined || publicUrl === null) return (request: Request) => fetch(request)
  const inside = `${publicUrl}${UPSTREAMS}/`
  return (request: Request): Promise<Response> =>
    request.url.startsWith(inside)
      ? (studioOf(env).fetch(request as never) as unknown as Promise<Response>)
      : fetch(request)
}

export interface Parts {
  readonly sql: Sql
  readonly timers: Timers
  /** What ids and tokens are keyed with. */
  readonly identity: string
  /** What the keys of providers were called before. */
  readonly history: History
}

export const worldOf = async (env: Env, config: Config, parts: Parts): Promise<World> => {
  const { settings, providers } = settled(config)
  const send = sender(env, config.sandbox === true ? settings.publicUrl : null)
  return {
    access: await accessTo(providers, parts.history),
    sql: parts.sql,
    timers: parts.timers,
    entropy: webEntropy(parts.identity),
    transport: fetchTransport(send),
    outside: fetchOutside(settings, send),
    clock: Date.now,
    log,
    settings,
  }
}

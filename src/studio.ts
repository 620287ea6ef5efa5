/** The entry of the second Worker: the simulated upstreams as one object, for trying Tutti out in wrangler and for the tests. */
import { DurableObject } from 'cloudflare:workers'
import type { DurableObjectState } from '@cloudflare/workers-types'
import manifest from '../package.json' with { type: 'json' }
import { readConfig } from './platform/config.ts'
import { type Reply, replying } from './platform/workers/remote.ts'
import { webEntropy } from './platform/workers/secrets.ts'
import { type Env, sandboxKey, settled, simulated, UPSTREAMS, variables } from './platform/workers/settings.ts'
import { objectRows, objectSql } from './platform/workers/sql.ts'
import { adapters, mirrors } from './registry.ts'
import { control } from './sandbox/control.ts'
import { STUDIO_SCHEMA } from './sandbox/studio.ts'
import { createUpstream } from './sandbox/upstream.ts'

const CREDITS = 1000

const startStudio = async ({ storage }: DurableObjectState, env: Env) => {
  const config = readConfig({ ...variables(env), TUTTI_SANDBOX: '1' }, adapters, manifest.version)
  const { settings } = settled(config)
  const played = await mirrors()
  const shut = new Set<string>()
  const post = async (url: string, body: string): Promise<void> => {
    const request = new Request(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    const answer = await (env.GATEWAY === undefined ? fetch(request) : env.GATEWAY.fetch(request as never)).catch(
      () => null,
    )
    await answer?.body?.cancel()
  }
  const rows = objectRows(storage, STUDIO_SCHEMA)
  // What was bought is counted before anything was.
  rows.write('SELECT 1')
  const sql = objectSql(storage, rows)
  const all = adapters.map((adapter) => {
    const origin = simulated(settings.publicUrl!, adapter)
    const mirror = played[adapter.id]!
    const upstream = createUpstream({
      adapter,
      mirror,
      origin,
      sql,
      post,
      key: sandboxKey(adapter),
      clock: Date.now,
      entropy: webEntropy('studio'),
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      pace: settings.pollScale,
      creditsAtStart: CREDITS,
    })
    return {
      upstream,
      origin,
      quirks: Object.keys(mirror.quirks),
      open: async (open: boolean) => void (open ? shut.delete(adapter.id) : shut.add(adapter.id)),
    }
  })
  const switches = control(all)
  return {
    /** @throws where nobody listens, or the connection is cut */
    fetch: async (request: Request): Promise<Response> => {
      const id = new URL(request.url).pathname.slice(UPSTREAMS.length + 1).split('/')[0]!
      const found = all.find(({ upstream }) => upstream.id === id)
      if (found === undefined) return new Response('There is no such upstream', { status: 404 })
      if (shut.has(id)) throw new Error('connection refused')
      return found.upstream.fetch(request).catch((error) => {
        throw error instanceof Error ? error : new Error('connection cut')
      })
    },
    control: async (method: string, url: string, body: string | null) => {
      const answer = await switches(new Request(url, { method, body }))
      return { status: answer.status, body: await answer.text() }
    },
  }
}

type Life = Awaited<ReturnType<typeof startStudio>>

export class StudioObject extends DurableObject<Env> {
  private life: Promise<Life> | undefined

  private alive(): Promise<Life> {
    this.life ??= startStudio(this.ctx, this.env)
    return this.life
  }

  async fetch(request: Request): Promise<Response> {
    return (await this.alive()).fetch(request)
  }

  control(method: string, url: string, body: string | null): Promise<Reply> {
    return replying(async () => (await this.alive()).control(method, url, body))
  }
}

/** It is asked by its object alone. */
export default { fetch: () => new Response('The simulated upstreams are reached through the gateway', { status: 404 }) }

/** What a Worker serves Tutti with: made once for every copy of it, from what the installation is keyed with. */
import { waitUntil } from 'cloudflare:workers'
import { GatewayError } from '../../engine/errors.ts'
import { keyAdmin } from '../../engine/keys/admin.ts'
import { keyring } from '../../engine/keys/keyring.ts'
import type { ClientKey } from '../../engine/keys/rows.ts'
import type { Sql } from '../../engine/ports.ts'
import { SANDBOX_KEY } from '../welcome.ts'
import { requiredFile, textOf } from './files.ts'
import { workerGateway } from './gateway.ts'
import type { LimitsApi } from './limits-object.ts'
import { log } from './log.ts'
import { limitsOf } from './objects.ts'
import type { Reply } from './remote.ts'
import { sha256, webEntropy } from './secrets.ts'
import { accessTo, type Build, configOf, type Env, settled } from './settings.ts'
import { studioOf } from './world.ts'

/** The switches of the simulated upstreams. */
const switchesOf =
  (env: Env) =>
  async (request: Request): Promise<Response> => {
    const body = request.method === 'GET' ? null : await request.text()
    const studio = studioOf(env) as unknown as {
      control: (method: string, url: string, body: string | null) => Promise<Reply>
    }
    const reply = await studio.control(request.method, request.url, body)
    if ('thrown' in reply) {
      const { code, message, involved } = reply.thrown
      throw new GatewayError(code, message, involved)
    }
    const { status, body: text } = (reply as { value: { status: number; body: string } }).value
    return new Response(text, { status, headers: { 'content-type': 'application/json' } })
  }

/** What a copy of the Worker answers requests with. @param region where they come from */
export const surfaceOf = async (env: Env, build: Build, region: string) => {
  const config = configOf(env, build)
  const limits = limitsOf<LimitsApi>(env)
  const { identity, pepper, history } = await limits.installation()
  const { settings, providers } = settled(config)
  const access = await accessTo(providers, history)
  const entropy = webEntropy(identity)
  const sql: Sql = {
    read: limits.read,
    // Some of it is written beside the request, which is over before that is.
    commit: (statements) => {
      const written = limits.commit(statements)
      waitUntil(written.catch(() => undefined))
      return written
    },
  }
  const ports = { sql, clock: Date.now, entropy, hashOf: (key: string) => sha256(`${pepper} ${key}`), log }
  const keys = keyring(ports)
  await keys.keepBootstrap(settings.livemode ? config.apiKey! : SANDBOX_KEY)
  const ids = access.map(({ adapter }) => adapter.id)
  return {
    engine: workerGateway({ env, access, entropy, region }),
    authenticate: keys.authenticate(settings.livemode),
    admin: keyAdmin(ports, keys, ids, settings.livemode),
    document: async () => textOf(await requiredFile(env, 'openapi.json')),
    entropy,
    log,
    rates: {
      take: (key: ClientKey) => (key.limits.requests_per_minute === undefined ? null : limits.takeRate(key)),
      look: (key: ClientKey) => (key.limits.requests_per_minute === undefined ? null : limits.lookRate(key)),
    },
    ready: () => true,
    origins: config.corsOrigins ?? undefined,
    https: settings.publicUrl?.startsWith('https:') ?? false,
    ...(settings.livemode || env.STUDIO === undefined ? {} : { sandbox: switchesOf(env) }),
  }
}

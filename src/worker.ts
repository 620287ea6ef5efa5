/** The Workers entry: one app for every copy of the Worker, and the objects that it asks. */
import manifest from '../package.json' with { type: 'json' }
import { GatewayError } from './engine/errors.ts'
import { randomId } from './engine/ids.ts'
import { requireBootstrap } from './engine/keys/gate.ts'
import { createApp } from './http/app.ts'
import { PREPARED, type Prepared, preparedDocs } from './http/docs/prepared.ts'
import { bearer } from './http/headers.ts'
import { problemOf } from './http/problems.ts'
import { json } from './http/respond.ts'
import { fileOf, requiredFile, textOf } from './platform/workers/files.ts'
import { healthObject } from './platform/workers/health-object.ts'
import { type LimitsApi, limitsObject } from './platform/workers/limits-object.ts'
import { log } from './platform/workers/log.ts'
import { limitsOf } from './platform/workers/objects.ts'
import { rebuildLists } from './platform/workers/rebuild.ts'
import { NOT_SET_UP } from './platform/workers/remote.ts'
import { webEntropy } from './platform/workers/secrets.ts'
import { surfaceOf } from './platform/workers/serve.ts'
import { type Env, Misconfigured, regionOf, UPSTREAMS } from './platform/workers/settings.ts'
import { taskObject } from './platform/workers/task-object.ts'
import { webhooksObject } from './platform/workers/webhooks-object.ts'
import { studioOf } from './platform/workers/world.ts'
import { adapters } from './registry.ts'

const build = { adapters, version: manifest.version }
export const HealthObject = healthObject(build)
export const LimitsObject = limitsObject(build)
export const TaskObject = taskObject(build)
export const WebhooksObject = webhooksObject(build)

const docsOf = async (env: Env) => {
  const list = await fileOf(env, PREPARED)
  if (list === null) return undefined
  return preparedDocs(JSON.parse(textOf(list)) as Prepared, (name) => requiredFile(env, name))
}

const makeApp = async (env: Env, region: string) => {
  const [surface, docs] = await Promise.all([surfaceOf(env, build, region), docsOf(env)])
  const app = createApp({ ...surface, docs })
  const rebuild = rebuildLists(env, limitsOf<LimitsApi>(env).read)
  app.post('/operator/lists', async (c) => {
    requireBootstrap((await surface.authenticate(bearer(c.req.header('authorization')))).key, 'rebuilds lists')
    return json(c, await rebuild(Number(c.req.query('after') ?? 0) || 0))
  })
  return app
}
/** One for each region that requests come from: a copy of the Worker serves whoever is near it. */
const apps = new WeakMap<Env, Map<string, Awaited<ReturnType<typeof makeApp>>>>()

/** With the encodings that the client takes: the network in front of us names its own. */
const asAsked = (request: Request): Request => {
  const taken = (request as { cf?: { clientAcceptEncoding?: string } }).cf?.clientAcceptEncoding
  if (taken === undefined || !new URL(request.url).pathname.startsWith('/docs/')) return request
  const headers = new Headers(request.headers)
  headers.set('accept-encoding', taken)
  return new Request(request, { headers })
}

/** What is packed already is sent as it is: by itself the runtime would pack it once more. */
const asPacked = (answer: Response): Response => {
  if (!answer.headers.has('content-encoding')) return answer
  const { status, headers } = answer
  return new Response(answer.body, { status, headers, encodeBody: 'manual' } as ResponseInit)
}

/** The operator is told what is wrong, and clients that something is. */
const unavailable = (error: unknown): Response => {
  const id = randomId(webEntropy(''), 'req')
  const event = error instanceof Misconfigured ? 'misconfigured' : 'start.failed'
  log('error', event, { request: id, message: error instanceof Error ? error.message : String(error) })
  const problem = problemOf(new GatewayError('storage_unavailable', NOT_SET_UP), id)
  return Response.json(problem, {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'request-id': id,
      'tutti-should-retry': 'true',
      'retry-after': '30',
      'cache-control': 'no-store',
    },
  })
}

export default {
  fetch: async (request: Request, env: Env): Promise<Response> => {
    // What the simulated upstreams keep is reached under our own address.
    if (env.STUDIO !== undefined && new URL(request.url).pathname.startsWith(`${UPSTREAMS}/`))
      return studioOf(env).fetch(request as never) as unknown as Promise<Response>
    try {
      // Kept once it stands: a promise would end with the request that asked for it, and keep all others waiting.
      const own = apps.get(env) ?? new Map()
      apps.set(env, own)
      const region = regionOf(request)
      const app = own.get(region) ?? (await makeApp(env, region))
      own.set(region, app)
      return asPacked(await app.fetch(asAsked(request)))
    } catch (error) {
      return unavailable(error)
    }
  },
}

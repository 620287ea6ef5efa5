/** The Workers entry: one app for every copy of the Worker, and the objects that it asks. */
import manifest from '../package.json' with { type: 'json' }
import { createApp } from './http/app.ts'
import { hubObject } from './platform/workers/hub-object.ts'
import { surfaceOf } from './platform/workers/serve.ts'
import { type Env, Misconfigured, UPSTREAMS } from './platform/workers/settings.ts'
import { taskObject } from './platform/workers/task-object.ts'
import { log, studioOf } from './platform/workers/world.ts'
import { adapters } from './registry.ts'

const build = { adapters, version: manifest.version }
export const HubObject = hubObject(build)
export const TaskObject = taskObject(build)

const makeApp = async (env: Env) => createApp(await surfaceOf(env, build))
const apps = new WeakMap<Env, ReturnType<typeof makeApp>>()

/** The operator is told what is wrong, and clients that something is. */
const unavailable = (error: unknown): Response => {
  const event = error instanceof Misconfigured ? 'misconfigured' : 'start.failed'
  log('error', event, { message: error instanceof Error ? error.message : String(error) })
  const problem = {
    type: '/errors/storage_unavailable',
    title: 'Storage unavailable',
    status: 503,
    code: 'storage_unavailable',
    detail: 'This gateway is not set up as it should be: its operator finds the reason in the log',
    retryable: true,
    may_have_been_charged: false,
  }
  return Response.json(problem, {
    status: 503,
    headers: { 'content-type': 'application/problem+json', 'retry-after': '30', 'cache-control': 'no-store' },
  })
}

export default {
  fetch: async (request: Request, env: Env): Promise<Response> => {
    // What the simulated upstreams keep is reached under our own address.
    if (env.STUDIO !== undefined && new URL(request.url).pathname.startsWith(`${UPSTREAMS}/`))
      return studioOf(env).fetch(request as never) as unknown as Promise<Response>
    let app = apps.get(env)
    if (app === undefined) {
      app = makeApp(env)
      apps.set(env, app)
    }
    try {
      return await (await app).fetch(request)
    } catch (error) {
      apps.delete(env)
      return unavailable(error)
    }
  },
}

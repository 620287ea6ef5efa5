/** The HTTP surface: routes from the catalogue, keys, limits, and one form of error for everything. */
import { OpenAPIHono } from '@hono/zod-openapi'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { etag } from 'hono/etag'
import { catalogue, type Operation, type OperationId } from '../canonical/catalogue.ts'
import { ERROR_CODES, type ErrorCode } from '../canonical/error.ts'
import type { Served } from '../engine/engine.ts'
import { GatewayError } from '../engine/errors.ts'
import { randomId } from '../engine/ids.ts'
import type { KeyAdmin } from '../engine/keys/admin.ts'
import { requireAllowed, requireScope } from '../engine/keys/gate.ts'
import type { Principal } from '../engine/keys/keyring.ts'
import { type RateLimits, type RateState, requestRates } from '../engine/keys/rate.ts'
import { policy } from '../engine/policy.ts'
import type { Entropy, Log, Span, Tracer } from '../engine/ports.ts'
import { checkBody, checkType, limited, limitOf, parsedJson } from './bodies.ts'
import { crossOrigin, type Origins, protection, RETAINED } from './browsers.ts'
import { type Docs, serveDocs } from './docs/serve.ts'
import { filePlaces } from './file-places.ts'
import { isMultipart } from './files.ts'
import { handlers } from './handlers.ts'
import { bearer, linesType } from './headers.ts'
import { answerProblem } from './problems.ts'
import { complete, json, respond, tell } from './respond.ts'
import { checkQuery, register } from './routes.ts'

/** MIDI is told with every note of every stem, about 60 bytes each (kie.md 12.6). */
const CALLBACK_LIMIT = 4 * 1024 * 1024

export interface Surface {
  readonly engine: Served
  /** Whose key this is. @throws GatewayError invalid_api_key, key_expired */
  readonly authenticate: (key: string) => Promise<Principal> | Principal
  readonly admin: KeyAdmin
  /** openapi/gateway.json, as text. */
  readonly document: string | (() => Promise<string>)
  /** Pages for people; a gateway may go without. */
  readonly docs?: Docs
  readonly entropy: Entropy
  readonly log: Log
  /** How often keys are used; counted here without this. */
  readonly rates?: RateLimits
  /** False once the server is going down. */
  readonly ready: () => boolean
  /** The switches of the sandbox, where there is one. */
  readonly sandbox?: (request: Request) => Promise<Response>
  /** Whose pages may call from a browser; nobody's without this. */
  readonly origins?: Origins
  /** Whether the gateway is known by an https address. */
  readonly https?: boolean
  /** Who is told of requests; nobody without this. */
  readonly tracer?: Tracer | undefined
}

interface Variables {
  operation?: OperationId
  requestId: string
  /** Headers of the answer, whoever makes it. */
  told: Record<string, string>
  principal: Principal
  span?: Span
}

const operations = Object.entries(catalogue) as [OperationId, Operation][]

/** `/v1/tasks/{task_id}` as a pattern. */
const patternOf = (path: string) => new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`)
/** Paths beside the catalogue. */
const SERVED = [
  { path: '/healthz', method: 'get' },
  { path: '/readyz', method: 'get' },
  { path: '/openapi.json', method: 'get' },
  { path: '/metrics', method: 'get' },
  { path: '/errors/{code}', method: 'get' },
  { path: '/.well-known/webhook-jwks.json', method: 'get' },
  { path: '/cb/{provider}/{token}', method: 'post' },
]
const PATHS = [...operations.map(([, operation]) => operation), ...SERVED].map(({ path, method }) => ({
  pattern: patternOf(path),
  method,
}))

/** Methods that a path takes, as `Allow` names them. */
const allowed = (path: string): string[] => {
  const methods = PATHS.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method.toUpperCase())
  return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))]
}

/** What everybody may read may be kept for a while. */
const KEPT = { 'cache-control': 'public, max-age=300' }

/** What is answered is its own tag; a task's own is quicker to make. */
const tagged = etag({ retainedHeaders: RETAINED })
const isTagged = (id: OperationId, { headers }: Operation) => id !== 'getTask' && headers.includes('If-None-Match')

/** What is left of the rate of a key (draft-ietf-httpapi-ratelimit-headers). */
const tellRate = (c: Context, { limit, remaining, reset }: RateState) => {
  tell(c, {
    'ratelimit-policy': `"requests";q=${limit};w=60`,
    ratelimit: `"requests";r=${remaining};t=${reset}`,
  })
}

const describeError = (code: ErrorCode) => {
  const { http, title, again, charged } = policy[code]
  return [
    `${code}: ${title}.`,
    `HTTP status where it is a direct answer: ${http}.`,
    again === 'later'
      ? 'The same call with the same Idempotency-Key can help later.'
      : 'Repeating the same call does not help.',
    charged === 'no' ? 'Nothing was charged for this.' : 'The provider may have charged: see billing on the task.',
    '',
  ].join('\n')
}

export const createApp = (surface: Surface) => {
  const { engine, authenticate, admin, document, docs, entropy, log, ready, sandbox, origins, tracer } = surface
  const always = protection(surface.https ?? false)
  const app = new OpenAPIHono<{ Variables: Variables }>()
  const rates: RateLimits = surface.rates ?? requestRates(Date.now)
  const taken = (path: string) => (docs?.serves(path) || (docs && path === '/') ? ['GET', 'HEAD'] : allowed(path))

  const problem = (c: Context<{ Variables: Variables }>, error: GatewayError) => {
    const headers: Record<string, string> = {}
    if (error.code === 'method_not_allowed') headers.allow = taken(c.req.path).join(', ')
    return answerProblem(c, error, c.get('requestId'), headers)
  }

  /** A fault of ours is logged, and told without what it was. */
  const tellable = (request: string, error: Error): GatewayError => {
    const fault = error instanceof GatewayError ? error.cause : error
    if (fault instanceof Error) log('error', 'internal_error', { request, message: fault.message, stack: fault.stack })
    if (error instanceof GatewayError) return error
    return new GatewayError('internal_error', 'Something went wrong here. Name the request_id when you report it')
  }

  app.onError((error, c) => problem(c, tellable(c.get('requestId'), error)))

  app.notFound((c) => {
    if (taken(c.req.path).length > 0)
      return problem(c, new GatewayError('method_not_allowed', `${c.req.path} does not take ${c.req.method}`))
    return problem(c, new GatewayError('not_found', `There is nothing at ${c.req.path}: see /openapi.json`))
  })

  app.use(async (c, next) => {
    const id = randomId(entropy, 'req')
    c.set('requestId', id)
    c.set('told', { ...always, 'request-id': id })
    const since = performance.now()
    await next()
    complete(c)
    const operation = c.get('operation') ?? 'none'
    engine.meter.count('tutti_http_requests_total', { operation, status: String(c.res.status) })
    const request = { 'http.response.status_code': c.res.status, 'tutti.request_id': id }
    c.get('span')?.end(request, c.res.status >= 500)
    engine.meter.observe('tutti_http_request_seconds', { operation }, (performance.now() - since) / 1000)
  })

  if (origins !== undefined) app.use(crossOrigin(origins))

  app.get('/healthz', (c) => json(c, { status: 'ok' }))
  app.get('/readyz', async (c) => {
    if (!ready()) throw new GatewayError('shutting_down', 'The server is going down', {}, 5)
    const why = await engine.unready()
    if (why !== null) throw new GatewayError(why.code, why.detail, {}, 5)
    return json(c, { status: 'ready' })
  })
  app.get('/openapi.json', async (c) => {
    const text = typeof document === 'string' ? document : await document()
    return respond(c, text, 200, { ...KEPT, 'content-type': 'application/json' })
  })
  app.get('/.well-known/webhook-jwks.json', async (c) => json(c, await engine.webhookKeys(), 200, KEPT))
  if (docs !== undefined) serveDocs(app, docs)
  app.get('/errors/:code', (c) => {
    const code = ERROR_CODES.find((each) => each === c.req.param('code'))
    if (code === undefined) throw new GatewayError('not_found', `There is no error code ${c.req.param('code')}`)
    return respond(c, describeError(code), 200, { ...KEPT, 'content-type': 'text/plain; charset=utf-8' })
  })

  const nobody = () => new GatewayError('not_found', 'There is nothing here')
  /** Of whoever has no address of ours nothing is read. */
  const addressed: MiddlewareHandler = async (c, next) => {
    if (!(await engine.addressed(c.req.param('provider')!, c.req.param('token')!))) throw nobody()
    return next()
  }
  app.post('/cb/:provider/:token', addressed, limited(CALLBACK_LIMIT), async (c) => {
    const { provider, token } = c.req.param()
    const known = await engine.ring(provider, token, parsedJson(await c.req.text()), (name) => c.req.header(name))
    if (!known) throw nobody()
    return json(c, { status: 'received' })
  })

  const principalOf = async (c: Context): Promise<Principal> => {
    const principal = await authenticate(bearer(c.req.header('authorization')))
    if (!ready()) throw new GatewayError('shutting_down', 'The server is going down: ask again', {}, 5)
    const rate = await rates.take(principal.key)
    if (rate === null) return principal
    tellRate(c, rate)
    if (rate.allowed) return principal
    throw new GatewayError('rate_limited', `This key takes ${rate.limit} requests a minute`, {}, rate.reset)
  }

  app.get('/metrics', async (c) => {
    requireScope((await principalOf(c)).key, 'providers')
    return respond(c, await engine.meter.text(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
  })

  if (sandbox !== undefined)
    app.on(['GET', 'PUT'], ['/sandbox', '/sandbox/:provider'], async (c) => {
      requireScope((await principalOf(c)).key, 'providers')
      const { body, status, headers } = await sandbox(c.req.raw)
      return respond(c, body, status, Object.fromEntries(headers))
    })

  const handle = handlers(engine, admin, rates, tellable)
  const files = filePlaces()
  const guard = new Hono<{ Variables: Variables }>()
  for (const [id, operation] of operations) {
    const path = operation.path.replace(/\{([^}]+)\}/g, ':$1')
    const method = operation.method.toUpperCase()
    const name = `${method} ${operation.path}`
    const named = { 'http.request.method': method, 'http.route': operation.path, 'tutti.operation': id }
    guard.on(method, path, async (c, next) => {
      c.set('operation', id)
      if (tracer !== undefined) c.set('span', tracer.begin(name, 'server', c.req.header('traceparent'), named))
      const principal = await principalOf(c)
      requireAllowed(principal.key, id)
      c.set('principal', principal)
      checkQuery(c, operation)
      if (operation.method === 'get') {
        // What is as long as all there is, is not held to be tagged.
        if (!isTagged(id, operation) || (operation.exports && linesType(c.req.header('accept')) !== undefined))
          return next()
        tell(c, { 'cache-control': 'private, no-cache' })
        return tagged(c, next)
      }
      checkType(c, operation)
      const read = () =>
        limitOf(c, operation)(c, async () => {
          await checkBody(c, operation)
          await next()
        })
      return operation.multipart !== undefined && isMultipart(c) ? files(principal.key.id, read) : read()
    })
  }
  app.route('/', guard)
  for (const [id, operation] of operations)
    register(app as never, operation, (c, input) => handle[id](c, input, c.get('principal')))
  return app
}

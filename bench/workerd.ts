/** The Worker as it is deployed, in the runtime of Workers on this machine: for the benchmark. Listens on loopback until it is told to end. */
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** What is used here of the package that wrangler brings. */
interface Simulator {
  readonly Miniflare: new (
    options: unknown,
  ) => { readonly ready: Promise<unknown>; readonly dispose: () => Promise<void> }
  readonly convertV4MiniflareOptions: (options: object) => unknown
}

const { PORT, BENCH_SCRIPT, BENCH_STATE, BENCH_VARIABLES } = process.env as Record<string, string>
const { Miniflare, convertV4MiniflareOptions } = createRequire(import.meta.resolve('wrangler'))(
  'miniflare',
) as Simulator

const runtime = new Miniflare(
  convertV4MiniflareOptions({
    name: 'tutti',
    host: '127.0.0.1',
    port: Number(PORT),
    modulesRoot: BENCH_SCRIPT,
    modules: [{ type: 'ESModule', path: join(BENCH_SCRIPT!, 'worker.js') }],
    compatibilityDate: '2026-10-01',
    compatibilityFlags: ['global_fetch_strictly_public'],
    bindings: JSON.parse(BENCH_VARIABLES!),
    durableObjects: {
      TASKS: { className: 'TaskObject', useSQLite: true },
      LIMITS: { className: 'LimitsObject', useSQLite: true },
      HEALTH: { className: 'HealthObject', useSQLite: true },
      WEBHOOKS: { className: 'WebhooksObject', useSQLite: true },
    },
    d1Databases: ['DB'],
    // Pages are not asked for here.
    serviceBindings: { ASSETS: () => new Response(null, { status: 404 }) },
    resourcePersistencePath: BENCH_STATE,
    logRequests: false,
    handleStructuredLogs: () => undefined,
  }),
)
const end = () => void runtime.dispose().then(() => process.exit(0))
process.on('SIGTERM', end)
process.on('SIGINT', end)
await runtime.ready

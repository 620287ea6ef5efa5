/** The Node entry: reads the environment, decides between sandbox and live, starts the gateway and says how to use it. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import manifest from '../package.json' with { type: 'json' }
import { createApp } from './http/app.ts'
import type { Guide } from './http/docs/material.ts'
import { createDocs } from './http/docs/site.ts'
import { type Config, keyVariable, readConfig } from './platform/config.ts'
import { jsonLog } from './platform/log.ts'
import { readDocs } from './platform/node/docs.ts'
import { takeFolder } from './platform/node/folder.ts'
import { DATABASE, type Gateway, type GatewayOptions, openDatabase, openGateway } from './platform/node/gateway.ts'
import { nodeEntropy } from './platform/node/keys.ts'
import { openSqlite } from './platform/node/sqlite.ts'
import { freePort, listenUpstream, postJson } from './platform/node/upstreams.ts'
import { startedFacts } from './platform/started.ts'
import { LOOPBACK } from './platform/values.ts'
import { documentation, SANDBOX_KEY, welcome } from './platform/welcome.ts'
import { adapters, mirrors } from './registry.ts'
import { control } from './sandbox/control.ts'
import { simulate } from './sandbox/simulate.ts'
import { STUDIO_SCHEMA } from './sandbox/studio.ts'

const log = jsonLog((line) => process.stderr.write(`${line}\n`), Date.now)
const say = (line = '') => process.stdout.write(`${line}\n`)

/** Made by the build, beside the built server: the sources serve the pages of the last build. */
const DOCS = ['docs', '../dist/docs'].map((folder) => join(import.meta.dirname, folder))
/** The document beside the built server, else as it is checked in. A part of the script, it would be compiled at each start. */
const DOCUMENT = ['openapi.json', '../openapi/gateway.json'].map((file) => join(import.meta.dirname, file))
const readDocument = () => readFileSync(DOCUMENT.find(existsSync)!, 'utf8')
const SANDBOX_DATABASE = 'sandbox.db'
const STUDIO_DATABASE = 'studio.db'
/** A simulated song takes eight seconds instead of eighty. */
const SANDBOX_PACE = 0.1

const hasTasks = async (dataDir: string): Promise<boolean> => {
  if (!existsSync(join(dataDir, DATABASE))) return false
  const sql = openDatabase(dataDir, DATABASE)
  const rows = await sql.read('SELECT 1 FROM tasks LIMIT 1', [])
  sql.close()
  return rows.length > 0
}

const hasKeys = ({ providers }: Config) => providers.some(({ keys }) => keys.length > 0)

/** Whoever means it live and gave no provider key has lost or mistyped it: behind a proxy, a sandbox would be everybody's. */
const refuseKeyless = (config: Config) => {
  const { sandbox, providers, apiKey, settings } = config
  const live = apiKey !== null ? 'TUTTI_API_KEY' : settings.publicUrl !== null ? 'TUTTI_PUBLIC_URL' : null
  if (sandbox !== null || live === null || hasKeys(config)) return
  const names = providers.map(({ adapter }) => keyVariable(adapter)).join(', ')
  throw new Error(
    `${live} is set and no provider has a key: set one of ${names}. TUTTI_SANDBOX=1 starts the sandbox all the same, TUTTI_SANDBOX=0 a gateway without a provider`,
  )
}

/** By itself only where nothing real could be meant: no provider key, loopback only, no live tasks. */
const wantsSandbox = async (config: Config): Promise<boolean> => {
  const { sandbox, host, dataDir } = config
  if (sandbox !== null) return sandbox
  return !hasKeys(config) && LOOPBACK.has(host) && !(await hasTasks(dataDir))
}

const surface =
  (config: Config, livemode: boolean, sandbox?: (request: Request) => Promise<Response>): GatewayOptions['surface'] =>
  (engine, { entropy, ready, keys, admin, tracer }) => {
    const authenticate = keys.authenticate(livemode)
    const origins = config.corsOrigins ?? undefined
    const https = config.settings.publicUrl?.startsWith('https:') ?? false
    const text = readDocument()
    const built = readDocs<Guide>(DOCS)
    const docs = built && createDocs(text, built)
    const parts = {
      engine,
      authenticate,
      admin,
      document: text,
      docs,
      entropy,
      log,
      ready,
      sandbox,
      origins,
      https,
      tracer,
    }
    const app = createApp(parts)
    return { fetch: (request) => app.fetch(request) }
  }

/** A host as URLs write it. */
const hostOf = ({ host }: Config) => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host)

const live = async (config: Config): Promise<Gateway> => {
  const gateway = await openGateway({
    dataDir: config.dataDir,
    database: DATABASE,
    providers: config.providers,
    settings: { ...config.settings, livemode: true, localUrls: config.localUrls ?? false },
    surface: surface(config, true),
    proxy: config.proxy,
    telemetry: config.telemetry,
    log,
  })
  const { keys } = gateway
  if (config.apiKey !== null) await keys.replaceBootstrap(config.apiKey)
  const { port, recovered } = await gateway.listen(config.host, config.port)
  const address = `${hostOf(config)}:${port}`
  // Made once it can be shown: a start that fails has used up no key.
  const made = config.apiKey === null && !(await keys.hasBootstrap()) ? await keys.renewBootstrap() : null
  log('info', 'started', startedFacts(config, { version: manifest.version, livemode: true, address, recovered }))
  say(`Tutti ${manifest.version} at http://${address}`)
  say(documentation(`http://${address}`))
  const used = config.providers.filter((each) => each.keys.length > 0).map(({ adapter }) => adapter.id)
  say(
    used.length > 0
      ? `Providers, in order: ${used.join(', ')}`
      : 'No provider has a key: set one of the *_API_KEY variables',
  )
  if (made !== null) say(`Your API key, shown this once (npm run key makes a new one): ${made}`)
  return gateway
}

const sandbox = async (config: Config): Promise<Gateway> => {
  const { settings, host, dataDir } = config
  const pace = config.pollScaleSet ? settings.pollScale : SANDBOX_PACE
  const port = config.port === 0 ? await freePort() : config.port
  const simulated = await simulate({
    adapters: config.providers.map(({ adapter }) => adapter),
    mirrors: await mirrors(),
    listen: listenUpstream,
    port: port + 1,
    sql: openSqlite(join(dataDir, STUDIO_DATABASE), STUDIO_SCHEMA),
    clock: Date.now,
    entropy: nodeEntropy('studio'),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref()),
    post: postJson,
    pace,
  })
  const address = `${hostOf(config)}:${port}`
  const here = `http://${address}`
  const gateway = await openGateway({
    dataDir,
    database: SANDBOX_DATABASE,
    providers: simulated,
    settings: {
      ...settings,
      pollScale: pace,
      publicUrl: settings.publicUrl ?? here,
      livemode: false,
      localUrls: config.localUrls ?? true,
    },
    surface: surface(config, false, control(simulated)),
    telemetry: config.telemetry,
    log,
  })
  await gateway.keys.replaceBootstrap(SANDBOX_KEY)
  const { recovered } = await gateway.listen(host, port)
  log('info', 'started', startedFacts(config, { version: manifest.version, livemode: false, address, recovered }))
  for (const line of welcome(manifest.version, here)) say(line)
  return {
    ...gateway,
    stop: async () => {
      await gateway.stop()
      await Promise.all(simulated.map(({ close }) => close()))
    },
  }
}

/** Takes over signals: the first asks for a quiet end, the second ends at once. */
const untilTold = (stop: () => Promise<void>) => {
  let asked = false
  const end = () => {
    if (asked) process.exit(1)
    asked = true
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}

const start = async () => {
  const config = readConfig(process.env, adapters, manifest.version)
  refuseKeyless(config)
  const giveBack = takeFolder(config.dataDir)
  const { stop } = (await wantsSandbox(config)) ? await sandbox(config) : await live(config)
  untilTold(async () => {
    await stop()
    giveBack()
  })
}

start().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})

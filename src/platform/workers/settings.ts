/** What a Worker is configured with: its variables and secrets as the Node server reads them, and its bindings. */
import type { D1Database, DurableObjectNamespace, Fetcher } from '@cloudflare/workers-types'
import type { Adapter } from '../../contract/adapter.ts'
import { type Held, withFormerIds } from '../../engine/credentials.ts'
import type { Access, Settings } from '../../engine/ports.ts'
import { type Config, type ProviderConfig, readConfig } from '../config.ts'
import { secretOf } from '../credentials.ts'
import { sha256 } from './secrets.ts'

export interface Env {
  /** One object for every task. */
  readonly TASKS: DurableObjectNamespace
  /** Keys and limits: one object. */
  readonly LIMITS: DurableObjectNamespace
  /** The health of the providers: one object for every region. */
  readonly HEALTH: DurableObjectNamespace
  /** Webhooks: one object. */
  readonly WEBHOOKS: DurableObjectNamespace
  /** The index of lists. */
  readonly DB: D1Database
  /** What is served as it is. */
  readonly ASSETS: Fetcher
  /** The simulated upstreams, where there is a sandbox. */
  readonly STUDIO?: DurableObjectNamespace
  /** This very Worker, for callbacks of the simulated upstreams where it listens nowhere. */
  readonly GATEWAY?: Fetcher
}

const BINDINGS = ['TASKS', 'LIMITS', 'HEALTH', 'WEBHOOKS', 'DB', 'ASSETS'] as const

/** A region that nobody has named. */
export const NOWHERE = 'local'

/** In which region a request came in: its continent, as the network in front of us tells it. */
export const regionOf = (request: Request): string => {
  const { continent } = (request as { cf?: { continent?: unknown } }).cf ?? {}
  return typeof continent === 'string' && /^[A-Z]{2}$/.test(continent) ? continent.toLowerCase() : NOWHERE
}

/** What has to be there and is not: said to the operator, never to a client. */
export class Misconfigured extends Error {}

/** What is ours among everything that a Worker is given. */
const OURS = /^TUTTI_|_API_KEY$|_BASE_URL$|_HMAC_KEY$/

/**
 * Variables as text, whatever they are written as in wrangler.toml.
 * @throws Misconfigured where one is neither text nor a number nor true or false
 */
export const variables = (env: Env): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]: [string, unknown]) => {
      if (typeof value === 'string') return [[name, value]]
      if (typeof value === 'number') return [[name, String(value)]]
      // As the server reads them from its environment.
      if (typeof value === 'boolean') return [[name, value ? '1' : '0']]
      if (value !== undefined && OURS.test(name))
        throw new Misconfigured(`${name} is no text: write it in quotes, and JSON as text`)
      return []
    }),
  )

/** What a Worker is built of. */
export interface Build {
  readonly adapters: readonly Adapter[]
  readonly version: string
}

/** @throws Misconfigured naming the binding or variable, and how to mend it */
export const configOf = (env: Env, { adapters, version }: Build): Config => {
  const missing = BINDINGS.find((name) => env[name] === undefined)
  if (missing !== undefined)
    throw new Misconfigured(`The binding ${missing} is missing: see wrangler.toml, and deploy again`)
  let config: Config
  try {
    config = readConfig(variables(env), adapters, version)
  } catch (error) {
    throw new Misconfigured((error as Error).message)
  }
  if (config.sandbox === true) {
    if (env.STUDIO === undefined)
      throw new Misconfigured('TUTTI_SANDBOX is 1 and the binding STUDIO is missing: npm run dev brings both')
    return config
  }
  if (config.apiKey === null)
    throw new Misconfigured('TUTTI_API_KEY is not set: npx wrangler secret put TUTTI_API_KEY (24 characters or more)')
  return config
}

const heldOf = ({ adapter, keys }: ProviderConfig): Promise<Held[]> =>
  Promise.all(
    keys.map(async (given) => {
      const key = secretOf(given)
      const fingerprint = `${adapter.id}-${(await sha256(`credential ${adapter.id} ${key}`)).slice(0, 12)}`
      return { id: typeof given === 'string' ? fingerprint : `${adapter.id}:${given.name}`, fingerprint, key }
    }),
  )

export type History = Parameters<typeof withFormerIds>[1]

/** Providers as they are reached, and their keys as they were ever called. */
export const accessTo = (providers: readonly ProviderConfig[], history: History): Promise<Access[]> =>
  Promise.all(
    providers.map(async ({ keys, ...provider }) => ({
      ...provider,
      credentials: withFormerIds(await heldOf({ ...provider, keys }), history),
    })),
  )

/** Every key of every provider, to be written down. */
export const allHeld = async (providers: readonly ProviderConfig[]): Promise<Held[]> =>
  (await Promise.all(providers.map(heldOf))).flat()

/** A simulated song takes eight seconds instead of eighty. */
const SANDBOX_PACE = 0.1
/** Where `wrangler dev` listens. */
const DEV_URL = 'http://127.0.0.1:8787'

/** Under which path of the gateway the simulated upstreams are reached. */
export const UPSTREAMS = '/sandbox/upstreams'

/** A simulated upstream: its origin, with the prefix of the real one. */
export const simulated = (publicUrl: string, { id, origins }: Adapter): string =>
  `${publicUrl}${UPSTREAMS}/${id}${new URL(origins.api).pathname.replace(/\/$/, '')}`

export const sandboxKey = ({ id }: Adapter): string => `sandbox-${id}`

/** What is set, and in the sandbox the simulated upstreams in place of the real ones. */
export const settled = (config: Config): { settings: Settings; providers: readonly ProviderConfig[] } => {
  const { settings, sandbox, localUrls, pollScaleSet, providers } = config
  if (sandbox !== true) return { settings: { ...settings, livemode: true, localUrls: localUrls ?? false }, providers }
  const publicUrl = settings.publicUrl ?? DEV_URL
  return {
    settings: {
      ...settings,
      publicUrl,
      livemode: false,
      localUrls: localUrls ?? true,
      pollScale: pollScaleSet ? settings.pollScale : SANDBOX_PACE,
    },
    providers: providers.map(({ adapter }) => ({
      adapter,
      origin: simulated(publicUrl, adapter),
      keys: [sandboxKey(adapter)],
    })),
  }
}

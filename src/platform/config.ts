/** Configuration: read once from the environment into one validated object. */
import * as z from 'zod'
import { TEST_KEY_PREFIX } from '../canonical/key.ts'
import { Model, Sort } from '../canonical/words.ts'
import type { Adapter, Price } from '../contract/adapter.ts'
import { CALL_FORMS, type Form, TASK_FORMS } from '../contract/operations.ts'
import { SUBMISSIONS } from '../contract/submissions.ts'
import { isPlausible } from '../engine/keys/format.ts'
import type { Settings } from '../engine/ports.ts'
import { type ProviderKey, readKeys } from './credentials.ts'
import { type ProxyOf, readProxy } from './proxy.ts'
import { readTelemetry, type Telemetry } from './telemetry.ts'
import { duration, filled, flag, headerText, number, origin, whole, wrong } from './values.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Origins exactly as browsers send them, separated by commas, or `*`. */
const originsOf = (name: string, text: string | undefined): Config['corsOrigins'] => {
  if (text === undefined || text.trim() === '*') return text === undefined ? null : '*'
  const origins = text.split(',').map((each) => each.trim())
  const bad = origins.find(
    (each) => !/^https?:[^*]+$/.test(each) || !URL.canParse(each) || new URL(each).origin !== each,
  )
  return bad === undefined
    ? [...new Set(origins)]
    : wrong(name, `holds "${bad}": write origins as browsers send them, such as https://app.example.com, or * alone`)
}

const price = z.number().min(0)
const Prices = z.record(
  z.string(),
  z.strictObject({
    usd_per_credit: price.nullable().optional(),
    credits: z
      .record(
        z.string(),
        z.union([
          price,
          z.strictObject({ field: z.string(), words: z.record(z.string(), price) }),
          z.partialRecord(Model, price),
        ]),
      )
      .optional(),
  }),
)

/** A variable that holds JSON. */
const parsed = <Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  text: string,
  example: string,
): z.infer<Schema> => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return wrong(name, `is not JSON: write ${example}`)
  }
  const read = schema.safeParse(json)
  if (read.success) return read.data
  const { path, message } = read.error.issues[0]!
  return wrong(name, `is not as it should be${path.length === 0 ? '' : ` at ${path.join('.')}`}: ${message}`)
}

const namesIn = (schema: unknown): string[] => {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(namesIn)
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

/** Fields that the engine fills in: no request holds them, so no price can count by them. */
const FILLED_IN = /^(provider_|track_index$|audio_url|callback_url$|persona_kind$)/

/** Why a price would never be found, after the place where it stands; null where it would. */
const unfound = (form: Form, price: Price, at: string): string | null => {
  if (typeof price === 'number') return null
  if (!('words' in price))
    return Object.keys(price).length > 0
      ? null
      : `holds no price at ${at}: write a number, or one for each model, such as {"v5": 12}`
  const fields = [...new Set(namesIn(SUBMISSIONS[form]))].filter((field) => !FILLED_IN.test(field))
  if (!fields.includes(price.field))
    return `names "${price.field}" at ${at}.field: write ${fields.length === 0 ? `a number at ${at}` : `one of ${fields.join(', ')}`}`
  return Object.keys(price.words).length > 0
    ? null
    : `holds no price at ${at}.words: write one for each word of ${price.field}`
}

/** Prices of TUTTI_PRICES over those that are documented. */
const priced = (adapters: readonly Adapter[], text: string | undefined): readonly Adapter[] => {
  if (text === undefined) return adapters
  const read = parsed(
    'TUTTI_PRICES',
    Prices,
    text,
    '{"<provider>": {"usd_per_credit": 0.005, "credits": {"generateMusic": 12}}}',
  )
  const forms: readonly string[] = [...TASK_FORMS, ...CALL_FORMS]
  for (const [id, { credits }] of Object.entries(read)) {
    if (!adapters.some((adapter) => adapter.id === id))
      return wrong('TUTTI_PRICES', `names the unknown provider "${id}"`)
    const unknown = Object.keys(credits ?? {}).find((form) => !forms.includes(form))
    if (unknown !== undefined)
      return wrong('TUTTI_PRICES', `names "${unknown}" at ${id}: write one of ${forms.join(', ')}`)
    for (const [form, price] of Object.entries(credits ?? {})) {
      const detail = unfound(form as Form, price, `${id}.credits.${form}`)
      if (detail !== null) return wrong('TUTTI_PRICES', detail)
    }
  }
  return adapters.map((adapter) => {
    const own = read[adapter.id]
    if (own === undefined) return adapter
    const usdPerCredit = own.usd_per_credit === undefined ? adapter.prices.usdPerCredit : own.usd_per_credit
    return { ...adapter, prices: { usdPerCredit, credits: { ...adapter.prices.credits, ...own.credits } } }
  })
}

/** `<ID>_API_KEY` for the provider of that id: derived, so that a new adapter brings its own variables. */
const variable = (adapter: Adapter, what: string) => `${adapter.id.toUpperCase().replaceAll('-', '_')}_${what}`

export const keyVariable = (adapter: Adapter): string => variable(adapter, 'API_KEY')

const keysOf = (adapter: Adapter, env: Environment): ProviderKey[] => {
  const name = keyVariable(adapter)
  return readKeys(env[name] ?? '', (detail) => wrong(name, detail))
}

/** What a provider signs its callbacks with. An empty key would leave them unchecked in silence. */
const callbackKeyOf = (adapter: Adapter, env: Environment): string | undefined => {
  const name = variable(adapter, 'WEBHOOK_HMAC_KEY')
  const key = adapter.callbackSignature && env[name]?.trim()
  return key === ''
    ? wrong(
        name,
        `is empty: leave it out, which means that signatures of ${adapter.title} are not checked, or fill it in`,
      )
    : key
}

export interface ProviderConfig {
  readonly adapter: Adapter
  readonly origin: string
  /** Where files go, where that is another host. */
  readonly uploadOrigin?: string
  /** What the provider signs its callbacks with. */
  readonly callbackKey?: string
  readonly keys: readonly ProviderKey[]
}

export interface Config {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  /** Bootstrap key of the environment, or null. */
  readonly apiKey: string | null
  /** True forces the sandbox, false forbids it, null leaves it to what is there. */
  readonly sandbox: boolean | null
  readonly providers: readonly ProviderConfig[]
  /** Whether TUTTI_POLL_SCALE was set. */
  readonly pollScaleSet: boolean
  /** TUTTI_ALLOW_LOCAL_URLS, or null where it was left out. */
  readonly localUrls: boolean | null
  /** Who is told of requests, where anybody is. */
  readonly telemetry: Telemetry | null
  /** What stands between us and providers. */
  readonly proxy: ProxyOf | null
  /** Whose pages may call from a browser: exact origins, any, or nobody's. */
  readonly corsOrigins: '*' | readonly string[] | null
  readonly settings: Omit<Settings, 'livemode' | 'localUrls'>
}

const apiKey = (env: Environment): string | null => {
  const key = env.TUTTI_API_KEY
  if (key === undefined) return null
  if (!/^[\x21-\x7e]{24,255}$/.test(key))
    return wrong('TUTTI_API_KEY', 'needs 24 to 255 visible characters without spaces')
  if (!isPlausible(key)) return wrong('TUTTI_API_KEY', 'looks like a key of Tutti and was not copied as a whole')
  return key.startsWith(TEST_KEY_PREFIX)
    ? wrong('TUTTI_API_KEY', 'is a key of the sandbox, which everybody knows')
    : key
}

const ids = z.array(z.string()).min(1)
const RoutingJson = z.strictObject({
  order: ids.optional(),
  sort: Sort.optional(),
  weights: z.record(z.string(), z.number().min(0).max(1_000_000)).optional(),
})
type RoutingJson = z.infer<typeof RoutingJson>

/** TUTTI_ROUTING: an order such as `kie,apibox`, or JSON that also says how to sort. */
const routingOf = (adapters: readonly Adapter[], text: string | undefined): RoutingJson => {
  if (text === undefined) return {}
  const known = adapters.map(({ id }) => id)
  const said: RoutingJson = text.trim().startsWith('{')
    ? parsed(
        'TUTTI_ROUTING',
        RoutingJson,
        text,
        '{"order": ["<provider>"], "sort": "price", "weights": {"<provider>": 3}}',
      )
    : { order: text.split(',').map((id) => id.trim()) }
  const places = [
    ...(said.order ?? []).map((id, index) => [`order.${index}`, id] as const),
    ...Object.keys(said.weights ?? {}).map((id) => [`weights.${id}`, id] as const),
  ]
  const unknown = places.find(([, id]) => !known.includes(id))
  if (unknown !== undefined)
    return wrong(
      'TUTTI_ROUTING',
      `names "${unknown[1]}" at ${unknown[0]}: write provider ids, such as ${known.join(',')}`,
    )
  return said
}

/** The rest after those that are named, as registered. */
const inOrder = (adapters: readonly Adapter[], order: readonly string[] = []): readonly Adapter[] => [
  ...[...new Set(order)].map((id) => adapters.find((adapter) => adapter.id === id)!),
  ...adapters.filter(({ id }) => !order.includes(id)),
]

const configured = (
  env: Environment,
  adapters: readonly Adapter[],
  version: string,
  { order, sort, weights }: RoutingJson,
): Config => ({
  host: filled('HOST', env.HOST, '127.0.0.1'),
  port: whole('PORT', env.PORT, 8787, 0, 65_535),
  dataDir: filled('TUTTI_DATA_DIR', env.TUTTI_DATA_DIR, '.tutti'),
  apiKey: apiKey(env),
  sandbox: flag('TUTTI_SANDBOX', env.TUTTI_SANDBOX),
  providers: inOrder(priced(adapters, env.TUTTI_PRICES), order).map((adapter) => {
    const name = variable(adapter, 'BASE_URL')
    const uploadName = variable(adapter, 'UPLOAD_BASE_URL')
    const upload = env[uploadName] ?? adapter.origins.upload
    const callbackKey = callbackKeyOf(adapter, env)
    return {
      adapter,
      origin: origin(name, env[name] ?? adapter.origins.api),
      ...(upload === undefined ? {} : { uploadOrigin: origin(uploadName, upload) }),
      ...(callbackKey === undefined ? {} : { callbackKey }),
      keys: keysOf(adapter, env),
    }
  }),
  localUrls: flag('TUTTI_ALLOW_LOCAL_URLS', env.TUTTI_ALLOW_LOCAL_URLS),
  telemetry: readTelemetry(env, version, wrong),
  proxy: readProxy(env, wrong),
  corsOrigins: originsOf('TUTTI_CORS_ORIGINS', env.TUTTI_CORS_ORIGINS),
  pollScaleSet: env.TUTTI_POLL_SCALE !== undefined,
  settings: {
    publicUrl: env.TUTTI_PUBLIC_URL === undefined ? null : origin('TUTTI_PUBLIC_URL', env.TUTTI_PUBLIC_URL),
    pollScale: number('TUTTI_POLL_SCALE', env.TUTTI_POLL_SCALE, 1, 0.0001, 1000),
    submitTimeout: duration('TUTTI_SUBMIT_TIMEOUT', env.TUTTI_SUBMIT_TIMEOUT, 60_000, '1s', '1h'),
    readTimeout: duration('TUTTI_READ_TIMEOUT', env.TUTTI_READ_TIMEOUT, 20_000, '1s', '1h'),
    reconcileWindow: duration('TUTTI_RECONCILE_WINDOW', env.TUTTI_RECONCILE_WINDOW, 30 * 60_000, '1s', '24d'),
    taskTimeout: duration('TUTTI_TASK_TIMEOUT', env.TUTTI_TASK_TIMEOUT, 60 * 60_000, '1s', '24d'),
    stallAfter: duration('TUTTI_STALL_AFTER', env.TUTTI_STALL_AFTER, 15 * 60_000, '1s', '24d'),
    retention:
      env.TUTTI_RETENTION === undefined ? null : duration('TUTTI_RETENTION', env.TUTTI_RETENTION, 0, '1h', '36500d'),
    queueLimit: whole('TUTTI_QUEUE_LIMIT', env.TUTTI_QUEUE_LIMIT, 10_000, 1, 100_000_000),
    paused: flag('TUTTI_PAUSED', env.TUTTI_PAUSED) ?? false,
    userAgent: headerText('TUTTI_USER_AGENT', env.TUTTI_USER_AGENT, `Tutti/${version}`),
    routing: { ...(sort ? { sort } : {}), ...(weights ? { weights } : {}) },
  },
})

/**
 * Reads the environment.
 * @throws Error with the name of the variable that is wrong, and how to mend it
 */
export const readConfig = (env: Environment, adapters: readonly Adapter[], version: string): Config =>
  configured(env, adapters, version, routingOf(adapters, env.TUTTI_ROUTING))

/** The variables of OpenTelemetry (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables) that count here. */
import type { Collector } from './otlp.ts'
import type { Sampling } from './tracing.ts'
import { whole } from './values.ts'

export interface Telemetry {
  readonly collector: Collector
  readonly sampling: Sampling
}

type Environment = Readonly<Record<string, string | undefined>>
type Wrong = (name: string, detail: string) => never

const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT'
const TRACES_ENDPOINT = 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'
const TIMEOUT = 'OTEL_EXPORTER_OTLP_TIMEOUT'
const TRACES_TIMEOUT = 'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT'
/** An hour, in milliseconds. */
const LONGEST_TIMEOUT = 3_600_000

/** An empty variable is one that is not set. */
const read = (env: Environment, name: string) => (env[name]?.trim() === '' ? undefined : env[name]?.trim())

/** `name=value,name=value`, each percent-encoded (W3C Baggage). Values may be secrets: they are not repeated. */
const pairs = (env: Environment, name: string, wrong: Wrong): Record<string, string> => {
  const parts = (read(env, name) ?? '').split(',').filter((part) => part.trim() !== '')
  const pair = (part: string): [string, string] => {
    const [, key, value] = /^\s*([\w.\-/]+)\s*=(.*)$/s.exec(part) ?? []
    try {
      if (key !== undefined) return [key, decodeURIComponent(value!.trim())]
    } catch {
      // Told below, without the value.
    }
    return wrong(name, 'is not a list of name=value, separated by commas, with values percent-encoded')
  }
  return Object.fromEntries(parts.map(pair))
}

const SAMPLERS: Readonly<Record<string, { readonly byParent: boolean; readonly ratio: number | null }>> = {
  always_on: { byParent: false, ratio: 1 },
  always_off: { byParent: false, ratio: 0 },
  traceidratio: { byParent: false, ratio: null },
  parentbased_always_on: { byParent: true, ratio: 1 },
  parentbased_always_off: { byParent: true, ratio: 0 },
  parentbased_traceidratio: { byParent: true, ratio: null },
}

const samplingOf = (env: Environment, wrong: Wrong): Sampling => {
  const name = read(env, 'OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on'
  const sampler = SAMPLERS[name]
  if (sampler === undefined)
    return wrong('OTEL_TRACES_SAMPLER', `is "${name}": write one of ${Object.keys(SAMPLERS).join(', ')}`)
  if (sampler.ratio !== null) return { byParent: sampler.byParent, ratio: sampler.ratio }
  const ratio = Number(read(env, 'OTEL_TRACES_SAMPLER_ARG') ?? 1)
  if (!(ratio >= 0 && ratio <= 1)) return wrong('OTEL_TRACES_SAMPLER_ARG', 'is no ratio: write a number from 0 to 1')
  return { byParent: sampler.byParent, ratio }
}

/** Where spans go. It may hold a password: what is wrong is said without it. */
const urlOf = (env: Environment, wrong: Wrong): string | null => {
  const own = read(env, TRACES_ENDPOINT)
  const name = own === undefined ? ENDPOINT : TRACES_ENDPOINT
  const text = own ?? read(env, ENDPOINT)
  if (text === undefined) return null
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    return wrong(
      name,
      'is no http or https URL such as http://127.0.0.1:4318 (a password belongs into OTEL_EXPORTER_OTLP_HEADERS)',
    )
  if (own !== undefined) return url.href
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}/v1/traces${url.search}`
}

/** Whether and where to tell of what was done; null is off. */
export const readTelemetry = (env: Environment, version: string, wrong: Wrong): Telemetry | null => {
  const url = urlOf(env, wrong)
  const exporter = read(env, 'OTEL_TRACES_EXPORTER') ?? 'otlp'
  if (!['otlp', 'none'].includes(exporter))
    return wrong('OTEL_TRACES_EXPORTER', `is "${exporter}": write otlp, or none`)
  if (url === null || exporter === 'none' || read(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return null
  for (const name of ['OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'])
    if ((read(env, name) ?? 'http/json') !== 'http/json')
      return wrong(
        name,
        `is "${read(env, name)}": Tutti speaks http/json alone, which collectors take on the same port`,
      )
  const own = read(env, TRACES_TIMEOUT)
  const timeoutName = own === undefined ? TIMEOUT : TRACES_TIMEOUT
  const timeout = whole(timeoutName, own ?? read(env, TIMEOUT), 10_000, 1, LONGEST_TIMEOUT)
  const attributes = pairs(env, 'OTEL_RESOURCE_ATTRIBUTES', wrong)
  const service = read(env, 'OTEL_SERVICE_NAME') ?? attributes['service.name'] ?? 'tutti'
  return {
    collector: {
      url,
      timeout,
      headers: {
        ...pairs(env, 'OTEL_EXPORTER_OTLP_HEADERS', wrong),
        ...pairs(env, 'OTEL_EXPORTER_OTLP_TRACES_HEADERS', wrong),
      },
      resource: { 'service.version': version, ...attributes, 'service.name': service },
    },
    sampling: samplingOf(env, wrong),
  }
}

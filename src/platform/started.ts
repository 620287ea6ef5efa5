/** What is on, as one line of the log at each start: names, numbers and switches, and nothing that is secret. */
import type { Facts } from '../engine/ports.ts'
import type { Config } from './config.ts'

export interface Started {
  readonly version: string
  readonly livemode: boolean
  /** Where it listens. */
  readonly address: string
  /** Tasks that were taken up again. */
  readonly recovered: number
}

/** Each fact is named here: nothing is passed on because it happens to be configured. */
export const startedFacts = (config: Config, { version, livemode, address, recovered }: Started): Facts => {
  const { settings, providers, telemetry, corsOrigins } = config
  const signed = livemode
    ? providers.flatMap(({ adapter, keys, callbackKey }) =>
        keys.length === 0 || callbackKey === undefined ? [] : adapter.id,
      )
    : []
  const seconds = (milliseconds: number) => Math.round(milliseconds) / 1000
  return {
    version,
    livemode,
    address,
    // In the order in which they are asked, each with the number of its keys.
    providers: livemode
      ? providers.flatMap(({ adapter, keys }) => (keys.length === 0 ? [] : `${adapter.id}:${keys.length}`)).join(',')
      : providers.map(({ adapter }) => `${adapter.id}:simulated`).join(','),
    sort: settings.routing?.sort ?? 'priority',
    callbacks: settings.publicUrl === null && livemode ? 'off' : 'on',
    signed_callbacks: signed.length === 0 ? 'off' : signed.join(','),
    https: settings.publicUrl?.startsWith('https:') ?? false,
    proxy: livemode && config.proxy !== null,
    cors: corsOrigins === null ? 'off' : corsOrigins === '*' ? 'any' : corsOrigins.length,
    local_urls: config.localUrls ?? !livemode,
    tracing: telemetry === null ? 'off' : `ratio ${telemetry.sampling.ratio}`,
    retention_hours: settings.retention == null ? 'for ever' : settings.retention / 3_600_000,
    queue_limit: settings.queueLimit,
    submit_timeout_seconds: seconds(settings.submitTimeout),
    read_timeout_seconds: seconds(settings.readTimeout),
    reconcile_window_seconds: seconds(settings.reconcileWindow),
    task_timeout_seconds: seconds(settings.taskTimeout),
    paused: settings.paused,
    recovered,
  }
}

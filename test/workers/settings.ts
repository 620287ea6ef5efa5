/** Settings as Workers read them, with what tests decide: the real variables lead to keys of the sandbox all the same. */
import type { Config } from '../../src/platform/config.ts'
import * as real from '../../src/platform/workers/settings.ts'
import { decidedFor } from './installations.ts'

export * from '../../src/platform/workers/settings.ts'

const livemodes = new WeakMap<Config, boolean>()

export const configOf: typeof real.configOf = (env, build) => {
  const { livemode, also } = decidedFor(env)
  const config = real.configOf(env, { ...build, adapters: [...build.adapters, ...also] })
  livemodes.set(config, livemode)
  return config
}

export const settled: typeof real.settled = (config) => {
  const { settings, providers } = real.settled(config)
  const livemode = livemodes.get(config)
  if (livemode === undefined || config.sandbox === true) return { settings, providers }
  return { settings: { ...settings, livemode }, providers }
}

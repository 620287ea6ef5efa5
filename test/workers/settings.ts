/** Settings as Workers read them, with what tests decide: the real variables lead to keys of the sandbox all the same. */
import type { Config } from '../../src/platform/config.ts'
import * as real from '../../src/platform/workers/settings.ts'
import { type Decided, decidedFor } from './installations.ts'

export * from '../../src/platform/workers/settings.ts'

const decisions = new WeakMap<Config, Decided>()

export const configOf: typeof real.configOf = (env, build) => {
  const decided = decidedFor(env)
  const config = real.configOf(env, { ...build, adapters: [...build.adapters, ...decided.also] })
  decisions.set(config, decided)
  return config
}

export const settled: typeof real.settled = (config) => {
  const { settings, providers } = real.settled(config)
  const decided = decisions.get(config)
  if (decided === undefined || config.sandbox === true) return { settings, providers }
  return { settings: { ...settings, ...decided.times, livemode: decided.livemode }, providers }
}

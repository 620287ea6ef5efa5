/**
 * The health of the providers as an object, one for each region that tasks are made in: a provider that one region can not reach
 * may be well in another. Nothing of it is stored.
 */
import { type Admission, answeredFrom, type Limiter } from '../../engine/admit.ts'
import { providerDesk } from '../../engine/desk.ts'
import { finder } from '../../engine/finder.ts'
import type { Said } from '../../engine/hub.ts'
import { isHeld } from '../../engine/keys/accounts.ts'
import { materials } from '../../engine/material.ts'
import { createMeter } from '../../engine/meter.ts'
import type { Reading } from '../../engine/outcome.ts'
import type { Sql, Timers } from '../../engine/ports.ts'
import { shows } from '../../engine/present.ts'
import { providerReadiness } from '../../engine/readiness.ts'
import { createStanding } from '../../engine/standing.ts'
import type { Pin, WorkTask } from '../../engine/state.ts'
import type { ProviderNews } from '../../engine/webhooks/provider-news.ts'
import type { Facts, HealthForTasks, Report } from './apis.ts'
import { living } from './living.ts'
import { log } from './log.ts'
import { limitsOf, webhooksOf } from './objects.ts'
import { peers } from './peers.ts'
import { type Build, configOf, type Env } from './settings.ts'
import { worldOf } from './world.ts'

/** How long a request may be under way, beyond what it may take, until whoever began it is taken for gone. In milliseconds. */
const GRACE = 60_000
/** Changes that are known to have been told. */
const REMEMBERED = 10_000

/** Requests that were begun and not ended: whoever began them may be gone. */
const underWay = (longest: number, giveUp: (pin: Pin, kind: Said['kind']) => void) => {
  const begun = new Map<string, { readonly pin: Pin; readonly kind: Said['kind']; readonly times: number[] }>()
  const of = (pin: Pin, kind: Said['kind']) => {
    const name = `${kind} ${pin.credential}`
    const known = begun.get(name) ?? { pin, kind, times: [] }
    begun.set(name, known)
    return known.times
  }
  return {
    begin: (pin: Pin, kind: Said['kind']): void => void of(pin, kind).push(Date.now()),
    /** @returns false where it was given up before */
    end: (pin: Pin, kind: Said['kind']): boolean => of(pin, kind).shift() !== undefined,
    prune: (): void => {
      for (const { pin, kind, times } of begun.values())
        while (times.length > 0 && Date.now() - times[0]! > longest) {
          times.shift()
          giveUp(pin, kind)
        }
    },
  }
}

/** Whether something is told for the first time, as far as this is remembered. */
const firstTime = () => {
  const told = new Set<string>()
  return (name: string): boolean => {
    if (told.has(name)) return false
    told.add(name)
    if (told.size > REMEMBERED) told.delete(told.values().next().value!)
    return true
  }
}

const nowhere = () => Promise.reject(new Error('Nothing is stored here'))
const NO_SQL: Sql = { read: nowhere, commit: nowhere }
const NO_TIMERS: Timers = {
  set: () => undefined,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
}

const startHealth = async (env: Env, build: Build, region: string) => {
  const limits = limitsOf(env)
  const { identity, history } = await limits.installation()
  await limits.arrive(region)
  const world = await worldOf(env, configOf(env, build), { sql: NO_SQL, timers: NO_TIMERS, identity, history })
  const { access, settings } = world
  const find = finder(access)
  const meter = createMeter({ region })
  const changed = (news: ProviderNews) => {
    webhooksOf(env)
      .providerChanged(news)
      .catch(() => log('warn', 'webhook.provider_news_lost', { provider: news.provider }))
  }
  const standing = createStanding(world, meter, changed, region)
  const { watch, book } = standing
  const requests = underWay(settings.submitTimeout + GRACE, (pin, kind) => {
    standing.done(pin, { kind, outcome: null, credits: null })
  })
  const isNew = firstTime()

  const isLimited = ({ account }: WorkTask) => account !== undefined && isHeld(account)
  /** Who has no limit is not asked for. */
  const limiter: Limiter = {
    covers: (task) => (isLimited(task) ? limits.covers(task) : task.candidates.map(() => true)),
    place: (task, candidate) =>
      isLimited(task) || find(candidate)?.access.adapter.limits.submits !== undefined
        ? limits.place(task, candidate)
        : 0,
  }

  const api = {
    ...providerDesk(world, standing, materials(world, peers(env), shows(access).retention)),
    metrics: () => meter.text(),
    unready: providerReadiness(access, watch),

    facts: (): Facts => {
      book.refresh()
      const ofEach = (value: (each: (typeof access)[number]) => number | null) =>
        Object.fromEntries(access.map((each) => [each.adapter.id, value(each)]))
      return {
        latency: ofEach(({ adapter }) => watch.observed(adapter.id).latency()),
        balance: ofEach((each) => book.balance(each)),
      }
    },
    admit: async (task: WorkTask): Promise<Admission> => {
      requests.prune()
      const admitted = await answeredFrom(standing.admit(task), limiter)
      if (admitted.kind === 'go') requests.begin(admitted.candidate, 'creates')
      return admitted
    },
    refusePinned: standing.refusePinned,
    begin: async (pin: Pin, credits: number | null): Promise<void> => {
      requests.prune()
      await standing.begin(pin, credits)
      requests.begin(pin, 'calls')
    },
    done: (pin: Pin, said: Said) => (requests.end(pin, said.kind) ? standing.done(pin, said) : false),
    heard: (pin: Pin, reading: Reading<unknown>) => {
      const asked = find(pin)
      if (asked !== null) standing.reads.read(asked, reading)
    },
    report: (reports: readonly Report[]): void => {
      for (const report of reports)
        if ('after' in report && isNew(`${report.after?.id} ${report.after?.version}`))
          standing.stored(report.before, report.after)
    },
  }
  return { api, ring: async () => undefined }
}

export type HealthApi = Awaited<ReturnType<typeof startHealth>>['api']
/** What is asked for is there. */
export type Answers = HealthApi extends HealthForTasks ? true : never

export const healthObject = (build: Build) => living((_, env, region) => startHealth(env, build, region))

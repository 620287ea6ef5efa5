/** What clients ask for: every form, with and without keys, routing, failover and patience. */
import type { TaskOperation } from '../src/canonical/operations.ts'
import { type ClientKeys, PROJECTS, type Signed } from './budgets.ts'
import type { Random } from './random.ts'

/** A finished track that later requests can speak of. */
export interface Finished {
  readonly project: string
  readonly track: string
  readonly provider: string
}

export interface Order {
  /** Its name: in the title or description of the request, and in every job made of it. */
  readonly marker: string
  readonly project: string
  /** The key of the client; the bootstrap key where it is undefined. */
  readonly by: Signed
  readonly operation: TaskOperation
  readonly request: Readonly<Record<string, unknown>>
  readonly key: string | null
  readonly wait: number
  /** After so many milliseconds nothing is to be sent any more. */
  readonly cancelAfter: number | null
}

const failoverOf = (random: Random) =>
  random.chance(0.4)
    ? {
        failover: {
          ...(random.chance(0.5) ? { after_accept: random.pick(['never', 'refunded_only', 'any']) } : {}),
          ...(random.chance(0.8) ? { on_stall: random.pick(['wait', 'failover', 'failover']) } : {}),
          ...(random.chance(0.5) ? { on_ambiguous: random.pick(['fail', 'resubmit']) } : {}),
          ...(random.chance(0.5) ? { max_attempts: random.between(1, 5) } : {}),
        },
      }
    : {}

const ROUTINGS = [
  { routing: { order: ['birch', 'cedar'] } },
  { routing: { provider: 'birch' } },
  { routing: { ignore: ['amber'] } },
  { routing: { order: ['amber'], allow_fallbacks: false } },
] as const
const routingOf = (random: Random) => ({
  ...(random.chance(0.4) ? random.pick(ROUTINGS) : {}),
  ...(random.chance(0.2) ? { max_cost_usd: random.pick([0.1, 0.25]) } : {}),
})

const SONG = { lyrics: '[Verse]\nla la', style: 'folk' } as const

const workOf = (
  random: Random,
  marker: string,
  finished: readonly Finished[],
): Pick<Order, 'operation' | 'request'> => {
  const draw = random.fraction()
  const own = { ...failoverOf(random), ...routingOf(random) }
  if (draw < 0.15) return { operation: 'writeLyrics', request: { description: marker, ...failoverOf(random) } }
  if (draw < 0.3 && finished.length > 0) {
    const { track } = random.pick(finished)
    const request = {
      source: { track_id: track },
      title: marker,
      ...SONG,
      continue_at_seconds: 30,
      ...failoverOf(random),
    }
    return { operation: 'extendMusic', request }
  }
  if (draw < 0.4) {
    const request = {
      source: { audio_url: 'https://files.test/a.mp3' },
      title: marker,
      ...SONG,
      continue_at_seconds: 30,
    }
    return { operation: 'extendMusic', request: { ...request, ...failoverOf(random) } }
  }
  if (draw < 0.6) return { operation: 'generateMusic', request: { mode: 'describe', description: marker, ...own } }
  const model = random.chance(0.2) ? { model: random.pick(['v4', 'v5', 'v6', 'auto']) } : {}
  const routed = 'model' in model ? failoverOf(random) : own
  return { operation: 'generateMusic', request: { mode: 'compose', title: marker, ...SONG, ...model, ...routed } }
}

export const drawOrder = (random: Random, number: number, finished: readonly Finished[], keys: ClientKeys): Order => {
  const marker = `song ${number}`
  const project = random.pick(PROJECTS)
  return {
    marker,
    project,
    by: keys.draw(project),
    ...workOf(
      random,
      marker,
      finished.filter((each) => each.project === project),
    ),
    key: random.chance(0.7) ? `key-${number}` : null,
    wait: random.chance(0.2) ? random.between(1, 60) * 1000 : 0,
    cancelAfter: random.chance(0.1) ? random.between(1, 600) * 1000 : null,
  }
}

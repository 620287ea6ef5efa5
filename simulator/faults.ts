/** Everything that goes wrong, by name. Each run draws which of them there are and how often (swarm testing). */
import type { Random } from './random.ts'

/** Writes of the store that a crash can stand before or after. */
export const WRITES = [
  'create',
  'intent',
  'accepted',
  'refused',
  'parked',
  'adopted',
  'news',
  'end',
  'call intent',
  'call result',
  'deletion',
] as const
export type Write = (typeof WRITES)[number]

const beforeAndAfter = WRITES.flatMap((write) => [`before ${write}`, `after ${write}`] as const)

export const KINDS = {
  submit: [
    'connection refused',
    'TLS refused',
    'lost before it was taken',
    'lost after it was taken',
    'silence until the time-out',
    '500 in its own words',
    '502 as HTML',
    '200 as HTML',
    'truncated JSON',
    'unknown code',
    'yes without id',
    'yes under 500',
    'no credits',
    'credits by 429',
    'rate limited',
    'rate limited with Retry-After',
    'maintenance',
    'maintenance with Retry-After',
    'key refused',
    'content refused',
    'request refused',
    'edge refused as HTML',
    'redirected',
    '503 with Retry-After',
    'slow answer',
    'transport broke',
    'refused though it was taken',
  ],
  read: [
    'connection refused',
    'lost',
    'silence until the time-out',
    '5xx',
    'HTML',
    'truncated JSON',
    'rate limited with Retry-After',
    'key refused',
    'unknown code',
    'unknown status word',
    'unknown failure',
    'going backwards',
    'tracks reordered',
    'success without audio',
    'link that is none',
    'slow answer',
  ],
  job: [
    'absent for a while',
    'absent for ever',
    'stuck for ever',
    'failed, not refunded',
    'failed and refunded',
    'failed by its content',
    'one track failed',
    'finished late',
    'quick',
  ],
  callback: [
    'lost',
    'late',
    'duplicated',
    'reordered',
    'forged',
    'of another attempt',
    'to another provider',
    'without sense',
    'in new words',
    'lying',
  ],
  /** Not drawn but met: what a callback runs into. */
  met: ['callback before the answer', 'callback after the end', 'callback while down'],
  commit: ['refused', 'stored but reported failed', 'slow'],
  crash: [...beforeAndAfter, 'at any time'],
  clock: ['jumps forward', 'jumps backward'],
  client: [
    'answer lost',
    '50 at once with one key',
    'key used for another request',
    'reads of another project',
    'cancels',
    'deletes',
  ],
  call: ['not ready', 'no lyrics', 'several keys at once', 'repeated with the same key', 'repeated with a new key'],
  run: ['no public URL', 'key removed between runs', 'long downtime', 'crash while recovering', 'paused for a while'],
} as const

export type Group = keyof typeof KINDS
export type Kind<G extends Group> = (typeof KINDS)[G][number]

/** Every fault as the report names it. */
export const FAULTS: readonly string[] = Object.entries(KINDS).flatMap(([group, kinds]) =>
  kinds.map((kind) => `${group}: ${kind}`),
)

/** How often a group strikes, where it is asked. */
const RATES: { readonly [G in Group]: readonly number[] } = {
  submit: [0, 0.05, 0.2, 0.5, 0.8],
  read: [0, 0.02, 0.1, 0.3],
  job: [0, 0.05, 0.2],
  callback: [0, 0.1, 0.5],
  met: [0],
  commit: [0, 0.005, 0.03, 0.1],
  crash: [0, 0.002, 0.01, 0.05],
  clock: [0, 0, 0.3],
  client: [0, 0.1, 0.3],
  call: [0, 0.2, 0.5],
  run: [0, 0.2, 0.5],
}

export type Counts = Map<string, number>
export type Faults = ReturnType<typeof faultBox>

/** @param counts how often each fault happened, over all runs */
export const faultBox = (random: Random, counts: Counts) => {
  const calm = random.chance(0.05)
  const rates = new Map<Group, number>()
  const enabled = new Map<Group, readonly string[]>()
  for (const group of Object.keys(KINDS) as Group[]) {
    const kinds: readonly string[] = KINDS[group]
    const some = kinds.filter(() => random.chance(0.6))
    enabled.set(group, some)
    rates.set(group, calm || some.length === 0 ? 0 : random.pick(RATES[group]))
  }
  const count = <G extends Group>(group: G, kind: Kind<G>): void => {
    const name = `${group}: ${kind}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return {
    count,
    /** Whether nothing of a group goes wrong in this run. */
    spares: (group: Group): boolean => rates.get(group) === 0,
    /** One of a group's faults, or none; the caller counts it once it has really happened. */
    draw: <G extends Group>(group: G): Kind<G> | null =>
      random.chance(rates.get(group)!) ? (random.pick(enabled.get(group)!) as Kind<G>) : null,
    /** Whether this fault strikes now; it is counted. */
    hit: <G extends Group>(group: G, kind: Kind<G>): boolean => {
      const struck = enabled.get(group)!.includes(kind) && random.chance(rates.get(group)!)
      if (struck) count(group, kind)
      return struck
    },
  }
}

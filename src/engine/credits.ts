/** What is left at each provider: free reads per credential, and what was read last. */
import type { Asked } from './finder.ts'
import { judgeRead, type Reading } from './outcome.ts'
import type { Access, World } from './ports.ts'
import { send, upstreamRequest } from './upstream.ts'
import type { Watch } from './watch.ts'

const OPERATION = 'getCredits'
/** What was read is good for so long, in milliseconds. */
const FRESH = 5 * 60_000

interface Known {
  readonly remaining: number
  readonly at: number
  /** In credits, by attempts that were accepted since. */
  readonly spent: number
}

const dollars = (credits: number | null, { adapter }: Access): number | null => {
  const price = adapter.prices.usdPerCredit
  return credits === null || price === null ? null : Math.round(credits * price * 1e6) / 1e6
}

/** A table that breaks on an answer is no end of the matter: whoever waits for a free read waits for what is said of it. */
const judged = <Read>(judge: () => Reading<Read>, provider: string): Reading<Read> => {
  try {
    return judge()
  } catch (error) {
    const detail = (error as Error).name
    return { kind: 'failed', failure: { code: 'provider_protocol', detail, provider, retryAfter: null } }
  }
}

export type CreditBook = ReturnType<typeof creditBook>

export const creditBook = (world: World, watch: Watch) => {
  const { clock, settings, transport } = world
  const known = new Map<string, Known>()
  const underWay = new Map<string, ReturnType<typeof ask>>()
  const askable = world.access
    .filter(({ adapter }) => adapter.operations[OPERATION] !== undefined)
    .flatMap((access) => access.credentials.map((credential) => ({ access, credential })))

  const ask = async (asked: Asked) => {
    const { access, credential } = asked
    const { adapter } = access
    const call = adapter.operations[OPERATION]!.call
    const how = { timeoutMs: settings.readTimeout, connection: 'pooled', userAgent: settings.userAgent } as const
    const answer = await send(transport, upstreamRequest(access, credential, call, {}, how))
    const reading = judged(() => judgeRead(adapter, OPERATION, call, answer), adapter.id)
    const remaining = reading.kind === 'read' ? reading.response.remaining : null
    if (remaining !== null) known.set(credential.id, { remaining, at: clock(), spent: 0 })
    const code = reading.kind === 'failed' ? reading.failure.code : ('provider_protocol' as const)
    const retryAfter = reading.kind === 'failed' ? reading.failure.retryAfter : null
    watch.read(asked, reading)
    watch.probed(asked, remaining, reading.kind === 'read' ? null : { code, retryAfter })
    return { remaining, error: reading.kind === 'read' ? null : code }
  }

  /** One read at a time and key: whoever asks meanwhile shares it. */
  const read = (asked: Asked): ReturnType<typeof ask> => {
    const { id } = asked.credential
    const running = underWay.get(id)
    if (running !== undefined) return running
    const asking = ask(asked).finally(() => underWay.delete(id))
    underWay.set(id, asking)
    return asking
  }

  return {
    read,

    /** Reads of every key what is not known or too old. Nobody waits for it. */
    refresh: (): void => {
      const now = clock()
      for (const asked of askable)
        if (now - (known.get(asked.credential.id)?.at ?? Number.NEGATIVE_INFINITY) >= FRESH * settings.pollScale) {
          if (!underWay.has(asked.credential.id)) read(asked).catch(() => {})
        }
    },

    spend: (credential: string, credits: number | null): void => {
      const last = known.get(credential)
      if (last !== undefined) known.set(credential, { ...last, spent: last.spent + (credits ?? 0) })
    },

    /** As last read, or null. */
    last: (credential: string): number | null => known.get(credential)?.remaining ?? null,

    /** What is left at a provider in US dollars, as far as we know; null where we do not. */
    balance: (access: Access): number | null => {
      const own = access.credentials.flatMap(({ id }) => known.get(id) ?? [])
      const left = own.reduce((sum, { remaining, spent }) => sum + remaining - spent, 0)
      return own.length === 0 ? null : dollars(left, access)
    },

    all: () =>
      Promise.all(
        askable.map(async (asked) => {
          const { remaining, error } = await read(asked)
          return {
            provider: asked.access.adapter.id,
            credential: asked.credential.id,
            remaining,
            usd: dollars(remaining, asked.access),
            error,
          }
        }),
      ),
  }
}

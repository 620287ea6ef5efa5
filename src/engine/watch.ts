/** The watch over the providers' keys: what their answers say of them, kept in memory. After a start every key is well. */
import type { ErrorCode } from '../canonical/error.ts'
import { type Asked, answersTo } from './finder.ts'
import { heard, type Look, look, type News, newStanding, type OperationClass, type Standing, timed } from './health.ts'
import { newsOf, newsOfOutcome, newsOfProbe } from './news.ts'
import { type Observer, observer } from './observed.ts'
import type { Outcome, Reading } from './outcome.ts'
import { policy } from './policy.ts'
import type { World } from './ports.ts'
import { currentAttempt, ended, type WorkTask } from './state.ts'

/** As many requests to one key as may be under way where nothing speaks against it. */
const MOST = 256
/** How long a request waits where too many are under way, in milliseconds. */
const CROWDED = 250
/** After gRPC (proposal A6, retry throttling): each failure takes a token, each success gives a part of one back. */
const RETRIES = { most: 10, least: 5, success: 0.1 }

interface Key {
  readonly standings: Record<OperationClass, Standing>
  /** Additive increase, multiplicative decrease: halved where the key was asked too often, one more a round of successes. */
  most: number
  round: number
  running: number
  /** It may not read its own credits, which says nothing of songs: it is tried by requests. */
  blind: boolean
}

export type Watch = ReturnType<typeof watcher>

/** What a key's state was, and is; of creates, which is what its provider is paid for. */
export type Changed = (asked: Asked, was: Standing, is: Standing) => void

export const watcher = ({ access, clock, entropy, settings, log }: World, changed: Changed = () => {}) => {
  const scale = settings.pollScale
  const keys = new Map<string, Key>()
  const well = newStanding(clock())
  const tokens = new Map<string, number>()
  const observers = new Map<string, Observer>(access.map(({ adapter }) => [adapter.id, observer()]))

  const keyOf = ({ credential }: Pick<Asked, 'credential'>): Key => {
    const known = keys.get(credential.id)
    if (known !== undefined) return known
    const key = {
      standings: { creates: well, calls: well, reads: well },
      most: MOST,
      round: 0,
      running: 0,
      blind: false,
    }
    keys.set(credential.id, key)
    return key
  }

  /** Reads are their own probe: they cost nothing. */
  const canProbe = (asked: Asked, kind: OperationClass) =>
    kind !== 'reads' && asked.access.adapter.operations.getCredits !== undefined && !keyOf(asked).blind

  const hear = (asked: Asked, kind: OperationClass, news: News): void => {
    const { standings } = keyOf(asked)
    const before = standings[kind]
    const moment = { now: clock(), jitter: entropy.fraction(), scale, canProbe: canProbe(asked, kind) }
    const after = heard(before, moment, news)
    standings[kind] = after
    if (after.state === before.state) return
    if (kind === 'creates') changed(asked, before, after)
    const level = after.state === 'healthy' ? 'info' : 'warn'
    const { credential, access: at } = asked
    const code = after.why
    log(level, `health.${after.state}`, { provider: at.adapter.id, credential: credential.id, class: kind, code })
  }

  /** Whose key is refused, and who is in maintenance, takes nothing at all; all else is said of one class. */
  const tell = (asked: Asked, kind: OperationClass, news: News): void => {
    const ofAll = news.type === 'auth_failed' || news.type === 'maintenance'
    if (ofAll) {
      for (const each of ['creates', 'calls'] as const) hear(asked, each, news)
      // The read itself is over.
      if (kind === 'reads') hear(asked, kind, { type: 'none' })
    } else if (kind !== 'reads' || news.type !== 'no_credits') hear(asked, kind, news)
  }

  const adapt = (key: Key, kind: OperationClass, news: News): void => {
    if (news.type === 'rate_limited') {
      // All that were under way are told the same: once is enough.
      if (key.standings[kind].state === 'rate_limited') return
      key.most = Math.max(1, Math.floor(Math.min(key.most, key.running) / 2))
      key.round = 0
    } else if (news.type === 'success') {
      key.round += 1
      if (key.round < key.most) return
      key.most = Math.min(MOST, key.most + 1)
      key.round = 0
    }
  }

  const tokensOf = (provider: string) => tokens.get(provider) ?? RETRIES.most
  const pay = (provider: string, { type }: News): void => {
    if (type === 'none') return
    const change = type === 'success' ? RETRIES.success : -1
    tokens.set(provider, Math.max(0, Math.min(RETRIES.most, tokensOf(provider) + change)))
  }

  /** @param credits what is to be asked for costs; null where that is not known */
  const lookAt = (asked: Asked, kind: OperationClass, credits: number | null = null): Look =>
    look(keyOf(asked).standings[kind], { now: clock(), canProbe: canProbe(asked, kind), scale }, credits)

  return {
    standing: (asked: Asked, kind: OperationClass): Standing =>
      timed(keyOf(asked).standings[kind], clock(), canProbe(asked, kind)),

    look: lookAt,

    /** Milliseconds until there may be room for one more request; 0 where there is. */
    crowded: (asked: Asked): number => {
      const { running, most } = keyOf(asked)
      return running < most ? 0 : Math.ceil(CROWDED * scale)
    },

    /** Until when reads wait where too many of them failed; null where they do not. */
    pause: (asked: Asked): number | null => {
      const look = lookAt(asked, 'reads')
      return (look.kind === 'down' && !look.last) || look.kind === 'busy' ? look.at : null
    },

    /** A request is about to be sent. Of a paid one `done` is told what came of it, null where it was not sent. */
    begin: (asked: Asked, kind: OperationClass): void => {
      if (kind !== 'reads') keyOf(asked).running += 1
      hear(asked, kind, { type: 'tried' })
    },
    done: (asked: Asked, kind: OperationClass, outcome: Outcome<unknown> | null, credits: number | null): void => {
      const key = keyOf(asked)
      const news = outcome === null ? ({ type: 'none' } as const) : newsOfOutcome(outcome, credits)
      adapt(key, kind, news)
      key.running -= 1
      pay(asked.access.adapter.id, news)
      tell(asked, kind, news)
    },

    /** What the answer to a free read says. A thing that is not there was read well. */
    read: (asked: Asked, reading: Reading<unknown>): void => {
      const failure = reading.kind === 'failed' ? reading.failure : null
      tell(asked, 'reads', newsOf(failure?.code ?? null, { retryAfter: failure?.retryAfter ?? null }))
    },

    /** What reading the credits says of a key that is not well. */
    probed: (asked: Asked, remaining: number | null, failed: { code: ErrorCode; retryAfter: number | null } | null) => {
      keyOf(asked).blind = failed?.code === 'provider_rejected_request'
      const news: News = failed === null ? { type: 'answered', remaining } : newsOfProbe(failed.code, failed.retryAfter)
      for (const kind of ['creates', 'calls'] as const)
        if (keyOf(asked).standings[kind].state !== 'healthy') hear(asked, kind, news)
    },

    /** Whether the same provider may be asked once more: not where most of what it is asked fails. */
    mayRetry: (provider: string): boolean => tokensOf(provider) >= RETRIES.least,

    /** A step of a task: an attempt that it ended is remembered, and a failure after acceptance counts. */
    noticed: (before: WorkTask, after: WorkTask): void => {
      const last = currentAttempt(before)
      const attempt = after.attempts.find(({ id }) => id === last?.id)
      const over = before.status === 'running' && (after.status === 'queued' || ended(after))
      if (attempt === undefined || !over || after.status === 'canceled') return
      const good = after.status === 'succeeded'
      const accepted = before.accepted_at
      const now = clock()
      observers.get(attempt.provider)?.note({
        submit: accepted === null ? null : accepted - attempt.created_at,
        render: accepted === null || !good ? null : now - accepted,
        good,
        refunded: attempt.charged === 'refunded',
      })
      const at = access.find(({ adapter }) => adapter.id === attempt.provider)
      const credential = at?.credentials.find((each) => answersTo(each, attempt.credential))
      // What a provider makes of audio that a client names says nothing of the provider: the client may have named anything.
      const own = before.material.audio_urls === undefined
      const late = !good && own && attempt.state === 'accepted' && attempt.error !== null
      if (late && at !== undefined && credential !== undefined && policy[attempt.error.code].health === 'fault')
        hear({ access: at, credential }, 'creates', newsOf(attempt.error.code))
    },

    observed: (provider: string): Observer => observers.get(provider)!,
  }
}

/** What is told of the providers: how each of their keys does, what is left there, and what was seen of them. */
import type { Provider } from '../canonical/provider.ts'
import { HEALTH_STATES, type HealthState } from '../canonical/words.ts'
import { operationsOf } from './capabilities.ts'
import type { CreditBook } from './credits.ts'
import type { Asked } from './finder.ts'
import type { Standing } from './health.ts'
import type { Access, Credential } from './ports.ts'
import { time } from './present.ts'
import type { Watch } from './watch.ts'

const rank = (state: HealthState) => HEALTH_STATES.indexOf(state)

/** The key that does best, the first of them. */
export const bestOf = (watch: Watch, access: Access, credentials: readonly Credential[]): Asked => {
  const keys = credentials.map((credential) => ({ access, credential }))
  const rankOf = (asked: Asked) => rank(watch.standing(asked, 'creates').state)
  return keys.reduce((best, each) => (rankOf(each) < rankOf(best) ? each : best))
}

/** Half open it is, but where it was asked too often. */
const isAsked = ({ state, until }: Standing, now: number): boolean =>
  state === 'healthy' || (state === 'half_open' && until <= now)

export const presentProvider = (access: Access, watch: Watch, book: CreditBook, now: number): Provider => {
  const { adapter, credentials } = access
  const keys = credentials.map((credential) => {
    const asked = { access, credential }
    const [creates, calls] = [watch.standing(asked, 'creates'), watch.standing(asked, 'calls')]
    const worst = rank(calls.state) > rank(creates.state) ? calls : creates
    return {
      credential: credential.id,
      state: worst.state,
      why: worst.state === 'healthy' ? null : worst.why,
      since: time(worst.since),
      retry_at: isAsked(worst, now) ? null : time(worst.until),
      credits: book.last(credential.id),
    }
  })
  const known = keys.flatMap(({ credits }) => credits ?? [])
  const { credential: _, ...best } =
    keys.length === 0 ? NOBODY : keys.reduce((a, b) => (rank(b.state) < rank(a.state) ? b : a))
  return {
    id: adapter.id,
    object: 'provider',
    title: adapter.title,
    ...best,
    ...(keys.length === 0 ? { state: 'not_configured' as const } : {}),
    credits: known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0),
    credentials: keys,
    observed: watch.observed(adapter.id).seen(),
    operations: operationsOf(adapter),
  }
}

const NOBODY = { credential: '', state: 'healthy', why: null, since: null, retry_at: null } as const

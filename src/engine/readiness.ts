/** Readiness: whether this gateway can do its work now. */
import type { ErrorCode } from '../canonical/error.ts'
import type { HealthState } from '../canonical/words.ts'
import type { Access, World } from './ports.ts'
import type { Watch } from './watch.ts'

/** Who asks pays nothing: the store is written to once in so many milliseconds, whoever asks. */
const FRESH = 1000

/** States in which a key is sent something, now or in a moment. */
const USABLE = new Set<HealthState>(['healthy', 'half_open', 'rate_limited'])

/** Why it can not. */
export interface Unready {
  readonly code: ErrorCode & ('storage_unavailable' | 'no_provider_available')
  readonly detail: string
}

/** Null where the store takes writes. */
export const storeReadiness = ({ sql, clock }: Pick<World, 'sql' | 'clock'>): (() => Promise<Unready | null>) => {
  let last: { readonly at: number; readonly said: Promise<Unready | null> } | null = null
  const text = `INSERT INTO secrets (name, value) VALUES ('probe', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
  const look = (now: number): Promise<Unready | null> =>
    sql.commit([{ sql: text, params: [String(now)] }]).then(
      () => null,
      () => ({ code: 'storage_unavailable', detail: 'The store takes no writes' }),
    )
  return () => {
    const now = clock()
    if (last === null || now - last.at >= FRESH || now < last.at) last = { at: now, said: look(now) }
    return last.said
  }
}

/** Null where a provider can be asked. */
export const providerReadiness = (access: readonly Access[], watch: Watch) => (): Unready | null => {
  const keys = access.flatMap((each) => each.credentials.map((credential) => ({ access: each, credential })))
  if (keys.length === 0) return { code: 'no_provider_available', detail: 'No provider has a key' }
  const usable = keys.some((asked) => USABLE.has(watch.standing(asked, 'creates').state))
  return usable ? null : { code: 'no_provider_available', detail: 'No provider is well: see GET /v1/providers' }
}

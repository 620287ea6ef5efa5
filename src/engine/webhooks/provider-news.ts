/** News of providers: endpoints that ask for it are told when a key of a provider changes its state. */
import type { ErrorCode } from '../../canonical/error.ts'
import { PROVIDER_EVENT } from '../../canonical/webhook-target.ts'
import type { HealthState } from '../../canonical/words.ts'
import { randomId } from '../ids.ts'
import type { World } from '../ports.ts'
import { time } from '../present.ts'
import { hostOf } from './endpoint.ts'
import type { Endpoints } from './endpoints.ts'
import { insertDelivery, insertPayload } from './rows.ts'

export interface ProviderNews {
  /** Where this was seen; null where one process sees everything. */
  readonly region: string | null
  readonly provider: string
  /** A fingerprint of the key. */
  readonly credential: string
  readonly state: HealthState
  readonly was: HealthState
  readonly why: ErrorCode | null
}

/** @param stored hears of hosts at which something is due */
export const providerNews =
  ({ sql, clock, entropy, log }: World, endpoints: Endpoints, stored: (hosts: readonly string[]) => void) =>
  async (news: ProviderNews): Promise<void> => {
    const told = endpoints.wanting(PROVIDER_EVENT)
    if (told.length === 0) return
    const now = clock()
    const event = `${randomId(entropy, 'evt')}0`
    const message = { id: event, object: 'event', type: PROVIDER_EVENT, timestamp: time(now), data: news }
    const rows = told.map(({ id, project, url }) =>
      insertDelivery({
        id: randomId(entropy, 'dlv'),
        project,
        endpoint: id,
        signer: null,
        task: null,
        event,
        type: PROVIDER_EVENT,
        seq: null,
        // Said in order for each key.
        lane: `${id} ${news.credential}`,
        url,
        host: hostOf(url),
        redelivery_of: null,
        created_at: now,
      }),
    )
    try {
      await sql.commit([insertPayload(event, now, JSON.stringify(message)), ...rows])
      stored(told.map(({ url }) => hostOf(url)))
    } catch {
      // What a provider does is kept in memory only: this is news, and no promise.
      log('warn', 'webhook.provider_news_lost', { provider: news.provider })
    }
  }

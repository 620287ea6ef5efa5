/** An endpoint as it is stored and shown, what its messages are signed with, and what attempts make of it. */
import type { WebhookEndpoint } from '../../canonical/webhook.ts'
import type { EndpointEventType } from '../../canonical/webhook-target.ts'
import type { Row, Statement } from '../ports.ts'
import { time } from '../present.ts'
import { FAILING_LIMIT } from './schedule.ts'
import { type KeyPair, publicText, type Signers } from './signing.ts'

interface Disabled {
  readonly code: 'gone' | 'failing' | 'by_client'
  readonly at: number
}

interface Previous {
  readonly secret: string
  readonly pair: KeyPair
  /** Until when it is still signed with. */
  readonly until: number
}

export interface Secrets {
  readonly secret: string
  readonly pair: KeyPair
  /** Those before, the last first. */
  readonly before: readonly Previous[]
}

/** As they may be stored: there was a time when one before was kept at most. */
type StoredSecrets = Omit<Secrets, 'before'> & { readonly before?: Previous | readonly Previous[] }

/** What an attempt has shown of an endpoint; `given_up` where it was the last one of its delivery. */
export type Shown = 'reached' | 'failed' | 'given_up' | 'gone'

export interface Endpoint {
  readonly id: string
  readonly project: string
  readonly url: string
  readonly description: string | null
  readonly events: readonly EndpointEventType[] | null
  readonly disabled: Disabled | null
  readonly failing_since: number | null
  readonly secrets: Secrets
  readonly created_at: number
  readonly updated_at: number
}

export const hostOf = (url: string): string => new URL(url).host

const DETAILS: { readonly [Code in Disabled['code']]: string } = {
  gone: 'It answered 410: it is not there any more',
  failing: 'Nothing got through for five days',
  by_client: 'It was disabled by request',
}

export const presentEndpoint = (each: Endpoint, now: number): WebhookEndpoint => {
  const { disabled, secrets } = each
  const until = secrets.before[0]?.until ?? 0
  return {
    id: each.id,
    object: 'webhook_endpoint',
    url: each.url,
    description: each.description,
    events: each.events === null ? null : [...each.events],
    status: disabled === null ? 'enabled' : 'disabled',
    disabled: disabled && { code: disabled.code, detail: DETAILS[disabled.code], at: time(disabled.at) },
    failing_since: each.failing_since === null ? null : time(each.failing_since),
    public_key: publicText(secrets.pair),
    key_id: secrets.pair.kid,
    previous_secret_until: until > now ? time(until) : null,
    created_at: time(each.created_at),
    updated_at: time(each.updated_at),
  }
}

/** Those before that are still signed with. */
export const lasting = ({ before }: Secrets, now: number): readonly Previous[] =>
  before.filter(({ until }) => until > now)

/** What its messages are signed with now. */
export const signersOf = ({ secrets }: Endpoint, now: number): Signers => {
  const all = [secrets, ...lasting(secrets, now)]
  return { secrets: all.map(({ secret }) => secret), pairs: all.map(({ pair }) => pair) }
}

/**
 * An endpoint after an attempt. Five days of failures alone disable nobody: a receiver that is seldom told of anything may have been
 * well for most of them. What disables it is a message that was given up, after all of its attempts, at the end of such a time.
 */
export const shown = (before: Endpoint, what: Shown, at: number): Endpoint => {
  if (before.disabled !== null) return before
  if (what === 'reached') return before.failing_since === null ? before : { ...before, failing_since: null }
  const failing_since = before.failing_since ?? at
  const failing = what === 'given_up' && at - failing_since >= FAILING_LIMIT
  const code = what === 'gone' ? what : failing ? 'failing' : null
  if (code !== null) return { ...before, failing_since, disabled: { code, at } }
  return before.failing_since === null ? { ...before, failing_since } : before
}

const parse = <Value>(value: unknown): Value | null => (value === null ? null : JSON.parse(value as string))

const secretsOf = ({ before = [], ...rest }: StoredSecrets): Secrets => ({ ...rest, before: [before].flat() })

export const endpoint = (row: Row): Endpoint => ({
  id: row.id as string,
  project: row.project as string,
  url: row.url as string,
  description: row.description as string | null,
  events: parse(row.events),
  disabled: parse(row.disabled),
  failing_since: row.failing_since as number | null,
  secrets: secretsOf(parse<StoredSecrets>(row.secrets)!),
  created_at: row.created_at as number,
  updated_at: row.updated_at as number,
})

export const storeEndpoint = (each: Endpoint): Statement => ({
  sql: `INSERT OR REPLACE INTO webhook_endpoints
      (id, project, url, description, events, disabled, failing_since, secrets, created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  params: [
    each.id,
    each.project,
    each.url,
    each.description,
    each.events && JSON.stringify(each.events),
    each.disabled && JSON.stringify(each.disabled),
    each.failing_since,
    JSON.stringify(each.secrets),
    each.created_at,
    each.updated_at,
  ],
})

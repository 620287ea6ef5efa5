/** Registered endpoints: kept in memory as they are stored, so that an event with nobody to tell costs nothing. */
import type {
  CreateWebhookEndpointRequest,
  UpdateWebhookEndpointRequest,
  WebhookEndpoint,
} from '../../canonical/webhook.ts'
import type { EndpointEventType } from '../../canonical/webhook-target.ts'
import { GatewayError } from '../errors.ts'
import { randomId } from '../ids.ts'
import { faulty } from '../links.ts'
import type { Row, Statement, World } from '../ports.ts'
import { time } from '../present.ts'
import { giveUpEndpoint, moveEndpoint } from './rows.ts'
import { ROTATION } from './schedule.ts'
import { type KeyPair, newKeyPair, newSecret, publicKey, publicText, type Signers } from './signing.ts'

/** Endpoints a project may have. */
const MOST = 50

interface Disabled {
  readonly code: 'gone' | 'failing' | 'by_client'
  readonly at: number
}

interface Secrets {
  readonly secret: string
  readonly pair: KeyPair
  /** Those before, and until when they are still signed with. */
  readonly before?: { readonly secret: string; readonly pair: KeyPair; readonly until: number }
}

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
  const until = secrets.before?.until ?? 0
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

/** What its messages are signed with now. */
export const signersOf = ({ secrets: { secret, pair, before } }: Endpoint, now: number): Signers => {
  const old = before !== undefined && before.until > now ? before : null
  return { secrets: [secret, ...(old ? [old.secret] : [])], pairs: [pair, ...(old ? [old.pair] : [])] }
}

const parse = <Value>(value: unknown): Value | null => (value === null ? null : JSON.parse(value as string))

const endpoint = (row: Row): Endpoint => ({
  id: row.id as string,
  project: row.project as string,
  url: row.url as string,
  description: row.description as string | null,
  events: parse(row.events),
  disabled: parse(row.disabled),
  failing_since: row.failing_since as number | null,
  secrets: parse<Secrets>(row.secrets)!,
  created_at: row.created_at as number,
  updated_at: row.updated_at as number,
})

const store = (each: Endpoint): Statement => ({
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

export type Endpoints = ReturnType<typeof webhookEndpoints>

/** @param permitted throws where nobody may be sent to a URL */
export const webhookEndpoints = (world: World, permitted: (url: string, pointer: string) => Promise<void>) => {
  const { sql, clock, entropy } = world
  const all = new Map<string, Endpoint>()
  const byProject = new Map<string, ReadonlySet<string>>()
  const NOBODY: readonly Endpoint[] = []

  const remember = (each: Endpoint) => {
    all.set(each.id, each)
    byProject.set(each.project, new Set([...(byProject.get(each.project) ?? []), each.id]))
  }
  const forget = ({ id, project }: Endpoint) => {
    all.delete(id)
    const rest = new Set([...(byProject.get(project) ?? [])].filter((each) => each !== id))
    rest.size > 0 ? byProject.set(project, rest) : byProject.delete(project)
  }

  const own = (project: string, id: string): Endpoint => {
    const found = all.get(id)
    if (found === undefined || found.project !== project)
      throw new GatewayError('not_found', `There is no endpoint ${id}`)
    return found
  }

  const of = (project: string): readonly Endpoint[] => {
    const ids = byProject.get(project)
    return ids === undefined ? NOBODY : [...ids].map((id) => all.get(id)!)
  }

  let last: Promise<unknown> = Promise.resolve()
  /** Changes are few, and are made one after the other: each builds on what is stored. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const own = last.then(work, work)
    last = own.catch(() => undefined)
    return own
  }

  const change = async (after: Endpoint, also: readonly Statement[] = []): Promise<Endpoint> => {
    await sql.commit([store(after), ...also])
    remember(after)
    return after
  }

  const freshSecrets = async (): Promise<Secrets> => ({ secret: newSecret(entropy), pair: await newKeyPair() })

  const make = async (project: string, request: CreateWebhookEndpointRequest): Promise<Endpoint> => {
    const secrets = await freshSecrets()
    if (of(project).length >= MOST) throw faulty('/url', 'too_big', `a project may have ${MOST} endpoints`)
    const now = clock()
    const made: Endpoint = {
      id: randomId(entropy, 'whk'),
      project,
      url: request.url,
      description: request.description ?? null,
      events: request.events ?? null,
      disabled: null,
      failing_since: null,
      secrets,
      created_at: now,
      updated_at: now,
    }
    return change(made)
  }

  const amend = (before: Endpoint, request: UpdateWebhookEndpointRequest): Promise<Endpoint> => {
    const { url = before.url, events = before.events, description = before.description, status } = request
    const now = clock()
    const disabled =
      status === undefined
        ? before.disabled
        : status === 'enabled'
          ? null
          : (before.disabled ?? { code: 'by_client' as const, at: now })
    // How long the place before has failed says nothing of the new one.
    const afresh = url !== before.url || (before.disabled !== null && disabled === null)
    const after = { ...before, url, events, description, disabled, updated_at: now }
    return change(afresh ? { ...after, failing_since: null } : after, [
      ...(url === before.url ? [] : [moveEndpoint(before.id, url, hostOf(url))]),
      ...(disabled === null ? [] : [giveUpEndpoint(before.id, 'endpoint_disabled')]),
    ])
  }

  return {
    of,
    get: (id: string): Endpoint | null => all.get(id) ?? null,
    own,

    /** Takes up what is stored. */
    load: async (): Promise<void> => {
      const rows = await sql.read('SELECT * FROM webhook_endpoints', [])
      for (const row of rows) remember(endpoint(row))
    },

    /** Of all projects those that name this type and can be sent to. */
    wanting: (type: EndpointEventType): Endpoint[] =>
      [...all.values()].filter(({ disabled, events }) => disabled === null && events?.includes(type)),

    list: (project: string): Endpoint[] =>
      of(project).toSorted((a, b) => b.created_at - a.created_at || (a.id < b.id ? 1 : -1)),

    create: async (project: string, request: CreateWebhookEndpointRequest): Promise<Endpoint> => {
      await permitted(request.url, '/url')
      return inTurn(() => make(project, request))
    },

    update: async (project: string, id: string, request: UpdateWebhookEndpointRequest): Promise<Endpoint> => {
      own(project, id)
      if (request.url !== undefined) await permitted(request.url, '/url')
      return inTurn(() => amend(own(project, id), request))
    },

    remove: (project: string, id: string): Promise<void> =>
      inTurn(async () => {
        const found = own(project, id)
        await sql.commit([
          { sql: 'DELETE FROM webhook_endpoints WHERE id = ?', params: [id] },
          giveUpEndpoint(id, 'endpoint_deleted'),
        ])
        forget(found)
      }),

    /** A new secret and key pair; those before stay valid for a day. */
    rotate: (project: string, id: string): Promise<Endpoint> =>
      inTurn(async () => {
        const before = own(project, id)
        const now = clock()
        const { secret, pair } = before.secrets
        const secrets = { ...(await freshSecrets()), before: { secret, pair, until: now + ROTATION } }
        return change({ ...before, secrets, updated_at: now })
      }),

    /**
     * It was reached at a URL, or it was not, or it is not to be reached any more.
     * @returns false where it is elsewhere by now, and nothing is changed: whoever judges that outside of a turn may be too early
     */
    heard: (id: string, url: string, failing_since: number | null, disabled: Disabled | null): Promise<boolean> =>
      inTurn(async () => {
        const before = all.get(id)
        if (before === undefined || before.url !== url) return false
        const also = disabled === null ? [] : [giveUpEndpoint(id, 'endpoint_disabled')]
        await change({ ...before, failing_since, disabled: before.disabled ?? disabled }, also)
        return true
      }),

    /** Every public key that something may be signed with. */
    keys: () => {
      const now = clock()
      return { keys: [...all.values()].flatMap((each) => signersOf(each, now).pairs.map(publicKey)) }
    },
  }
}

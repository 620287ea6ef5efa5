/** Registered endpoints: kept in memory as they are stored, so that an event with nobody to tell costs nothing. */
import type { CreateWebhookEndpointRequest, UpdateWebhookEndpointRequest } from '../../canonical/webhook.ts'
import type { EndpointEventType } from '../../canonical/webhook-target.ts'
import { GatewayError } from '../errors.ts'
import { randomId } from '../ids.ts'
import { line } from '../in-line.ts'
import { faulty } from '../links.ts'
import type { Statement, World } from '../ports.ts'
import {
  type Endpoint,
  endpoint,
  hostOf,
  lasting,
  type Secrets,
  type Shown,
  shown,
  signersOf,
  storeEndpoint,
} from './endpoint.ts'
import { giveUpEndpoint, moveEndpoint } from './rows.ts'
import { ROTATION } from './schedule.ts'
import { newKeyPair, newSecret, publicKey } from './signing.ts'

/** Endpoints a project may have. */
const MOST = 50
/** Secrets before that an endpoint may have: each was promised its day, so none is dropped for a newer one. */
const MOST_BEFORE = 5

const tooSoon = (milliseconds: number) =>
  new GatewayError(
    'rate_limited',
    `The secret of an endpoint can be changed ${MOST_BEFORE} times in 24 hours: messages are still signed with each of those before`,
    {},
    Math.ceil(milliseconds / 1000),
  )

export type Endpoints = ReturnType<typeof webhookEndpoints>

/** @param permitted throws where nobody may be sent to a URL */
export const webhookEndpoints = (world: World, permitted: (url: string, pointer: string) => Promise<void>) => {
  const { sql, clock, entropy, log } = world
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

  /** Changes are few, and each builds on what is stored. */
  const inTurn = line()

  const change = async (changed: Endpoint, also: readonly Statement[] = []): Promise<Endpoint> => {
    const { secrets } = changed
    const after = { ...changed, secrets: { ...secrets, before: lasting(secrets, clock()) } }
    await sql.commit([storeEndpoint(after), ...also])
    remember(after)
    return after
  }

  const freshSecrets = async (): Promise<Secrets> => ({
    secret: newSecret(entropy),
    pair: await newKeyPair(),
    before: [],
  })

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

    /** A new secret and key pair; each of those before stays valid for its day. @throws GatewayError not_found, rate_limited */
    rotate: (project: string, id: string): Promise<Endpoint> =>
      inTurn(async () => {
        const before = own(project, id)
        const now = clock()
        const { secret, pair } = before.secrets
        const others = lasting(before.secrets, now)
        if (others.length >= MOST_BEFORE) throw tooSoon(others.at(-1)!.until - now)
        const secrets = { ...(await freshSecrets()), before: [{ secret, pair, until: now + ROTATION }, ...others] }
        return change({ ...before, secrets, updated_at: now })
      }),

    /**
     * What an attempt at a URL has shown, judged in its turn: whatever was stored before it counts.
     * @returns false where it is elsewhere by now, or deleted, and nothing is changed
     */
    heard: async (id: string, url: string, what: Shown, at: number): Promise<boolean> => {
      // Nothing new of one that does well: it waits for nobody's turn.
      if (what === 'reached' && all.get(id)?.failing_since === null) return true
      return inTurn(async () => {
        const before = all.get(id)
        if (before === undefined || before.url !== url) return false
        const after = shown(before, what, at)
        if (after === before) return true
        const { disabled } = after
        await change(after, disabled === null ? [] : [giveUpEndpoint(id, 'endpoint_disabled')])
        if (disabled !== null) log('warn', 'webhook.endpoint_disabled', { endpoint: id, reason: disabled.code })
        return true
      })
    },

    /** Every public key that something may be signed with. */
    keys: () => {
      const now = clock()
      return { keys: [...all.values()].flatMap((each) => signersOf(each, now).pairs.map(publicKey)) }
    },
  }
}

/** Administering projects and keys, by a key that may. */
import {
  type CreateKeyRequest,
  type CreateProjectRequest,
  DEFAULT_OVERLAP,
  DEFAULT_SCOPES,
  type Key,
  type KeyWithSecret,
  type Project,
  type RotateKeyRequest,
} from '../../canonical/key.ts'
import { DEFAULT_LIMIT, pageOf, placeOf, readPlace } from '../cursor.ts'
import { GatewayError } from '../errors.ts'
import { randomId } from '../ids.ts'
import { faulty } from '../links.ts'
import { time } from '../present.ts'
import { isConflict } from '../store.ts'
import { isLimited, refuseMore, requireBootstrap } from './gate.ts'
import type { KeyPorts, Keyring, Principal } from './keyring.ts'
import {
  type ClientKey,
  isBootstrap,
  revoke,
  rotateSecret,
  type StoredProject,
  storeKey,
  storeProject,
} from './rows.ts'

/** Keys of a project that are neither revoked nor expired. */
const MOST = 1000

const instant = (at: number | null): string | null => (at === null ? null : time(at))

const statusOf = ({ revoked_at, expires_at }: ClientKey, now: number): Key['status'] =>
  revoked_at !== null ? 'revoked' : expires_at !== null && expires_at <= now ? 'expired' : 'active'

export const presentKey = (key: ClientKey, now: number): Key => ({
  id: key.id,
  object: 'key',
  project: key.project,
  name: key.name,
  hint: key.hint,
  scopes: isBootstrap(key) ? ['create', 'read', 'webhooks', 'keys', 'providers'] : [...key.scopes],
  operations: key.operations && [...key.operations],
  providers: key.providers && [...key.providers],
  limits: {
    requests_per_minute: key.limits.requests_per_minute ?? null,
    concurrent_tasks: key.limits.concurrent_tasks ?? null,
    usd_per_day: key.limits.usd_per_day ?? null,
    usd_per_month: key.limits.usd_per_month ?? null,
  },
  status: statusOf(key, now),
  expires_at: instant(key.expires_at),
  revoked_at: instant(key.revoked_at),
  previous_secret_until: (key.former_until ?? 0) > now ? instant(key.former_until) : null,
  last_used_at: instant(key.last_used_at),
  created_at: time(key.created_at),
})

const presentProject = ({ id, description, created_at }: StoredProject): Project => ({
  id,
  object: 'project',
  description,
  created_at: time(created_at),
})

/** A page of keys or projects. */
export interface KeyPage {
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
  /** Whose keys. */
  readonly project?: string | undefined
}

const KEY_ID = /key_[0-9A-Z]{26}/

export type KeyAdmin = ReturnType<typeof keyAdmin>

/** @param livemode keys of the sandbox say that they are */
export const keyAdmin = (
  { sql, clock, entropy }: KeyPorts,
  keys: Keyring,
  providers: readonly string[],
  livemode: boolean,
) => {
  const { read } = keys

  /** The project that a key may name, else its own. */
  const projectFor = async (
    { key, project }: Principal,
    named: string | undefined,
    pointer: string,
  ): Promise<string> => {
    if (named === undefined || named === project) return project
    if (isBootstrap(key) && (await read.project(named)) !== null) return named
    throw faulty(pointer, 'project_unknown', `there is no project ${named}`)
  }

  const own = async ({ key, project }: Principal, id: string): Promise<ClientKey> => {
    const found = await read.byId(id)
    if (found !== null && isBootstrap(found))
      throw new GatewayError(
        'not_found',
        `${id} is the bootstrap key, which is neither rotated nor revoked here: TUTTI_API_KEY or npm run key replaces it`,
      )
    if (found === null || (!isBootstrap(key) && found.project !== project))
      throw new GatewayError('not_found', `There is no key ${id}`)
    return found
  }

  return {
    /** The key that was sent. */
    own: (key: ClientKey): Key => presentKey(key, clock()),

    createProject: async ({ key }: Principal, { id, description }: CreateProjectRequest): Promise<Project> => {
      requireBootstrap(key, 'makes projects')
      const made: StoredProject = { id, description: description ?? null, created_at: clock() }
      try {
        await sql.commit([storeProject(id, made.description, made.created_at)])
      } catch (error) {
        throw isConflict(error) ? faulty('/id', 'project_exists', `there is a project ${id} already`) : error
      }
      return presentProject(made)
    },

    listProjects: async ({ key, project }: Principal, { limit = DEFAULT_LIMIT, cursor }: KeyPage = {}) => {
      const after = cursor === undefined ? undefined : readPlace(cursor, /[a-z0-9-]+/)
      const ownProject = async () => [await read.project(project)].filter((each) => each !== null)
      const found = isBootstrap(key) ? await read.projects(limit + 1, after) : await ownProject()
      return pageOf(found, limit, presentProject, placeOf)
    },

    createKey: async (by: Principal, request: CreateKeyRequest): Promise<KeyWithSecret> => {
      const now = clock()
      const project = await projectFor(by, request.project, '/project')
      const unknown = (request.providers ?? []).findIndex((id) => !providers.includes(id))
      if (unknown >= 0)
        throw faulty(
          `/providers/${unknown}`,
          'provider_unknown',
          `there is no such provider; there are ${providers.join(', ')}`,
        )
      const expires_at = request.expires_at === undefined ? null : Date.parse(request.expires_at)
      if (expires_at !== null && expires_at <= now) throw faulty('/expires_at', 'too_small', 'must be in the future')
      const { scopes = DEFAULT_SCOPES, limits = {} } = request
      const rights = {
        scopes: [...new Set(scopes)],
        operations: request.operations === undefined ? null : [...new Set(request.operations)],
        providers: request.providers === undefined ? null : [...new Set(request.providers)],
        limits: limits as ClientKey['limits'],
        expires_at,
      }
      refuseMore(by.key, rights)
      if (rights.scopes.includes('keys') && isLimited(rights))
        throw faulty(
          '/limits',
          'limits_invalid',
          'a key that is held to limits gives no other: leave out limits, or the scope keys',
        )
      if ((await read.living(project, now)) >= MOST)
        throw faulty('/project', 'too_big', `a project may have ${MOST} keys: revoke those that are not used`)
      const { key, hash, hint } = await keys.mint(livemode)
      const made: ClientKey = {
        ...rights,
        id: randomId(entropy, 'key'),
        project,
        name: request.name,
        hint,
        hash,
        former_hash: null,
        former_until: null,
        revoked_at: null,
        last_used_at: null,
        created_at: now,
      }
      await sql.commit([storeKey(made)])
      return { ...presentKey(made, now), key }
    },

    listKeys: async (by: Principal, { project: named, limit = DEFAULT_LIMIT, cursor }: KeyPage = {}) => {
      const project = isBootstrap(by.key) && named === undefined ? null : await projectFor(by, named, 'project')
      const now = clock()
      const found = await read.keys(project, limit + 1, cursor === undefined ? undefined : readPlace(cursor, KEY_ID))
      return pageOf(found, limit, (each) => presentKey(each, now), placeOf)
    },

    rotateKey: async (by: Principal, id: string, { overlap_seconds }: RotateKeyRequest): Promise<KeyWithSecret> => {
      const before = await own(by, id)
      const now = clock()
      if (statusOf(before, now) !== 'active')
        throw new GatewayError('not_found', `The key ${id} is ${statusOf(before, now)}: make a new one`)
      // Who reads a secret can use it: it is as if it were given. Its own it has.
      if (before.id !== by.key.id) refuseMore(by.key, before)
      const { key, hash, hint } = await keys.mint(livemode)
      const until = now + (overlap_seconds ?? DEFAULT_OVERLAP) * 1000
      try {
        await sql.commit([rotateSecret(before, hint, hash, until)])
      } catch (error) {
        throw isConflict(error)
          ? new GatewayError('not_ready', 'This key was changed at the same moment: look at it and try again', {}, 1)
          : error
      } finally {
        keys.forget()
      }
      const after = { ...before, hint, hash, former_hash: before.hash, former_until: until }
      return { ...presentKey(after, now), key }
    },

    revokeKey: async (by: Principal, id: string): Promise<Key> => {
      await own(by, id)
      await sql.commit([revoke(id, clock())])
      keys.forget()
      return presentKey(await own(by, id), clock())
    },
  }
}

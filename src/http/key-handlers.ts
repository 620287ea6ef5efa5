/** What the operations of projects and keys do with a valid request. */
import type { Context } from 'hono'
import type { CreateKeyRequest, CreateProjectRequest, RotateKeyRequest } from '../canonical/key.ts'
import type { Served } from '../engine/engine.ts'
import type { KeyAdmin, KeyPage } from '../engine/keys/admin.ts'
import type { Principal } from '../engine/keys/keyring.ts'
import type { RateLimits } from '../engine/keys/rate.ts'
import { json, nextLink } from './respond.ts'
import type { Input } from './routes.ts'

type Handle = (c: Context, input: Input, principal: Principal) => Promise<Response>

/** Keys are shown to who asked for them and kept by nobody on the way. */
const UNKEPT = { 'cache-control': 'no-store' }

export const keyHandlers = (engine: Served, admin: KeyAdmin, rates: RateLimits) =>
  ({
    createProject: async (c, { body }, by) => json(c, await admin.createProject(by, body as CreateProjectRequest)),
    listProjects: async (c, { query }, by) => {
      const page = await admin.listProjects(by, query as KeyPage)
      return json(c, page, 200, nextLink(c, page.next_cursor))
    },
    createKey: async (c, { body }, by) => json(c, await admin.createKey(by, body as CreateKeyRequest), 200, UNKEPT),
    listKeys: async (c, { query }, by) => {
      const page = await admin.listKeys(by, query as KeyPage)
      return json(c, page, 200, nextLink(c, page.next_cursor))
    },
    rotateKey: async (c, { params, body }, by) =>
      json(c, await admin.rotateKey(by, params.key_id!, body as RotateKeyRequest), 200, UNKEPT),
    revokeKey: async (c, { params }, by) => json(c, await admin.revokeKey(by, params.key_id!)),
    getOwnKey: async (c, _, { key }) => {
      const rate = await rates.look(key)
      const requests = rate && { remaining: rate.remaining, reset_seconds: rate.reset }
      return json(c, { ...admin.own(key), usage: { requests, ...(await engine.usageOf(key)) } }, 200, UNKEPT)
    },
  }) satisfies Record<string, Handle>

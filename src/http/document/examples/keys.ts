/** Examples of projects and keys. */
import type { OperationId } from '../../../canonical/catalogue.ts'
import type { CreateKeyRequest, Key, KeyWithSecret, OwnKey, Project, RotateKeyRequest } from '../../../canonical/key.ts'
import { checksum } from '../../../engine/keys/format.ts'
import { at, type Examples } from './example.ts'

const KEY = 'key_01JD3W8Q4T7X2M5N9P6R0S1V3G'

// It opens nothing: its letters are all the same.
const LETTERS = `tutti_live_${'0'.repeat(30)}`
const SECRET = LETTERS + checksum(LETTERS)

const project: Project = {
  id: 'radio-nord',
  object: 'project',
  description: 'Jingles of the northern station',
  created_at: at('09:00:00'),
}

const key: Key = {
  id: KEY,
  object: 'key',
  project: project.id,
  name: 'Studio',
  hint: `${SECRET.slice(0, 15)}…${SECRET.slice(-4)}`,
  scopes: ['create', 'read'],
  operations: ['generateMusic', 'alignLyrics'],
  providers: ['aria'],
  limits: { requests_per_minute: 120, concurrent_tasks: 20, usd_per_day: 5, usd_per_month: 80 },
  status: 'active',
  expires_at: '2027-11-21T00:00:00.000Z',
  revoked_at: null,
  previous_secret_until: null,
  last_used_at: at('09:29:00'),
  created_at: at('09:00:00'),
}
const withSecret: KeyWithSecret = { ...key, last_used_at: null, key: SECRET }
const old: Key = { ...key, name: 'Studio, before', status: 'revoked', revoked_at: at('09:10:00') }

const own: OwnKey = {
  ...key,
  usage: {
    requests: { remaining: 117, reset_seconds: 42 },
    concurrent_tasks: 2,
    day: { spent_usd: 1.26, reserved_usd: 0.06, resets_at: '2026-11-22T00:00:00.000Z' },
    month: { spent_usd: 31.5, reserved_usd: 0.06, resets_at: '2026-12-01T00:00:00.000Z' },
  },
}

const one = (name: string, summary: string, value: unknown) => ({ 200: { [name]: { summary, value } } })

/** Requests beside the catalogue's own. */
export const keyRequests = {
  createKey: {
    limited: {
      summary: 'Held to two operations, one provider, and a budget',
      value: {
        name: key.name,
        project: key.project,
        scopes: [...key.scopes],
        operations: ['generateMusic', 'alignLyrics'],
        providers: ['aria'],
        limits: { requests_per_minute: 120, concurrent_tasks: 20, usd_per_day: 5, usd_per_month: 80 },
        expires_at: '2027-11-21T00:00:00.000Z',
      } satisfies CreateKeyRequest,
    },
  },
  rotateKey: {
    plain: { summary: 'The secret before is taken for a day', value: {} satisfies RotateKeyRequest },
    week: { summary: 'As long as it can be', value: { overlap_seconds: 604_800 } satisfies RotateKeyRequest },
    now: { summary: 'The secret before ends at once', value: { overlap_seconds: 0 } satisfies RotateKeyRequest },
  },
} satisfies { readonly [Id in OperationId]?: Examples }

/** What operations of projects and keys answer. */
export const keyExamples = {
  getOwnKey: one('key', 'A key with limits of every kind', own),
  createKey: one('key', 'With its secret, shown this once', withSecret),
  listKeys: one('keys', 'Two, of which one was revoked', {
    data: [key, { ...old, id: `${KEY.slice(0, -1)}H` }],
    has_more: false,
    next_cursor: null,
  }),
  rotateKey: one('key', 'With its new secret, shown this once', {
    ...withSecret,
    previous_secret_until: at('10:30:00'),
  }),
  revokeKey: one('key', 'It is taken nowhere any more', { ...key, status: 'revoked', revoked_at: at('09:30:00') }),
  createProject: one('project', 'It is empty', project),
  listProjects: one('projects', 'Two projects', {
    data: [project, { ...project, id: 'default', description: null, created_at: at('08:00:00') }],
    has_more: false,
    next_cursor: null,
  }),
} satisfies { readonly [Id in OperationId]?: unknown }

/** Which scope each operation needs, and that nobody gives what he does not have. */
import { describe, expect, it } from 'vitest'
import { catalogue, type Operation, type OperationId, scopeOf } from '../../src/canonical/catalogue.ts'
import { SCOPES } from '../../src/canonical/key.ts'
import { CALL_OPERATIONS, TASK_OPERATIONS } from '../../src/canonical/operations.ts'
import { refuseMore, requireAllowed } from '../../src/engine/keys/gate.ts'
import { BOOTSTRAP, type ClientKey } from '../../src/engine/keys/rows.ts'

const key = (rights: Partial<ClientKey>): ClientKey => ({
  id: 'key_01JD3W8Q4T7X2M5N9P6R0S1V3G',
  project: 'default',
  name: 'test',
  hint: '',
  hash: '',
  former_hash: null,
  former_until: null,
  scopes: [],
  operations: null,
  providers: null,
  limits: {},
  expires_at: null,
  revoked_at: null,
  last_used_at: null,
  created_at: 0,
  ...rights,
})

/** Written by hand: a new operation has to be thought about. */
const NEEDS: Readonly<Record<string, readonly OperationId[]>> = {
  create: [...TASK_OPERATIONS, ...CALL_OPERATIONS, 'cancelTask', 'deleteTask'],
  read: [
    ...([
      'getVoice',
      'estimate',
      'getMidi',
      'getTask',
      'listTasks',
      'listTaskEvents',
      'listTaskAttempts',
      'listEvents',
      'getTrack',
    ] as const),
    ...(['getTrackAudio', 'getTimestampedLyrics', 'getTrackWaveform', 'listCapabilities', 'getTombstone'] as const),
  ],
  webhooks: [
    ...(['getWebhookSecret', 'createWebhookEndpoint', 'listWebhookEndpoints', 'getWebhookEndpoint'] as const),
    ...(['updateWebhookEndpoint', 'deleteWebhookEndpoint', 'rotateWebhookSecret', 'testWebhookEndpoint'] as const),
    ...(['listWebhookDeliveries', 'getWebhookDelivery', 'redeliverWebhook'] as const),
  ],
  keys: ['createKey', 'listKeys', 'rotateKey', 'revokeKey', 'createProject', 'listProjects'],
  providers: ['getCredits', 'listProviders', 'getProvider'],
  none: ['getOwnKey'],
}

describe('scopes', () => {
  it('are those of this table, over every operation', () => {
    const told = Map.groupBy(Object.entries<Operation>(catalogue), ([, operation]) => scopeOf(operation) ?? 'none')
    const table = Object.fromEntries([...told].map(([scope, all]) => [scope, all.map(([id]) => id).toSorted()]))
    expect(table).toEqual(Object.fromEntries(Object.entries(NEEDS).map(([scope, ids]) => [scope, ids.toSorted()])))
  })

  it.each(Object.keys(catalogue) as OperationId[])('%s is asked for by who has its scope, and by no other', (id) => {
    const scope = scopeOf(catalogue[id])
    for (const own of SCOPES) {
      const ask = () => requireAllowed(key({ scopes: [own] }), id)
      if (scope === null || scope === own) expect(ask).not.toThrow()
      else expect(ask).toThrow(expect.objectContaining({ code: 'insufficient_scope' }))
    }
    expect(() => requireAllowed(key({ id: BOOTSTRAP }), id)).not.toThrow()
  })

  it('are narrowed by operations, which reads are not', () => {
    const held = key({ scopes: ['create', 'read'], operations: ['generateMusic'] })
    for (const id of ['generateMusic', 'getTask', 'cancelTask'] as const) requireAllowed(held, id)
    expect(() => requireAllowed(held, 'alignLyrics')).toThrow('held to generateMusic')
  })
})

describe('rights', () => {
  const own = key({
    scopes: ['keys', 'read'],
    operations: ['generateMusic', 'alignLyrics'],
    providers: ['kie'],
    expires_at: 1000,
  })
  const less = {
    scopes: ['read'],
    operations: ['alignLyrics'],
    providers: ['kie'],
    expires_at: 1000,
  } as const

  it('are given by who has them', () => {
    refuseMore(own, less)
    refuseMore(own, own)
    refuseMore(key({ id: BOOTSTRAP }), { ...less, scopes: SCOPES, expires_at: null })
  })

  it.each([
    ['/scopes', { scopes: ['read', 'create'] }],
    ['/operations', { operations: null }],
    ['/operations', { operations: ['coverMusic'] }],
    ['/providers', { providers: null }],
    ['/providers', { providers: ['kie', 'apibox'] }],
    ['/expires_at', { expires_at: null }],
    ['/expires_at', { expires_at: 1001 }],
  ] as const)('at %s are not given beyond them: %j', (pointer, more) => {
    expect(() => refuseMore(own, { ...less, ...more })).toThrow(
      expect.objectContaining({
        code: 'insufficient_scope',
        involved: { errors: [expect.objectContaining({ pointer, code: 'beyond_own_rights' })] },
      }),
    )
  })

  it.each(['requests_per_minute', 'concurrent_tasks', 'usd_per_day', 'usd_per_month'] as const)(
    'are given by nobody who is held to %s: each key would have that once more',
    (name) => {
      for (const limit of [0, 5])
        expect(() => refuseMore({ ...own, limits: { [name]: limit } }, less)).toThrow(
          expect.objectContaining({
            code: 'insufficient_scope',
            involved: { errors: [expect.objectContaining({ pointer: 'Authorization', code: 'limits_multiplied' })] },
          }),
        )
    },
  )
})

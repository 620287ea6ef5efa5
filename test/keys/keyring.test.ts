/** Whose key was sent: over real SQLite, with a clock that is moved by hand, and another process that changes keys. */
import { createHmac } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { keyAdmin } from '../../src/engine/keys/admin.ts'
import { BELIEVED, isSame, keyring, type Principal } from '../../src/engine/keys/keyring.ts'
import type { Sql } from '../../src/engine/ports.ts'
import { MIGRATIONS } from '../../src/engine/store.ts'
import { nodeEntropy } from '../../src/platform/node/keys.ts'
import { openSqlite } from '../../src/platform/node/sqlite.ts'

const START = Date.UTC(2026, 0, 1)
const BOOTSTRAP_KEY = 'a-key-that-somebody-thought-of'

let now = START
let reads = 0
let writes = 0
let sql: Sql
const open = () => {
  const ports = {
    sql: {
      read: (...query: Parameters<Sql['read']>) => {
        reads += 1
        return sql.read(...query)
      },
      commit: (statements: Parameters<Sql['commit']>[0]) => {
        writes += 1
        return sql.commit(statements)
      },
    },
    clock: () => now,
    entropy: nodeEntropy('keyring'),
    hashOf: (key: string) => createHmac('sha256', 'pepper').update(key).digest('hex'),
    log: () => {},
  }
  const keys = keyring(ports)
  const admin = keyAdmin(ports, keys, ['kie', 'apibox'], true)
  return { keys, admin, whose: keys.authenticate(true) }
}

let gateway: ReturnType<typeof open>
/** A second process over the same file. */
let other: ReturnType<typeof open>
let bootstrap: Principal
beforeEach(async () => {
  now = START
  sql = openSqlite(':memory:', MIGRATIONS)
  gateway = open()
  other = open()
  await gateway.keys.replaceBootstrap(BOOTSTRAP_KEY)
  bootstrap = await gateway.whose(BOOTSTRAP_KEY)
  reads = 0
})

const refused = (code: string, reason: string) => ({
  code,
  involved: { errors: [{ pointer: 'Authorization', code: reason, detail: expect.any(String) }] },
})
const written = async () => JSON.stringify(await sql.read('SELECT * FROM keys', []))

describe('a key', () => {
  it('is stored as a hash only, and belongs to its project', async () => {
    const { key, id } = await gateway.admin.createKey(bootstrap, { name: 'one' })
    expect(await written()).not.toContain(key)
    expect(await written()).not.toContain(key.slice(15, -4))
    expect(await written()).not.toContain(BOOTSTRAP_KEY)
    expect(await gateway.whose(key)).toMatchObject({
      project: 'default',
      key: { id, scopes: ['create', 'read', 'webhooks'] },
    })
  })

  it('is looked up once in five seconds, and a malformed one never', async () => {
    const { key } = await gateway.admin.createKey(bootstrap, { name: 'one' })
    reads = 0
    for (let at = 0; at < 100; at++) await gateway.whose(key)
    expect(reads).toBe(1)
    now += BELIEVED
    await gateway.whose(key)
    expect(reads).toBe(2)
    for (const text of ['short', `${key.slice(0, -1)}-`, `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`])
      if (text.length !== key.length || /^\w+$/.test(text))
        await expect(gateway.whose(text)).rejects.toMatchObject(refused('invalid_api_key', 'key_malformed'))
    expect(reads).toBe(2)
  })

  it('that nobody has, or that is of the sandbox, is refused', async () => {
    const { key } = await other.keys.mint(true)
    await expect(gateway.whose(key)).rejects.toMatchObject(refused('invalid_api_key', 'key_unknown'))
    const test = await other.keys.mint(false)
    await expect(gateway.whose(test.key)).rejects.toMatchObject(refused('invalid_api_key', 'key_of_sandbox'))
  })

  it('that another process revoked is refused within five seconds, and at once where it was revoked', async () => {
    const { key, id } = await gateway.admin.createKey(bootstrap, { name: 'one' })
    await gateway.whose(key)
    await other.whose(key)
    expect(await other.admin.revokeKey(bootstrap, id)).toMatchObject({
      status: 'revoked',
      revoked_at: '2026-01-01T00:00:00.000Z',
    })
    await expect(other.whose(key)).rejects.toMatchObject(refused('invalid_api_key', 'key_revoked'))
    now += BELIEVED - 1
    await gateway.whose(key)
    now += 1
    await expect(gateway.whose(key)).rejects.toMatchObject(refused('invalid_api_key', 'key_revoked'))
    await expect(gateway.admin.rotateKey(bootstrap, id, {})).rejects.toMatchObject({ code: 'not_found' })
  })

  it('that another process revoked or replaced while the clock was set back is refused all the same', async () => {
    const { key, id } = await gateway.admin.createKey(bootstrap, { name: 'one' })
    await gateway.whose(key)
    now -= 3_600_000
    await other.admin.revokeKey(bootstrap, id)
    await expect(gateway.whose(key)).rejects.toMatchObject(refused('invalid_api_key', 'key_revoked'))
    const renewed = await other.keys.renewBootstrap()
    await expect(gateway.whose(BOOTSTRAP_KEY)).rejects.toMatchObject(refused('invalid_api_key', 'key_unknown'))
    await gateway.whose(renewed)
  })

  it('that has expired is refused in that millisecond', async () => {
    const expires_at = new Date(START + 60_000).toISOString()
    const { key } = await gateway.admin.createKey(bootstrap, { name: 'one', expires_at })
    now = START + 59_999
    await gateway.whose(key)
    now += 1
    await expect(gateway.whose(key)).rejects.toMatchObject(refused('key_expired', 'key_expired'))
    expect((await gateway.admin.listKeys(bootstrap)).data[0]).toMatchObject({ status: 'expired' })
  })

  it('is used, and that is written down once a minute', async () => {
    const { key } = await gateway.admin.createKey(bootstrap, { name: 'one' })
    const last = async () => (await gateway.admin.listKeys(bootstrap)).data[0]!.last_used_at
    const settled = () => new Promise((resolve) => setTimeout(resolve, 5))
    expect(await last()).toBeNull()
    now += 1000
    await gateway.whose(key)
    await settled()
    expect(await last()).toBe('2026-01-01T00:00:01.000Z')
    now += 59_999
    await gateway.whose(key)
    await settled()
    expect(await last()).toBe('2026-01-01T00:00:01.000Z')
    now += 1
    await gateway.whose(key)
    await settled()
    expect(await last()).toBe('2026-01-01T00:01:01.000Z')
    // Of a minute that began at a time to come nobody knows how much is over.
    now -= 3_600_000
    writes = 0
    for (let at = 0; at < 3; at++) await gateway.whose(key)
    expect(writes).toBe(1)
  })
})

describe('a rotation', () => {
  it('leaves the secret before for the overlap, and the one before that not at all', async () => {
    const limits = { usd_per_day: 5 }
    const first = await gateway.admin.createKey(bootstrap, { name: 'one', limits })
    await gateway.whose(first.key)
    const second = await gateway.admin.rotateKey(bootstrap, first.id, { overlap_seconds: 60 })
    expect(second).toMatchObject({ id: first.id, limits, previous_secret_until: '2026-01-01T00:01:00.000Z' })
    const [before, after] = [await gateway.whose(first.key), await gateway.whose(second.key)]
    expect(before.key.id).toBe(after.key.id)
    expect(before.signer).not.toBe(after.signer)
    now += 59_999
    await gateway.whose(first.key)
    now += 1
    const replaced = { ...refused('invalid_api_key', 'key_unknown'), message: expect.stringContaining('was replaced') }
    await expect(gateway.whose(first.key)).rejects.toMatchObject(replaced)
    await gateway.whose(second.key)
    const third = await gateway.admin.rotateKey(bootstrap, first.id, {})
    await expect(gateway.whose(first.key)).rejects.toMatchObject(refused('invalid_api_key', 'key_unknown'))
    for (const { key } of [second, third]) await gateway.whose(key)
  })

  it('without overlap ends the secret at once', async () => {
    const first = await gateway.admin.createKey(bootstrap, { name: 'one' })
    await gateway.admin.rotateKey(bootstrap, first.id, { overlap_seconds: 0 })
    const replaced = { code: 'invalid_api_key', message: expect.stringContaining('was replaced') }
    await expect(gateway.whose(first.key)).rejects.toMatchObject(replaced)
  })

  it('of two at once is one, and the other is told', async () => {
    const first = await gateway.admin.createKey(bootstrap, { name: 'one' })
    const both = await Promise.allSettled([1, 2].map(() => gateway.admin.rotateKey(bootstrap, first.id, {})))
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(both.find((each) => each.status === 'rejected')!.reason).toMatchObject({ code: 'not_ready' })
    const won = both.find((each) => each.status === 'fulfilled')!
    await gateway.whose(won.value.key)
    await gateway.whose(first.key)
  })
})

describe('the bootstrap key', () => {
  it('is replaced by a new one, which has a checksum', async () => {
    const key = await other.keys.renewBootstrap()
    expect(key).toMatch(/^tutti_live_[0-9A-Za-z]{36}$/)
    now += BELIEVED
    await expect(gateway.whose(BOOTSTRAP_KEY)).rejects.toMatchObject(refused('invalid_api_key', 'key_unknown'))
    expect(await gateway.whose(key)).toMatchObject({ project: 'default' })
  })

  it('of a database of before is taken up, with its project', async () => {
    const hash = createHmac('sha256', 'pepper').update(BOOTSTRAP_KEY).digest('hex')
    const before = MIGRATIONS.findIndex((step) => step.some((each) => each.includes('former_keys')))
    sql = openSqlite(':memory:', [
      ...MIGRATIONS.slice(0, before),
      [`INSERT INTO keys (hash, name, project, created_at) VALUES ('${hash}', 'bootstrap', 'default', 7)`],
      ...MIGRATIONS.slice(before),
    ])
    expect(await open().whose(BOOTSTRAP_KEY)).toMatchObject({ project: 'default', key: { created_at: 7 } })
    const { data } = await open().admin.listProjects(bootstrap)
    expect(data.map(({ id }) => id)).toEqual(['default'])
  })

  it('is in no list, and neither rotated nor revoked by a request', async () => {
    expect((await gateway.admin.listKeys(bootstrap)).data).toEqual([])
    const { id } = bootstrap.key
    await expect(gateway.admin.revokeKey(bootstrap, id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(gateway.admin.rotateKey(bootstrap, id, {})).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('hashes', () => {
  it.each([
    ['abc', 'abc', true],
    ['abc', 'abd', false],
    ['abc', 'ab', false],
    ['', '', true],
  ])('%j and %j are the same: %s', (one, two, expected) => expect(isSame(one, two)).toBe(expected))
})

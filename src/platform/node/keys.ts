/** Client keys and the secrets of this installation: stored hashed, compared by digest. */
import { createHash, createHmac, hash, randomBytes } from 'node:crypto'
import type { Entropy, Sql } from '../../engine/ports.ts'
import { TEST_KEY_PREFIX } from '../config.ts'

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const KEY_LENGTH = 30
const BOOTSTRAP = 'bootstrap'
const PROJECT = 'default'
/** Characters of a key's digest that name it where what it signs is stored. */
const SIGNER = 24

/** Reads a secret of this installation, making it the first time. */
export const secret = async (sql: Sql, name: string): Promise<string> => {
  const known = await sql.read('SELECT value FROM secrets WHERE name = ?', [name])
  if (known[0] !== undefined) return known[0].value as string
  const value = randomBytes(32).toString('hex')
  await sql.commit([
    { sql: 'INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING', params: [name, value] },
  ])
  const [row] = await sql.read('SELECT value FROM secrets WHERE name = ?', [name])
  return row!.value as string
}

/** Randomness taken from the system a page at a time: one system call for many ids. */
const pooledBytes = () => {
  const POOL = 8192
  let pool = randomBytes(POOL)
  let used = 0
  return (count: number): Uint8Array => {
    if (used + count > POOL) {
      pool = randomBytes(POOL)
      used = 0
    }
    used += count
    return pool.subarray(used - count, used)
  }
}

export const nodeEntropy = (key: string): Entropy => ({
  bytes: pooledBytes(),
  digest: (text) => createHmac('sha256', key).update(text).digest(),
  fraction: Math.random,
})

/** A random key with unbiased letters, such as `tutti_live_…` (178 bits). */
const newKey = (): string => {
  let key = ''
  while (key.length < KEY_LENGTH)
    for (const byte of randomBytes(KEY_LENGTH))
      if (byte < LETTERS.length * 4 && key.length < KEY_LENGTH) key += LETTERS[byte % LETTERS.length]
  return `tutti_live_${key}`
}

/** A fingerprint of a provider key that is safe to store and to show. */
export const fingerprint = (provider: string, key: string): string =>
  `${provider}-${createHash('sha256').update(`credential ${provider} ${key}`).digest('hex').slice(0, 12)}`

export const keyring = (sql: Sql, pepper: string) => {
  // A secret prefix is enough: what is hashed is random and the digest is only compared.
  const hashOf = (key: string) => hash('sha256', `${pepper} ${key}`)
  const replaceBootstrap = (key: string) =>
    sql.commit([
      { sql: 'DELETE FROM keys WHERE name = ?', params: [BOOTSTRAP] },
      {
        sql: 'INSERT INTO keys (hash, name, project, created_at) VALUES (?, ?, ?, ?)',
        params: [hashOf(key), BOOTSTRAP, PROJECT, Date.now()],
      },
    ])
  return {
    /** Whose key this is. @param livemode refuses the keys of the sandbox */
    authenticate:
      (livemode: boolean) =>
      async (key: string): Promise<{ project: string; signer: string } | null> => {
        if (livemode && key.startsWith(TEST_KEY_PREFIX)) return null
        const hashed = hashOf(key)
        const [row] = await sql.read('SELECT project FROM keys WHERE hash = ?', [hashed])
        return row === undefined ? null : { project: row.project as string, signer: hashed.slice(0, SIGNER) }
      },

    /** Makes this the one bootstrap key. */
    replaceBootstrap,

    /** A new bootstrap key in place of the old one: shown once, stored hashed. */
    renewBootstrap: async (): Promise<string> => {
      const key = newKey()
      await replaceBootstrap(key)
      return key
    },

    hasBootstrap: async (): Promise<boolean> =>
      (await sql.read('SELECT 1 FROM keys WHERE name = ?', [BOOTSTRAP])).length > 0,
  }
}

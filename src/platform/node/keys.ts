/** Randomness, hashes and the secrets of this installation. */
import { createHash, createHmac, hash, randomBytes } from 'node:crypto'
import type { KeyPorts } from '../../engine/keys/keyring.ts'
import type { Clock, Entropy, Log, Sql } from '../../engine/ports.ts'

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

/** A fingerprint of a provider key that is safe to store and to show. */
export const fingerprint = (provider: string, key: string): string =>
  `${provider}-${createHash('sha256').update(`credential ${provider} ${key}`).digest('hex').slice(0, 12)}`

/** What keys of clients are kept with. */
export const keyPorts = async (sql: Sql, log: Log, clock: Clock = Date.now): Promise<KeyPorts> => {
  const pepper = await secret(sql, 'pepper')
  // A secret prefix is enough: what is hashed is random and the digest is only compared.
  return { sql, clock, log, entropy: nodeEntropy(pepper), hashOf: (key) => hash('sha256', `${pepper} ${key}`) }
}

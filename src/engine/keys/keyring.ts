/** Whose key was sent: looked up by its hash, remembered for five seconds, and refused with a reason and nothing more. */
import { DEFAULT_PROJECT, TEST_KEY_PREFIX } from '../../canonical/key.ts'
import { GatewayError } from '../errors.ts'
import type { Clock, Entropy, Log, Sql } from '../ports.ts'
import { hintOf, isPlausible, newKey } from './format.ts'
import { BOOTSTRAP, type ClientKey, isBootstrap, keyReader, markUsed, storeKey } from './rows.ts'

/** How long a key is believed to be as it was read. */
export const BELIEVED = 5000
/** How often it is written down that a key was used. */
const NOTED = 60_000
/** Characters of a hash that name a secret where what it signs is stored. */
const SIGNER = 24

/** Whoever sent a request. */
export interface Principal {
  readonly project: string
  /** Names the secret that was sent, without telling it. */
  readonly signer: string
  readonly key: ClientKey
  /** Whether the key is still taken: for answers that go on. */
  readonly still: () => Promise<boolean>
}

export interface KeyPorts {
  readonly sql: Sql
  readonly clock: Clock
  readonly entropy: Entropy
  /** Hash of a key, keyed with a secret of this installation: 64 hexadecimal digits. */
  readonly hashOf: (key: string) => string | Promise<string>
  readonly log: Log
}

type Reason = 'key_malformed' | 'key_unknown' | 'key_replaced' | 'key_of_sandbox' | 'key_revoked' | 'key_expired'

const SAID: { readonly [R in Reason]: string } = {
  key_malformed: 'This is no key: check that it was copied as a whole',
  key_unknown: 'This key is not known here, or it was replaced',
  key_replaced: 'This secret was replaced: send the one that rotating the key gave',
  key_of_sandbox: 'This is a key of the sandbox, which is not taken here',
  key_revoked: 'This key was revoked',
  key_expired: 'This key has expired',
}

const refuse = (reason: Reason): never => {
  throw new GatewayError(reason === 'key_expired' ? 'key_expired' : 'invalid_api_key', SAID[reason], {
    // One replaced long ago is not known any more: both are one word.
    errors: [
      { pointer: 'Authorization', code: reason === 'key_replaced' ? 'key_unknown' : reason, detail: SAID[reason] },
    ],
  })
}

/** Whether less time than this has passed. Where the clock was set back nobody knows how much has. */
const isWithin = (span: number, since: number, now: number): boolean => now >= since && now - since < span

/** Whether two hashes are the same, in a time that does not depend on where they differ. */
export const isSame = (one: string, other: string): boolean => {
  let different = one.length ^ other.length
  for (let at = 0; at < one.length; at++) different |= one.charCodeAt(at) ^ other.charCodeAt(at)
  return different === 0
}

export type Keyring = ReturnType<typeof keyring>

export const keyring = ({ sql, clock, entropy, hashOf, log }: KeyPorts) => {
  const read = keyReader(sql)
  /** By hash: nothing but keys that exist, so that nobody fills it. */
  const believed = new Map<string, { readonly key: ClientKey; readonly at: number }>()
  const noted = new Map<string, number>()
  /** The hash of the one bootstrap key that is taken, where that is not the stored one. */
  let ownBootstrap: string | null = null

  const find = async (hash: string): Promise<ClientKey | null> => {
    if (ownBootstrap === null) return read.byHash(hash)
    const isOwn = isSame(hash, ownBootstrap)
    const found = await (isOwn ? read.byId(BOOTSTRAP) : read.byHash(hash))
    if (found !== null && isOwn) return { ...found, hash }
    return found === null || isBootstrap(found) ? null : found
  }

  const look = async (hash: string): Promise<ClientKey | null> => {
    const known = believed.get(hash)
    if (known !== undefined && isWithin(BELIEVED, known.at, clock())) return known.key
    const at = clock()
    const key = await find(hash)
    if (key === null) believed.delete(hash)
    else believed.set(hash, { key, at })
    return key
  }

  /** Why a key is not taken, or null. */
  const judge = (key: ClientKey | null, hash: string): Reason | null => {
    if (key === null) return 'key_unknown'
    const now = clock()
    const isFormer = key.former_hash !== null && isSame(key.former_hash, hash)
    if (!isFormer && !isSame(key.hash, hash)) return 'key_unknown'
    if (key.revoked_at !== null) return 'key_revoked'
    if (isFormer && (key.former_until ?? 0) <= now) return 'key_replaced'
    return key.expires_at !== null && key.expires_at <= now ? 'key_expired' : null
  }

  /** Written down beside the request, which does not wait for it. */
  const note = ({ id }: ClientKey, now: number) => {
    if (isWithin(NOTED, noted.get(id) ?? Number.NEGATIVE_INFINITY, now)) return
    noted.set(id, now)
    sql.commit([markUsed(id, now)]).catch(() => log('warn', 'key.unnoted', { key: id }))
  }

  const bootstrapOf = (hash: string): ClientKey => ({
    id: BOOTSTRAP,
    project: DEFAULT_PROJECT,
    name: 'bootstrap',
    // It may be a word that somebody thought of: nothing of it is shown.
    hint: '',
    hash,
    former_hash: null,
    former_until: null,
    scopes: [],
    operations: null,
    providers: null,
    limits: {},
    expires_at: null,
    revoked_at: null,
    last_used_at: null,
    created_at: clock(),
  })

  const replaceBootstrap = async (key: string): Promise<void> => {
    const hash = await hashOf(key)
    // The same key at every start is the same key.
    const before = await read.byId(BOOTSTRAP)
    if (before?.hash !== hash) await sql.commit([storeKey(bootstrapOf(hash))])
    believed.clear()
  }

  return {
    read,

    /** A new secret, and what is stored and shown of it. */
    mint: async (livemode: boolean) => {
      const key = newKey(entropy, livemode)
      return { key, hash: await hashOf(key), hint: hintOf(key) }
    },

    /** What is remembered is doubtful: read anew. */
    forget: (): void => believed.clear(),

    /** Whose key this is. @param livemode refuses the keys of the sandbox */
    authenticate:
      (livemode: boolean) =>
      async (text: string): Promise<Principal> => {
        if (!isPlausible(text)) return refuse('key_malformed')
        if (livemode && text.startsWith(TEST_KEY_PREFIX)) return refuse('key_of_sandbox')
        const hash = await hashOf(text)
        const key = await look(hash)
        const reason = judge(key, hash)
        if (reason !== null) return refuse(reason)
        note(key!, clock())
        const still = async () => judge(await look(hash), hash) === null
        return { project: key!.project, signer: hash.slice(0, SIGNER), key: key!, still }
      },

    /** Makes this the one bootstrap key. */
    replaceBootstrap,

    /** Makes this the bootstrap key here alone: others that share the store may have been started with another, and be on their way out. */
    keepBootstrap: async (key: string): Promise<void> => {
      const hash = await hashOf(key)
      if ((await read.byId(BOOTSTRAP)) === null) await sql.commit([storeKey(bootstrapOf(hash))])
      ownBootstrap = hash
      believed.clear()
    },

    /** A new bootstrap key in place of the old one: shown once, stored hashed. */
    renewBootstrap: async (): Promise<string> => {
      const key = newKey(entropy, true)
      await replaceBootstrap(key)
      return key
    },

    hasBootstrap: async (): Promise<boolean> => (await read.byId(BOOTSTRAP)) !== null,
  }
}

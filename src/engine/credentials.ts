/** Ids of provider keys over time: what was made with a key is found again once that key has a name, or another secret. */
import type { Credential, Sql, Statement } from './ports.ts'

/** Every secret that a name ever stood for, as its fingerprint. */
export const CREDENTIAL_TABLES = [
  `CREATE TABLE credential_names (
    credential TEXT NOT NULL, fingerprint TEXT NOT NULL, PRIMARY KEY (credential, fingerprint)
  ) STRICT, WITHOUT ROWID`,
]

/** A key as configured now: `id` is its name, or its fingerprint where it has none. */
export interface Held {
  readonly id: string
  readonly fingerprint: string
  readonly key: string
}

interface Named {
  readonly credential: string
  readonly fingerprint: string
}

/** Everything that the history ties to this key. What another key is called now is its own, and leads no further. */
const tiedTo = (own: Held, others: ReadonlySet<string>, history: readonly Named[]): Set<string> => {
  const tied = new Set([own.id, own.fingerprint])
  const rows = history.filter(({ credential, fingerprint }) => !others.has(credential) && !others.has(fingerprint))
  for (let size = 0; size !== tied.size; ) {
    size = tied.size
    for (const { credential, fingerprint } of rows)
      if (tied.has(credential) || tied.has(fingerprint)) tied.add(credential).add(fingerprint)
  }
  return tied
}

/** Keys with the ids that they had before. Where the history names two, the first as configured has it. */
export const withFormerIds = (held: readonly Held[], history: readonly Named[]): Credential[] => {
  const taken = new Set<string>()
  return held.map((own) => {
    const others = new Set(held.flatMap((each) => (each === own ? [] : [each.id, each.fingerprint])))
    const formerly = [...tiedTo(own, others, history)].filter((id) => id !== own.id && !taken.has(id))
    for (const id of formerly) taken.add(id)
    return { id: own.id, key: own.key, ...(formerly.length === 0 ? {} : { formerly }) }
  })
}

const remember = ({ id, fingerprint }: Held): Statement => ({
  sql: 'INSERT INTO credential_names (credential, fingerprint) VALUES (?, ?) ON CONFLICT DO NOTHING',
  params: [id, fingerprint],
})

/** Writes down which secret each name stands for today, and answers what each key was known as before. */
export const recognize = async (sql: Sql, held: readonly Held[]): Promise<Credential[]> => {
  const named = held.filter(({ id, fingerprint }) => id !== fingerprint)
  if (named.length > 0) await sql.commit(named.map(remember))
  const rows = await sql.read('SELECT credential, fingerprint FROM credential_names', [])
  return withFormerIds(held, rows as unknown as Named[])
}

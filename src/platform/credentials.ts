/** Provider keys of the environment: `SECRET,SECRET`, or each under a name of its own, `main:SECRET,spare:SECRET`. */

/** A key as it was configured: the secret alone, or under a name. */
export type ProviderKey = string | { readonly name: string; readonly key: string }

export const secretOf = (key: ProviderKey): string => (typeof key === 'string' ? key : key.key)

const SECRET = /^[\x21-\x7e]{8,512}$/
const NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/

/**
 * The first colon ends the name, and what follows is the secret, colons and all. Without a name, a secret that has a
 * colon is written with one before it: `:SECRET`.
 */
const read = (entry: string): ProviderKey => {
  const colon = entry.indexOf(':')
  const key = entry.slice(colon + 1)
  return colon < 1 ? key : { name: entry.slice(0, colon), key }
}

const nameOf = (key: ProviderKey) => (typeof key === 'string' ? null : key.name)

const twice = (values: readonly (string | null)[]): readonly [first: number, second: number] | null => {
  const second = values.findIndex((value, index) => value !== null && values.indexOf(value) < index)
  return second === -1 ? null : [values.indexOf(values[second]!) + 1, second + 1]
}

/**
 * The keys of one variable.
 * @param wrong stops the start with what is wrong. It is told places only: what was taken for a name may be a part of a secret.
 */
export const readKeys = (text: string, wrong: (detail: string) => never): ProviderKey[] => {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  const keys = entries.map(read)
  const place = (index: number) => (entries.length === 1 ? '' : ` (entry ${index + 1})`)
  const noName = keys.findIndex((key) => typeof key !== 'string' && !NAME.test(key.name))
  if (noName !== -1)
    return wrong(
      `holds a name that is none${place(noName)}: before the colon write up to 32 of a-z, 0-9, - and _; a secret that has a colon of its own is written with one more before it, as in :SECRET`,
    )
  const noKey = keys.findIndex((key) => !SECRET.test(secretOf(key)))
  if (noKey !== -1)
    return wrong(
      `holds something that is no key${place(noKey)}: 8 to 512 visible characters, several separated by commas, each with a name before it where you like, as in main:SECRET`,
    )
  const named = twice(keys.map(nameOf))
  if (named !== null) return wrong(`gives the same name to entries ${named[0]} and ${named[1]}: a name is of one key`)
  // Somebody who says the same secret twice means it once, but not under two names.
  const meant = keys.filter((key, index) => typeof key !== 'string' || keys.indexOf(key) === index)
  const same = twice(meant.map(secretOf))
  if (same !== null) return wrong('holds the same secret under two names, or with and without a name: keep one of them')
  return meant
}

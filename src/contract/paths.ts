/** Reading and writing one place of a JSON value by a dotted path; `*` stands for every item of a list. */

const step = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined

/** The value at `path`, or undefined. With `*` in the path, the list of what the items hold. */
export const read = (value: unknown, path: string): unknown => {
  const [key, ...rest] = path.split('.') as [string, ...string[]]
  if (path === '') return value
  if (key === '*') return Array.isArray(value) ? value.map((item) => read(item, rest.join('.'))) : []
  const found = step(value, key)
  return rest.length === 0 ? found : read(found, rest.join('.'))
}

/** Writes `leaf` at `path` into `target`, making the objects in between; `*` writes into every item there is. */
export const write = (target: unknown, path: string, leaf: unknown): void => {
  const [key, ...rest] = path.split('.') as [string, ...string[]]
  if (key === '*') {
    if (Array.isArray(target)) for (const item of target) write(item, rest.join('.'), leaf)
    return
  }
  const record = target as Record<string, unknown>
  if (rest.length === 0) {
    record[key] = leaf
    return
  }
  if (typeof record[key] !== 'object' || record[key] === null) record[key] = {}
  write(record[key], rest.join('.'), leaf)
}

/** What wire formats send for "nothing yet": absent, null, an empty text or an empty list. */
export const blank = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

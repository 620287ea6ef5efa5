/** Freezing tables: what an adapter says once is said for good. */

const isPlain = (value: unknown): value is object =>
  Array.isArray(value) ||
  (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)

/** Freezes plain objects and arrays all the way down; schemas and other instances are left alone. */
export const freezeDeep = <Value>(value: Value): Value => {
  if (isPlain(value) && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const each of Object.values(value)) freezeDeep(each)
  }
  return value
}

/** A documented reply with the values of this very task laid over it: what the table does not speak stays as documented. */
import { blank } from '../contract/paths.ts'

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Lays `value` over `base`: objects key by key, lists of objects item by item (the last documented item serves for the
 * rest), everything else replaces.
 * @param keep leaves documented values where ours are blank: a quirk is told by the fixture alone
 */
export const overlay = (base: unknown, value: unknown, keep = false): unknown => {
  if (keep && blank(value)) return base
  if (Array.isArray(value)) {
    const items = Array.isArray(base) ? base : []
    return value.map((item, index) => overlay(items[Math.min(index, items.length - 1)], item, keep))
  }
  if (!isObject(value)) return value
  const under = isObject(base) ? base : {}
  const laid = Object.entries(value).map(([key, each]) => [key, overlay(under[key], each, keep)])
  return { ...under, ...Object.fromEntries(laid) }
}

/**
 * What `documented` says and `ours` does not is blank in ours: a documented link is no file of this task.
 * @example silenced({ a: 'x', b: 'y' }, { b: 'z' }) // { a: null, b: 'z' }
 */
export const silenced = (documented: unknown, ours: unknown): unknown => {
  if (!isObject(documented) || !isObject(ours)) return ours
  const rest = Object.keys(documented).map((key) => [key, null])
  const own = Object.entries(ours).map(([key, each]) => [key, silenced(documented[key], each)])
  return { ...Object.fromEntries(rest), ...Object.fromEntries(own) }
}

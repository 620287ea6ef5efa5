/** Conditions over a wire value, as data: the `when` of derived stages. */
import { blank, read } from './paths.ts'

type Scalar = string | number | boolean | null

/**
 * `is` matches any of the given values, `blank` tells nothing-yet from something,
 * `every` and `some` look into a list (`every` of an empty list is false: nothing is not everything).
 */
export type Condition =
  | { readonly at: string; readonly is: Scalar | readonly Scalar[] }
  | { readonly at: string; readonly blank: boolean }
  | { readonly at: string; readonly every: Condition }
  | { readonly at: string; readonly some: Condition }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }

/**
 * Whether a wire value meets a condition.
 * @example holds({ at: 'status', is: 'SUCCESS' }, { status: 'SUCCESS' }) // true
 */
export const holds = (condition: Condition, wire: unknown): boolean => {
  if ('all' in condition) return condition.all.every((each) => holds(each, wire))
  if ('any' in condition) return condition.any.some((each) => holds(each, wire))
  if ('not' in condition) return !holds(condition.not, wire)
  const value = read(wire, condition.at)
  if ('is' in condition) return [condition.is].flat().includes((value ?? null) as Scalar)
  if ('blank' in condition) return blank(value) === condition.blank
  const items = Array.isArray(value) ? value : []
  if ('every' in condition) return items.length > 0 && items.every((item) => holds(condition.every, item))
  return items.some((item) => holds(condition.some, item))
}

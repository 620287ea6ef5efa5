/** Reading rules: which statements of a provider a canonical request breaks. */
import type { Range, Rule, When } from '../canonical/rule.ts'

type Request = Readonly<Record<string, unknown>>

/** Read for every rule of every provider on every request: plain loops, nothing allocated. */
const applies = (when: When | undefined, request: Request): boolean => {
  for (const field in when) {
    const allowed = when[field]
    const value = request[field] ?? null
    if (Array.isArray(allowed) ? !allowed.includes(value) : allowed !== value) return false
  }
  return true
}

/** The field a rule is about. */
export const fieldOf = (rule: Rule): string =>
  'require' in rule ? rule.require : 'forbid' in rule ? rule.forbid : 'ignored' in rule ? rule.ignored : rule.field

export interface Broken {
  readonly field: string
  readonly code: 'required' | 'forbidden' | 'text_too_long' | 'out_of_range' | 'too_precise'
  readonly detail: string
}

const characters = (value: unknown) => (typeof value === 'string' ? [...value].length : 0)
/** A text has at most as many characters as UTF-16 units: most texts need no counting. */
const longer = (value: unknown, max: number) =>
  typeof value === 'string' && value.length > max && characters(value) > max

/** Hundredths of hundredths: decimal steps are compared where binary fractions cannot disturb. */
const onStep = (value: number, step: number) => Math.abs(value / step - Math.round(value / step)) < 1e-6

/** Whether the other fields of the request make the rule count at all. */
const concerns = (rule: Rule, request: Request): boolean =>
  (rule.with === undefined || request[rule.with] !== undefined) &&
  (rule.without === undefined || rule.without.every((field) => request[field] === undefined)) &&
  applies(rule.when, request)

const within = (value: unknown, [low, high]: Range) =>
  typeof value !== 'number' || (value >= low && (high === null || value <= high))
const said = ([low, high]: Range) => (high === null ? `${low} or more` : `from ${low} to ${high}`)

/** A flag of the request that has to be set for the rule to count: a reason that can be named in its words. */
const flagOf = (rule: Rule) =>
  Object.keys(rule.when ?? {}).find((field) => rule.when?.[field] === true && field !== fieldOf(rule))

const place = (rule: Rule) => {
  const beside = rule.with ?? flagOf(rule)
  if (beside !== undefined) return `beside ${beside}`
  return rule.without ? `without ${rule.without.join(', ')}` : 'here'
}

const judge = (rule: Rule, value: unknown, request: Request): Omit<Broken, 'field'> | null => {
  if ('require' in rule) return value === undefined ? { code: 'required', detail: `is required ${place(rule)}` } : null
  if (value === undefined || 'ignored' in rule) return null
  if ('forbid' in rule) return { code: 'forbidden', detail: `may not be sent ${place(rule)}` }
  if ('max' in rule)
    return longer(value, rule.max)
      ? { code: 'text_too_long', detail: `has ${characters(value)} characters, at most ${rule.max} are taken` }
      : null
  if ('range' in rule)
    return within(value, rule.range) ? null : { code: 'out_of_range', detail: `must be ${said(rule.range)}` }
  if ('span' in rule) {
    const from = request[rule.from]
    return typeof from !== 'number' || within(Math.round((Number(value) - from) * 1e6) / 1e6, rule.span)
      ? null
      : { code: 'out_of_range', detail: `must be ${said(rule.span)} after ${rule.from}` }
  }
  return typeof value === 'number' && !onStep(value, rule.step)
    ? { code: 'too_precise', detail: `must be a multiple of ${rule.step}` }
    : null
}

/**
 * The rules a request breaks, each with the field and what to do.
 * @example brokenRules([{ max: 80, field: 'title', source: '…' }], { title: 'x'.repeat(81) })
 */
export const brokenRules = (rules: readonly Rule[], request: Request): Broken[] => {
  const broken: Broken[] = []
  for (const rule of rules) {
    const field = fieldOf(rule)
    const verdict = judge(rule, request[field], request)
    if (verdict !== null && concerns(rule, request)) broken.push({ field, ...verdict })
  }
  return broken
}

/** Fields of this request that the provider takes and does nothing with. */
export const ignoredFields = (rules: readonly Rule[], request: Request): string[] => {
  const fields: string[] = []
  for (const rule of rules)
    if ('ignored' in rule && !fields.includes(rule.ignored) && concerns(rule, request)) fields.push(rule.ignored)
  return fields
}

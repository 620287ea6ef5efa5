/** Capabilities, derived from the adapters' own tables: what routing, warnings and the documents read. */
import * as z from 'zod'
import { TASK_OPERATIONS } from '../canonical/operations.ts'
import type { Capability } from '../canonical/provider.ts'
import type { Range, Rule } from '../canonical/rule.ts'
import type { Fidelity, Model } from '../canonical/words.ts'
import type { Adapter } from '../contract/adapter.ts'
import { type Row, tableOf, unsupported } from '../contract/codec.ts'
import type { Form } from '../contract/operations.ts'
import { fieldOf } from '../contract/rules.ts'
import { FORMS } from './operations.ts'

/** Fields the engine fills for an adapter: no client sends them. */
const OWN = new Set([
  'callback_url',
  'mode',
  'persona_kind',
  'provider_task_id',
  'provider_track_id',
  'provider_stem_id',
  'track_index',
])

const fidelityOf = (row: Row): Fidelity =>
  row === unsupported ? 'unsupported' : Array.isArray(row) ? ((row[2] as Fidelity | undefined) ?? 'exact') : 'exact'

/** The tables of a request codec: its own, or those of its arms. */
const tablesIn = (codec: z.ZodType) => {
  const own = tableOf(codec)
  if (own) return [own]
  return codec instanceof z.ZodUnion ? codec.options.flatMap((arm) => tableOf(arm as object) ?? []) : []
}

const best = (a: Fidelity | undefined, b: Fidelity): Fidelity => (a === undefined || a === 'unsupported' ? b : a)

const fieldsOf = (codec: z.ZodType): Record<string, Fidelity> => {
  const fields: Record<string, Fidelity> = {}
  for (const table of tablesIn(codec))
    for (const [field, row] of Object.entries(table.rows))
      if (!OWN.has(field)) fields[field] = best(fields[field], fidelityOf(row))
  return fields
}

interface Derived {
  readonly models: readonly Model[]
  readonly fields: Readonly<Record<string, Fidelity>>
  readonly rules: readonly Rule[]
}

const cache = new WeakMap<Adapter, Map<string, Derived>>()

/** What an adapter says about one operation, or undefined where it has no such operation. */
export const capabilityOf = (adapter: Adapter, operation: Form): Derived | undefined => {
  const known = cache.get(adapter) ?? new Map<string, Derived>()
  cache.set(adapter, known)
  const binding = adapter.operations[operation]
  if (binding === undefined) return undefined
  const derived = known.get(operation) ?? {
    models: 'models' in binding ? binding.models : [],
    fields: fieldsOf('submit' in binding ? binding.submit.request : (binding.call.request as z.ZodType)),
    rules: binding.rules ?? [],
  }
  known.set(operation, derived)
  return derived
}

const bounds = ([low, high]: Range) => (high === null ? [low] : [low, high])

const numbersOf = (rule: Rule): number[] =>
  'max' in rule
    ? [rule.max]
    : 'range' in rule
      ? bounds(rule.range)
      : 'span' in rule
        ? bounds(rule.span)
        : 'step' in rule
          ? [rule.step]
          : []

const ruleView = (rule: Rule): Capability['rules'][number] => ({
  field: fieldOf(rule),
  rule: (['require', 'forbid', 'ignored', 'max', 'range', 'step', 'span'] as const).find((word) => word in rule)!,
  value: numbersOf(rule),
  when: Object.fromEntries(Object.entries(rule.when ?? {}).map(([field, allowed]) => [field, [allowed].flat()])),
  source: rule.source,
})

/** The whole matrix, provider by operation. */
export const capabilities = (adapters: readonly Adapter[]): Capability[] =>
  adapters.flatMap((adapter) =>
    (Object.keys(adapter.operations) as Form[]).map((operation) => {
      const { models, fields, rules } = capabilityOf(adapter, operation)!
      return { provider: adapter.id, operation, models: [...models], fields: { ...fields }, rules: rules.map(ruleView) }
    }),
  )

/** The operations of the catalogue that a provider can serve, in one form or another. */
export const operationsOf = (adapter: Adapter): string[] => {
  const has = (form: Form) => adapter.operations[form] !== undefined
  return [
    ...TASK_OPERATIONS.filter((operation) => FORMS[operation].some(has)),
    ...(['alignLyrics', 'createPersona', 'checkVoice', 'enhanceStyle', 'uploadAudio', 'getCredits'] as const).filter(
      has,
    ),
    ...(has('generateMusic') ? ['importTrack'] : []),
  ]
}

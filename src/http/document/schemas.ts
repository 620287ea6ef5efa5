/** zod schemas as the JSON Schemas of the document: closed for what clients send, open for what they read. */
import * as z from 'zod'
import type { Operation } from '../../canonical/catalogue.ts'
import type { Rule } from '../../canonical/rule.ts'

export type Json = { [key: string]: unknown }

/** Schemas by a key of the caller's, and the named components they refer to. */
interface Rendering {
  readonly schemas: Record<string, Json>
  readonly components: Record<string, Json>
}

const nameOf = (schema: z.core.$ZodType): string | undefined => z.globalRegistry.get(schema)?.id

const LOCAL = '#/$defs/'
const SHARED = '#/components/schemas/'

/** The field whose words tell the options of a union apart, where there is one. */
const tellingField = (options: readonly z.core.$ZodType[]): string | undefined =>
  Object.keys(options[0]?._zod.propValues ?? {}).find((field) => {
    const words = options.map((option) => [...(option._zod.propValues?.[field] ?? [])])
    return words.every(({ length }) => length > 0) && new Set(words.flat()).size === words.flat().length
  })

/** A union says which word leads to which component. */
const discriminate = (schema: z.core.$ZodTypes, json: Json): void => {
  if (schema._zod.def.type !== 'union') return
  const { options } = schema._zod.def
  const propertyName = tellingField(options)
  if (propertyName === undefined || !options.every((option) => nameOf(option) !== undefined)) return
  const mapping = options.flatMap((option) =>
    [...option._zod.propValues![propertyName]!].map((word) => [String(word), `${LOCAL}${nameOf(option)}`]),
  )
  json.discriminator = { propertyName, mapping: Object.fromEntries(mapping) }
}

/** Bounds of safe integers and names that may be any text say nothing. */
const dropNoise = (json: Json): void => {
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum
  if (JSON.stringify(json.propertyNames) === '{"type":"string"}') delete json.propertyNames
}

/** Answers grow: a client ignores fields and bears words that it does not know. */
const open = (json: Json): void => {
  if (json.additionalProperties === false) delete json.additionalProperties
  if (!Array.isArray(json.enum)) return
  const said = typeof json.description === 'string' ? `${json.description}. ` : ''
  if (!said.includes('More may appear')) json.description = `${said}More may appear`
}

/** A time that clients read is told by its format alone: some hold a pattern against the date that they have made of the text. */
const withoutDatePatterns = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return
  if ('format' in value && value.format === 'date-time') delete (value as Json).pattern
  for (const each of Object.values(value)) withoutDatePatterns(each)
}

type Side = 'body' | 'parameter' | 'answer'

const renderAll = (schemas: Readonly<Record<string, z.ZodType>>, side: Side): Rendering => {
  const { $defs, properties } = z.toJSONSchema(z.strictObject(schemas), {
    target: 'draft-2020-12',
    // Parameters are shown as what their text stands for: the integer, not its digits.
    io: side === 'body' ? 'input' : 'output',
    override: ({ zodSchema, jsonSchema }) => {
      const json = jsonSchema as Json
      dropNoise(json)
      discriminate(zodSchema, json)
      if (side === 'answer') open(json)
    },
  })
  if (side === 'answer') withoutDatePatterns([$defs, properties])
  return { schemas: properties as Record<string, Json>, components: ($defs ?? {}) as Record<string, Json> }
}

/** The same JSON with every reference, mappings included, led to where `rename` says. */
const relink = <Value>(value: Value, rename: (name: string) => string): Value => {
  if (typeof value === 'string')
    return (value.startsWith(LOCAL) ? `${SHARED}${rename(value.slice(LOCAL.length))}` : value) as Value
  if (Array.isArray(value)) return value.map((each) => relink(each, rename)) as Value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, relink(each, rename)])) as Value
}

/** An answer shows a request without promising to refuse what a request may not hold: a component of its own. */
const echo = (name: string) => `${name.replace(/Request$/, '')}Echo`

/** One of several, or the only one. */
const anyOf = (schemas: readonly Json[]): Json => (schemas.length === 1 ? schemas[0]! : { anyOf: schemas })

/** Which requests a rule is about, as JSON Schema; null where it can not be about this component. */
const condition = (rule: Rule, component: Json): Json | null => {
  const fields = component.properties as Record<string, Json>
  const properties: Record<string, Json> = {}
  const required: string[] = []
  for (const [field, words] of Object.entries(rule.when ?? {})) {
    const allowed = [words].flat()
    const own = fields[field]?.const
    if (own !== undefined && !allowed.includes(own as string)) return null
    if (own !== undefined) continue
    // A rule reads an absent field as null; no field may be null itself.
    const present = allowed.filter((word) => word !== null)
    properties[field] = present.length === 1 ? { const: present[0] } : { enum: present }
    if (present.length === allowed.length) required.push(field)
  }
  if (rule.with !== undefined) required.push(rule.with)
  const absent = (rule.without ?? []).map((field) => ({ required: [field] }))
  return {
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
    ...(absent.length > 0 ? { not: anyOf(absent) } : {}),
  }
}

const consequence = (rule: Rule): Json | null => {
  if ('require' in rule) return { required: [rule.require] }
  if ('forbid' in rule) return { not: { required: [rule.forbid] } }
  if ('ignored' in rule || 'span' in rule) return null
  const bound = 'max' in rule ? { maxLength: rule.max } : null
  const [low, high] = 'range' in rule ? rule.range : []
  const range = { ...(low === undefined ? {} : { minimum: low }), ...(high == null ? {} : { maximum: high }) }
  const step = 'step' in rule ? { multipleOf: rule.step } : null
  return { properties: { [rule.field]: { ...bound, ...range, ...step } } }
}

type Clause = readonly [when: Json, then: Json]

/** Clauses about the same requests that ask for fields are one clause. */
const joined = (clauses: readonly Clause[]): Json[] => {
  const groups = Map.groupBy(clauses, ([when, then]) => ('required' in then ? JSON.stringify(when) : then))
  return [...groups.values()].map((group) => {
    const [when, first] = group[0]!
    const then = group.length === 1 ? first : { required: group.flatMap(([, each]) => each.required) }
    return { if: when, then }
  })
}

/** The other field where a rule is about no more than two: for those there are plainer words than `if` and `then`. */
const companion = ({ when, without, with: beside }: Rule): string | undefined =>
  when === undefined && without === undefined ? beside : undefined

/** What may not stand together, and what has to. */
const pairs = (rules: readonly Rule[]): Json => {
  const apart: Json[] = []
  const together: Record<string, string[]> = {}
  for (const rule of rules) {
    const beside = companion(rule)
    if (beside === undefined) continue
    if ('forbid' in rule) apart.push({ required: [beside, rule.forbid] })
    if ('require' in rule) together[beside] = [...(together[beside] ?? []), rule.require]
  }
  return {
    ...(apart.length > 0 ? { not: anyOf(apart) } : {}),
    ...(Object.keys(together).length > 0 ? { dependentRequired: together } : {}),
  }
}

const isPair = (rule: Rule) => companion(rule) !== undefined && ('forbid' in rule || 'require' in rule)

/** JSON Schema compares no two fields: a span is said in words. */
const spanned = (properties: Record<string, Json>, rules: readonly Rule[]): Record<string, Json> => {
  const all = { ...properties }
  for (const rule of rules) {
    if (!('span' in rule) || !(rule.field in all)) continue
    const { description, ...rest } = all[rule.field]!
    const [low, high] = rule.span
    const said = `${high === null ? `At least ${low}` : `${low} to ${high}`} after \`${rule.from}\``
    all[rule.field] = { ...rest, description: description === undefined ? said : `${description}. ${said}` }
  }
  return all
}

/** A component that refuses what the rules refuse. */
const ruled = (component: Json, rules: readonly Rule[]): Json => {
  if (component.properties === undefined) return component
  const clauses = joined(
    rules.flatMap((rule): Clause[] => {
      const when = condition(rule, component)
      const then = consequence(rule)
      return when === null || then === null || isPair(rule) ? [] : [[when, then]]
    }),
  )
  return {
    ...component,
    properties: spanned(component.properties as Record<string, Json>, rules),
    ...pairs(rules),
    // On its own a clause is no member of `allOf`, which generated clients would take for a supertype.
    ...(clauses.length > 1 ? { allOf: clauses } : clauses[0]),
  }
}

/** The names a body leads to: its own, and those of its options. */
const namesOf = (body: z.ZodType): string[] =>
  [body, ...(body instanceof z.ZodUnion ? body.options : [])].flatMap((schema) => nameOf(schema as z.ZodType) ?? [])

const applyRules = (components: Record<string, Json>, operations: readonly Operation[]): Record<string, Json> => {
  const all = { ...components }
  for (const { body, rules } of operations)
    if (body !== undefined && rules !== undefined)
      for (const name of namesOf(body)) all[name] = ruled(all[name]!, rules)
  return all
}

const keep = <Value>(entries: Readonly<Record<string, Value | undefined>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(entries).filter((entry): entry is [string, Value] => entry[1] !== undefined))

const parts = (
  operations: Readonly<Record<string, Operation>>,
  part: 'body' | 'multipart' | 'result' | 'params' | 'query',
) => keep(Object.fromEntries(Object.entries(operations).map(([id, operation]) => [`${id} ${part}`, operation[part]])))

/**
 * Every schema of the catalogue: `schemas` by operationId and part, such as `getTask result`, and `components`.
 * `others` are answers beside the catalogue's, by a name of the caller's.
 */
export const renderCatalogue = (
  operations: Readonly<Record<string, Operation>>,
  others: Readonly<Record<string, z.ZodType>>,
): Rendering => {
  const sent = renderAll({ ...parts(operations, 'body'), ...parts(operations, 'multipart') }, 'body')
  const asked = renderAll({ ...parts(operations, 'params'), ...parts(operations, 'query') }, 'parameter')
  const shown = renderAll({ ...parts(operations, 'result'), ...others }, 'answer')
  const closed = applyRules(sent.components, Object.values(operations))
  const same = (name: string) => name
  const rename = (name: string) => (name in closed ? echo(name) : name)
  const answers = Object.entries(shown.components).map(([name, schema]): [string, Json] => [rename(name), schema])
  const components = {
    ...relink({ ...asked.components, ...closed }, same),
    ...relink(Object.fromEntries(answers), rename),
  }
  return {
    schemas: { ...relink({ ...sent.schemas, ...asked.schemas }, same), ...relink(shown.schemas, rename) },
    components: Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

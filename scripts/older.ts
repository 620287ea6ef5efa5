/** The document as OpenAPI 3.0.3, for tools that know no 3.1: the same operations and fields; what 3.0 has no word for is said less exactly. */

export type Json = { readonly [key: string]: unknown }

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const isNull = (schema: unknown): boolean => isObject(schema) && schema.type === 'null'

/** Words of JSON Schema that 3.0 does not know: rules between fields, which the gateway checks in any case. */
const UNKNOWN = ['if', 'then', 'else', 'dependentRequired', 'prefixItems', 'contentMediaType', 'contentEncoding']
/** Nothing, for a schema that has no type which could be nullable. */
const NOTHING: Json = { type: 'string', nullable: true, enum: [null] }

const mapped = (values: Json, map: (value: Json) => Json): Json =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value as Json)]))

/** A bound that is not part of its range: in 3.1 a number, in 3.0 a number and a word. */
const bound = (schema: Json, word: 'Minimum' | 'Maximum'): Json => {
  const { [`exclusive${word}`]: exclusive, ...rest } = schema
  return typeof exclusive === 'number'
    ? { ...rest, [word.toLowerCase()]: exclusive, [`exclusive${word}`]: true }
    : schema
}

/** Only a schema that says its type can be nullable. */
const nullable = (schema: Json): Json =>
  Array.isArray(schema.enum)
    ? { ...schema, nullable: true, enum: [...schema.enum, null] }
    : { ...schema, nullable: true }

/** A list of different things, place by place, as a list of any of them. */
const anyOf = (places: unknown): Json => {
  const different = [
    ...new Map((Array.isArray(places) ? places : []).map((each) => [JSON.stringify(each), each])).values(),
  ]
  return different.length === 1 ? different[0] : different.length > 1 ? { anyOf: different } : {}
}

/** Turns schemas, knowing those that references lead to. */
const olderSchemas = (schemas: Json) => {
  const typeOf = (schema: Json): unknown =>
    typeof schema.$ref === 'string' ? typeOf(schemas[schema.$ref.split('/').at(-1)!] as Json) : schema.type

  /** Several types, or a type or nothing. */
  const oneType = (schema: Json): Json => {
    if (!Array.isArray(schema.type)) return schema
    const { type, ...rest } = schema
    const types = schema.type.filter((each) => each !== 'null')
    if (types.length > 1)
      return { ...rest, anyOf: schema.type.map((each) => (each === 'null' ? NOTHING : { type: each })) }
    const single = { ...rest, type: types[0] }
    return types.length < schema.type.length ? nullable(single) : single
  }

  /** One of several, or nothing. */
  const orNothing = (schema: Json, word: 'anyOf' | 'oneOf'): Json => {
    const { [word]: options, ...rest } = schema
    if (!Array.isArray(options) || !options.some(isNull)) return schema
    const [first, ...more] = options.filter((each) => !isNull(each)) as Json[]
    const type = typeOf(first!)
    if (more.length > 0 || typeof type !== 'string')
      return { ...rest, [word]: options.map((each) => (isNull(each) ? NOTHING : each)) }
    return '$ref' in first! ? { type, ...rest, allOf: [first], nullable: true } : nullable({ ...first, ...rest })
  }

  const turn = (schema: Json): Json => {
    const { const: constant, examples, $ref, ...kept } = orNothing(orNothing(schema, 'anyOf'), 'oneOf')
    const known = Object.fromEntries(Object.entries(kept).filter(([key]) => !UNKNOWN.includes(key)))
    const beside = [known]
      .map((each) => (constant === undefined ? each : { ...each, enum: [constant] }))
      .map(oneType)
      .map((each) => bound(bound(each, 'Minimum'), 'Maximum'))
      .map((each) =>
        each.type === 'array' && !isObject(each.items) ? { ...each, items: anyOf(schema.prefixItems) } : each,
      )
      .map((each) => (Array.isArray(examples) && examples.length > 0 ? { ...each, example: examples[0] } : each))[0]!
    if ($ref === undefined) return inside(beside)
    // What stands beside a reference is not read in 3.0.
    return Object.keys(beside).length > 0 ? { ...inside(beside), allOf: [{ $ref }] } : { $ref }
  }

  const inside = (schema: Json): Json =>
    Object.fromEntries(
      Object.entries(schema).map(([key, value]) => {
        if (key === 'properties') return [key, mapped(value as Json, turn)]
        if (['items', 'not', 'additionalProperties'].includes(key) && isObject(value)) return [key, turn(value)]
        if (['allOf', 'anyOf', 'oneOf'].includes(key)) return [key, (value as Json[]).map(turn)]
        return [key, value]
      }),
    )
  return turn
}

/** All but the schemas: each is turned wherever one stands, and examples are data. */
const walk = (value: unknown, turn: (schema: Json) => Json, key = ''): unknown => {
  if (Array.isArray(value)) return value.map((each) => walk(each, turn))
  if (!isObject(value) || key === 'examples' || key === 'example') return value
  if (key === 'schema') return turn(value)
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, walk(each, turn, name)]))
}

/** Roles belong to OAuth in 3.0: what a key may do is said in the description. */
const withoutRoles = (operation: unknown): unknown =>
  isObject(operation) && Array.isArray(operation.security)
    ? { ...operation, security: (operation.security as Json[]).map((each) => mapped(each, () => [] as never)) }
    : operation

export const older = (document: Json): Json => {
  // 3.0 has no place for webhooks: their schemas stay.
  const { openapi: _, webhooks: __, components, paths, ...rest } = document
  const { schemas, ...others } = components as { readonly schemas: Json }
  const turn = olderSchemas(schemas)
  return {
    openapi: '3.0.3',
    ...(walk(rest, turn) as Json),
    paths: mapped(walk(paths, turn) as Json, (path) => mapped(path, withoutRoles as (value: Json) => Json)),
    components: { ...(walk(others, turn) as Json), schemas: mapped(schemas, turn) },
  }
}

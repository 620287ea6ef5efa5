/** Every field, parameter and header of the document says what it is, and what can be null says when. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FIELD_CODES } from '../src/canonical/field-codes.ts'
import type { Json } from './document-values.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const document = JSON.parse(read('openapi/gateway.json')) as Json

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const followed = (json: Json): Json =>
  typeof json.$ref === 'string'
    ? (json.$ref
        .slice(2)
        .split('/')
        .reduce((at, key) => at[key] as Json, document) as Json)
    : json

/** What is said everywhere of words that grow says nothing of the field. */
const own = ({ description }: Json) => String(description ?? '').replace(/(^|\. )More may appear$/, '')
const said = (schema: Json) => own(schema) || own(followed(schema))

const canBeNull = ({ type, anyOf }: Json) =>
  [type].flat().includes('null') || ((anyOf ?? []) as Json[]).some((option) => option.type === 'null')

/** Tells the kinds of answers apart, and has one value in each: a sentence about it would be noise. */
const isKind = (name: string, schema: Json) => name === 'object' && typeof schema.const === 'string'

interface Fault {
  readonly at: string
  readonly lacks: 'a description' | 'when it is null'
}

const judge = (name: string, schema: Json, at: string): Fault[] => {
  if (isKind(name, schema)) return []
  if (said(schema) === '') return [{ at, lacks: 'a description' }]
  return canBeNull(schema) && !/\bnull\b/i.test(own(schema)) ? [{ at, lacks: 'when it is null' }] : []
}

/** Not schemas of fields: what rules compare, and values that look like anything. */
const OTHER = new Set(['if', 'then', 'not', 'examples', 'example', 'dependentRequired', 'discriminator'])

/** Fields that one of several schemas about the same thing describes: the others may narrow them without a word. */
const describedIn = (parts: readonly Json[]): ReadonlySet<string> =>
  new Set(
    parts.flatMap((part) =>
      Object.entries((followed(part).properties ?? {}) as Record<string, Json>)
        .filter(([, schema]) => said(schema) !== '')
        .map(([name]) => name),
    ),
  )

const faults = (json: unknown, at: string, told: ReadonlySet<string> = new Set()): Fault[] => {
  if (Array.isArray(json)) return json.flatMap((each) => faults(each, at, told))
  if (!isObject(json)) return []
  const { properties, ...rest } = json
  const fields = isObject(properties) ? Object.entries(properties as Record<string, Json>) : []
  return [
    ...fields.flatMap(([name, schema]) => [
      ...(told.has(name) ? [] : judge(name, schema, `${at}.${name}`)),
      ...faults(schema, `${at}.${name}`),
    ]),
    ...Object.entries(rest).flatMap(([key, each]) =>
      OTHER.has(key) ? [] : faults(each, `${at}/${key}`, key === 'allOf' ? describedIn(each as Json[]) : undefined),
    ),
  ]
}

const methods = Object.values({ ...(document.paths as Json), ...(document.webhooks as Json) }).flatMap((each) =>
  Object.values(each as Record<string, Json>),
)
const components = document.components as Record<'schemas' | 'parameters' | 'headers', Record<string, Json>>

describe('the document describes', () => {
  it('every field of what is sent and answered', () => {
    expect(Object.entries(components.schemas).flatMap(([name, schema]) => faults(schema, name))).toEqual([])
    const inPlace = methods.flatMap(({ operationId, requestBody, responses }) => [
      ...faults(requestBody, `${operationId} request`),
      ...faults(responses, `${operationId} answer`),
    ])
    expect(inPlace).toEqual([])
    expect(faults((document.components as Json).responses, 'responses')).toEqual([])
  })

  it('every parameter and header', () => {
    const parameters = methods.flatMap(({ operationId, parameters = [] }) =>
      (parameters as Json[]).map(followed).map((each) => [`${operationId} ${each.name}`, each] as const),
    )
    const all = [...parameters, ...Object.entries(components.headers)]
    expect(all.length).toBeGreaterThan(150)
    expect(all.filter(([, each]) => own(each) === '').map(([name]) => name)).toEqual([])
  })

  it('nothing by less than words', () => {
    const field = (schema: Json) => faults({ type: 'object', properties: { field: schema } }, 'it')
    expect(field({ type: 'string' })).toEqual([{ at: 'it.field', lacks: 'a description' }])
    expect(field({ enum: ['a'], description: 'More may appear' })).toHaveLength(1)
    expect(field({ type: 'string', const: 'a' })).toHaveLength(1)
    expect(field({ $ref: '#/components/schemas/Key' })).toHaveLength(1)
    expect(field({ type: ['string', 'null'], description: 'A text' })).toEqual([
      { at: 'it.field', lacks: 'when it is null' },
    ])
    expect(field({ type: 'object', properties: { inner: {} }, description: 'A thing' })).toHaveLength(1)
    const narrowed = (name: string) => ({ properties: { [name]: { type: 'string' } } })
    const problem = { $ref: '#/components/schemas/Problem' }
    expect(faults({ allOf: [problem, narrowed('title')] }, 'it')).toEqual([])
    expect(faults({ allOf: [problem, narrowed('another')] }, 'it')).toHaveLength(1)
    expect(field({ $ref: '#/components/schemas/Routing' })).toEqual([])
    expect(field({ type: ['string', 'null'], description: 'A text; null without one' })).toEqual([])
  })
})

describe('the words of `errors[].code`', () => {
  it('are told, each of them', () => {
    const { code } = components.schemas.FieldError!.properties as Record<string, Json>
    const told = [...own(code!).matchAll(/^- `(\w+)`: \S/gm)].map(([, word]) => word)
    expect(told).toEqual([...FIELD_CODES])
  })

  // That no other word is said is a matter of types.
  it('are said somewhere, each of them', () => {
    const sources = globSync(['src/{engine,http,contract}/**/*.ts'], { cwd: root })
      .filter((path) => !/src.http.(docs|document)/.test(path))
      .map(read)
      .join('\n')
    // What was looked for and not found goes by its kind.
    const ending = (word: string) => /^(track|upload|persona|voice)(_\w+)$/.exec(word)?.[2] ?? word
    const isSaid = (word: string) => sources.includes(`'${word}'`) || sources.includes(`{what}${ending(word)}\``)
    expect(FIELD_CODES.filter((word) => !isSaid(word))).toEqual([])
    expect(isSaid('no_such_word')).toBe(false)
  })
})

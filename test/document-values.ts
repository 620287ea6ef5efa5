/** Values for the document's schemas: valid ones made from a JSON Schema, and ways to spoil them. */
import fc from 'fast-check'
import type { Rule } from '../src/canonical/rule.ts'
import { brokenRules } from '../src/contract/rules.ts'

export type Json = { [key: string]: unknown }

/** What a schema stands in: the references it makes, and the rules beside it. */
export interface World {
  readonly resolve: (reference: string) => Json
  readonly rulesOf: (schema: Json) => readonly Rule[]
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const text = (schema: Json): fc.Arbitrary<string> => {
  if (Array.isArray(schema.examples)) return fc.constantFrom(...(schema.examples as string[]))
  if (typeof schema.pattern === 'string') return fc.stringMatching(new RegExp(schema.pattern, 'u'), { size: '-1' })
  if (schema.format === 'date-time') return fc.constantFrom('2026-11-21T09:30:00.000Z', '2026-12-01T00:00:00.000Z')
  return fc.string({ unit: 'grapheme', minLength: Number(schema.minLength ?? 0), maxLength: 12 })
}

const number = (schema: Json): fc.Arbitrary<number> => {
  const min = Number(schema.minimum ?? -1000)
  const max = Number(schema.maximum ?? 1000)
  return schema.type === 'integer' ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true })
}

const list = (schema: Json, world: World): fc.Arbitrary<unknown> => {
  if (Array.isArray(schema.prefixItems))
    return fc.tuple(...(schema.prefixItems as Json[]).map((each) => valid(each, world)))
  const minLength = Number(schema.minItems ?? 0)
  return fc.array(valid(schema.items as Json, world), { minLength, maxLength: minLength + 2 })
}

/** Which fields of an object are sent, and whether they keep to the rules: mostly they do. */
const sent = (schema: Json, rules: readonly Rule[]) => {
  const required = (schema.required ?? []) as string[]
  const optional = Object.keys(schema.properties as Json).filter((field) => !required.includes(field))
  return fc.record({
    fields: fc.subarray(optional).map((some) => [...required, ...some]),
    lawfully: rules.length === 0 ? fc.constant(false) : fc.nat(4).map((chance) => chance > 0),
  })
}

/** These fields of it. */
export const only = (all: Json, fields: Iterable<string>): Json =>
  Object.fromEntries([...fields].map((field) => [field, all[field]]))

/** What the rules ask for is added from the whole, and what they do not allow beside the rest is left out. */
const lawful = (rules: readonly Rule[], whole: Json, fields: readonly string[]): Json => {
  const kept = new Set(fields)
  for (let turn = 0; turn < 12; turn += 1) {
    const [broken] = brokenRules(rules, only(whole, kept))
    if (broken === undefined) break
    if (broken.code === 'required' && broken.field in whole) kept.add(broken.field)
    else kept.delete(broken.field)
  }
  return only(whole, kept)
}

const object = (schema: Json, world: World): fc.Arbitrary<unknown> => {
  if (isObject(schema.properties)) {
    const rules = world.rulesOf(schema)
    const all = Object.entries(schema.properties).map(([key, each]) => [key, valid(each as Json, world)])
    return fc
      .tuple(fc.record(Object.fromEntries(all) as Record<string, fc.Arbitrary<unknown>>), sent(schema, rules))
      .map(([whole, { fields, lawfully }]) => lawful(lawfully ? rules : [], whole, fields))
  }
  const values = isObject(schema.additionalProperties) ? valid(schema.additionalProperties, world) : fc.constant(1)
  return fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), values, { maxKeys: 3, noNullPrototype: true })
}

/** Values a schema accepts, as far as its shape says so; most of them keep to the rules as well. */
export const valid = (schema: Json, world: World): fc.Arbitrary<unknown> => {
  if (typeof schema.$ref === 'string') return valid(world.resolve(schema.$ref), world)
  const options = schema.oneOf ?? schema.anyOf
  if (Array.isArray(options)) return fc.oneof(...options.map((each) => valid(each as Json, world)))
  if ('const' in schema) return fc.constant(schema.const)
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum)
  if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type) => valid({ ...schema, type }, world)))
  if (schema.type === 'string') return text(schema)
  if (schema.type === 'integer' || schema.type === 'number') return number(schema)
  if (schema.type === 'boolean') return fc.boolean()
  if (schema.type === 'null') return fc.constant(null)
  if (schema.type === 'array') return list(schema, world)
  if (schema.type === 'object') return object(schema, world)
  throw new Error(`No values for ${JSON.stringify(schema)}`)
}

const GUITAR = '\u{1F3B8}'

const LISTS: readonly unknown[] = [
  ...[[], [null], [''], ['aria'], ['Aria'], ['aria', 'aria'], Array(16).fill('aria'), Array(17).fill('aria')],
  ...[[0, 1], [0, 1, 2], [1], [0, -1], [0, 0.5], [{}]],
]
/** Integers beyond 2^53 are left out: JSON readers do not agree on them, and the document does not repeat zod's bounds. */
const NUMBERS: readonly unknown[] = [
  ...[0, 1, -1, 0.5, 1.01, -0.01, 9.99, 10, 10.5, 99, 100, 101, 360, 360.01, 399, 400, 400.5, 599, 600, 1e-7, 1e15],
  ...[Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
]
const INSTANTS: readonly unknown[] = [
  ...['2026-11-21T09:30:00Z', '2026-11-21T09:30:00.123456Z', '2026-11-21T09:30Z', '2026-11-21T09:30:00+01:00'],
  ...['2026-11-21t09:30:00z', '2026-02-29T00:00:00Z', '2028-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-11-21'],
  ...['2026-11-21T24:00:00Z', '2026-12-31T23:59:60Z', '2026-11-21 09:30:00Z', '2026-11-21T09:30:00.Z'],
]
const IDS: readonly unknown[] = [
  ...['task_01JD3W8Q4T7X2M5N9P6R0S1V30', 'task_01JD3W8Q4T7X2M5N9P6R0S1V3', 'task_01jd3w8q4t7x2m5n9p6r0s1v30'],
  ...['track_01JD3W8Q4T7X2M5N9P6R0S1V31', 'track_01JD3W8Q4T7X2M5N9P6R0S1V3U', 'track_01JD3W8Q4T7X2M5N9P6R0S1V31\n'],
  ...['persona_01JD3W8Q4T7X2M5N9P6R0S1V31', 'voice_01JD3W8Q4T7X2M5N9P6R0S1V311', 'req_'],
  ...['upload_01JD3W8Q4T7X2M5N9P6R0S1V3D', 'upload_01JD3W8Q4T7X2M5N9P6R0S1V3', 'Upload_01JD3W8Q4T7X2M5N9P6R0S1V3D'],
]
const NAMES: readonly unknown[] = [
  ...['aria', 'Aria', 'a-1', 'a_1', '-a', '1a', 'a'.repeat(32), 'a'.repeat(33), 'aria\n', '\u00e1ria', 'kie', 'KIE'],
]
const URLS: readonly unknown[] = [
  ...[
    'https://cdn.example.com/a.mp3',
    'http://a/',
    'https://a',
    'https:///a',
    'HTTPS://a/b',
    'ftp://a/b',
    'https://a/ b',
  ],
  ...['https://a/b\n', 'https://\u{1F3B8}/\u{1F3B8}', ' https://a/b', 'https://a/b?c=d#e', 'https://a/'],
]
const TEXTS: readonly unknown[] = [
  ...['', ' ', '0', '1', '100', '101', '007', '1e1', '+5', ' 5', 'null', GUITAR, '\ud83c', 'a\u0000b', '\n'],
  ...['x'.repeat(500), 'x'.repeat(501), GUITAR.repeat(500), GUITAR.repeat(501)],
  ...['v5', 'V5', 'v5 ', 'v99', 'auto', 'male', 'Female', 'describe', 'compose', 'queued', 'done', 'complete', 'yes'],
  ...['Cm', 'cm', 'C#', 'H', 'Bass', 'bass', '808', 'vocals', 'stem', 'en', 'EN', 'beginner', 'inherit'],
  ...['not_ready', 'no_such_code', 'track', 'task', 'exact', 'max', 'no_lyrics', 'generateMusic', 'GenerateMusic'],
]
const OTHERS: readonly unknown[] = [null, true, false, {}]
const ALL: readonly unknown[] = [...OTHERS, ...LISTS, ...NUMBERS, ...INSTANTS, ...IDS, ...NAMES, ...URLS, ...TEXTS]

/** What looks like a value, and is not it: near the edge of what is accepted. */
const neighbours = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return LISTS
  if (typeof value === 'number') return NUMBERS
  if (typeof value !== 'string') return OTHERS
  if (/^\d{4}-\d\d-/.test(value)) return INSTANTS
  if (/^https?:/.test(value)) return URLS
  return /^[a-z]+_[0-9A-Z]{26}/.test(value) ? IDS : /^[a-z][a-z0-9-]*$/.test(value) ? [...NAMES, ...TEXTS] : TEXTS
}

const labels = (count: number, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key ${index}`, value]))

/** Objects whose keys are the caller's own. */
const LABELS: readonly Json[] = [
  labels(20, ''),
  labels(21, ''),
  labels(19, GUITAR.repeat(500)),
  labels(1, GUITAR.repeat(501)),
  labels(1, '\n'.repeat(500)),
  labels(1, '\n'.repeat(501)),
  labels(1, 1),
  labels(1, null),
  labels(1, ['v5', null, 1, true]),
  labels(1, [{}]),
  labels(1, 'exact'),
  { '': 'x', [GUITAR]: 'x', constructor: 'x', 'a/b~c': 'x' },
]
const LABELLED = new Set(['metadata', 'fields', 'when'])

/** `nudge` puts a neighbour in the place of a value, `replace` anything. */
export type Spoiling = 'nudge' | 'replace' | 'drop' | 'add' | 'retype'

export interface Blow {
  readonly how: Spoiling
  readonly where: number
  readonly what: number
}

interface Place {
  readonly holder: Json | unknown[]
  readonly key: string | number
}

const places = (value: unknown): Place[] => {
  if (typeof value !== 'object' || value === null) return []
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  const holder = value as Json
  return keys.flatMap((key) => [{ holder, key }, ...places(holder[key])])
}

const objects = (value: unknown): Json[] => {
  if (typeof value !== 'object' || value === null) return []
  return [...(isObject(value) ? [value] : []), ...Object.values(value).flatMap(objects)]
}

const retyped = (value: unknown): unknown =>
  typeof value === 'string' ? [value] : typeof value === 'object' ? JSON.stringify(value) : String(value)

/** Keys that some request has, and one that none has, at the wrong place. */
const INTRUDERS = [
  'unknown',
  'Style',
  'lyrics',
  'description',
  'style',
  'title',
  'stem',
  'track_id',
  'provider_track_id',
  'provider',
  'sort',
  'callback_url',
  'mode',
  'constructor',
]

const pick = <Value>(values: readonly Value[], index: number): Value => values[index % values.length]!

const strike = (root: Json, { how, where, what }: Blow): void => {
  if (how === 'add') {
    const among = objects(root.value)
    if (among.length > 0) pick(among, where)[pick(INTRUDERS, what)] ??= 'aria'
    return
  }
  const { holder, key } = pick(places(root), where)
  const target = holder as Json
  if (how === 'drop') {
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete target[key]
    return
  }
  const strangers = LABELLED.has(String(key)) ? LABELS : how === 'nudge' ? neighbours(target[key]) : ALL
  target[key] = how === 'retype' ? retyped(target[key]) : structuredClone(pick(strangers, what))
}

/** A copy of a value after some blows. */
export const spoiled = (value: unknown, blows: readonly Blow[]): unknown => {
  // A holder around it, so that the value itself can be struck as well.
  const root: Json = { value: structuredClone(value) }
  for (const blow of blows) if ('value' in root) strike(root, blow)
  return root.value
}

/** Up to three blows, none quite often. */
export const blows = (hows: readonly Spoiling[]): fc.Arbitrary<Blow[]> =>
  fc.array(fc.record({ how: fc.constantFrom(...hows), where: fc.nat(10_000), what: fc.nat(10_000) }), { maxLength: 3 })

/** Every copy of a value with one place of it changed, in every way there is. */
export const spoiledOnce = (value: unknown): unknown[] =>
  places({ value }).flatMap(({ key }, where) => {
    const strangers = LABELLED.has(String(key)) ? LABELS : ALL
    const single = (how: Spoiling, count: number) =>
      Array.from({ length: count }, (_, what) => spoiled(value, [{ how, where, what }]))
    return [...single('replace', strangers.length), ...single('drop', 1), ...single('retype', 1)]
  })

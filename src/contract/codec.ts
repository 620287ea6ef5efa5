/**
 * The codec combinators: tables that are read in both directions.
 * Left is wire, right is canonical: `decode` walks to canonical, `encode` walks to the wire.
 */
import * as z from 'zod'
import type { Fidelity } from '../canonical/words.ts'
import { freezeDeep } from './freeze.ts'
import { blank, read, write } from './paths.ts'

// biome-ignore lint/suspicious/noExplicitAny: the wire side is whatever a provider sends; the codec itself is the check
export type Codec<Canonical> = z.ZodType<Canonical, any>

/** A canonical literal that the shape of the wire message itself expresses. */
export const implied = Object.freeze({ row: 'implied' })
/** The provider has no place for this field. */
export const unsupported = Object.freeze({ row: 'unsupported' })

type ValueCodec = z.ZodType
/** A wire name (dotted for a nested place), one with a value codec and how faithful it is, `implied` or `unsupported`. */
export type Row =
  | string
  | readonly [wire: string, codec: ValueCodec, fidelity?: Exclude<Fidelity, 'unsupported'>]
  | typeof implied
  | typeof unsupported

/** Total: a canonical field without a row, and a row without a canonical field, do not compile. */
export type Rows<Shape extends z.core.$ZodShape> = { readonly [Field in keyof Shape]-?: Row }

export interface Table {
  readonly rows: Readonly<Record<string, Row>>
  readonly constants: Readonly<Record<string, z.core.util.Literal>>
  readonly ignored: readonly string[]
}

const tables = new WeakMap<object, Table>()

/** The table behind a codec made by `fields`, or undefined. */
export const tableOf = (codec: object): Table | undefined => tables.get(codec)

interface Leaf {
  readonly field: string
  readonly path: string
  readonly codec: z.ZodType
}

const optionalIn = (schema: z.ZodType) => schema._zod.optin === 'optional'
const optionalOut = (schema: z.ZodType) => schema._zod.optout === 'optional'
/** A codec that answers for "absent" itself, on either side, is left to do so. */
const knowsAbsence = (codec: z.ZodType) => optionalIn(codec) || optionalOut(codec)

const leavesOf = (shape: z.core.$ZodShape, rows: Readonly<Record<string, Row>>): Leaf[] =>
  Object.entries(rows).flatMap(([field, row]) => {
    const own = shape[field] as z.ZodType
    if (typeof row === 'string') return [{ field, path: row, codec: own }]
    if (!Array.isArray(row)) return []
    const [path, codec] = row as readonly [string, z.ZodType]
    return [{ field, path, codec: optionalIn(own) && !knowsAbsence(codec) ? codec.optional() : codec }]
  })

type Tree = { [key: string]: Tree | z.ZodType }

/** The wire side as a schema: nested objects that keep what no row reads. */
const wireSchema = (tree: Tree): z.ZodType =>
  z.looseObject(
    Object.fromEntries(
      Object.entries(tree).map(([key, node]) => [key, node instanceof z.ZodType ? node : wireSchema(node).nullish()]),
    ),
  )

/** One place, one row: neither the same name twice nor a name inside of another. */
const refuseDoubles = (names: readonly string[]) => {
  const holds = (name: string, other: string) => other === name || other.startsWith(`${name}.`)
  const double = names.find((name, index) => names.some((other, at) => at !== index && holds(name, other)))
  if (double !== undefined) throw new Error(`two rows share the wire name ${double}`)
}

/**
 * A table of renames and value codecs between a wire object and a canonical object, read both ways.
 * `constants` are wire-only literals that tell this shape from its siblings; `says` are written with every message and
 * never read; `ignored` names wire keys known and not kept.
 * @example fields(z.object({ style: z.string() }), { style: 'tags' })
 */
export const fields = <const Shape extends z.core.$ZodShape>(
  canonical: z.ZodObject<Shape>,
  rows: Rows<Shape>,
  wireOnly: { constants?: Table['constants']; says?: Table['constants']; ignored?: readonly string[] } = {},
): Codec<z.output<z.ZodObject<Shape>>> => {
  const { constants = {}, says = {}, ignored = [] } = wireOnly
  const leaves = leavesOf(canonical.shape, rows as Readonly<Record<string, Row>>)
  const written = Object.entries({ ...constants, ...says })
  refuseDoubles([...leaves.map((leaf) => leaf.path), ...written.map(([path]) => path)])
  const tree: Tree = {}
  for (const leaf of leaves) write(tree, leaf.path, leaf.codec)
  for (const [path, value] of Object.entries(constants)) write(tree, path, z.literal(value))
  const fixed = Object.entries(rows).flatMap(([field, row]) => {
    const own = canonical.shape[field] as unknown as z.ZodType
    if (row === implied) return [[field, (own as z.ZodLiteral).value] as const]
    // Never said by this provider: a field that must be there and may be null is null.
    return row === unsupported && !optionalIn(own) && own.safeParse(null).success ? [[field, null] as const] : []
  })
  const codec = z.codec(wireSchema(tree), canonical, {
    decode: (wire) => {
      const out: Record<string, unknown> = Object.fromEntries(fixed)
      for (const { field, path } of leaves) {
        const value = read(wire, path)
        if (value !== undefined) out[field] = value
      }
      return out as never
    },
    encode: (value) => {
      const out = {}
      for (const { field, path, codec: leafCodec } of leaves) {
        const leaf = (value as Record<string, unknown>)[field]
        if (leaf !== undefined || (optionalOut(leafCodec) && !optionalIn(leafCodec))) write(out, path, leaf)
      }
      for (const [path, literal] of written) write(out, path, literal)
      return out
    },
  })
  const unread = [...ignored, ...Object.keys(says)]
  tables.set(codec, freezeDeep({ rows: { ...rows } as Table['rows'], constants, ignored: unread }))
  return codec as unknown as Codec<z.output<z.ZodObject<Shape>>>
}

/**
 * A closed word list: many native words to one canonical word; the first is the one we speak.
 * Total over the canonical enum; an empty list says "this provider has no such word". An unknown native word is refused.
 * @example vocabulary(VocalGender, { male: ['m'], female: ['f'] })
 */
export const vocabulary = <const Words extends z.core.util.EnumLike>(
  canonical: z.ZodEnum<Words>,
  words: { readonly [Word in Words[keyof Words]]: readonly z.core.util.Literal[] },
) => {
  const entries = Object.entries(words) as [string, readonly z.core.util.Literal[]][]
  const known = entries.flatMap(([, natives]) => natives)
  const double = known.find((native, index) => known.indexOf(native) !== index)
  if (double !== undefined) throw new Error(`the native word ${String(double)} stands for two of ours`)
  const inward = new Map(entries.flatMap(([word, natives]) => natives.map((native) => [native, word] as const)))
  return z.codec(z.literal(known as [z.core.util.Literal, ...z.core.util.Literal[]]), canonical, {
    decode: (native) => inward.get(native as z.core.util.Literal) as never,
    encode: (word, context) => {
      const native = words[word as Words[keyof Words]][0]
      if (native !== undefined) return native
      context.issues.push({ code: 'custom', input: word, message: `this provider has no word for ${String(word)}` })
      return z.NEVER
    },
  })
}

/** Canonical words a vocabulary can speak, in the order of its table. */
export const spoken = <Word extends string>(words: Readonly<Partial<Record<Word, readonly unknown[]>>>): Word[] =>
  (Object.keys(words) as Word[]).filter((word) => (words[word] ?? []).length > 0)

/** A text, URL or similar that is `""`, null or absent until there is one. Speaks `""`, or null where told so. */
export const blankIsNull = (speaks: '' | null = '') =>
  z.codec(z.string().nullish(), z.string().nullable(), {
    decode: (wire) => (blank(wire) ? null : (wire as string)),
    encode: (value) => value ?? speaks,
  })

/** A length in seconds: a number or a numeric text; `""`, null, 0 or absent until it is known. */
export const decimal = (speaks: '' | null = null) =>
  z.codec(z.union([z.number(), z.string().regex(/^(\d+(\.\d+)?)?$/)]).nullish(), z.number().nullable(), {
    decode: (wire) => Number(wire ?? 0) || null,
    encode: (value) => value ?? speaks,
  })

/** A list that is absent or null where there is nothing in it. */
export const list = <Item>(item: Codec<Item>) =>
  z.codec(z.array(item).nullish(), z.array(z.custom<Item>()), {
    decode: (wire) => (wire ?? []) as Item[],
    encode: (value) => value as never,
  })

/** A value that may be absent on the wire and is then null. */
export const orNull = <Value>(value: z.ZodType<Value, Value>) =>
  z.codec(value.nullish(), value.nullable(), { decode: (wire) => wire ?? null, encode: (own) => own })

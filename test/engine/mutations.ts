/** What a provider might answer instead: documented replies, damaged in every way that could be thought of. */
import fc from 'fast-check'

/** Where a value stands in a JSON document. */
type Path = readonly (string | number)[]
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

const MARK = '\u0001mark\u0001'

const placesIn = (value: unknown, path: Path = []): Path[] => {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, each]) => placesIn(each, [...path, key]))]
}

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((found, key) => (found as Record<string, unknown>)[key], value)

/** The document with other text at one place; whatever text it is, valid or not. */
const withText = (wire: unknown, path: Path, text: string): string => {
  const [key, ...rest] = path
  const marked = (value: unknown, [first, ...others]: Path): unknown => {
    if (first === undefined) return MARK
    if (Array.isArray(value)) return value.map((each, index) => (index === Number(first) ? marked(each, others) : each))
    return { ...(value as object), [first]: marked((value as Record<string, unknown>)[first], others) }
  }
  if (key === undefined) return text
  return JSON.stringify(marked(wire, [key, ...rest])).replace(JSON.stringify(MARK), () => text)
}

const nested = (open: string, close: string, depth: number, inside: string) =>
  open.repeat(depth) + inside + close.repeat(depth)

/** Texts that take long to read for whoever reads them carelessly. */
const LONG = [
  `"${'0'.repeat(50_000)}x"`,
  `"${'1.'.repeat(25_000)}"`,
  `"${' '.repeat(50_000)}x"`,
  `"https://${'a.'.repeat(25_000)}"`,
  `"${'[Verse]\\n'.repeat(6000)}["`,
  nested('[', ']', 20_000, ''),
  nested('{"data":', '}', 20_000, '{}'),
  `[${'{},'.repeat(5000)}{}]`,
]

const NASTY = [
  ...['null', 'true', 'false', '0', '-0', '1', '200', '402', '429', '455', '500', '-1', '0.5', '1e21', '1e308'],
  ...['1e999', '-1e999', '9007199254740993', '123456789012345678901234567890', '5e-324'],
  ...['""', '" "', '"null"', '"200"', '"SUCCESS"', '"success"', '"FAILED"', '"complete"', '"0"', '"NaN"'],
  ...[
    '"\\u0000"',
    '"\\ud800"',
    '"\\udfff\\ud83d"',
    '"\\u202e\\u0000"',
    '"<html></html>"',
    '"__proto__"',
    '"constructor"',
  ],
  ...['[]', '{}', '[null]', '[[]]', '[{}]', '[1,"1",null]', '["SUCCESS"]', '[[["x"]]]', '{"0":"x","length":1}'],
  ...['{"toString":1,"valueOf":1}', '[{"toString":null}]', '{"toJSON":1}', '{"then":1}'],
  ...['{"__proto__":null}', '{"__proto__":{"code":200,"taskId":"x"}}', '{"constructor":{"prototype":{"code":200}}}'],
  ...['undefined', 'NaN', "'x'", '{', '[', '"', '<html>', '0x10', '01', ',', '/**/'],
]

/** One JSON text in place of another: mostly short. */
const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 1, arbitrary: fc.constantFrom(...LONG) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map((value) => JSON.stringify(value)) },
)

const bytes = (change: (body: Buffer) => Buffer) => (body: string) => change(Buffer.from(body, 'utf8')).toString('utf8')

/** Damage that does not care what it hits. */
const blind: fc.Arbitrary<(body: string) => string> = fc.oneof(
  fc.nat().map((place) => (body: string) => body.slice(0, place % (body.length + 1))),
  fc.nat().map((place) => (body: string) => body.slice(place % (body.length + 1))),
  fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 }).map((flips) =>
    bytes((body) => {
      for (const [place, bit] of flips) if (body.length > 0) body[place % body.length]! ^= bit
      return body
    }),
  ),
  fc.tuple(fc.nat(), fc.string({ unit: 'binary', maxLength: 8 })).map(([place, more]) => (body: string) => {
    const cut = place % (body.length + 1)
    return body.slice(0, cut) + more + body.slice(cut)
  }),
  fc.tuple(fc.nat(), fc.nat()).map(([from, to]) => (body: string) => {
    const [one, two] = [from % (body.length + 1), to % (body.length + 1)]
    return body.slice(0, Math.min(one, two)) + body.slice(Math.max(one, two))
  }),
  fc.constantFrom(
    (body: string) => body + body,
    (body: string) => `\ufeff${body}`,
    (body: string) => `[${body}]`,
    (body: string) => JSON.stringify(body),
    (body: string) => `while(1);${body}`,
    () => '<html><body>502 Bad Gateway</body></html>',
    () => '',
  ),
)

/** Damage of one place of a document that is JSON. */
const aimed = (wire: unknown): fc.Arbitrary<string> => {
  const places = placesIn(wire)
  const objects = places.filter((path) => {
    const value = at(wire, path)
    return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
  })
  const replaced = fc.tuple(fc.constantFrom(...places), text).map(([path, other]) => withText(wire, path, other))
  if (objects.length === 0) return replaced
  const key = fc
    .constantFrom(...objects)
    .chain((path) => fc.tuple(fc.constant(path), fc.constantFrom(...Object.keys(at(wire, path) as object))))
  /** The same key twice, and a key of the language beside it: whoever reads takes one of them. */
  const doubled = fc.tuple(key, text, fc.boolean()).map(([[path, name], other, first]) => {
    const members = JSON.stringify(at(wire, path)).slice(1, -1)
    const again = `${JSON.stringify(name)}:${other}`
    return withText(wire, path, first ? `{${again},${members}}` : `{${members},${again}}`)
  })
  const poisoned = fc
    .tuple(key, fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'), text)
    .map(([[path], name, other]) =>
      withText(wire, path, `{"${name}":${other},${JSON.stringify(at(wire, path)).slice(1, -1)}}`),
    )
  const removed = key.map(([path, name]) => {
    const { [name]: _, ...rest } = at(wire, path) as Record<string, Json>
    return withText(wire, path, JSON.stringify(rest))
  })
  return fc.oneof(
    { weight: 6, arbitrary: replaced },
    { weight: 2, arbitrary: doubled },
    { weight: 1, arbitrary: poisoned },
    { weight: 2, arbitrary: removed },
  )
}

/** Bodies that come of one documented body. */
export const mutated = ({ wire, text: said }: { readonly wire?: unknown; readonly text?: string }) => {
  const body = said ?? JSON.stringify(wire)
  const damaged = blind.map((damage) => damage(body))
  return wire === undefined
    ? damaged
    : fc.oneof(
        { weight: 3, arbitrary: aimed(wire) },
        { weight: 1, arbitrary: damaged },
        { weight: 1, arbitrary: fc.tuple(aimed(wire), blind).map(([once, damage]) => damage(once)) },
      )
}

/** HTTP statuses that it may come with instead of its own. */
export const STATUSES = [
  200, 201, 204, 301, 307, 400, 401, 402, 403, 404, 429, 455, 500, 502, 503, 504, 521, 524, 525, 530,
] as const

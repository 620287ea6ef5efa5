/** openapi/gateway.json: complete, checked by its own examples, and of one mind with the schemas the routes validate with. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { COMMON_ERRORS, catalogue, type Operation } from '../src/canonical/catalogue.ts'
import { ERROR_CODES, Problem } from '../src/canonical/error.ts'
import type { Rule } from '../src/canonical/rule.ts'
import { brokenRules } from '../src/contract/rules.ts'
import { policy } from '../src/engine/policy.ts'
import { gatewayDocument } from '../src/http/document.ts'
import { idempotencyKey, preferredWait } from '../src/http/headers.ts'
import { blows, type Json, type Spoiling, spoiled, spoiledOnce, valid } from './document-values.ts'

const root = join(import.meta.dirname, '..')
const file = join(root, 'openapi/gateway.json')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

interface Media {
  readonly schema: Json
  readonly examples?: Record<string, Json>
}
interface Answer {
  readonly description: string
  readonly headers: Record<string, Json>
  readonly content?: Record<string, Media>
}
interface Described extends Json {
  readonly operationId: string
  readonly parameters?: Json[]
  readonly requestBody?: { readonly content: Record<string, Media> }
  readonly responses: Record<string, Answer>
}
interface Document {
  readonly paths: Record<string, Record<string, Described>>
  readonly components: Record<'schemas' | 'parameters' | 'headers' | 'examples', Record<string, Json>>
  readonly tags: readonly { readonly name: string }[]
}

// As a reader gets it: the checked-in file, which (d) holds against the renderer.
const document = JSON.parse(readFileSync(file, 'utf8')) as Document
const operations = Object.entries(catalogue) as [string, Operation][]
const described = Object.values(document.paths).flatMap((methods) => Object.values(methods))
const find = (id: string) => described.find(({ operationId }) => operationId === id)!

const resolve = (reference: string): Json => {
  let at: unknown = document
  for (const key of reference.slice(2).split('/')) at = (at as Json)[key]
  if (at === undefined) throw new Error(`${reference} leads nowhere`)
  return at as Json
}
const followed = (json: Json): Json => (typeof json.$ref === 'string' ? resolve(json.$ref) : json)

// The `then` of a rule requires a field that the component around it defines.
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false })
addFormats.default(ajv)
ajv.addVocabulary(['components', 'discriminator'])
const compile = (schema: Json): ValidateFunction => ajv.compile({ ...schema, components: document.components })

const accepts =
  (schema: z.ZodType, rules: readonly Rule[] = []) =>
  (value: unknown) =>
    schema.safeParse(value).success && brokenRules(rules, value as Json).length === 0

const parametersOf = (id: string, place?: string) =>
  (find(id).parameters ?? []).map(followed).filter((each) => place === undefined || each.in === place)

describe('the catalogue', () => {
  it('is told completely, beside the service paths', () => {
    expect(described.map(({ operationId }) => operationId)).toEqual([
      ...Object.keys(catalogue),
      'getHealth',
      'getReadiness',
      'getDocument',
      'getErrorPage',
    ])
    expect(Object.keys(document.paths).filter((path) => path.startsWith('/cb'))).toEqual([])
  })

  it.each(operations)('%s is told with all it takes and answers', (id, operation) => {
    const told = document.paths[operation.path]?.[operation.method]
    expect(told?.operationId).toBe(id)
    expect(told?.tags).toEqual([operation.tag])
    expect(document.tags.map(({ name }) => name)).toContain(operation.tag)
    expect(parametersOf(id).map(({ name }) => name)).toEqual([
      ...Object.keys(operation.params?.shape ?? {}),
      ...Object.keys(operation.query?.shape ?? {}),
      ...operation.headers,
    ])
    expect(told?.requestBody !== undefined).toBe(operation.body !== undefined)
    const successes = Object.keys(told?.responses ?? {}).filter((status) => status < '400')
    const conditional = operation.headers.includes('If-None-Match')
    expect(successes).toEqual(operation.kind === 'task' ? ['200', '202'] : conditional ? ['200', '304'] : ['200'])
  })

  it.each(operations)('%s is told with every error it can answer', (id, operation) => {
    const told: string[] = []
    for (const [status, { description, headers, content }] of Object.entries(find(id).responses)) {
      if (status < '400') continue
      const { schema, examples } = content!['application/problem+json']!
      const narrowed = (schema.allOf as Json[])[1]!.properties as { status: Json; code: { enum: string[] } }
      expect(narrowed.status.const).toBe(Number(status))
      for (const code of narrowed.code.enum) {
        expect(description).toContain(`\`${code}\``)
        expect(Object.keys(examples!)).toContain(code)
        expect(policy[code as keyof typeof policy].http).toBe(Number(status))
      }
      expect(Object.keys(headers)).toEqual(expect.arrayContaining(['Request-Id', 'Tutti-Should-Retry']))
      told.push(...narrowed.code.enum)
    }
    expect(told.sort()).toEqual([...new Set([...operation.errors, ...COMMON_ERRORS])].sort())
  })
})

/** Every media type with examples: where it stands, and what the routes hold its values against. */
const media = described.flatMap((operation) => {
  const known = (catalogue as Record<string, Operation>)[operation.operationId]
  const requests = Object.values(operation.requestBody?.content ?? {}).map((each) => ({
    name: `${operation.operationId} request`,
    media: each,
    zod: accepts(known!.body!, known!.rules),
  }))
  const answers = Object.entries(operation.responses).flatMap(([status, { content = {} }]) =>
    Object.entries(content).map(([type, each]) => ({
      name: `${operation.operationId} ${status}`,
      media: each,
      zod: type === 'application/problem+json' ? accepts(Problem) : known ? accepts(known.result) : () => true,
    })),
  )
  return [...requests, ...answers]
})

describe('examples', () => {
  it('are there for everything the catalogue takes and answers', () => {
    const bare = media.filter((each) => Object.keys(each.media.examples ?? {}).length === 0).map(({ name }) => name)
    expect(bare).toEqual(['getDocument 200', 'getErrorPage 200'])
  })

  it.each(media)('of $name are valid by the document and by zod', ({ media: { schema, examples = {} }, zod }) => {
    const validate = compile(schema)
    for (const [name, example] of Object.entries(examples)) {
      const { value } = followed(example)
      expect([name, validate(value), validate.errors]).toEqual([name, true, null])
      expect([name, zod(value)]).toEqual([name, true])
    }
  })

  it('of parameters and headers are valid', () => {
    const { parameters, headers } = document.components
    const all = [
      ...Object.values(parameters),
      ...Object.values(headers),
      ...described.flatMap((each) => each.parameters ?? []),
    ]
    for (const { schema, example } of all.map(followed))
      if (example !== undefined) expect([example, compile(schema as Json)(example)]).toEqual([example, true])
  })
})

/** Every object schema that a schema leads to, by the way there. */
const objectsIn = (schema: unknown, way: string, seen = new Set<string>()): [string, Json][] => {
  if (typeof schema !== 'object' || schema === null) return []
  const json = schema as Json
  if (typeof json.$ref === 'string') {
    if (seen.has(json.$ref)) return []
    seen.add(json.$ref)
    return objectsIn(resolve(json.$ref), json.$ref, seen)
  }
  const inside = Object.entries(json).flatMap(([key, each]) =>
    ['if', 'then', 'examples'].includes(key) ? [] : objectsIn(each, `${way}/${key}`, seen),
  )
  return json.type === 'object' ? [[way, json], ...inside] : inside
}

describe('growth', () => {
  it('is refused in requests and allowed in answers', () => {
    const open = (schema: unknown) => objectsIn(schema, '#').filter(([, json]) => json.additionalProperties !== false)
    const closed = (schema: unknown) => objectsIn(schema, '#').filter(([, json]) => json.additionalProperties === false)
    const bodies = described.flatMap(({ requestBody }) => Object.values(requestBody?.content ?? {}))
    const answers = described.flatMap(({ responses }) =>
      Object.values(responses).flatMap(({ content }) => Object.values(content ?? {})),
    )
    expect(bodies.flatMap(({ schema }) => open(schema)).map(([way]) => way)).toEqual(
      ['#/components/schemas/DescribeRequest/properties/metadata'].concat(
        '#/components/schemas/ComposeRequest/properties/metadata',
      ),
    )
    expect(answers.flatMap(({ schema }) => closed(schema))).toEqual([])
    const words = answers
      .flatMap(({ schema }) => objectsIn(schema, '#'))
      .flatMap(([, json]) => Object.values((json.properties ?? {}) as Json))
    for (const each of words.map((json) => followed(json as Json)).filter((json) => 'enum' in json))
      expect(each.description).toContain('More may appear')
  })
})

/** A schema of the document, and the same as the routes see it. */
interface Pair {
  readonly name: string
  readonly schema: Json
  readonly zod: (value: unknown) => boolean
  readonly spoilings: readonly Spoiling[]
}

const EVERY_WAY = ['nudge', 'replace', 'drop', 'add', 'retype'] as const
/** The document leaves answers open, so an unknown key proves nothing: known keys only. */
const KNOWN_KEYS = ['nudge', 'replace', 'drop', 'retype'] as const

const bodies: Pair[] = operations.flatMap(([id, { body, rules }]) =>
  body === undefined
    ? []
    : [
        {
          name: `${id} request`,
          schema: find(id).requestBody!.content['application/json']!.schema,
          zod: accepts(body, rules),
          spoilings: EVERY_WAY,
        },
      ],
)

const answers: Pair[] = [...new Map(operations.map(([id, { result }]) => [result, id]))].map(([result, id]) => ({
  name: `${id} answer`,
  schema: find(id).responses['200']!.content!['application/json']!.schema,
  zod: accepts(result),
  spoilings: KNOWN_KEYS,
}))
const problem: Pair = {
  name: 'problem',
  schema: { $ref: '#/components/schemas/Problem' },
  zod: accepts(Problem),
  spoilings: KNOWN_KEYS,
}

/** Parameters as one object. That no other name is taken is a fact of the query, which OpenAPI can not say. */
const asObject = (parameters: readonly Json[]): Json => ({
  type: 'object',
  properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
  required: parameters.filter(({ required }) => required === true).map(({ name }) => name),
  additionalProperties: false,
})

const written = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value))
/** As the routes see parameters: nothing but text. */
const asText = (value: unknown) =>
  Object.fromEntries(Object.entries(value as Json).map(([name, each]) => [name, written(each)]))
/** As the document speaks of them: a parameter that is an integer is its decimal digits. */
const asValues = (value: unknown, schema: Json) =>
  Object.fromEntries(
    Object.entries(asText(value)).map(([name, each]) => {
      const type = ((schema.properties as Json)[name] as Json | undefined)?.type
      return [name, type === 'integer' && String(Number(each)) === each ? Number(each) : each]
    }),
  )

const parameterPairs = operations.flatMap(([id, { params, query }]) => [
  ...(params ? [{ name: `${id} path`, schema: asObject(parametersOf(id, 'path')), zod: accepts(params) }] : []),
  ...(query ? [{ name: `${id} query`, schema: asObject(parametersOf(id, 'query')), zod: accepts(query) }] : []),
])

const RUNS = { seed: 20261121, numRuns: 1000 } as const
/** Requests are what the gateway refuses: looked at more closely. */
const REQUEST_RUNS = { ...RUNS, numRuns: 5000 } as const

/** Lets both judge spoiled values; gives how often both accepted and both refused. */
const compare = (
  schema: Json,
  spoilings: readonly Spoiling[],
  verdicts: (value: unknown) => { byDocument: boolean; byZod: boolean },
  runs: { seed: number; numRuns: number } = RUNS,
) => {
  const count = { accepted: 0, refused: 0 }
  fc.assert(
    fc.property(valid(schema, resolve), blows(spoilings), (value, all) => {
      // What JSON can not say (undefined, -0) never arrives.
      const sent: unknown = JSON.parse(JSON.stringify(spoiled(value, all) ?? null))
      const { byDocument, byZod } = verdicts(sent)
      count[byDocument ? 'accepted' : 'refused']++
      if (byDocument !== byZod)
        throw new Error(`The document says ${byDocument}, zod says ${byZod}: ${JSON.stringify(sent)}`)
    }),
    runs,
  )
  return count
}

/** Every field a song may be asked for with, beside those of the examples. */
const RICH: Json = {
  negative_style: 'harsh',
  vocal_gender: 'male',
  style_weight: 0.5,
  weirdness: 0.5,
  audio_weight: 0.5,
  duration_seconds: 120,
  model: 'v5',
  persona_id: 'persona_5N9P6R0S1V301JD3W8Q4T7X2MB',
  voice_id: 'voice_6R0S1V301JD3W8Q4T7X2M5N9PC',
  metadata: { album: 'x' },
  routing: {
    provider: 'aria',
    order: ['aria'],
    only: ['aria'],
    ignore: ['cadence'],
    allow_fallbacks: true,
    require_parameters: true,
  },
}

const expectBoth = ({ accepted, refused }: { accepted: number; refused: number }) => {
  expect(accepted).toBeGreaterThan(100)
  expect(refused).toBeGreaterThan(100)
}

describe('parity: zod and the document accept the same', () => {
  it.each([...bodies, ...answers, problem])('$name', ({ schema, zod, spoilings }) => {
    const validate = compile(schema)
    const verdicts = (value: unknown) => ({ byDocument: validate(value), byZod: zod(value) })
    expectBoth(compare(schema, spoilings, verdicts, spoilings === EVERY_WAY ? REQUEST_RUNS : RUNS))
  })

  it.each(bodies)('$name, examples and each change to one place of them', ({ name, schema, zod }) => {
    const validate = compile(schema)
    const examples = Object.values(find(name.split(' ')[0]!).requestBody!.content['application/json']!.examples!)
    const samples = examples.flatMap(({ value }) => spoiledOnce({ ...(value as Json), ...RICH }))
    const judged = samples.map((value) => [validate(value), zod(value), value])
    expect(judged.filter(([byDocument, byZod]) => byDocument !== byZod)).toEqual([])
    expectBoth({
      accepted: judged.filter(([verdict]) => verdict).length,
      refused: judged.filter(([verdict]) => !verdict).length,
    })
  })

  it.each(parameterPairs)('$name', ({ name, schema, zod }) => {
    const validate = compile(schema)
    // A path parameter is there or the path is another one.
    const spoilings = name.endsWith('path') ? (['nudge', 'replace'] as const) : EVERY_WAY
    const isRecord = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
    expectBoth(
      compare(schema, spoilings, (value) => {
        const all = isRecord(value) ? value : {}
        return { byDocument: validate(asValues(all, schema)), byZod: zod(asText(all)) }
      }),
    )
  })

  it.each([
    [{ mode: 'compose', title: 't', style: 's' }, false],
    [{ mode: 'compose', title: 't', style: 's', instrumental: false }, false],
    [{ mode: 'compose', title: 't', style: 's', instrumental: null }, false],
    [{ mode: 'compose', title: 't', style: 's', instrumental: true }, true],
    [{ mode: 'compose', title: 't', style: 's', instrumental: true, lyrics: 'l' }, true],
    [{ mode: 'compose', title: 't', style: 's', lyrics: 'l' }, true],
    [{ mode: 'compose', title: 't', style: 's', lyrics: '' }, false],
    [{ mode: 'describe', description: 'd' }, true],
    [{ mode: 'describe', description: 'd', instrumental: false }, true],
  ])('on lyrics: %j is %s', (value, expected) => {
    const [body] = bodies
    expect([compile(body!.schema)(value), body!.zod(value)]).toEqual([expected, expected])
  })
})

describe('request headers', () => {
  const survives = (read: (header: string) => unknown) => (header: string) => {
    try {
      read(header)
      return true
    } catch {
      return false
    }
  }
  const key = fc.oneof(
    fc.string({ maxLength: 4 }),
    fc.string({ minLength: 250, maxLength: 260 }),
    fc.string({ maxLength: 4 }).map((inner) => `"${inner}"`),
    fc.string({ minLength: 250, maxLength: 258 }).map((inner) => `"${inner}"`),
    fc.constantFrom('', '"', '""', '"""', ' a', 'a b', 'ä', '"a', 'a"', 'x'.repeat(255), `"${'x'.repeat(255)}"`),
  )
  const piece = fc.constantFrom(
    'wait',
    'Wait',
    ' ',
    '=',
    '"',
    '5',
    '1234567',
    '30',
    ',',
    ';',
    'respond-async',
    '-',
    'x',
    '',
  )
  const prefer = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))

  it.each([
    ['Idempotency-Key', key, survives(idempotencyKey)],
    ['Prefer', prefer, survives(preferredWait)],
  ] as const)('%s is described as it is read', (name, values, reads) => {
    const validate = compile(document.components.parameters[name]!.schema as Json)
    const count = { accepted: 0, refused: 0 }
    fc.assert(
      fc.property(values as fc.Arbitrary<string>, (header) => {
        count[reads(header) ? 'accepted' : 'refused']++
        expect([header, validate(header)]).toEqual([header, reads(header)])
      }),
      { ...RUNS, numRuns: 2000 },
    )
    expectBoth(count)
  })
})

describe('openapi/gateway.json', () => {
  it('is up to date', () => {
    const stale = readFileSync(file, 'utf8') !== `${JSON.stringify(gatewayDocument(version), null, 2)}\n`
    expect(stale, 'run node scripts/openapi.ts and look at the difference').toBe(false)
  })

  it('pleases redocly', { timeout: 20_000 }, () => {
    const cli = join(root, 'node_modules/.bin/redocly')
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
    const report = JSON.parse(
      execFileSync(cli, ['lint', file, '--format=json'], { cwd: root, env, encoding: 'utf8', stdio: 'pipe' }),
    ) as {
      totals: { errors: number; warnings: number }
    }
    expect(report.totals).toMatchObject({ errors: 0, warnings: 0 })
  })

  it('names every code that is an answer of its own', () => {
    const told = new Set(described.flatMap(({ responses }) => Object.values(responses).map((each) => each.description)))
    const silent = ERROR_CODES.filter((code) => ![...told].some((description) => description.includes(`\`${code}\``)))
    // Only ever on a task, or not answered yet.
    expect(silent).toEqual(['not_acceptable', 'generation_failed', 'provider_timeout'])
  })
})

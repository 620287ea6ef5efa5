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
import { Instant } from '../src/canonical/instant.ts'
import type { Rule } from '../src/canonical/rule.ts'
import { brokenRules } from '../src/contract/rules.ts'
import { policy } from '../src/engine/policy.ts'
import { gatewayDocument } from '../src/http/document/document.ts'
import { idempotencyKey, preferredWait } from '../src/http/headers.ts'
import { blows, type Json, only, type Spoiling, spoiled, spoiledOnce, valid, type World } from './document-values.ts'

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
  readonly requestBody?: { readonly required: boolean; readonly content: Record<string, Media> }
  readonly responses: Record<string, Answer>
}
interface Document {
  readonly paths: Record<string, Record<string, Described>>
  readonly components: Record<'schemas' | 'parameters' | 'headers' | 'responses' | 'examples', Record<string, Json>>
  readonly tags: readonly { readonly name: string }[]
}

// As a reader gets it: the checked-in file, which (d) holds against the renderer.
const document = JSON.parse(readFileSync(file, 'utf8')) as Document
const operations = Object.entries(catalogue) as [string, Operation][]

const resolve = (reference: string): Json => {
  let at: unknown = document
  for (const key of reference.slice(2).split('/')) at = (at as Json)[key]
  if (at === undefined) throw new Error(`${reference} leads nowhere`)
  return at as Json
}
const followed = (json: Json): Json => (typeof json.$ref === 'string' ? resolve(json.$ref) : json)

const inPlace = (responses: Record<string, Answer>) =>
  Object.fromEntries(
    Object.entries(responses).map(([status, each]) => [status, followed({ ...each }) as unknown as Answer]),
  )
/** Every operation, with its responses in place: those that many have in common stand in the components. */
const described = Object.values(document.paths).flatMap((methods) =>
  Object.values(methods).map((each): Described => ({ ...each, responses: inPlace(each.responses) })),
)
const find = (id: string) => described.find(({ operationId }) => operationId === id)!

// The `then` of a rule requires a field that the component around it defines.
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false })
addFormats.default(ajv)
// RFC 3339 has leap seconds and other zones, which no answer has: that a time is one of ours is all that an answer says.
ajv.addFormat('date-time', (text: string) => Instant.safeParse(text).success)
ajv.addVocabulary(['components', 'discriminator'])
const compile = (schema: Json): ValidateFunction => ajv.compile({ ...schema, components: document.components })

const accepts =
  (schema: z.ZodType, rules: readonly Rule[] = []) =>
  (value: unknown) =>
    schema.safeParse(value).success && brokenRules(rules, value as Json).length === 0

/** What an operation takes as JSON, by all or some of its rules. An estimate is of a request with rules of its own. */
const takes =
  (id: string, keep: (rule: Rule) => boolean = () => true) =>
  (value: unknown): boolean => {
    const { body, rules = [] } = catalogue[id as keyof typeof catalogue] as Operation
    if (!accepts(body!, rules.filter(keep))(value)) return false
    if (id !== 'estimate') return true
    const { operation, request } = value as { operation: string; request: unknown }
    return takes(operation, keep)(request)
  }

/** What an operation takes as a form. */
const takesParts = (parts: z.ZodObject) => (value: unknown) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { file, ...rest } = value as Json
  return typeof file === 'string' && parts.safeParse(rest).success
}

const isSpan = (rule: Rule) => 'span' in rule

const parametersOf = (id: string, place?: string) =>
  (find(id).parameters ?? []).map(followed).filter((each) => place === undefined || each.in === place)

describe('the catalogue', () => {
  it('is told completely, beside the service paths', () => {
    expect(described.map(({ operationId }) => operationId)).toEqual([
      ...Object.keys(catalogue),
      'getHealth',
      'getReadiness',
      'getMetrics',
      'getDocument',
      'getWebhookKeys',
      'getErrorPage',
    ])
    expect(Object.keys(document.paths).filter((path) => path.startsWith('/cb'))).toEqual([])
  })

  it.each(operations)('%s is told with all it takes and answers', (id, operation) => {
    const told = document.paths[operation.path]?.[operation.method]
    expect(told?.operationId).toBe(id)
    expect(told?.summary).toBe(operation.summary)
    expect(told?.tags).toEqual([operation.tag])
    expect(document.tags.map(({ name }) => name)).toContain(operation.tag)
    expect(parametersOf(id).map(({ name }) => name)).toEqual([
      ...Object.keys(operation.params?.shape ?? {}),
      ...Object.keys(operation.query?.shape ?? {}),
      ...operation.headers,
    ])
    expect(told?.requestBody?.required).toBe(operation.body && operation.bodyOptional !== true)
    expect(Object.keys(told?.requestBody?.content ?? {})).toEqual([
      ...(operation.body ? ['application/json'] : []),
      ...(operation.multipart ? ['multipart/form-data'] : []),
    ])
    const successes = Object.keys(told?.responses ?? {}).filter((status) => status < '400')
    const conditional = operation.headers.includes('If-None-Match')
    // A stream that has an end can be over.
    const over = operation.streams && operation.params !== undefined
    const other = operation.kind === 'task' ? ['202'] : conditional ? ['304'] : over ? ['204'] : []
    expect(successes).toEqual(operation.redirects ? ['302'] : ['200', ...other])
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
  const requests = Object.entries(operation.requestBody?.content ?? {}).map(([type, each]) => ({
    name: `${operation.operationId} ${type === 'application/json' ? 'request' : type}`,
    media: each,
    zod: type === 'application/json' ? takes(operation.operationId) : takesParts(known!.multipart!),
  }))
  const answers = Object.entries(operation.responses).flatMap(([status, { content = {} }]) =>
    Object.entries(content).map(([type, each]) => ({
      name: [operation.operationId, status, ...(type.endsWith('json') ? [] : [type])].join(' '),
      media: each,
      zod:
        type === 'application/problem+json'
          ? accepts(Problem)
          : known && type === 'application/json'
            ? accepts(known.result)
            : () => true,
    })),
  )
  return [...requests, ...answers]
})

describe('examples', () => {
  it('are there for everything the catalogue takes and answers', () => {
    // Bytes have no place in a document.
    const told = media.filter((each) => each.media.schema.format !== 'binary')
    const bare = told.filter((each) => Object.keys(each.media.examples ?? {}).length === 0).map(({ name }) => name)
    expect(bare).toEqual(['getDocument 200', 'getErrorPage 200 text/plain', 'getErrorPage 200 text/html'])
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

describe('parameters', () => {
  const optional = described
    .flatMap((each) => each.parameters ?? [])
    .map(followed)
    .filter(({ required }) => required !== true)

  it('that may be left out show nothing that a page would send of its own accord', () => {
    expect(new Set(optional.map(({ in: place }) => place))).toEqual(new Set(['query', 'header']))
    for (const { name, schema, ...rest } of optional)
      for (const sent of ['example', 'examples']) {
        expect([name, rest[sent]]).toEqual([name, undefined])
        expect([name, (schema as Json)[sent]]).toEqual([name, undefined])
      }
  })

  it('that are headers say an example which is valid', () => {
    const headers = optional.filter(({ in: place }) => place === 'header')
    expect(headers.length).toBeGreaterThan(50)
    for (const { name, description, schema } of headers) {
      const such = / Such as `(.+)`\.$/.exec(description as string)?.[1]
      expect([name, compile(schema as Json)(such)]).toEqual([name, true])
    }
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
    // Labels are the client's own: nothing else of a request is open.
    const labelled = (schema: unknown) =>
      objectsIn(schema, '#').flatMap(([way, { properties }]) =>
        'metadata' in ((properties ?? {}) as Json) ? [`${way}/properties/metadata`] : [],
      )
    const ways = bodies.flatMap(({ schema }) => open(schema)).map(([way]) => way)
    expect(new Set(ways)).toEqual(new Set(bodies.flatMap(({ schema }) => labelled(schema))))
    expect(ways).toContain('#/components/schemas/ComposeRequest/properties/metadata')
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

/** A body, with what the document shows of it. */
interface Body extends Pair {
  readonly id: string
  readonly examples: readonly Json[]
}

const bodies: Body[] = operations.flatMap(([id, { body, multipart }]) => {
  const { content } = find(id).requestBody ?? { content: {} as Record<string, Media> }
  const pair = (type: string, name: string, zod: Pair['zod']): Body => {
    const { schema, examples = {} } = content[type]!
    return {
      id,
      name,
      schema,
      zod,
      spoilings: EVERY_WAY,
      examples: Object.values(examples).map((each) => each.value as Json),
    }
  }
  return [
    // JSON Schema compares no two fields: that spans are said in words is held below.
    ...(body
      ? [
          pair(
            'application/json',
            `${id} request`,
            takes(id, (rule) => !isSpan(rule)),
          ),
        ]
      : []),
    ...(multipart ? [pair('multipart/form-data', `${id} form`, takesParts(multipart))] : []),
  ]
})

/** The object schemas a body leads to by reference alone: its own, or those of its options. */
const shapes = (schema: Json): Json[] => {
  const at = followed(schema)
  return Array.isArray(at.oneOf) ? at.oneOf.flatMap(shapes) : [at]
}

const rulesBySchema = new Map(
  operations.flatMap(([id, { body, rules = [] }]) =>
    body === undefined
      ? []
      : shapes(find(id).requestBody!.content['application/json']!.schema).map((schema) => [schema, rules] as const),
  ),
)
const world: World = {
  resolve,
  rulesOf: (schema) => (rulesBySchema.get(schema) ?? []).filter((rule) => !isSpan(rule)),
}

const bodied = operations.filter(([, { redirects }]) => !redirects)
const answers: Pair[] = [...new Map(bodied.map(([id, { result }]) => [result, id]))].map(([result, id]) => ({
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
    fc.property(valid(schema, world), blows(spoilings), (value, all) => {
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

/** Every field that may be sent beside those of the examples. A body takes those that it has. */
const RICH: Json = {
  negative_style: 'harsh',
  vocal_gender: 'male',
  style_weight: 0.5,
  weirdness: 0.5,
  audio_weight: 0.5,
  duration_seconds: 120,
  bitrate: 256_000,
  sample_rate: 44_100,
  model: 'v5',
  persona_id: 'persona_5N9P6R0S1V301JD3W8Q4T7X2MB',
  voice_id: 'voice_6R0S1V301JD3W8Q4T7X2M5N9PC',
  instrumental: true,
  continue_at_seconds: 30,
  full_lyrics: '[Verse]\nRain',
  tempo_bpm: 90,
  key: 'C#m',
  loop: true,
  capture_lyrics: true,
  stem: 'Bass',
  stems_task_id: 'task_01JD3W8Q4T7X2M5N9P6R0S1V30',
  author: 'Rain & Co',
  domain_name: 'rain.example',
  start_seconds: 0,
  end_seconds: 20,
  language: 'de',
  skill: 'advanced',
  name: 'Marlene',
  description: 'A voice like rain',
  style: 'folk',
  file_name: 'take1.mp3',
  metadata: { album: 'x', take: 'two' },
  max_cost_usd: 0.5,
  webhook: { url: 'https://example.com/hooks', events: ['task.succeeded'] },
  failover: { after_accept: 'refunded_only', on_stall: 'wait', on_ambiguous: 'fail', max_attempts: 3 },
  routing: {
    provider: 'aria',
    order: ['aria'],
    only: ['aria'],
    ignore: ['cadence'],
    allow_fallbacks: true,
    require_parameters: true,
  },
}

/** An example with every further field that its body has and that the rules let stand beside it. */
const enriched = (schema: Json, example: Json, further: Json): Json => {
  const at = followed(schema)
  if (Array.isArray(at.oneOf)) {
    const { propertyName, mapping } = at.discriminator as { propertyName: string; mapping: Record<string, string> }
    return enriched({ $ref: mapping[String(example[propertyName])] }, example, further)
  }
  const own = at.properties as Record<string, Json>
  const added = Object.keys(further).filter((field) => field in own && !(field in example))
  const whole = { ...Object.fromEntries(added.map((field) => [field, further[field]])), ...example }
  const fields = Object.keys(example)
  for (const field of added)
    if (brokenRules(world.rulesOf(at), only(whole, [...fields, field])).length === 0) fields.push(field)
  const rich = only(whole, fields)
  return own.request === undefined
    ? rich
    : { ...rich, request: enriched(own.request, example.request as Json, further) }
}

const { persona_id: _, ...WITHOUT_PERSONA } = RICH
const { vocal_gender: __, ...WITHOUT_VOICE } = RICH
/** A body's examples, bare and as rich as they can be. */
const samplesOf = ({ schema, examples }: Body): Json[] =>
  examples.flatMap((example) => [
    example,
    ...[RICH, WITHOUT_PERSONA, WITHOUT_VOICE].map((further) => enriched(schema, example, further)),
  ])

const expectBoth = ({ accepted, refused }: { accepted: number; refused: number }) => {
  expect(accepted).toBeGreaterThan(100)
  expect(refused).toBeGreaterThan(100)
}

it('times that are sent have a pattern, and those that are read have none', () => {
  const { Instant: sent, InstantEcho: read } = document.components.schemas as Record<string, Json>
  expect([sent!.format, read!.format]).toEqual(['date-time', 'date-time'])
  expect(sent!.pattern).toContain('T(')
  const told = (value: unknown): Json[] =>
    typeof value !== 'object' || value === null
      ? []
      : [...('pattern' in value ? [value as Json] : []), ...Object.values(value).flatMap(told)]
  const timed = told(document.components.schemas).filter(({ pattern }) => String(pattern).includes('T('))
  expect(timed).toEqual([sent])
})

describe('parity: zod and the document accept the same', () => {
  it.each([...bodies, ...answers, problem])('$name', ({ schema, zod, spoilings }) => {
    const validate = compile(schema)
    const verdicts = (value: unknown) => ({ byDocument: validate(value), byZod: zod(value) })
    expectBoth(compare(schema, spoilings, verdicts, spoilings === EVERY_WAY ? REQUEST_RUNS : RUNS))
  })

  it.each(bodies)('$name, examples and each change to one place of them', (body) => {
    const validate = compile(body.schema)
    const samples = samplesOf(body).flatMap(spoiledOnce)
    const judged = samples.map((value) => [validate(value), body.zod(value), value])
    expect(judged.filter(([byDocument, byZod]) => byDocument !== byZod)).toEqual([])
    expectBoth({
      accepted: judged.filter(([verdict]) => verdict).length,
      refused: judged.filter(([verdict]) => !verdict).length,
    })
  })

  it.each(bodies)('$name: every field is in one of these samples', (body) => {
    const fields = shapes(body.schema).flatMap(({ properties }) => Object.keys(properties as Json))
    const seen = samplesOf(body).flatMap((sample) => Object.keys(sample))
    expect([...new Set(seen)].sort()).toEqual([...new Set(fields)].sort())
  })

  it('where two fields are compared, in words', () => {
    const spans = operations.flatMap(([id, { rules = [] }]) =>
      rules.flatMap((rule) => ('span' in rule ? [{ id, rule }] : [])),
    )
    expect(spans.map(({ id }) => id)).toEqual(['replaceSection', 'startVoice'])
    for (const { id, rule } of spans) {
      const [{ properties }] = shapes(find(id).requestBody!.content['application/json']!.schema) as [Json]
      const { description } = (properties as Record<string, Json>)[rule.field]!
      const bounds = rule.span.filter((bound) => bound !== null).map(String)
      for (const word of [`after \`${rule.from}\``, ...bounds]) expect(description).toContain(word)
    }
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
    [{ mode: 'compose', title: 't', style: 's', instrumental: true, lyrics: 'l' }, false],
    [{ mode: 'compose', title: 't', style: 's', instrumental: true, vocal_gender: 'male' }, false],
    [{ mode: 'describe', description: 'd', instrumental: true, vocal_gender: 'male' }, false],
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
    expect(silent).toEqual(['deadline_exceeded', 'generation_failed', 'provider_timeout'])
  })
})

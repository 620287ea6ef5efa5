/** Requests drawn from the document: any operation, by anybody, with what is right, nearly right, and nothing of the kind. */
import fc from 'fast-check'
import { catalogue, type Operation } from '../../src/canonical/catalogue.ts'
import { brokenRules } from '../../src/contract/rules.ts'
import { blows, type Json, spoiled, valid, type World } from '../document-values.ts'
import type { Law, Told } from '../law/law.ts'
import type { Chance } from './chance.ts'
import { type Actor, canaryOf, type Knowledge } from './known.ts'

export interface Draft {
  readonly actor: Actor
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

const ODD_TEXT = ['', ' ', '0', '-1', 'null', '../..', '%', '%ff', '\u0000', '😀', 'x'.repeat(3000), "';--", '{}', '*']
const ODD_HEADERS = ['', ' ', '"', ',;=', 'x'.repeat(5000), '\xff\xfe', 'wait=', 'wait=-1', 'W/"a", *', '0s', '99999h']
const PREFERENCES = ['wait=0', 'wait=0', 'wait=1', 'respond-async', 'handling=lenient, wait="0"', 'return=minimal']
const ACCEPTED = ['*/*', 'application/json', 'text/html', 'text/event-stream', 'text/vtt', 'image/png', 'text/*;q=0.1']
const TYPES = ['text/plain', 'application/json; charset=utf-8', 'application/xml', 'multipart/form-data', 'json', '']
const TEXTS = [
  '',
  '{',
  'null',
  '[]',
  '1',
  '"x"',
  '{"a":1,"a":2}',
  '{}',
  `${'['.repeat(9000)}`,
  `"${'x'.repeat(70_000)}"`,
]
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'REPORT']
const INVENTED = '01JD3W8Q4T7X2M5N9P6R0S1V'
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** Fields whose text is the client's own. */
const FREE = new Set(['title', 'style', 'lyrics', 'description', 'name', 'author', 'negative_style', 'take', 'album'])
/** Fields that speak of what a task has told, and not by an id of every kind. */
const TOLD = new Set(['provider_task_id', 'stems_task_id'])

const OPTIONAL_ID = /^\^([a-z]+)_\[/
/** The kind of id that a schema speaks of. */
const kindOf = ({ pattern }: Json): string | null => OPTIONAL_ID.exec(String(pattern ?? ''))?.[1] ?? null

export const drafting = (law: Law, known: Knowledge, providers: readonly string[]) => {
  const operations = Object.entries(law.document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, told]) => ({ path, method: method.toUpperCase(), told })),
  )
  const shapes = (schema: Json): Json[] => {
    const at = law.followed(schema)
    return Array.isArray(at.oneOf) ? at.oneOf.flatMap((each) => shapes(each as Json)) : [at]
  }
  const rules = new Map(
    operations.flatMap(({ told }) => {
      const media = told.requestBody?.content['application/json']
      const own = (catalogue as Record<string, Operation>)[told.operationId]?.rules ?? []
      return media === undefined ? [] : shapes(media.schema).map((schema) => [schema, own] as const)
    }),
  )
  const world: World = {
    resolve: (reference) => law.followed({ $ref: reference }),
    rulesOf: (schema) => rules.get(schema) ?? [],
  }
  /** Arbitraries are costly to make. */
  const arbitraries = new Map<Json, fc.Arbitrary<unknown>>()
  const drawn = <Value>(arbitrary: fc.Arbitrary<Value>, { below }: Chance): Value =>
    fc.sample(arbitrary, { seed: below(2 ** 31), numRuns: 1 })[0]!
  const valueFor = (schema: Json, chance: Chance): unknown => {
    const arbitrary = arbitraries.get(schema) ?? valid(schema, world)
    arbitraries.set(schema, arbitrary)
    return drawn(arbitrary, chance)
  }
  const hits = blows(['nudge', 'replace', 'drop', 'add', 'retype'])

  const invented = (kind: string, { below }: Chance) =>
    `${kind}_${INVENTED}${ALPHABET[below(32)]}${ALPHABET[below(32)]}`
  /** An id of one's own, mostly; else one of others, or of nobody. */
  const anId = (kind: string, actor: Actor, chance: Chance): string => {
    const whose = chance.weighed([75, 'own'], [15, 'foreign'], [10, 'nobody'])
    const own = (project: string) => project === actor.project
    const found = whose === 'nobody' ? null : known.drawn(chance, kind, whose === 'own' ? own : (each) => !own(each))
    return found ?? invented(kind, chance)
  }

  /** Ids and providers of examples become those that there are; texts become the project's own. */
  const settled = (value: unknown, key: string, actor: Actor, chance: Chance): unknown => {
    if (Array.isArray(value)) return value.map((each) => settled(each, key, actor, chance))
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, settled(each, name, actor, chance)]))
    if (typeof value !== 'string') return value
    const told = TOLD.has(key) && chance.often(0.85) ? known.drawn(chance, key, (each) => each === actor.project) : null
    if (told !== null) return told
    const kind = /^([a-z]+)_[0-9A-HJKMNP-TV-Z]{26}$/.exec(value)?.[1]
    if (kind !== undefined) return anId(kind, actor, chance)
    if (key === 'provider' || ['aria', 'cadence', 'encore'].includes(value))
      return chance.often(0.9) ? chance.pick(providers) : value
    if (/^https?:/.test(value) && chance.often(0.85)) return 'https://cdn.example.com/take/1.mp3'
    if (key === 'project' && chance.often(0.8)) return actor.project ?? value
    if (FREE.has(key) && actor.project !== null && chance.often(0.6)) return `${value} ${canaryOf(actor.project)}`
    return value
  }

  const jsonBody = (schema: Json, actor: Actor, chance: Chance): string => {
    const whole = settled(valueFor(schema, chance), '', actor, chance)
    const value = chance.often(0.35) ? spoiled(whole, drawn(hits, chance)) : whole
    return JSON.stringify(value) ?? 'null'
  }

  const form = (actor: Actor, chance: Chance): { type: string; body: string } => {
    const boundary = 'a-fence'
    const part = (name: string, text: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; ${name}\r\n\r\n${text}\r\n`
    const file = part('name="file"; filename="take.wav"', chance.pick(['RIFF....WAVEfmt ', '']))
    const parts = chance.weighed(
      [6, file],
      [2, `${file}${part('name="file_name"', `${canaryOf(actor.project ?? 'nobody')}wav`)}`],
      [1, part('name="other"', 'x')],
      [1, ''],
    )
    const fence = chance.often(0.8) ? boundary : 'another'
    return { type: `multipart/form-data; boundary=${fence}`, body: `${parts}--${boundary}--\r\n` }
  }

  const bodyOf = (told: Told, actor: Actor, chance: Chance): { type?: string; body: string | null } => {
    const content = told.requestBody?.content ?? {}
    if ('multipart/form-data' in content && chance.often(0.3)) return form(actor, chance)
    const media = content['application/json']
    if (media === undefined)
      return chance.often(0.9) ? { body: null } : { type: 'application/json', body: chance.pick(TEXTS) }
    const what = chance.weighed([88, 'value'], [5, 'text'], [4, 'nothing'], [3, 'odd type'])
    if (what === 'nothing') return { ...(chance.often(0.5) ? { type: 'application/json' } : {}), body: null }
    const body = what === 'text' ? chance.pick(TEXTS) : jsonBody(media.schema, actor, chance)
    return { type: what === 'odd type' ? chance.pick(TYPES) : 'application/json', body }
  }

  const parameterOf = (parameter: Json, actor: Actor, chance: Chance): string => {
    const schema = law.followed(parameter.schema as Json)
    const kind = kindOf(schema)
    const what = chance.weighed([88, 'right'], [12, 'odd'])
    if (what === 'odd') return chance.pick(ODD_TEXT)
    if (kind !== null) return anId(kind, actor, chance)
    if (parameter.name === 'project') return chance.pick([actor.project ?? 'nobody', 'north', 'south', 'nowhere'])
    return String(valueFor(schema, chance))
  }

  const headerOf = (parameter: Json, chance: Chance): string => {
    if (chance.often(0.15)) return chance.pick(ODD_HEADERS)
    if (parameter.name === 'Prefer') return chance.pick(PREFERENCES)
    if (parameter.name === 'Idempotency-Key') return `again-${chance.below(400)}`
    const value = String(parameter.example ?? valueFor(parameter.schema as Json, chance))
    return /^[\x20-\x7e]*$/.test(value) ? value : 'x'
  }

  const authorization = ({ key }: Actor, chance: Chance): Record<string, string> => {
    if (key === null)
      return chance.often(0.5) ? {} : { authorization: chance.pick(['Bearer', 'Basic eDp5', 'Bearer x', '']) }
    return { authorization: `Bearer ${key}` }
  }

  return (actor: Actor, chance: Chance): Draft => {
    const chosen = chance.pick(operations)
    const method = chance.often(0.96) ? chosen.method : chance.pick(METHODS)
    const parameters = (chosen.told.parameters ?? []).map((each) => law.followed(each))
    const inPlace = (place: string) => parameters.filter((each) => each.in === place)
    const filled = inPlace('path').reduce(
      (path, each) =>
        path.replace(`{${each.name}}`, encodeURIComponent(parameterOf(each, actor, chance).toWellFormed()) || '-'),
      chosen.path,
    )
    const { type, body } = bodyOf(chosen.told, actor, chance)
    // Notes are made of stems of the same track.
    const stems = known.trackOf(/"stems_task_id":"(\w+)"/.exec(body ?? '')?.[1] ?? '')
    const about = stems === undefined ? filled : filled.replace(/track_\w+/, stems)
    const asked = inPlace('query').filter((each) => each.required === true || chance.often(0.35))
    const query = asked.map((each) => [String(each.name), parameterOf(each, actor, chance).toWellFormed()])
    if (chance.often(0.02))
      query.push([chance.pick(['unknown', 'limit', 'format', '__proto__']), chance.pick(ODD_TEXT)])
    const path = chance.often(0.985) ? about : `${about}/${chance.pick(['', 'x', '..', '%2f', '?'])}`
    const carries = !['GET', 'HEAD'].includes(method) && body !== null
    const taken = inPlace('header').filter(() => chance.often(0.3))
    const headers = {
      ...authorization(actor, chance),
      ...(chance.often(0.15) ? { accept: chance.pick(ACCEPTED) } : {}),
      ...Object.fromEntries(taken.map((each) => [String(each.name).toLowerCase(), headerOf(each, chance)])),
      ...(chance.often(0.03) ? { origin: 'https://example.com' } : {}),
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(carries ? { 'content-length': String(Buffer.byteLength(body)) } : {}),
    }
    const search = new URLSearchParams(query).toString()
    return {
      actor,
      method,
      path: search === '' ? path : `${path}?${search}`,
      headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, text.trim()])),
      body: carries ? body : null,
    }
  }
}

/** Whether a body breaks one of the rules that JSON Schema can not say: two fields that are compared. */
export const breaksSpan = (operationId: string, body: Json): boolean => {
  const { rules = [] }: Partial<Operation> = (catalogue as Record<string, Operation>)[operationId] ?? {}
  if (
    brokenRules(
      rules.filter((rule) => 'span' in rule),
      body,
    ).length > 0
  )
    return true
  return operationId === 'estimate' && breaksSpan(String(body.operation), body.request as Json)
}

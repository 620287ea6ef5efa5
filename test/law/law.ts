/** The document as law: an answer of the gateway, held against openapi/gateway.json. */
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Json } from '../document-values.ts'
import { readFileSync } from '../files.ts'

export interface Header {
  readonly required?: boolean
  readonly schema: Json
}
export interface Media {
  readonly schema: Json
  readonly examples?: Record<string, Json>
}
export interface Answer {
  readonly headers?: Record<string, Json>
  readonly content?: Record<string, Media>
}
export interface Told {
  readonly operationId: string
  readonly security?: readonly { readonly bearer?: readonly string[] }[]
  readonly parameters?: readonly Json[]
  readonly requestBody?: { readonly required?: boolean; readonly content: Record<string, Media> }
  readonly responses: Record<string, Answer | { readonly $ref: string }>
}
export interface Document {
  readonly paths: Record<string, Record<string, Told>>
  readonly components: Record<string, Record<string, Json>>
}

/** A request, as far as the document speaks of its answers. */
export interface Asked {
  readonly method: string
  /** Without a query. */
  readonly path: string
}
/** An answer as it came. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  /** Null for a stream, which is not read. */
  readonly text: string | null
}

export interface Law {
  readonly document: Document
  /** What a reference leads to, or the thing itself. */
  readonly followed: (json: Json) => Json
  /** The described path that a path is, with what can be asked of it by method. */
  readonly find: (path: string) => { readonly template: string; readonly methods: Record<string, Told> } | undefined
  /** Values of this schema, which stands in the document or refers to it. */
  readonly check: (schema: Json) => ValidateFunction
  /** What is wrong with an answer; nothing where it is as promised. */
  readonly judge: (asked: Asked, answered: Answered) => string[]
}

export const readDocument = (): Document =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../openapi/gateway.json'), 'utf8')) as Document

/** Served beside the document: callbacks of providers, switches of the sandbox, pages for people. */
const BESIDE = [/^\/$/, /^\/cb\//, /^\/sandbox(\/|$)/, /^\/docs(\/|$)/, /^\/llms(-full)?\.txt$/]
const PROBLEM = 'application/problem+json'
const JSON_TYPE = /^application\/([a-z.-]+\+)?json$/
/** Any answer may say for whom, and how long, it can be kept. */
const GENERAL = ['Cache-Control', 'Vary']
/** A method that is asked with and has no body to show. */
const BODILESS = 'HEAD'

const pattern = (path: string) =>
  new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`)

const mediaType = (type: string | null): string => (type ?? '').split(';')[0]!.trim().toLowerCase()

/** A header's text as the value that its schema speaks of. */
const valueIn = (text: string, { type }: Json): unknown => {
  if (type === 'integer') return /^\d+$/.test(text) ? Number(text) : text
  return type === 'boolean' && ['true', 'false'].includes(text) ? text === 'true' : text
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const lawOf = (document: Document): Law => {
  // Parts of the document are compiled where an answer first needs them.
  const ajv = new Ajv2020({ strict: false, validateSchema: false, code: { optimize: false } })
  addFormats.default(ajv)
  ajv.addSchema(document as object, 'tutti')
  const compiled = new Map<Json, ValidateFunction>()
  const check = (schema: Json): ValidateFunction => {
    const known = compiled.get(schema)
    if (known !== undefined) return known
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"tutti#/components/')
    const made = ajv.compile(JSON.parse(text) as Json)
    compiled.set(schema, made)
    return made
  }

  const followed = (json: Json): Json => {
    if (typeof json.$ref !== 'string') return json
    let at: unknown = document
    for (const key of json.$ref.slice(2).split('/')) at = (at as Json)[key]
    if (at === undefined) throw new Error(`${json.$ref} leads nowhere`)
    return at as Json
  }

  // Paths without parameters first: they are more exact.
  const paths = Object.entries(document.paths)
    .map(([template, methods]) => ({ template, methods, pattern: pattern(template) }))
    .sort((one, other) => Number(one.template.includes('{')) - Number(other.template.includes('{')))
  const find = (path: string) => paths.find((each) => each.pattern.test(path))

  const answers = paths.flatMap(({ methods }) =>
    Object.values(methods).flatMap(({ responses }) => Object.values(responses)),
  )
  const names = [...new Set(answers.flatMap((each) => Object.keys((followed(each as Json) as Answer).headers ?? {})))]

  const said = (validate: ValidateFunction) =>
    ajv.errorsText(validate.errors, { dataVar: '' }).slice(0, 300) || 'not valid'

  const judgeHeaders = (declared: Record<string, Json>, headers: Headers): string[] => {
    const of = (name: string) => followed(declared[name]!) as unknown as Header
    const faults = Object.keys(declared).flatMap((name) => {
      const { required, schema } = of(name)
      const text = headers.get(name)
      if (text === null) return required ? [`it lacks the header ${name}`] : []
      const validate = check(schema)
      return validate(valueIn(text, schema)) ? [] : [`its header ${name} (${text}) is not as told: ${said(validate)}`]
    })
    const silent = names.filter((name) => !GENERAL.includes(name) && headers.has(name) && !(name in declared))
    return [...faults, ...silent.map((name) => `its header ${name} is not told of`)]
  }

  const judgeBody = (content: Record<string, Media>, { headers, text }: Answered): string[] => {
    const type = mediaType(headers.get('content-type'))
    if (Object.keys(content).length === 0) return text ? [`it has a body of ${type}, and none is told of`] : []
    const media = content[type]
    if (media === undefined) return [`its Content-Type ${type || '(none)'} is not one of ${Object.keys(content)}`]
    if (text === null || !JSON_TYPE.test(type)) return []
    const body = parsed(text)
    if (body === undefined) return [`its body is not JSON: ${text.slice(0, 200)}`]
    const validate = check(media.schema)
    return validate(body) ? [] : [`its body is not as told: ${said(validate)} in ${text.slice(0, 500)}`]
  }

  /** What every error has to be, wherever it is answered. */
  const judgeProblem = (status: number, { headers, text }: Answered): string[] => {
    const type = mediaType(headers.get('content-type'))
    if (type !== PROBLEM) return [`an error has to be ${PROBLEM}, not ${type || '(nothing)'}`]
    const { 'Request-Id': request, 'Tutti-Should-Retry': retry } = document.components.headers!
    const faults = judgeHeaders({ 'Request-Id': request!, 'Tutti-Should-Retry': retry! }, headers).filter(
      (fault) => !fault.endsWith('is not told of'),
    )
    if (text === null || text === '') return faults
    const body = parsed(text) as Json | undefined
    const validate = check(document.components.schemas!.Problem!)
    if (!validate(body)) return [...faults, `its problem is not as told: ${said(validate)} in ${text.slice(0, 500)}`]
    const words = document.components.schemas!.ErrorCode!.enum as readonly unknown[]
    return [
      ...faults,
      ...(words.includes(body?.code) ? [] : [`${body?.code} is no code of the document`]),
      ...(body?.status === status ? [] : [`its problem speaks of status ${body?.status}`]),
      ...(body?.request_id === headers.get('request-id') ? [] : ['its problem names another request']),
    ]
  }

  const judgeStranger = (allowed: readonly string[] | null, answered: Answered): string[] => {
    const { status, headers } = answered
    if (allowed === null) return status === 404 ? judgeProblem(404, answered) : ['the document does not know this path']
    if (status !== 405) return ['the document does not know this method here: 405 is due']
    const named = (headers.get('allow') ?? '').split(', ')
    const missing = allowed.filter((method) => !named.includes(method))
    const further = named.filter((method) => !allowed.includes(method) && !['HEAD', 'OPTIONS'].includes(method))
    const wrong = missing.length + further.length > 0
    return [...(wrong ? [`Allow is ${named}, and not ${allowed}`] : []), ...judgeProblem(405, answered)]
  }

  const judge = ({ method, path }: Asked, answered: Answered): string[] => {
    if (BESIDE.some((each) => each.test(path))) return []
    const { status, headers } = answered
    const place = find(path)
    const asked = method === BODILESS ? 'get' : method.toLowerCase()
    // A preflight is the browser's own question.
    if (method === 'OPTIONS' && status === 204) return []
    const told = place?.methods[asked]
    const known = place && Object.keys(place.methods).map((each) => each.toUpperCase())
    if (told === undefined) return judgeStranger(known ?? null, answered)
    const ref = told.responses[String(status)] ?? told.responses.default
    if (ref === undefined) return [`the document does not know the status ${status} here`]
    const { headers: declared = {}, content = {} } = followed(ref as Json) as Answer
    const bodiless = method === BODILESS && answered.text === ''
    return [
      ...judgeHeaders(declared, headers),
      ...(bodiless ? [] : judgeBody(content, answered)),
      ...(status >= 400 ? judgeProblem(status, answered) : []),
    ]
  }

  return { document, followed, find, check, judge }
}

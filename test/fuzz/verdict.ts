/** What the document expects of a request, and whether an answer is in order: for this request, and for who asked. */
import type { Json } from '../document-values.ts'
import type { Answered, Law, Told } from '../law/law.ts'
import { breaksSpan, type Draft } from './draft.ts'
import { canariesIn, idsIn, type Knowledge, ROOT } from './known.ts'

/** A request as the document sees it. */
export interface Expected {
  readonly told: Told | undefined
  readonly path: string
  /** What of it the document does not allow. */
  readonly wrong: readonly string[]
  /** Whether it is right as far as the document can say. */
  readonly right: boolean
  /** The scopes of which a key needs all; null where no key is needed. */
  readonly needs: readonly string[] | null
  /** Ids in it that are of another project. */
  readonly foreign: readonly string[]
  /** Whether what its path names was deleted before it was sent. */
  readonly gone: boolean
}

const parsed = (text: string): { value: unknown } | null => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Codes that say that a request is not as the document wants it. */
const MALFORMED = [
  'malformed_json',
  'invalid_request',
  'unsupported_media_type',
  'idempotency_key_invalid',
  'not_acceptable',
]
/** Entries of `validation_failed` that depend on what is stored, on where a URL may lead, and on who there is to choose from. */
const STATEFUL = /_(unknown|exists|invalid|deleted)$|^(unknown_event|url_not_allowed|contradictory)$/
/** What is said in words: an end that lies behind us, a song without words of which nothing else is told, or that is shorter, too many of a kind. */
const IN_WORDS =
  /^must be in the future$|no words of its own to take over$|: the track has [\d.]+ seconds$|^a project may have \d+ /
/** Entries that tell what a provider does not take begin with who it is. */
const BY_PROVIDER = /^[a-z0-9]+( \([^)]*\))?: /

export const expecting = (law: Law, known: Knowledge) => {
  const parameterFaults = (told: Told, template: string, url: URL, headers: Headers): string[] => {
    const names = template.split('/')
    const places = url.pathname.split('/')
    const parameters = (told.parameters ?? []).map((each) => law.followed(each))
    const textOf = ({ name, in: place }: Json): string | null => {
      if (place === 'header') return headers.get(String(name))
      if (place === 'query') return url.searchParams.getAll(String(name)).at(0) ?? null
      try {
        return decodeURIComponent(places[names.indexOf(`{${name}}`)] ?? '')
      } catch {
        return '\ufffd'
      }
    }
    const named = new Set(parameters.filter((each) => each.in === 'query').map(({ name }) => name))
    // What stands beside the operations ignores what it does not know.
    const unknown = [...url.searchParams.keys()].filter((name) => template.startsWith('/v1/') && !named.has(name))
    const faults = parameters.flatMap((each) => {
      if (each.in === 'query' && url.searchParams.getAll(String(each.name)).length > 1)
        return [`${each.name} is sent twice`]
      const text = textOf(each)
      if (text === null) return each.required === true ? [`${each.name} is missing`] : []
      const schema = each.schema as Json
      const value = law.followed(schema).type === 'integer' && /^(0|[1-9]\d*)$/.test(text) ? Number(text) : text
      return law.check(schema)(value) ? [] : [`${each.in} ${each.name} is not valid`]
    })
    return [...faults, ...unknown.map((name) => `query ${name} is not known`)]
  }

  /** Null where the document does not say. */
  const bodyFaults = (told: Told, { body, headers }: Draft): string[] | null => {
    const type = (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
    if (told.requestBody === undefined) return body === null || body === '' ? [] : null
    if (body === null || body === '') return told.requestBody.required === true ? ['the body is missing'] : []
    const media = told.requestBody.content[type]
    if (media === undefined) return ['the media type is not taken']
    if (!type.endsWith('json')) return null
    const json = parsed(body)
    if (json === null) return ['the body is not JSON']
    if (!law.check(media.schema)(json.value)) return ['the body is not valid']
    return isObject(json.value) && breaksSpan(told.operationId, json.value) ? null : []
  }

  return (draft: Draft, origin: string): Expected => {
    const url = new URL(draft.path, origin)
    const path = url.pathname
    const place = law.find(path)
    const told = place?.methods[draft.method === 'HEAD' ? 'get' : draft.method.toLowerCase()]
    const own = draft.actor.project
    // A filter by what is another's finds nothing, and is no fault.
    const foreign = idsIn(`${path} ${draft.body ?? ''}`).filter((id) => {
      const owner = known.ownerOf(id)
      return owner !== undefined && owner !== own
    })
    const base = { path, foreign, gone: known.isGone(path) }
    if (place === undefined || told === undefined) return { ...base, told, wrong: [], right: false, needs: null }
    const parameters = parameterFaults(told, place.template, url, new Headers(draft.headers as Record<string, string>))
    const body = bodyFaults(told, draft)
    const bearer = told.security?.[0]?.bearer
    return {
      ...base,
      told,
      wrong: [...parameters, ...(body ?? [])],
      right: parameters.length === 0 && body?.length === 0,
      needs: told.security === undefined || told.security.length === 0 ? null : (bearer ?? []),
    }
  }
}

export interface Happened {
  readonly draft: Draft
  readonly expected: Expected
  readonly answered: Answered
}

/** What is wrong with an answer, beside what the document itself says of it. */
export const judging = (known: Knowledge) => {
  const access = ({ draft, expected: { needs }, answered: { status } }: Happened): string[] => {
    const { actor } = draft
    if (needs === null || status === 429) return []
    if (actor.key === null || actor.project === null)
      return status === 401 ? [] : [`${status} for who has no key: 401 is due`]
    if (actor.root || actor.limited || known.hasEnded(actor.key)) return []
    if (status === 401) return ['401 for a key that is good']
    const lacking = needs.filter((scope) => !actor.scopes.includes(scope))
    if (lacking.length > 0 && status !== 403) return [`${status} for a key without the scope ${lacking}: 403 is due`]
    return []
  }

  const validity = ({ draft, expected, answered: { status, text } }: Happened): string[] => {
    const { told, wrong, right } = expected
    if (told === undefined || status === 401 || status === 403 || status === 429) return []
    if (wrong.length > 0 && status < 400) return [`it was taken although ${wrong.join(' and ')}`]
    if (!right || text === null || text === '' || status < 400) return []
    const problem = parsed(text)?.value as {
      code: string
      errors?: { code: string; detail: string }[]
      detail: string
    }
    if (problem.code === 'not_acceptable' && draft.headers.accept !== undefined) return []
    if (MALFORMED.includes(problem.code))
      return [`it was refused as ${problem.code}, and the document takes it: ${problem.detail}`]
    if (problem.code !== 'validation_failed') return []
    const unexplained = (problem.errors ?? []).filter(
      ({ code, detail }) => !STATEFUL.test(code) && ![IN_WORDS, BY_PROVIDER].some((each) => each.test(detail)),
    )
    return unexplained.length === 0 && problem.errors !== undefined
      ? []
      : [`it was refused as validation_failed, and the document takes it: ${JSON.stringify(problem.errors)}`]
  }

  /** Nobody sees what is of another project. Who administers all of them sees their names and keys. */
  const privacy = ({ draft, expected, answered }: Happened): string[] => {
    const { actor } = draft
    const { text, status } = answered
    if (expected.told === undefined || text === null) return []
    if (actor.root && expected.needs?.includes('keys')) return []
    // Who administers all of them names keys of any project.
    const ruled = expected.needs?.includes('keys')
    const asked = `${draft.path} ${draft.body ?? ''} ${JSON.stringify(draft.headers)}`
    const canaries = canariesIn(text).filter(
      (project) => project !== actor.project && !asked.includes(`canary.${project}.`) && !(ruled && project === ROOT),
    )
    const strangers = idsIn(text).filter((id) => {
      const owner = known.ownerOf(id)
      return owner !== undefined && owner !== actor.project && !asked.includes(id)
    })
    const reached = expected.foreign.length > 0 && status < 400 && !actor.root
    return [
      ...canaries.map((project) => `a text of ${project} was told to ${actor.project}`),
      ...strangers.map((id) => `${id} of ${known.ownerOf(id)} was told to ${actor.project}`),
      ...(reached ? [`${expected.foreign} of another project was taken from ${actor.project}`] : []),
    ]
  }

  /** What was said before still holds. */
  const memory = ({ draft, expected, answered: { status, headers, text } }: Happened): string[] => {
    const { told, path, gone } = expected
    if (told === undefined || status >= 400) return []
    const key = draft.headers['idempotency-key']?.replace(/^"(.*)"$/, '$1')
    const faults = draft.method === 'GET' && gone ? [`${path} was deleted, and is there`] : []
    if (status === 304 && draft.headers['if-none-match'] === undefined) faults.push('304 for who has nothing')
    if (key === undefined || text === null || draft.method !== 'POST' || draft.actor.project === null) return faults
    const made = parsed(text)?.value as Json | undefined
    if (typeof made?.id !== 'string') return faults
    const place = `${draft.actor.project} ${told.operationId} ${key}`
    const first = known.madeBy(place, `${path} ${draft.body ?? ''}`, made.id)
    if (first.id !== made.id) return [...faults, `the Idempotency-Key ${key} made ${first.id} and ${made.id}`]
    if (first.body !== `${path} ${draft.body ?? ''}` && !sameJson(first.body, `${path} ${draft.body ?? ''}`))
      return [...faults, `the Idempotency-Key ${key} was taken for another request`]
    void headers
    return faults
  }

  return (each: Happened): string[] => [
    ...(each.answered.status >= 500 ? [`${each.answered.status}: ${each.answered.text?.slice(0, 300)}`] : []),
    ...access(each),
    ...validity(each),
    ...privacy(each),
    ...memory(each),
  ]
}

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  )
}
/** The same but for the order of fields, and for a body that says nothing. */
const sameJson = (one: string, other: string): boolean => {
  const [a, b] = [one, other].map((each) => {
    const at = each.indexOf(' ')
    return [each.slice(0, at), JSON.stringify(sorted(parsed(each.slice(at + 1) || '{}')?.value ?? {}))].join(' ')
  })
  return a === b
}

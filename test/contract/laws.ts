/** The laws every adapter keeps, as functions: data in, complaints out. test/contract/laws.test.ts holds the registry to them. */
import * as z from 'zod'
import { PROVIDER_FAILURES } from '../../src/canonical/error.ts'
import type { Adapter } from '../../src/contract/adapter.ts'
import { type Table, tableOf, unsupported } from '../../src/contract/codec.ts'
import { classify, type Decided, decide, type Evidence, type Seen, type Signal } from '../../src/contract/errors.ts'
import type { Form } from '../../src/contract/operations.ts'
import { read, write } from '../../src/contract/paths.ts'
import type { Snapshot } from '../../src/contract/shapes.ts'
import { type SnapshotTable, snapshotTableOf } from '../../src/contract/snapshot.ts'
import type { Fixture } from './fixtures.ts'
import {
  armsOf,
  bindingOf,
  codecFor,
  codecOf,
  codecsIn,
  decodeFixture,
  formsOf,
  innerTable,
  isRequest,
  issuesOf,
  messagesOf,
  numberPaths,
  partsOf,
  readMessage,
  stageTableOf,
  tableCodec,
  tableWire,
  termsOf,
  wordPaths,
  wrappingOf,
} from './reading.ts'

/** What a fixture may skip, with a reason. */
export const LAWS = [
  'meaning',
  'round trip',
  'one arm',
  'words',
  'errors',
  'residue',
  'square',
  'scrub',
  'wire schema',
] as const
export type Law = (typeof LAWS)[number]

type Json = Readonly<Record<string, unknown>>

/** A native word that no provider has, and a number. */
const MADE_UP = 'MADE_UP_WORD'
const MADE_UP_NUMBER = 777_777

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** As it travels: without what JSON can not say. */
const travelled = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null))

/** Every place where two JSON values differ. */
export const differences = (got: unknown, wanted: unknown, at = ''): string[] => {
  if (isObject(got) && isObject(wanted) && Array.isArray(got) === Array.isArray(wanted))
    return [...new Set([...Object.keys(got), ...Object.keys(wanted)])].flatMap((key) =>
      differences(got[key], wanted[key], `${at}/${key}`),
    )
  return Object.is(got, wanted) ? [] : [`${at || '/'} is ${JSON.stringify(got)} and not ${JSON.stringify(wanted)}`]
}

export const skipped = (law: Law, fixture: Fixture): boolean => fixture.skip?.some((each) => each.law === law) === true

// --- law 1 ---

/** Whether the provider refuses a read because it knows no such thing. */
const saysAbsent = (fixture: Fixture): boolean => {
  const evidence = evidenceOf(fixture)
  return evidence?.at === 'read' && classify(fixture.adapter.errors, evidence)?.absent === true
}

/** A fixture's wire and its canonical value say the same thing. */
export const meaning = (fixture: Fixture): string[] => {
  if (isRequest(fixture.message)) {
    const encoded = z.safeEncode(codecFor(fixture), fixture.canonical)
    return encoded.success ? differences(travelled(encoded.data), fixture.wire) : issuesOf(encoded.error)
  }
  const said = readMessage(fixture)
  if (fixture.absent) return said.kind === 'absent' || saysAbsent(fixture) ? [] : ['is not read as absent']
  if (saysAbsent(fixture)) return ['is read as absent: the task would be given up']
  if (fixture.canonical === undefined) return fixture.failure === undefined ? ['says neither meaning nor failure'] : []
  const decoded = decodeFixture(fixture)
  if (decoded === undefined) return [`is ${said.kind}, nothing was read`]
  return decoded.success ? differences(travelled(decoded.data), fixture.canonical) : issuesOf(decoded.error)
}

// --- law 2 ---

const armFor = (codec: z.ZodType, canonical: unknown) =>
  armsOf(codec).find((arm) => z.safeEncode(arm, canonical).success) ?? codec

type Drops = (value: unknown) => boolean

/** A value less those of its fields that a codec has no place for, at any depth. */
const placed = (codec: z.ZodType, value: unknown, drops: Drops = () => true): unknown => {
  if (!isObject(value)) return value
  if (Array.isArray(value)) {
    const item = codecsIn(codec).find((each) => each instanceof z.ZodArray)?.element as z.ZodType | undefined
    return item === undefined ? value : value.map((each) => placed(item, each, drops))
  }
  const rows = innerTable(codec)?.rows
  // A report around a list: what the list's items have no place for is told by the list.
  const below = (field: string, own: unknown) => {
    const row = rows?.[field]
    if (Array.isArray(row)) return placed(row[1] as z.ZodType, own, drops)
    return rows === undefined && Array.isArray(own) ? placed(codec, own, drops) : own
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([field, own]) => rows?.[field] !== unsupported || !drops(own))
      .map(([field, own]) => [field, below(field, own)]),
  )
}

/** The same of a value that was read: what a provider never says may be null, and nothing else. */
const heard = (codec: z.ZodType, value: unknown) => placed(codec, value, (own) => own === null)

/** Why an adapter can not carry a canonical value at all, or null. */
const inability = (adapter: Adapter, operation: Form, canonical: unknown): string | null => {
  if (bindingOf(adapter, operation) === undefined) return 'no such form'
  const { model } = canonical as { model?: string }
  const { models } = termsOf(adapter, operation)
  return model !== undefined && models.length > 0 && !models.includes(model) ? `no model ${model}` : null
}

/** What a law found, or why it had nothing to look at. */
export interface Verdict {
  readonly complaints: readonly string[]
  readonly skipped: string | null
}
const found = (complaints: readonly string[]): Verdict => ({ complaints, skipped: null })
const nothing = (why: string): Verdict => ({ complaints: [], skipped: why })

const NO_WORD = /has no word for (.+)$/

type Told = { readonly data: unknown; readonly verdict: null } | { readonly data: null; readonly verdict: Verdict }
const said = (data: unknown): Told => ({ data, verdict: null })
const unsaid = (verdict: Verdict): Told => ({ data: null, verdict })

/** What a native message says. */
const readNative = (codec: z.ZodType, wire: unknown): Told => {
  const read = z.safeDecode(codec, wire)
  return read.success ? said(read.data) : unsaid(found(issuesOf(read.error)))
}

/** A canonical value as it comes back from the wire. */
const thereAndBack = (codec: z.ZodType, canonical: unknown): Told => {
  const wire = z.safeEncode(codec, canonical)
  if (wire.success) return readNative(codec, travelled(wire.data))
  const words = armsOf(codec).flatMap((arm) => {
    const issues = z.safeEncode(arm, canonical).error!.issues
    const known = issues.flatMap((issue) => NO_WORD.exec(issue.message)?.[1] ?? [])
    return known.length === issues.length ? [known[0]!] : []
  })
  return unsaid(words.length > 0 ? nothing(`no word for ${words[0]}`) : found(issuesOf(wire.error)))
}

const requestRoundTrip = (codec: z.ZodType, canonical: unknown): Verdict => {
  const { data, verdict } = thereAndBack(codec, canonical)
  if (verdict !== null) return verdict
  const arm = armFor(codec, canonical)
  return found(differences(travelled(heard(arm, data)), travelled(placed(arm, canonical))))
}

/** Whether a stage can be told: words that stand on the tracks need a track, and a track that failed needs words. */
const canTell = (table: SnapshotTable, { stage, tracks, failure }: Snapshot): boolean => {
  const row = table.stage.find((each) => each.is === stage && each.speaks !== undefined)
  const text = failure?.message == null ? [] : table.failure.message.slice(0, 1)
  const made = table.result !== undefined && stage === 'complete' && row !== undefined ? [table.result[0]] : []
  const paths = [...Object.keys(row?.speaks ?? {}), ...text, ...made]
  const silent = table.tracks !== undefined && innerTable(table.tracks[1])?.rows.failure === unsupported
  if (silent && stage !== 'failed' && tracks.some((track) => track.failure !== null)) return false
  return paths.length > 0 && (stage === 'submitted' || tracks.length > 0 || !paths.some((path) => path.includes('*')))
}

/** What of a failure was said: where it was silent the words of the stage fill in. */
const saidOf = (failure: Json, said: Json) =>
  Object.fromEntries(Object.entries(failure).filter(([signal]) => said[signal] !== null))

/** What of a snapshot a table has rows for. */
const tellable = (table: SnapshotTable, snapshot: Snapshot, said: Snapshot): unknown => {
  const rows = (table.tracks && innerTable(table.tracks[1])?.rows) ?? {}
  const fields = Object.keys(rows).filter((field) => rows[field] !== unsupported)
  const track = (each: Json) => Object.fromEntries(fields.map((field) => [field, each[field]]))
  return {
    stage: snapshot.stage,
    tracks: snapshot.tracks.map(track),
    ...(table.task.length > 0 ? { provider_task_id: snapshot.provider_task_id } : {}),
    failure: snapshot.failure && saidOf(snapshot.failure, said.failure!),
    result: table.result === undefined ? snapshot.result : placed(table.result[1], snapshot.result),
  }
}

/** A failure's number and word are one provider's own; its text is anyone's. */
const foreign = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  failure: snapshot.failure && { code: null, status: null, message: snapshot.failure.message },
})

const snapshotRoundTrip = (codec: z.ZodType, snapshot: Snapshot, own: boolean): Verdict => {
  const table = stageTableOf(codec)!
  const said = own ? snapshot : foreign(snapshot)
  if (!canTell(table, said)) return nothing(`no words for ${said.stage} with ${said.tracks.length} tracks`)
  const { data, verdict } = thereAndBack(codec, said)
  return verdict ?? found(differences(tellable(table, data as Snapshot, said), tellable(table, said, said)))
}

/** `decode(encode(c)) = c` for a canonical value of any provider, less what this one has no place for. */
export const roundTrip = (adapter: Adapter, fixture: Fixture): Verdict => {
  const { operation, message, canonical } = fixture
  if (canonical === undefined) return nothing('no canonical value')
  const why = inability(adapter, operation, canonical)
  if (why !== null) return nothing(why)
  const codec = codecOf(adapter, operation, message)
  if (codec === undefined) return nothing(`no ${message}`)
  if (stageTableOf(codec)) return snapshotRoundTrip(codec, canonical as Snapshot, fixture.adapter === adapter)
  return requestRoundTrip(codec, canonical)
}

/** The same for one generated submission. */
export const submissionRoundTrip = requestRoundTrip

// --- law 3 ---

/** A native request is read in one way only. */
export const oneArm = (codec: z.ZodType, wire: unknown): string[] => {
  const arms = armsOf(codec).filter((arm) => z.safeDecode(arm, wire).success)
  return arms.length === 1 ? [] : [`${arms.length} arms accept it`]
}

// --- law 4 ---

export interface Vocabulary {
  readonly codec: z.ZodType
  readonly canonical: readonly string[]
  readonly native: readonly unknown[]
}

/** The word list that a codec is, if it is one. */
export const vocabularyOf = (codec: z.ZodType): Vocabulary[] =>
  codec instanceof z.ZodPipe && codec.def.in instanceof z.ZodLiteral && codec.def.out instanceof z.ZodEnum
    ? [{ codec, canonical: codec.def.out.options as string[], native: [...codec.def.in.values] }]
    : []

/** Every word list of an adapter. */
export const vocabulariesOf = (adapter: Adapter): Vocabulary[] => {
  const codecs = formsOf(adapter).flatMap((operation) =>
    messagesOf(adapter, operation).flatMap((message) => codecsIn(codecOf(adapter, operation, message)!)),
  )
  return [...new Set(codecs)].flatMap(vocabularyOf)
}

/** A word list answers every word of ours, hears every word of its own, and nothing else. */
export const closedWords = ({ codec, canonical, native }: Vocabulary): string[] => [
  ...canonical.flatMap((word) => {
    const said = z.safeEncode(codec, word)
    if (said.success) return z.decode(codec, said.data) === word ? [] : [`${word} comes back as another word`]
    return said.error.issues.some((issue) => issue.message.includes('has no word for')) ? [] : issuesOf(said.error)
  }),
  ...native.flatMap((word) => (z.safeDecode(codec, word).success ? [] : [`${String(word)} is not understood`])),
  ...(z.safeDecode(codec, MADE_UP).success ? ['a made-up word is taken for one of ours'] : []),
]

const present = (wire: unknown, path: string, type: 'string' | 'number') =>
  [read(wire, path)].flat().some((word) => typeof word === type)

/** Where a table's words stand. A code is none, nor is that which was made; of numbers those that are told as a status. */
const statusPaths = ({ stage, failure, result }: SnapshotTable) => {
  const other = [...failure.code, ...(result === undefined ? [] : [result[0]])]
  const numbers = stage.flatMap((row) => numberPaths(row.when)).filter((path) => failure.status.includes(path))
  const words = stage.flatMap((row) => wordPaths(row.when)).filter((path) => !other.includes(path))
  return [...new Set([...words, ...numbers])]
}

const codePaths = ({ stage, failure }: SnapshotTable) =>
  [...new Set(stage.flatMap((row) => numberPaths(row.when)))].filter((path) => failure.code.includes(path))

/** With its status words replaced by made-up ones a record is refused; one that failed may stay failed. */
export const unknownWords = (fixture: Fixture): string[] => {
  const decoded = decodeFixture(fixture)
  if (decoded?.success !== true) return []
  const codec = tableCodec(codecFor(fixture))
  const table = snapshotTableOf(codec)!
  const wire = tableWire(codecFor(fixture), (readMessage(fixture) as { wire: unknown }).wire)
  const replaced = (where: readonly string[]) => {
    const copy = travelled(wire)
    for (const path of where) write(copy, path, present(wire, path, 'string') ? MADE_UP : MADE_UP_NUMBER)
    return z.safeDecode(codec, copy)
  }
  const failed = (decoded.data as Snapshot).stage === 'failed'
  const accepted = (where: readonly string[], mayFail: boolean) => {
    const result = replaced(where)
    return result.success && !(mayFail && (result.data as Snapshot).stage === 'failed')
  }
  const there = (path: string) => present(wire, path, 'string') || present(wire, path, 'number')
  const spoken = statusPaths(table).filter(there)
  // Where no word is said at all a code has to: an unknown one is a failure, or nothing that we read.
  const codes = spoken.length > 0 ? [] : codePaths(table).filter(there)
  if (spoken.length + codes.length === 0) return failed ? [] : ['no word says which stage this is']
  return [
    ...[spoken, ...spoken.map((path) => [path])].filter((where) => where.length > 0 && accepted(where, failed)),
    ...codes.map((path) => [path]).filter((where) => accepted(where, true)),
  ].map((where) => `is accepted with ${where.join(', ')} made up`)
}

// --- law 5 ---

const placeOf = ({ operation, message }: Fixture): Seen =>
  message === 'submit.response' || (message === 'call.response' && operation !== 'getCredits') ? 'submit' : 'read'

/** What a message holds against us, as the engine would show it to the error table; null where it is no failure. */
export const evidenceOf = (fixture: Fixture): Evidence | null => {
  const { operation, message, http } = fixture
  if (isRequest(message)) return null
  const said = readMessage(fixture)
  if (said.kind === 'refused') return { at: placeOf(fixture), operation, http, ...said.opened }
  const decoded = decodeFixture(fixture)
  const failure = decoded?.success ? (decoded.data as Partial<Snapshot>).failure : null
  return failure ? { at: message === 'callback' ? 'callback' : 'record', operation, ...failure } : null
}

const nameOf = (decided: { readonly code: string; readonly charged?: 'refunded' } | null) =>
  decided === null ? 'nothing we know' : decided.charged ? `${decided.code}, ${decided.charged}` : decided.code

/** A failure means exactly the code that the fixture says; what is unknown stays unknown. */
export const errors = (fixture: Fixture): string[] => {
  const evidence = evidenceOf(fixture)
  const meant = evidence === null ? null : classify(fixture.adapter.errors, evidence)
  if (fixture.failure === undefined)
    return evidence === null || fixture.absent ? [] : [`is a failure (${nameOf(meant)}) that the fixture does not name`]
  if (fixture.failure === null) {
    const unread = evidence === null && decodeFixture(fixture)?.success !== true
    return unread || (evidence !== null && meant === null) ? [] : [`means ${nameOf(meant)}, though nobody knows it`]
  }
  const wanted = nameOf({ code: fixture.failure, ...(fixture.refunded ? { charged: 'refunded' } : {}) })
  return nameOf(meant) === wanted ? [] : [`means ${nameOf(meant)} and not ${wanted}`]
}

/** The signals of an error table that no fixture ever decides by. */
export const unheardSignals = (adapter: Adapter, fixtures: readonly Fixture[]): string[] => {
  const heard = new Set(
    fixtures
      .flatMap((fixture) => evidenceOf(fixture) ?? [])
      .map((evidence): Decided | null => decide(adapter.errors, evidence))
      .map((decided) => decided?.signal),
  )
  return PROVIDER_FAILURES.flatMap((code) =>
    adapter.errors[code]
      .filter((signal: Signal) => !heard.has(signal))
      .map((signal) => `${code}: ${JSON.stringify(signal)}`),
  )
}

// --- law 6 ---

const dotted = (place: string) => place.replaceAll('/', '.')

/** Reads known paths off an object: what is left over, and each value that a codec of its own reads. */
const leftOver = (wire: Json, known: ReadonlyMap<string, z.ZodType | null>, at: string, under = ''): string[] => {
  const places = new Set([...known.keys()].map((path) => dotted(`${at}/${path}`)))
  return Object.entries(wire).flatMap(([key, value]) => {
    const path = under === '' ? key : `${under}.${key}`
    const codec = known.get(path)
    if (codec) return residue(codec, value, `${at}/${path}`).filter((place) => !places.has(dotted(place)))
    const nested = [...known.keys()].some((each) => each.startsWith(`${path}.`))
    if (nested && isObject(value) && !Array.isArray(value)) return leftOver(value, known, at, path)
    return known.has(path) || nested ? [] : [`${at}/${path}`]
  })
}

const tableResidue = ({ rows, constants, ignored }: Table, wire: Json, at: string) => {
  const read = Object.values(rows).flatMap((row): [string, z.ZodType | null][] =>
    typeof row === 'string' ? [[row, null]] : Array.isArray(row) ? [[row[0] as string, row[1] as z.ZodType]] : [],
  )
  return leftOver(
    wire,
    new Map([...[...Object.keys(constants), ...ignored].map((path) => [path, null] as const), ...read]),
    at,
  )
}

/** Of what two readers of one message leave over, that which both do. */
const leftByBoth = (one: readonly string[], other: readonly string[]) => {
  const inside = (place: string, places: readonly string[]) =>
    places.some((each) => dotted(place) === dotted(each) || dotted(place).startsWith(`${dotted(each)}.`))
  return [...new Set([...one.filter((place) => inside(place, other)), ...other.filter((place) => inside(place, one))])]
}

const snapshotResidue = ({ task, tracks, result, stage, failure, ignored }: SnapshotTable, wire: Json, at: string) => {
  const words = stage.flatMap((row) => wordPaths(row.when))
  const paths = [...task, ...Object.values(failure).flat(), ...words, ...ignored]
  const inTracks = (path: string) => tracks !== undefined && path.startsWith(`${tracks[0]}.`)
  const known = new Map<string, z.ZodType | null>(
    paths.filter((path) => !inTracks(path)).map((path) => [path, null] as const),
  )
  if (tracks !== undefined) known.set(tracks[0], z.array(tracks[1]))
  if (result !== undefined && result[0] !== '') known.set(result[0], result[1])
  const left = leftOver(wire, known, at)
  return result?.[0] === '' ? leftByBoth(left, residue(result[1], wire, at)) : left
}

/** The wire keys that no row reads and no table says to ignore. */
export const residue = (codec: z.ZodType, wire: unknown, at = ''): string[] => {
  if (Array.isArray(wire)) {
    const [item] = codecsIn(codec).flatMap((each) => (each instanceof z.ZodArray ? [each.element as z.ZodType] : []))
    if (item) return wire.flatMap((each, index) => residue(item, each, `${at}/${index}`))
  }
  const stages = stageTableOf(codec)
  if (stages) return snapshotResidue(stages, tableWire(codec, wire) as Json, at)
  if (!isObject(wire)) return []
  const table = innerTable(codec)
  if (table) return tableResidue(table, wire, at)
  const shape = codec instanceof z.ZodPipe ? codec.def.in : codec
  const keys = shape instanceof z.ZodObject ? Object.entries(shape.shape as Record<string, z.ZodType>) : []
  if (keys.length > 0) return leftOver(wire, new Map(keys), at)
  const [inner] = partsOf(codec)
  return inner ? residue(inner, wire, at) : []
}

/** Nothing of an answer is lost by accident: neither of its envelope nor of what is inside. */
export const responseResidue = (fixture: Fixture): string[] => {
  const { message, wire } = fixture
  const said = readMessage(fixture)
  if (message === 'callback') return residue(codecFor(fixture), wire)
  if (said.kind === 'formless') return []
  const { envelope, whole } = wrappingOf(fixture)
  const { code, message: texts, status, payload, ignored = [] } = envelope
  const wrapping = [code, ...texts, ...(status === undefined ? [] : [status]), ...ignored]
  const known = new Map([...wrapping, payload].map((path) => [path, null] as const))
  if (said.kind !== 'payload') return leftOver(wire as Json, known, '')
  if (!whole) return [...leftOver(wire as Json, known, ''), ...residue(codecFor(fixture), said.wire, `/${payload}`)]
  return residue(codecFor(fixture), said.wire).filter((place) => !wrapping.includes(place.slice(1)))
}

// --- law 7 ---

const twice = <Value>(run: () => Value): string[] => {
  try {
    return differences(travelled(run()), travelled(run())).map((each) => `the second run differs: ${each}`)
  } catch (error) {
    return [`throws ${String(error)}`]
  }
}

/** A codec runs in both directions, changes nothing that it is given, and says the same each time. */
export const pure = (fixture: Fixture): string[] => {
  const codec = codecFor(fixture)
  const said = readMessage(fixture)
  const encoded = fixture.canonical === undefined ? [] : twice(() => z.encode(codec, fixture.canonical))
  return [...encoded, ...(said.kind === 'payload' ? twice(() => z.safeDecode(codec, said.wire)) : [])]
}

const unfrozenIn = (value: unknown, at: string): string[] => {
  const plain = Array.isArray(value) || (isObject(value) && Object.getPrototypeOf(value) === Object.prototype)
  if (!plain) return []
  const own = Object.isFrozen(value) ? [] : [`${at} is not frozen`]
  return [...own, ...Object.entries(value as Json).flatMap(([key, each]) => unfrozenIn(each, `${at}/${key}`))]
}

/** Every table of an adapter that could still be changed. */
export const unfrozen = (adapter: Adapter): string[] => {
  const tables = formsOf(adapter).flatMap((operation) =>
    messagesOf(adapter, operation).flatMap((message) =>
      codecsIn(codecOf(adapter, operation, message)!).flatMap(
        (codec) => tableOf(codec) ?? snapshotTableOf(codec) ?? [],
      ),
    ),
  )
  return [...unfrozenIn(adapter, adapter.id), ...tables.flatMap((table) => unfrozenIn(table, `${adapter.id} table`))]
}

// --- law 8 ---

/** A native request of one provider, carried out by another, still asks for the same. */
export const square = (face: Fixture, host: Adapter): Verdict => {
  const { operation, message, wire } = face
  const asked = readNative(codecFor(face), wire)
  if (asked.verdict !== null) return asked.verdict
  const why = inability(host, operation, asked.data)
  if (why !== null) return nothing(why)
  const codec = codecOf(host, operation, message)!
  const back = thereAndBack(codec, asked.data)
  if (back.verdict !== null) return back.verdict
  const shared = (value: unknown) => {
    const own = placed(armFor(codecFor(face), asked.data), value)
    return travelled(placed(armFor(codec, asked.data), own))
  }
  return found(differences(shared(back.data), shared(asked.data)))
}

// --- law 9 ---

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const mixed = (text: string) => /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text)
/** Media links are made of the track's id in base 64; words of our own language are joined by underscores. */
const harmless = (text: string) => UUID.test(Buffer.from(text, 'base64').toString()) || !mixed(text)

/** Anything shaped like a credential. Masked samples (`5c79****be8e`) and the pages' own placeholder are not. */
export const credentials = (text: string): string[] => [
  ...(text.match(/\bsk-[A-Za-z0-9]{6,}/g) ?? []),
  ...(text.match(/\bBearer\s+(?!YOUR_API_KEY)[\w.~+/-]{8,}=*/g) ?? []),
  ...(text.match(/[A-Za-z0-9_-]{32,}={0,2}/g) ?? []).filter((token) => !harmless(token)),
]

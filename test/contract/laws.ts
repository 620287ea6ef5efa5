/** The laws every adapter keeps, as functions: data in, complaints out. test/contract/laws.test.ts holds the registry to them. */
import * as z from 'zod'
import { catalogue } from '../../src/canonical/catalogue.ts'
import { PROVIDER_FAILURES } from '../../src/canonical/error.ts'
import type { Adapter, ProviderOperation } from '../../src/contract/adapter.ts'
import { type Table, tableOf, unsupported } from '../../src/contract/codec.ts'
import { classify, type Decided, decide, type Evidence, type Seen, type Signal } from '../../src/contract/errors.ts'
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
  innerTable,
  isRequest,
  issuesOf,
  messagesOf,
  partsOf,
  readMessage,
  stageTableOf,
  stepOf,
  tableCodec,
  tableWire,
  wordPaths,
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

/** A native word that no provider has. */
const MADE_UP = 'MADE_UP_WORD'

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

/** A fixture's wire and its canonical value say the same thing. */
export const meaning = (fixture: Fixture): string[] => {
  if (isRequest(fixture.message)) {
    const encoded = z.safeEncode(codecFor(fixture), fixture.canonical)
    return encoded.success ? differences(travelled(encoded.data), fixture.wire) : issuesOf(encoded.error)
  }
  const said = readMessage(fixture)
  if (fixture.absent) return said.kind === 'absent' || said.kind === 'refused' ? [] : ['is read as if it were there']
  if (fixture.canonical === undefined) return fixture.failure === undefined ? ['says neither meaning nor failure'] : []
  const decoded = decodeFixture(fixture)
  if (decoded === undefined) return [`is ${said.kind}, nothing was read`]
  return decoded.success ? differences(travelled(decoded.data), fixture.canonical) : issuesOf(decoded.error)
}

// --- law 2 ---

const armFor = (codec: z.ZodType, canonical: unknown) =>
  armsOf(codec).find((arm) => z.safeEncode(arm, canonical).success)

/** The fields that a request codec has no place for, of the arm that takes this value. */
const unsupportedIn = (codec: z.ZodType, canonical: unknown): string[] => {
  const table = tableOf(armFor(codec, canonical) ?? codec)
  return Object.entries(table?.rows ?? {}).flatMap(([field, row]) => (row === unsupported ? [field] : []))
}

const less = (value: unknown, fields: readonly string[]): unknown =>
  Object.fromEntries(Object.entries(value as Json).filter(([field]) => !fields.includes(field)))

/** Why an adapter can not carry a canonical value at all, or null. */
const inability = (adapter: Adapter, operation: ProviderOperation, canonical: unknown): string | null => {
  const binding = bindingOf(adapter, operation)
  if (binding === undefined) return 'no such operation'
  const { model } = canonical as { model?: string }
  const { models } = binding as { models?: readonly string[] }
  return model !== undefined && models?.includes(model) !== true ? `no model ${model}` : null
}

/** What a law found, or why it had nothing to look at. */
export interface Verdict {
  readonly complaints: readonly string[]
  readonly skipped: string | null
}
const found = (complaints: readonly string[]): Verdict => ({ complaints, skipped: null })
const nothing = (why: string): Verdict => ({ complaints: [], skipped: why })

const thereAndBack = (codec: z.ZodType, canonical: unknown) => {
  const wire = z.safeEncode(codec, canonical)
  return wire.success ? z.safeDecode(codec, travelled(wire.data)) : wire
}

const requestRoundTrip = (codec: z.ZodType, canonical: unknown): string[] => {
  const back = thereAndBack(codec, canonical)
  if (!back.success) return issuesOf(back.error)
  return differences(travelled(back.data), less(canonical, unsupportedIn(codec, canonical)))
}

/** Whether a stage can be told: words that stand on the tracks need a track, and a track that failed needs words. */
const canTell = (table: SnapshotTable, { stage, tracks, failure }: Snapshot): boolean => {
  const row = table.stage.find((each) => each.is === stage && each.speaks !== undefined)
  const text = failure?.message == null ? [] : table.failure.message.slice(0, 1)
  const paths = [...Object.keys(row?.speaks ?? {}), ...text]
  const silent = innerTable(table.tracks[1])?.rows.failure === unsupported
  if (silent && stage !== 'failed' && tracks.some((track) => track.failure !== null)) return false
  return paths.length > 0 && (stage === 'submitted' || tracks.length > 0 || !paths.some((path) => path.includes('*')))
}

/** What of a failure was said: where it was silent the words of the stage fill in. */
const saidOf = (failure: Json, said: Json) =>
  Object.fromEntries(Object.entries(failure).filter(([signal]) => said[signal] !== null))

/** What of a snapshot a table has rows for. */
const tellable = (table: SnapshotTable, snapshot: Snapshot, said: Snapshot): unknown => {
  const rows = innerTable(table.tracks[1])?.rows ?? {}
  const fields = Object.keys(rows).filter((field) => rows[field] !== unsupported)
  const track = (each: Json) => Object.fromEntries(fields.map((field) => [field, each[field]]))
  return {
    stage: snapshot.stage,
    tracks: snapshot.tracks.map(track),
    ...(table.task.length > 0 ? { provider_task_id: snapshot.provider_task_id } : {}),
    failure: snapshot.failure && saidOf(snapshot.failure, said.failure!),
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
  const back = thereAndBack(codec, said)
  if (!back.success) return found(issuesOf(back.error))
  return found(differences(tellable(table, back.data as Snapshot, said), tellable(table, said, said)))
}

/** `decode(encode(c)) = c` for a canonical value of any provider, less what this one has no place for. */
export const roundTrip = (adapter: Adapter, fixture: Fixture): Verdict => {
  const { operation, message, canonical } = fixture
  if (canonical === undefined) return nothing('no canonical value')
  const why = inability(adapter, operation, canonical)
  if (why !== null) return nothing(why)
  const codec = codecOf(adapter, operation, message)!
  if (stageTableOf(codec)) return snapshotRoundTrip(codec, canonical as Snapshot, fixture.adapter === adapter)
  return found(requestRoundTrip(codec, canonical))
}

/** The same for one generated submission. */
export const submissionRoundTrip = (adapter: Adapter, submission: unknown): string[] =>
  requestRoundTrip(codecOf(adapter, 'generateMusic', 'submit.request')!, submission)

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

const vocabularyOf = (codec: z.ZodType): Vocabulary[] =>
  codec instanceof z.ZodPipe && codec.def.in instanceof z.ZodLiteral && codec.def.out instanceof z.ZodEnum
    ? [{ codec, canonical: codec.def.out.options as string[], native: [...codec.def.in.values] }]
    : []

/** Every word list of an adapter. */
export const vocabulariesOf = (adapter: Adapter): Vocabulary[] => {
  const codecs = (Object.keys(adapter.operations) as ProviderOperation[]).flatMap((operation) =>
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

const present = (wire: unknown, path: string) => [read(wire, path)].flat().some((word) => typeof word === 'string')

/** With its status words replaced by made-up ones a record is refused; one that failed may stay failed. */
export const unknownWords = (fixture: Fixture): string[] => {
  const decoded = decodeFixture(fixture)
  if (decoded?.success !== true) return []
  const codec = tableCodec(codecFor(fixture))
  const wire = tableWire(codecFor(fixture), (readMessage(fixture) as { wire: unknown }).wire)
  const paths = [...new Set(snapshotTableOf(codec)!.stage.flatMap((row) => wordPaths(row.when)))]
  const spoken = paths.filter((path) => present(wire, path))
  const replaced = (where: readonly string[]) => {
    const copy = travelled(wire)
    for (const path of where) write(copy, path, MADE_UP)
    return z.safeDecode(codec, copy)
  }
  const failed = (decoded.data as Snapshot).stage === 'failed'
  const accepted = (where: readonly string[]) => {
    const result = replaced(where)
    return result.success && !(failed && (result.data as Snapshot).stage === 'failed')
  }
  if (spoken.length === 0) return failed ? [] : ['no word says which stage this is']
  return [spoken, ...spoken.map((path) => [path])]
    .filter(accepted)
    .map((where) => `is accepted with ${where.join(', ')} made up`)
}

// --- law 5 ---

const placeOf = ({ operation, message }: Fixture): Seen =>
  message === 'submit.response' || (message === 'call.response' && catalogue[operation].kind !== 'read')
    ? 'submit'
    : 'read'

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

/** Reads known paths off an object: what is left over, and each value that a codec of its own reads. */
const leftOver = (wire: Json, known: ReadonlyMap<string, z.ZodType | null>, at: string, under = ''): string[] =>
  Object.entries(wire).flatMap(([key, value]) => {
    const path = under === '' ? key : `${under}.${key}`
    const codec = known.get(path)
    if (codec) return residue(codec, value, `${at}/${path}`)
    const nested = [...known.keys()].some((each) => each.startsWith(`${path}.`))
    if (nested && isObject(value) && !Array.isArray(value)) return leftOver(value, known, at, path)
    return known.has(path) || nested ? [] : [`${at}/${path}`]
  })

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

const snapshotResidue = (table: SnapshotTable, wire: Json, at: string) => {
  const [tracks, track] = table.tracks
  const words = table.stage.flatMap((row) => wordPaths(row.when))
  const paths = [...table.task, ...Object.values(table.failure).flat(), ...words, ...table.ignored]
  const outside = paths.filter((path) => !path.startsWith(`${tracks}.`)).map((path) => [path, null] as const)
  return leftOver(wire, new Map<string, z.ZodType | null>([...outside, [tracks, z.array(track)]]), at)
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
  const { adapter, operation, message, wire } = fixture
  const said = readMessage(fixture)
  if (message === 'callback') return residue(codecFor(fixture), wire)
  if (said.kind === 'formless') return []
  const { code, message: texts, status, payload } = adapter.envelope
  const envelope = new Map([code, ...texts, status ?? code, payload].map((path) => [path, null] as const))
  const whole = bindingOf(adapter, operation)![stepOf(message)]!.reads === 'body'
  if (said.kind !== 'payload') return leftOver(wire as Json, envelope, '')
  if (!whole) return [...leftOver(wire as Json, envelope, ''), ...residue(codecFor(fixture), said.wire, `/${payload}`)]
  const outer = new Set([code, ...texts, status])
  return residue(
    codecFor(fixture),
    Object.fromEntries(Object.entries(said.wire as Json).filter(([key]) => !outer.has(key))),
  )
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
  const tables = (Object.keys(adapter.operations) as ProviderOperation[]).flatMap((operation) =>
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
  const first = z.safeDecode(codecFor(face), wire)
  if (!first.success) return found(issuesOf(first.error))
  const why = inability(host, operation, first.data)
  if (why !== null) return nothing(why)
  const codec = codecOf(host, operation, message)!
  const back = thereAndBack(codec, first.data)
  if (!back.success) return found(issuesOf(back.error))
  const fields = [...unsupportedIn(codecFor(face), first.data), ...unsupportedIn(codec, first.data)]
  return found(differences(travelled(less(back.data, fields)), travelled(less(first.data, fields))))
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

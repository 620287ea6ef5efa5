/** How laws look into an adapter: its codecs and tables by message, and messages as the engine reads them. */
import * as z from 'zod'
import type { Rule } from '../../src/canonical/rule.ts'
import type { Adapter } from '../../src/contract/adapter.ts'
import { type Table, tableOf } from '../../src/contract/codec.ts'
import type { Condition } from '../../src/contract/condition.ts'
import { type Envelope, type Opened, open } from '../../src/contract/envelope.ts'
import type { Form } from '../../src/contract/operations.ts'
import { type SnapshotTable, snapshotTableOf } from '../../src/contract/snapshot.ts'
import type { Fixture, Message } from './fixtures.ts'

/** The parts of a call that laws look at, whatever it carries. */
interface AnyCall {
  readonly request: z.ZodType
  readonly response: z.ZodType
  readonly reads?: 'payload' | 'body'
  readonly envelope?: Envelope
  readonly repair?: (wire: unknown) => unknown
}

export const formsOf = (adapter: Adapter) => Object.keys(adapter.operations) as Form[]

export const bindingOf = (adapter: Adapter, operation: Form) =>
  adapter.operations[operation] as unknown as Readonly<Record<string, AnyCall & z.ZodType>> | undefined

/** What a form may be asked for: its models, most preferred first, and its rules. */
export const termsOf = (adapter: Adapter, operation: Form) => {
  const { models = [], rules = [] } = adapter.operations[operation] as {
    readonly models?: readonly string[]
    readonly rules?: readonly Rule[]
  }
  return { models, rules }
}

export const stepOf = (message: Message) => message.split('.')[0] as 'submit' | 'poll' | 'call' | 'callback'
export const isRequest = (message: Message) => message.endsWith('.request')

/** Every message an adapter reads or writes for an operation. */
export const messagesOf = (adapter: Adapter, operation: Form): Message[] => {
  const binding = bindingOf(adapter, operation) ?? {}
  if ('call' in binding) return ['call.request', 'call.response']
  if (!('submit' in binding)) return []
  const told: readonly Message[] = 'callback' in binding ? ['callback'] : []
  return ['submit.request', 'submit.response', 'poll.request', 'poll.response', ...told]
}

/** The message that asks for the work itself. */
export const orderOf = (adapter: Adapter, operation: Form) => messagesOf(adapter, operation)[0]!

/** The codec of a message, or undefined where the adapter has no such operation. */
export const codecOf = (adapter: Adapter, operation: Form, message: Message): z.ZodType | undefined => {
  const found = bindingOf(adapter, operation)?.[stepOf(message)]
  return message === 'callback' ? found : isRequest(message) ? found?.request : found?.response
}

export const codecFor = (fixture: Fixture) => codecOf(fixture.adapter, fixture.operation, fixture.message)!

/** The part of a message that its codec reads, as the engine hands it over. */
export type Read =
  | { readonly kind: 'formless' }
  | { readonly kind: 'refused'; readonly opened: Opened }
  | { readonly kind: 'absent' }
  | { readonly kind: 'payload'; readonly wire: unknown }

const callOf = ({ adapter, operation, message }: Fixture) => bindingOf(adapter, operation)![stepOf(message)]!

/** How the answer of a fixture is wrapped, and whether its codec reads the wrapping too. */
export const wrappingOf = (fixture: Fixture) => {
  const { envelope = fixture.adapter.envelope, reads } = callOf(fixture)
  return { envelope, whole: reads === 'body' || envelope.payload === '' }
}

/** Opens a message: src/engine/outcome.ts does the same. */
export const readMessage = (fixture: Fixture): Read => {
  const { message, wire } = fixture
  if (message === 'callback' || isRequest(message)) return { kind: 'payload', wire }
  const opened = open(wrappingOf(fixture).envelope, wire)
  if (opened === null) return { kind: 'formless' }
  if (!opened.ok) return { kind: 'refused', opened }
  const call = callOf(fixture)
  if (call.reads === 'body') return { kind: 'payload', wire: call.repair ? call.repair(wire) : wire }
  if (opened.payload === null && call.repair === undefined) return { kind: 'absent' }
  return { kind: 'payload', wire: call.repair ? call.repair(opened.payload) : opened.payload }
}

export const decodeFixture = (fixture: Fixture) => {
  const found = readMessage(fixture)
  return found.kind === 'payload' ? z.safeDecode(codecFor(fixture), found.wire) : undefined
}

export const issuesOf = (error: z.ZodError) => error.issues.map((issue) => `${issue.path.join('/')}: ${issue.message}`)

/** Arms of a union, or the codec itself. */
export const armsOf = (codec: z.ZodType): z.ZodType[] =>
  codec instanceof z.ZodUnion ? (codec.options as z.ZodType[]) : [codec]

/** The table of a codec, or of the codec that a hand-written one stands on. */
export const innerTable = (codec: z.ZodType): Table | undefined =>
  tableOf(codec) ?? (codec instanceof z.ZodPipe ? innerTable(codec.def.in as z.ZodType) : undefined)

/** The snapshot table of a codec, or of the one that a hand-written codec leads to. */
export const stageTableOf = (codec: z.ZodType): SnapshotTable | undefined =>
  snapshotTableOf(codec) ?? (codec instanceof z.ZodPipe ? stageTableOf(codec.def.out as z.ZodType) : undefined)

/** Every codec inside a codec, itself included. */
export const codecsIn = (codec: z.ZodType): z.ZodType[] => {
  const table = tableOf(codec)
  const stages = snapshotTableOf(codec)
  const inner = table
    ? Object.values(table.rows).flatMap((row) => (Array.isArray(row) ? [row[1] as z.ZodType] : []))
    : stages
      ? [stages.tracks, stages.result].flatMap((made) => (made === undefined ? [] : [made[1] as z.ZodType]))
      : partsOf(codec)
  return [codec, ...inner.flatMap(codecsIn)]
}

export const partsOf = (schema: z.ZodType): z.ZodType[] => {
  if (schema instanceof z.ZodUnion) return schema.options as z.ZodType[]
  if (schema instanceof z.ZodArray) return [schema.element as z.ZodType]
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return [schema.unwrap() as z.ZodType]
  if (schema instanceof z.ZodPipe) return [schema.def.in as z.ZodType, schema.def.out as z.ZodType]
  if (schema instanceof z.ZodObject) return Object.values(schema.shape as Record<string, z.ZodType>)
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType]
  return []
}

type Heard = (value: unknown) => boolean

const pathsTo = (heard: Heard, condition: Condition, under = ''): string[] => {
  const below = (at: string) => (under === '' ? at : `${under}.${at}`)
  if ('all' in condition) return condition.all.flatMap((each) => pathsTo(heard, each, under))
  if ('any' in condition) return condition.any.flatMap((each) => pathsTo(heard, each, under))
  if ('not' in condition) return pathsTo(heard, condition.not, under)
  if ('every' in condition) return pathsTo(heard, condition.every, `${below(condition.at)}.*`)
  if ('some' in condition) return pathsTo(heard, condition.some, `${below(condition.at)}.*`)
  const words = 'is' in condition ? [condition.is].flat() : []
  return words.some(heard) ? [below(condition.at)] : []
}

/** Where the words stand that stages are read from; sentences are no words. */
export const wordPaths = (condition: Condition): string[] =>
  pathsTo((word) => typeof word === 'string' && /^\w+$/.test(word), condition)

/** Where the numbers stand that stages are read from. */
export const numberPaths = (condition: Condition): string[] => pathsTo((word) => typeof word === 'number', condition)

/** The wire that a snapshot table reads, behind hand-written codecs. */
export const tableWire = (codec: z.ZodType, wire: unknown): unknown =>
  snapshotTableOf(codec) === undefined && codec instanceof z.ZodPipe
    ? tableWire(codec.def.out as z.ZodType, (codec.def.transform as (wire: unknown) => unknown)(wire))
    : wire

export const tableCodec = (codec: z.ZodType): z.ZodType =>
  snapshotTableOf(codec) === undefined && codec instanceof z.ZodPipe ? tableCodec(codec.def.out as z.ZodType) : codec

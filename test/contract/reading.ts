/** How laws look into an adapter: its codecs and tables by message, and messages as the engine reads them. */
import * as z from 'zod'
import type { Adapter, ProviderOperation } from '../../src/contract/adapter.ts'
import { type Table, tableOf } from '../../src/contract/codec.ts'
import type { Condition } from '../../src/contract/condition.ts'
import { type Opened, open } from '../../src/contract/envelope.ts'
import { type SnapshotTable, snapshotTableOf } from '../../src/contract/snapshot.ts'
import type { Fixture, Message } from './fixtures.ts'

/** The parts of a call that laws look at, whatever it carries. */
interface AnyCall {
  readonly request: z.ZodType
  readonly response: z.ZodType
  readonly reads?: 'payload' | 'body'
  readonly repair?: (wire: unknown) => unknown
}

export const bindingOf = (adapter: Adapter, operation: ProviderOperation) =>
  adapter.operations[operation] as unknown as Readonly<Record<string, AnyCall & z.ZodType>> | undefined

export const stepOf = (message: Message) => message.split('.')[0] as 'submit' | 'poll' | 'call' | 'callback'
export const isRequest = (message: Message) => message.endsWith('.request')

/** Every message an adapter reads or writes for an operation. */
export const messagesOf = (adapter: Adapter, operation: ProviderOperation): Message[] => {
  const binding = bindingOf(adapter, operation) ?? {}
  if ('call' in binding) return ['call.request', 'call.response']
  if (!('submit' in binding)) return []
  return ['submit.request', 'submit.response', 'poll.request', 'poll.response', 'callback']
}

/** The codec of a message, or undefined where the adapter has no such operation. */
export const codecOf = (adapter: Adapter, operation: ProviderOperation, message: Message): z.ZodType | undefined => {
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

/** Opens a message: src/engine/outcome.ts does the same. */
export const readMessage = ({ adapter, operation, message, wire }: Fixture): Read => {
  if (message === 'callback' || isRequest(message)) return { kind: 'payload', wire }
  const opened = open(adapter.envelope, wire)
  if (opened === null) return { kind: 'formless' }
  if (!opened.ok) return { kind: 'refused', opened }
  const call = bindingOf(adapter, operation)![stepOf(message)]!
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
      ? [stages.tracks[1]]
      : partsOf(codec)
  return [codec, ...inner.flatMap(codecsIn)]
}

export const partsOf = (schema: z.ZodType): z.ZodType[] => {
  if (schema instanceof z.ZodUnion) return schema.options as z.ZodType[]
  if (schema instanceof z.ZodArray) return [schema.element as z.ZodType]
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return [schema.unwrap() as z.ZodType]
  if (schema instanceof z.ZodPipe) return [schema.def.in as z.ZodType, schema.def.out as z.ZodType]
  return []
}

/** Where the words stand that stages are read from; sentences are no words. */
export const wordPaths = (condition: Condition, under = ''): string[] => {
  const below = (at: string) => (under === '' ? at : `${under}.${at}`)
  if ('all' in condition) return condition.all.flatMap((each) => wordPaths(each, under))
  if ('any' in condition) return condition.any.flatMap((each) => wordPaths(each, under))
  if ('not' in condition) return wordPaths(condition.not, under)
  if ('every' in condition) return wordPaths(condition.every, `${below(condition.at)}.*`)
  if ('some' in condition) return wordPaths(condition.some, `${below(condition.at)}.*`)
  const words = 'is' in condition ? [condition.is].flat() : []
  return words.some((word) => typeof word === 'string' && /^\w+$/.test(word)) ? [below(condition.at)] : []
}

/** The wire that a snapshot table reads, behind hand-written codecs. */
export const tableWire = (codec: z.ZodType, wire: unknown): unknown =>
  snapshotTableOf(codec) === undefined && codec instanceof z.ZodPipe
    ? tableWire(codec.def.out as z.ZodType, (codec.def.transform as (wire: unknown) => unknown)(wire))
    : wire

export const tableCodec = (codec: z.ZodType): z.ZodType =>
  snapshotTableOf(codec) === undefined && codec instanceof z.ZodPipe ? tableCodec(codec.def.out as z.ZodType) : codec

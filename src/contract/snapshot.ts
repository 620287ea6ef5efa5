/** The derived-stage form: completion that has to be read from several wire fields at once. */
import * as z from 'zod'
import type { Codec } from './codec.ts'
import { type Condition, holds } from './condition.ts'
import { LONGEST_WORDS } from './envelope.ts'
import { freezeDeep } from './freeze.ts'
import { blank, read, write } from './paths.ts'
import { type Signals, Snapshot, type SnapshotStage, type TrackReport } from './shapes.ts'

/** First match inward; outward the first row of the stage that has `speaks`, each path set to its value. */
export interface StageRow {
  readonly when: Condition
  readonly is: SnapshotStage
  readonly speaks?: Readonly<Record<string, string | number | boolean | null>>
  readonly source: string
}

export interface SnapshotTable {
  /** Where the provider's task id may stand: the first that is not blank counts, the first is spoken. Empty: unnamed. */
  readonly task: readonly string[]
  readonly tracks?: readonly [path: string, codec: Codec<TrackReport>]
  /** An empty list of tracks is spoken as this. */
  readonly none?: null | 'empty'
  /** Where that which is no track stands, once it is complete; `''` is the whole. */
  readonly result?: readonly [path: string, codec: z.ZodType]
  readonly stage: readonly StageRow[]
  /** Where the failure signals stand: the first path that is not blank counts. */
  readonly failure: { readonly [Signal in keyof Signals]: readonly string[] }
  /** Wire keys outside the tracks that are known and not kept; dotted for a nested place. */
  readonly ignored: readonly string[]
}

/** Only a text or a number says something: an object in its place can not even be turned into text without harm. */
const speaks = (value: unknown) => (typeof value === 'string' || typeof value === 'number') && !blank(value)
const firstSignal = (wire: unknown, paths: readonly string[]): unknown =>
  paths.flatMap((path) => [read(wire, path)].flat()).find(speaks) ?? null

const textOrNull = (value: unknown): string | null => (value === null ? null : String(value).slice(0, LONGEST_WORDS))

const signals = (wire: unknown, at: SnapshotTable['failure']): Signals => ({
  code: firstSignal(wire, at.code) as Signals['code'],
  status: textOrNull(firstSignal(wire, at.status)),
  message: textOrNull(firstSignal(wire, at.message)),
})

type Report = (path: (string | number)[], message: string, input: unknown) => void

const decodeTracks = (at: SnapshotTable['tracks'], wire: unknown, report: Report): TrackReport[] => {
  if (at === undefined) return []
  const [path, codec] = at
  const items = read(wire, path)
  if (blank(items)) return []
  if (!Array.isArray(items)) {
    report(path.split('.'), 'expected a list of tracks', items)
    return []
  }
  return items.flatMap((item, index) => {
    const track = z.safeDecode(codec, item)
    if (track.success) return [track.data]
    for (const issue of track.error.issues)
      report([...path.split('.'), index, ...(issue.path as (string | number)[])], issue.message, item)
    return []
  })
}

const decodeResult = ([path, codec]: NonNullable<SnapshotTable['result']>, wire: unknown, report: Report): unknown => {
  const found = z.safeDecode(codec, read(wire, path))
  if (found.success) return found.data
  for (const issue of found.error.issues)
    report([...path.split('.'), ...(issue.path as (string | number)[])], issue.message, wire)
  return null
}

const outward = (table: SnapshotTable, snapshot: Snapshot): Record<string, unknown> => {
  const wire: Record<string, unknown> = {}
  if (table.tracks !== undefined) {
    const [path, codec] = table.tracks
    const items = snapshot.tracks.map((track) => z.encode(codec, track))
    write(wire, path, items.length === 0 && table.none === null ? null : items)
  }
  if (table.result !== undefined && snapshot.result != null) {
    const [path, codec] = table.result
    const made = z.encode(codec, snapshot.result)
    if (path === '') Object.assign(wire, made)
    else write(wire, path, made)
  }
  if (table.task[0] !== undefined) write(wire, table.task[0], snapshot.provider_task_id)
  const row = table.stage.find((each) => each.is === snapshot.stage && each.speaks !== undefined)
  for (const [path, value] of Object.entries(row?.speaks ?? {})) write(wire, path, value)
  for (const signal of ['code', 'status', 'message'] as const) {
    const value = snapshot.failure?.[signal] ?? null
    const path = table.failure[signal][0]
    if (value !== null && path !== undefined) write(wire, path, value)
  }
  return wire
}

const stageTables = new WeakMap<object, SnapshotTable>()
/** The table behind a codec made by `snapshot`, or undefined. */
export const snapshotTableOf = (codec: object): SnapshotTable | undefined => stageTables.get(codec)

/** How a message names its task, also where nothing else of it can be understood. */
export const taskNamedIn = (codec: z.ZodType, wire: unknown): string | null => {
  const table = stageTables.get(codec)
  if (table !== undefined) return textOrNull(firstSignal(wire, table.task))
  // A codec that only mends the wire before the table reads it.
  return codec instanceof z.ZodPipe ? taskNamedIn(codec.def.out as z.ZodType, wire) : null
}

/**
 * A codec between a provider's task record or callback and a `Snapshot`.
 * A wire value that no stage row matches is an error that names what was said: an unknown word is never success.
 */
export const snapshot = (table: SnapshotTable): Codec<Snapshot> => {
  const codec = z.codec(z.unknown(), Snapshot, {
    decode: (wire, context) => {
      const report: Report = (path, message, input) =>
        context.issues.push({ code: 'custom', path, message, input } as never)
      const row = table.stage.find((each) => holds(each.when, wire))
      const said = signals(wire, table.failure)
      if (row === undefined) report(['stage'], `no stage for status ${said.status ?? 'unknown'}`, said)
      return {
        provider_task_id: textOrNull(firstSignal(wire, table.task)),
        stage: row?.is ?? 'submitted',
        tracks: decodeTracks(table.tracks, wire, report),
        failure: row?.is === 'failed' ? said : null,
        ...(table.result === undefined
          ? {}
          : { result: row?.is === 'complete' ? decodeResult(table.result, wire, report) : null }),
      }
    },
    encode: (value) => outward(table, value),
  })
  stageTables.set(codec, freezeDeep(table))
  return codec as unknown as Codec<Snapshot>
}

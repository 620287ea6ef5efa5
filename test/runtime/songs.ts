/** What the runtime tests share: making songs, and the shape of an answer. */
import type * as z from 'zod'
import type { TimestampedLyrics } from '../../src/canonical/lyrics.ts'
import type { Task } from '../../src/canonical/task.ts'
import { type Harness, SONG } from '../harness.ts'

export type Song = z.infer<typeof Task>

export const PROVIDERS = ['kie', 'apibox', 'udioapi'] as const

/** Asks for a song and answers the task as it was accepted. */
export const order = async (harness: Harness, change: Readonly<Record<string, unknown>> = {}): Promise<Song> => {
  const answer = await harness.post('/v1/music/generations', { ...SONG, ...change })
  if (answer.status !== 202) throw new Error(`not accepted: ${await answer.text()}`)
  return (await answer.json()) as Song
}

/** Asks for a song and answers the task once it has ended. */
export const make = async (harness: Harness, change: Readonly<Record<string, unknown>> = {}): Promise<Song> =>
  harness.ended((await order(harness, change)).id)

export const lyricsPath = (track: string) => `/v1/tracks/${track}/timestamped-lyrics`

export const align = (harness: Harness, track: string, headers: Record<string, string> = {}) =>
  harness.call(lyricsPath(track), { method: 'POST', headers })

export const readLyrics = async (answer: Response) => (await answer.json()) as TimestampedLyrics

type Shape = string | { readonly [key: string]: Shape } | readonly Shape[]

/** Keys and types all the way down; a list is the different shapes in it. `nullable` fields may be null or not. */
export const shapeOf = (value: unknown, nullable: readonly string[] = []): Shape => {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value
  if (Array.isArray(value)) {
    const shapes = value.map((each) => JSON.stringify(shapeOf(each, nullable)))
    return [...new Set(shapes)].sort().map((text) => JSON.parse(text) as Shape)
  }
  const keys = Object.keys(value).sort()
  const fields = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    keys.map((key) => [key, nullable.includes(key) ? 'anything' : shapeOf(fields[key], nullable)]),
  )
}

/** What does not compile: tables that leave something out. Nothing here runs; `tsc` is the judge. */
import * as z from 'zod'
import { VocalGender } from '../../src/canonical/words.ts'
import type { Adapter, Operations } from '../../src/contract/adapter.ts'
import { fields, vocabulary } from '../../src/contract/codec.ts'
import type { ErrorTable } from '../../src/contract/errors.ts'
import { Balance, type TaskReference } from '../../src/contract/shapes.ts'
import type { SnapshotTable } from '../../src/contract/snapshot.ts'

const Song = z.object({ style: z.string(), title: z.string().optional() })

export const total = () => fields(Song, { style: 'tags', title: 'name' })
// @ts-expect-error: `title` has no row, though it may be left out of a request
export const missingRow = () => fields(Song, { style: 'tags' })
// @ts-expect-error: `lyrics` is no field of ours
export const strangeRow = () => fields(Song, { style: 'tags', title: 'name', lyrics: 'text' })
// @ts-expect-error: a row is not a number
export const rowOfNoForm = () => fields(Song, { style: 'tags', title: 1 })

export const allWords = () => vocabulary(VocalGender, { male: ['m'], female: [] })
// @ts-expect-error: `female` is not answered; an empty list would be an answer
export const missingWord = () => vocabulary(VocalGender, { male: ['m'] })
// @ts-expect-error: `other` is no word of ours
export const strangeWord = () => vocabulary(VocalGender, { male: ['m'], female: ['f'], other: ['o'] })

// @ts-expect-error: every provider failure has to be answered
export const missingCode: ErrorTable = { content_rejected: [] }

/** Where failures stand has to be said for each signal, and what is ignored too. */
type Failure = SnapshotTable['failure']
// @ts-expect-error: `message` is not answered
export const missingSignal: Failure = { code: [], status: [] }

type Poll = Operations['generateMusic']['poll']
declare const submit: Operations['generateMusic']['submit']
// @ts-expect-error: a submission is not a task reference
export const pollThatSubmits: Poll['request'] = submit.request
export const reference: z.ZodType<TaskReference> = submit.response
// @ts-expect-error: a balance is not a snapshot
export const pollForCredits: Poll['response'] = fields(Balance, { remaining: 'credits' })

type Callable = Operations['alignLyrics']
declare const callable: Callable
// @ts-expect-error: a task is no call
export const taskAsCall: Adapter['operations'] = { generateMusic: callable }

/** What a simulated upstream needs of an adapter beside its tables: schemas of what the provider takes, documented replies. */

import type { CallForm, TaskForm } from './operations.ts'

/** One documented message, as adapters/README.md describes it. */
export interface Fixture {
  readonly source: { readonly confidence: string; readonly section: string; readonly note?: string }
  readonly message: string
  readonly http?: number
  readonly wire?: unknown
  readonly text?: string
}

/** Replies of a task operation, by what the studio wants to say. */
export const TASK_REPLIES = [
  'accepted',
  'invalid',
  'unauthorized',
  'no_credits',
  'rate_limited',
  'server_error',
  'submitted',
  'text_ready',
  'first_ready',
  'complete',
  'failed',
  'failed_content',
  'unknown_task',
  'callback_text_ready',
  'callback_first_ready',
  'callback_complete',
  'callback_failed',
] as const
/** Replies that not every provider has documented. `exists`: of one source this is made once, and it has been made. */
const MORE_REPLIES = [
  'maintenance',
  'failed_refunded',
  'unknown_source',
  'not_ready',
  'exists',
  'callback_failed_refunded',
  'callback_failed_content',
] as const

export type TaskReplies = { readonly [Reply in (typeof TASK_REPLIES)[number]]: Fixture } & {
  readonly [Reply in (typeof MORE_REPLIES)[number]]?: Fixture
}

export interface CallReplies {
  readonly done: Fixture
  readonly empty?: Fixture
  readonly invalid?: Fixture
  readonly unauthorized: Fixture
  readonly no_credits?: Fixture
  readonly not_ready?: Fixture
  readonly unknown_track?: Fixture
  readonly exists?: Fixture
}

/**
 * Schemas of what a form takes, and its replies. A form that brings its own `complete` brings all that a query of it
 * can answer, and the like of callbacks; any other reply it has not got is that of generateMusic.
 */
export interface TaskMirror {
  readonly submit: object
  readonly poll: object
  readonly replies: Partial<TaskReplies>
  /** Where it is about a song: the forms whose songs it knows; all of them without this. */
  readonly knows?: readonly TaskForm[]
  /** How long a song becomes where its length counts and is not said. */
  readonly default_seconds?: number
}
export interface CallMirror {
  readonly call: object
  readonly replies: CallReplies
  readonly knows?: readonly TaskForm[]
}

/** The adapter's material for the sandbox. `quirks` replace replies of generateMusic, each set behind one switch. */
export type Mirror = {
  readonly generateMusic: TaskMirror & { readonly replies: TaskReplies }
  readonly alignLyrics: CallMirror
  readonly getCredits: CallMirror
  readonly quirks: Readonly<Record<string, Partial<TaskReplies>>>
} & { readonly [F in Exclude<TaskForm, 'generateMusic'>]?: TaskMirror } & {
  readonly [F in Exclude<CallForm, 'alignLyrics' | 'getCredits'>]?: CallMirror
}

/** What a simulated upstream needs of an adapter beside its tables: schemas of what the provider takes, documented replies. */

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
export type TaskReply = (typeof TASK_REPLIES)[number] | 'maintenance' | 'failed_refunded'

export type TaskReplies = { readonly [Reply in (typeof TASK_REPLIES)[number]]: Fixture } & {
  readonly maintenance?: Fixture
  readonly failed_refunded?: Fixture
}

export interface CallReplies {
  readonly done: Fixture
  readonly empty?: Fixture
  readonly unauthorized: Fixture
  readonly no_credits?: Fixture
  readonly not_ready?: Fixture
  readonly unknown_track?: Fixture
}

/** The adapter's material for the sandbox. `quirks` replace replies of generateMusic, each set behind one switch. */
export interface Mirror {
  readonly generateMusic: { readonly submit: object; readonly poll: object; readonly replies: TaskReplies }
  readonly alignLyrics: { readonly call: object; readonly replies: CallReplies }
  readonly getCredits: { readonly call: object; readonly replies: CallReplies }
  readonly quirks: Readonly<Record<string, Partial<TaskReplies>>>
}

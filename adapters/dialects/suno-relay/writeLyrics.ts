/** Lyrics alone, in the suno-relay dialect: kie.md 9.2, 12.3; apibox.md 6.14, 6.15, 7.2. */
import * as z from 'zod'
import { WriteLyricsSubmission, WrittenLyrics } from '../../../src/canonical/writeLyrics.ts'
import { blankIsNull, type Codec, fields, list } from '../../../src/contract/codec.ts'
import { alsoAt, callback as callbackOf, type Family, record as recordOf } from './made.ts'

export const submission = fields(WriteLyricsSubmission, { description: 'prompt', callback_url: 'callBackUrl' })

type Variant = WrittenLyrics['variants'][number]
const { title, lyrics, error } = WrittenLyrics.shape.variants.element.shape
const Said = z.object({ title, lyrics, error, other: error.optional() })

/** An item names its error in one of two spellings: both are heard (apibox.md 9, hint 5). */
const variant = (spoken: string, heard: string): Codec<Variant> =>
  z.codec(
    fields(
      Said,
      {
        title: ['title', blankIsNull()],
        lyrics: ['text', blankIsNull()],
        error: [spoken, blankIsNull()],
        other: [heard, blankIsNull().optional()],
      },
      { ignored: ['status'] },
    ),
    WrittenLyrics.shape.variants.element,
    {
      decode: ({ other, error: said, ...kept }) => ({ ...kept, error: said ?? other ?? null }),
      encode: (own) => own,
    },
  )

const written = (item: Codec<Variant>) =>
  z.codec(list(item), WrittenLyrics, {
    decode: (variants) => ({ variants }),
    encode: ({ variants }) => variants,
  })

const words: Family = {
  at: 'status',
  running: ['PENDING'],
  done: ['SUCCESS', 'CALLBACK_EXCEPTION'],
  failed: ['GENERATE_LYRICS_FAILED', 'CREATE_TASK_FAILED', 'SENSITIVE_WORD_ERROR'],
  source: 'kie.md 9.2; apibox.md 8',
}

export const record = alsoAt(
  { 'response.data': 'response.lyricsData' },
  recordOf({
    words,
    there: { at: 'response.data', blank: false },
    result: ['response.data', written(variant('errorMessage', 'error_message'))],
    ignored: ['response.taskId', 'response.lyricsData', 'param', 'type'],
  }),
)

interface Dialect {
  readonly task: 'data.task_id' | 'data.taskId'
  readonly error: readonly [spoken: string, heard: string]
}

/** The word is `complete` beside a code of failure too; the sister says `error` there (apibox.md 7.2). */
export const callback = ({ task, error: [spoken, heard] }: Dialect) =>
  alsoAt(
    { 'data.data': 'data.lyricsData' },
    callbackOf({
      task,
      words: {
        at: 'data.callbackType',
        running: ['complete'],
        done: ['complete'],
        failed: ['error', 'failed'],
        source: 'kie.md 12.3; apibox.md 7.2',
      },
      there: { at: 'data.data', blank: false },
      result: ['data.data', written(variant(spoken, heard))],
      says: 'All generated successfully.',
      failed: { code: 500, text: 'Lyrics generation failed', word: 'complete' },
      source: 'kie.md 12.3; apibox.md 7.2',
      ignored: ['data.lyricsData'],
    }),
  )

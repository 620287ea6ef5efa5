/** writeLyrics at aria: aria.md 5. */
import * as z from 'zod'
import { WriteLyricsSubmission, WrittenLyrics } from '../../src/canonical/writeLyrics.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { blankIsNull, fields, list, unsupported } from '../../src/contract/codec.ts'
import { look, made, submitTo } from './job.ts'

const text = blankIsNull(null)
const draft = fields(WrittenLyrics.shape.variants.element, {
  title: ['name', text],
  lyrics: ['words', text],
  error: ['trouble', text],
})
const written = z.codec(list(draft), WrittenLyrics, {
  decode: (variants) => ({ variants }),
  encode: ({ variants }) => variants,
})

export const writeLyrics: TaskBinding<WriteLyricsSubmission> = {
  submit: submitTo('/words:draft', fields(WriteLyricsSubmission, { description: 'idea', callback_url: unsupported })),
  poll: look(made(['drafts', written])),
  models: [],
  rules: [{ field: 'description', max: 600, source: 'aria.md 5' }],
}

/** extendMusic at udioapi: udioapi.md 6, 12.6. */
import * as z from 'zod'
import { ExtensionMode } from '../../src/canonical/words.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields, unsupported } from '../../src/contract/codec.ts'
import { ExtendMusicSubmission, type Submissions } from '../../src/contract/submissions.ts'
import { callback, extended, feed, ownSongs } from './task.ts'

/** Left out, the flag means false. */
const customMode = z.codec(z.boolean().nullish(), ExtensionMode, {
  decode: (custom) => (custom ? 'compose' : 'inherit'),
  encode: (mode) => mode === 'compose',
})

const submission = fields(ExtendMusicSubmission, {
  provider_task_id: 'origin_task_id',
  provider_track_id: unsupported,
  track_index: 'extend_audio_index',
  mode: ['custom_mode', customMode],
  lyrics: 'prompt',
  style: 'style',
  title: 'title',
  continue_at_seconds: 'extensionStartTime', // the one name in camelCase
  instrumental: unsupported,
  negative_style: 'tags', // "additional tags": the page says to read them as on generate
  vocal_gender: unsupported,
  style_weight: unsupported,
  weirdness: unsupported,
  audio_weight: unsupported,
  model: unsupported,
  persona_id: unsupported,
  persona_kind: unsupported,
  callback_url: 'callback_url',
})

const source = 'udioapi.md 6'
const limits = 'udioapi.md 3, 6: those of the source'
const v4 = { model: ['v3.5', 'v4'] }
const inherit = { mode: 'inherit' }
const inherited = 'udioapi.md 6: all is inherited'

export const extendMusic: TaskBinding<Submissions['extendMusic']> = {
  submit: {
    method: 'POST',
    path: '/v2/extend',
    carries: 'json',
    request: submission,
    response: extended,
    reads: 'body',
  },
  poll: feed,
  callback,
  callbackNamesNoTask: true,
  models: [],
  takes: ownSongs,
  rules: [
    { require: 'lyrics', when: { mode: 'compose' }, source },
    // The larger ones hold of any source, also where its model is not known.
    { field: 'lyrics', max: 3000, when: v4, source: limits },
    { field: 'lyrics', max: 5000, source: limits },
    { field: 'style', max: 200, when: v4, source: limits },
    { field: 'style', max: 1000, source: limits },
    { field: 'title', max: 80, source: limits },
    // There is no flag for it: words of its own would be sung, and so would those that are inherited.
    { forbid: 'instrumental', when: { instrumental: true }, source },
    // Ignored, it would be another extension that is bought.
    { forbid: 'continue_at_seconds', when: inherit, source: inherited },
    { ignored: 'lyrics', when: inherit, source: inherited },
    { ignored: 'style', when: inherit, source: inherited },
    { ignored: 'title', when: inherit, source: inherited },
    { ignored: 'negative_style', when: inherit, source: inherited },
  ],
}

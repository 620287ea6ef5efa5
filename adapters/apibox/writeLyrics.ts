/** writeLyrics at api.box: apibox.md 3.1, 6.14, 6.15, 7.2. */
import type { WriteLyricsSubmission } from '../../src/canonical/writeLyrics.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { pollAt, submitTo } from '../dialects/suno-relay/followUps.ts'
import { callback, record, submission } from '../dialects/suno-relay/writeLyrics.ts'

export const writeLyrics: TaskBinding<WriteLyricsSubmission> = {
  submit: submitTo('/api/v1/lyrics', submission),
  poll: pollAt('/api/v1/lyrics/record-info', record),
  callback: callback({
    task: 'data.taskId',
    error: ['errorMessage', 'error_message'],
  }),
  models: [],
  // 200 words are documented, and whether characters are meant is unknown (apibox.md 12.13): too long costs nothing.
  rules: [],
}

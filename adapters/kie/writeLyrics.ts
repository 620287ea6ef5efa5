/** writeLyrics at KIE: kie.md 4, 9.2, 12.3. */
import type { WriteLyricsSubmission } from '../../src/canonical/writeLyrics.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { pollAt, submitTo } from '../dialects/suno-relay/followUps.ts'
import { callback, record, submission } from '../dialects/suno-relay/writeLyrics.ts'

export const writeLyrics: TaskBinding<WriteLyricsSubmission> = {
  submit: submitTo('/api/v1/lyrics', submission),
  poll: pollAt('/api/v1/lyrics/record-info', record),
  callback: callback({
    task: 'data.task_id',
    error: ['error_message', 'errorMessage'],
  }),
  models: [],
  rules: [{ field: 'description', max: 200, source: 'kie.md 4, character limits' }],
}

/** createMidi at api.box: apibox.md 6.25, where only the sister is documented. */
import type { CreateMidiSubmission } from '../../src/canonical/createMidi.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { callback, record, submission } from '../dialects/suno-relay/createMidi.ts'
import { pollAt, submitTo } from '../dialects/suno-relay/followUps.ts'

export const createMidi: TaskBinding<CreateMidiSubmission> = {
  submit: submitTo('/api/v1/midi/generate', submission),
  poll: pollAt('/api/v1/midi/record-info', record),
  callback,
  models: [],
  rules: [],
}

/** Fresh links for old tracks in the suno-relay dialect: kie.md 11; apibox.md 6.26. Told by the code of the body. */
import * as z from 'zod'
import { RecoveryReport } from '../../../src/canonical/recoverTrack.ts'
import type { Call } from '../../../src/contract/adapter.ts'
import { blankIsNull, fields, list } from '../../../src/contract/codec.ts'
import { type Snapshot, TaskReference } from '../../../src/contract/shapes.ts'
import { snapshot } from '../../../src/contract/snapshot.ts'

/** The submit answers in snake_case, and the query asks so too. */
export const recoveryReference = fields(TaskReference, { provider_task_id: 'task_id' })

const track = fields(
  RecoveryReport.shape.tracks.element,
  {
    provider_track_id: 'id',
    title: ['title', blankIsNull(null)],
    audio_url: ['audio_url', blankIsNull(null)],
    error: ['error', blankIsNull(null)],
  },
  { ignored: ['status'] },
)
const tracks = z.codec(list(track), RecoveryReport, {
  decode: (found) => ({ tracks: found }),
  encode: (report) => report.tracks,
})

const source = 'kie.md 11'
const answer = (task: readonly string[]) =>
  snapshot({
    task,
    result: ['data', tracks],
    stage: [
      {
        when: { not: { at: 'code', is: [null, 201, 200] } },
        is: 'failed',
        speaks: { code: 500, msg: 'Recovery failed' },
        source,
      },
      {
        when: {
          all: [
            { at: 'code', is: 200 },
            { at: 'data', some: { at: 'audio_url', blank: false } },
          ],
        },
        is: 'complete',
        speaks: { code: 200, msg: 'success' },
        source,
      },
      {
        when: { at: 'code', is: [201, 200] },
        is: 'submitted',
        speaks: { code: 201, msg: 'success', data: null },
        source,
      },
    ],
    failure: { code: ['code'], status: [], message: ['msg'] },
    ignored: [],
  })

export const poll: Call<TaskReference, Snapshot> = {
  method: 'GET',
  path: '/api/v1/suno/recovery/record-info',
  carries: 'query',
  request: recoveryReference,
  response: answer([]),
  reads: 'body',
  // 201 has no data yet; 200 without any and 500 without a list speak of the query itself.
  envelope: {
    code: 'code',
    success: [201],
    also: {
      any: [
        { all: [{ at: 'code', is: 200 }, { not: { at: 'data', is: null } }] },
        {
          all: [
            { at: 'code', is: 500 },
            { at: 'data', blank: false },
          ],
        },
      ],
    },
    message: ['msg'],
    payload: 'data',
  },
}
export const callback = answer(['task_id', 'data.task_id', 'data.taskId', 'taskId'])

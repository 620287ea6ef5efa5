/** The video record and callback of the suno-relay dialect: kie.md 9.6, 12.4; apibox.md 6.21, 7.5. */
import { file } from './file.ts'
import { callback as callbackOf, type Family, record as recordOf } from './made.ts'

const words: Family = {
  at: 'successFlag',
  running: ['PENDING'],
  done: ['SUCCESS', 'CALLBACK_EXCEPTION'],
  failed: ['GENERATE_MP4_FAILED', 'CREATE_TASK_FAILED'],
  source: 'kie.md 9; apibox.md 8',
}

export const record = recordOf({
  words,
  there: { at: 'response.videoUrl', blank: false },
  result: ['response.videoUrl', file],
  ignored: ['musicId', 'musicIndex', 'audioId'],
})

/** With the codes that mean success: an embedded schema of KIE's says 0 where its callback page says 200. */
export const callback = (
  ok: readonly [number, ...number[]],
  says: string,
  failed: { readonly code: number; readonly text: string },
) =>
  callbackOf({
    task: 'data.task_id',
    ok,
    there: { at: 'data.video_url', blank: false },
    result: ['data.video_url', file],
    says,
    failed,
    source: 'kie.md 12.4; apibox.md 7.5',
  })

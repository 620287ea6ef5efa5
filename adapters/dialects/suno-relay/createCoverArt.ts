/** The cover image record and callback of the suno-relay dialect: kie.md 9.1, 12.6; apibox.md 6.12, 7.6. */
import * as z from 'zod'
import { ImagesReport } from '../../../src/canonical/createCoverArt.ts'
import { callback as callbackOf, type Family, record as recordOf } from './made.ts'

const images = z.codec(z.array(z.string()), ImagesReport, {
  decode: (found) => ({ images: found.filter((url) => url !== '') }),
  encode: (report) => report.images,
})
const someAt = (at: string) => ({ at, some: { at: '', blank: false } })

/** 2 is running here; of MIDI it is failed. */
const words: Family = {
  at: 'successFlag',
  running: [0, 2, '0', '2'],
  done: [1, '1'],
  failed: [3, '3'],
  source: 'kie.md 9, quirk 7; apibox.md 8',
}

export const record = recordOf({
  words,
  there: someAt('response.images'),
  result: ['response.images', images],
  ignored: ['parentTaskId'],
})

export const callback = (failed: { readonly code: number; readonly text: string }) =>
  callbackOf({
    task: 'data.taskId',
    there: someAt('data.images'),
    result: ['data.images', images],
    says: 'success',
    failed,
    source: 'kie.md 12.6; apibox.md 7.6',
  })

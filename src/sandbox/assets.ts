/** The files a simulated upstream serves: songs and stems as sound, films, pictures, and what was uploaded. */
import type { TaskForm } from '../contract/operations.ts'
import { coverImage } from './image.ts'
import { audioOf } from './recording.ts'
import { stemAudio, stemsOf } from './results.ts'
import { isSong, type Job, recordingAt, type Studio } from './studio.ts'
import type { uploadShelf } from './uploads.ts'
import { stillVideo } from './video.ts'

type Body = Uint8Array<ArrayBuffer> | string
interface File {
  readonly type: string
  readonly body: (job: Job, index: number) => Body
}

const wav = (body: File['body']): File => ({ type: 'audio/wav', body })

const stem = wav((job, index) => {
  const { request, source } = job as Job<'separateStems' | 'separateAudio'>
  return stemAudio(source!, stemsOf(request)[index]!)
})

/** Files of what is no song; all but the pictures are made of the source alone. */
const FILES: { readonly [F in TaskForm]?: File } = {
  convertToWav: wav((job) => audioOf(job.source!.recording)),
  separateStems: stem,
  separateAudio: stem,
  createVideo: {
    type: 'video/mp4',
    body: ({ source }) => stillVideo(source!.recording.seed, source!.recording.duration_seconds),
  },
  createCoverArt: {
    type: 'image/png',
    body: ({ source }, index) => coverImage(`${source!.recording.seed}/${index}`),
  },
}

const SONG = wav((job, index) => (isSong(job) ? audioOf(recordingAt(job, index)) : ''))
const SONG_IMAGE: File = {
  type: 'image/svg+xml',
  body: (job, index) => {
    const hue = (index * 140 + job.id.charCodeAt(0) * 7) % 360
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="hsl(${hue} 60% 45%)"/><circle cx="32" cy="32" r="14" fill="hsl(${hue} 80% 80%)"/></svg>`
  },
}

const NAME = /^\/assets\/([0-9a-f-]{32,36})(\.\w+)?$/

export const assetServer =
  (studio: Studio, uploads: ReturnType<typeof uploadShelf>) =>
  async (path: string): Promise<Response> => {
    const [, id, ending] = NAME.exec(path) ?? []
    const job = id === undefined ? null : await studio.maker(id)
    const file = job === null ? undefined : isSong(job) ? (ending === '.svg' ? SONG_IMAGE : SONG) : FILES[job.form]
    if (job !== null && file !== undefined)
      return new Response(file.body(job, job.made.indexOf(id!)), { headers: { 'content-type': file.type } })
    const uploaded = id === undefined ? null : await uploads.serve(id)
    return uploaded ?? new Response('no such file', { status: 404 })
  }
